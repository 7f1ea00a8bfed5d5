"""Which days are public holidays, weekly rest days, and days off in lieu of them."""

import tomllib
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from nhipcau.knowledge.calc.sheet import Sheet
from nhipcau.knowledge.calc.wage import DayType
from nhipcau.knowledge.calc.words import N_

Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

CODE = "45/2019/QH14"
ONE_DAY = timedelta(days=1)
LONGEST_RUN = 14  # days; no run of holidays and rest days is longer
YEAR_UNKNOWN = N_("The lunar holidays of this year are not in the calendar yet; check the days.")
LIEU_UNCLEAR = N_("The law does not say whether 24 November gives a day off in lieu when it falls on a rest day.")


class Fixed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """A holiday on the same day of every year, from `since`."""

    name: str
    month: int
    day: int
    since: date
    document: str
    article: str
    clause: str | None = None


class Calendar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`fixed` holidays, and by year the announced days of each movable one."""

    fixed: tuple[Fixed, ...]
    years: dict[str, dict[str, tuple[date, ...]]]

    def holiday(self, day: date) -> str | None:
        """The holiday's name, or None for any other day."""
        for name, days in self.years.get(str(day.year), {}).items():
            if day in days:
                return name
        return next((one.name for one in self.fixed if _falls(one, day)), None)

    def announced(self, year: int) -> bool:
        """Whether the movable holidays of the year are known."""
        return str(year) in self.years

    def source(self, name: str) -> Fixed | None:
        """The fixed holiday of this name, for its citation."""
        return next((one for one in self.fixed if one.name == name), None)


@cache
def shipped() -> Calendar:
    """The calendar that comes with the program."""
    tables = tomllib.loads(Path(__file__).with_name("holidays.toml").read_text(encoding="utf-8"))
    return msgspec.convert(tables, Calendar)


def day_type(day: date, rest: Iterable[Weekday], sheet: Sheet) -> DayType:
    """What kind of day it is for somebody who rests weekly on these days; a day in lieu counts as weekly rest."""
    calendar, resting = shipped(), frozenset(rest)
    if not calendar.announced(day.year):
        sheet.warn(YEAR_UNKNOWN)
    if cite_holiday(day, sheet):
        return "holiday"
    if weekday(day) in resting:
        return "weekly_rest"
    return "weekly_rest" if _in_lieu(day, resting, sheet) else "weekday"


def cite_holiday(day: date, sheet: Sheet) -> bool:
    """Whether the day is a public holiday; if so its source is noted."""
    name = shipped().holiday(day)
    if name is None:
        return False
    source = shipped().source(name)
    sheet.cite(*((source.document, source.article, source.clause) if source else (CODE, "112", "1")))
    return True


def weekday(day: date) -> Weekday:
    """The English name of the day of the week."""
    return WEEKDAYS[day.weekday()]


def _in_lieu(day: date, resting: frozenset[Weekday], sheet: Sheet) -> bool:
    """Whether the day replaces a holiday that fell on weekly rest: the next working day after it does."""
    owed = 0
    for back in range(LONGEST_RUN, 0, -1):
        before = day - ONE_DAY * back
        name, rests = shipped().holiday(before), weekday(before) in resting
        if name == "culture_day" and rests:
            sheet.warn(LIEU_UNCLEAR)
        if name and rests:
            owed += name != "culture_day"
        elif not name and not rests and owed:
            owed -= 1
    if owed:
        sheet.cite(CODE, "111", "3")
    return owed > 0


def _falls(one: Fixed, day: date) -> bool:
    return (one.month, one.day) == (day.month, day.day) and one.since <= day

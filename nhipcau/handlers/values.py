"""What a person types in answer to a question about numbers: read, kept within sense, and shown again."""

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from nhipcau.handlers.i18n import _, translated
from nhipcau.handlers.talk import NotAnswered
from nhipcau.handlers.words import POLITE, fold
from nhipcau.knowledge.calc import amounts, counts
from nhipcau.knowledge.calc.counts import Rate
from nhipcau.knowledge.calc.heard import sort_of
from nhipcau.knowledge.calc.regions import known_region
from nhipcau.knowledge.calc.sheet import MONTHS_A_YEAR, number, vnd
from nhipcau.knowledge.calc.words import N_

ALL = "all"
_EVERYTHING = {"tat ca", "toan bo", "het", "dong het", "dong du", "du", "all", "everything"}
_ENGLISH = {
    **dict.fromkeys(("hour", "hours"), "gio"),
    **dict.fromkeys(("day", "days"), "ngay"),
    **dict.fromkeys(("month", "months"), "thang"),
    **dict.fromkeys(("year", "years"), "nam"),
    **dict.fromkeys(("person", "people", "dependant", "dependants"), "nguoi"),
    **dict.fromkeys(("none", "no", "zero"), "khong"),
    "million": "trieu",
    "region": "vung",
}
_ENGLISH_WORD = re.compile(rf"\b(?:{'|'.join(_ENGLISH)})\b", re.IGNORECASE)
_PER = re.compile(r"\s+(?:an?|per)\s+(?=(?:hour|day|month)\b)", re.IGNORECASE)
_FIRST = {"da", "khoang", "tam", "luong", "duoc", "co", "la"}
_CALENDAR = re.compile(r"^\s*(?:\w+\s+)?\s*\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{2,4}\s*$", re.IGNORECASE)
_BELOW_ZERO = re.compile(r"^\s*[-‐‑‒–—−]\s*\d")

SORTS = {
    "money": N_("an amount of money"),
    "hours": N_("a number of hours"),
    "span": N_("a length of time in months or years"),
    "days": N_("a number of days"),
    "percent": N_("a percentage"),
    "people": N_("a number of people"),
    "region": N_("a region"),
    "month": N_("a month"),
    "day": N_("a date"),
}


class Kind(NamedTuple):
    """A kind of value. `expected` is said where a text is not understood; `least` and `most` are bounds of sense."""

    sort: str
    read: Callable[[str], Any]
    expected: str
    show: Callable[[Any], str]
    least: Any = None
    most: Any = None
    may_be_none: bool = False


def read(kind: str, text: str) -> Any:
    """The value. NotAnswered, with a sentence for the person, for anything that cannot be meant."""
    wanted = KINDS[kind]
    if _BELOW_ZERO.match(text):
        raise NotAnswered(_("A number below zero cannot be right here.") + " " + translated(wanted.expected))
    text = _in_vietnamese(_bare(text))
    value = wanted.read(text)
    if value is None:
        raise NotAnswered(_not_understood(wanted, text))
    if (beyond := _beyond(wanted, value)) is not None:
        least, most = beyond
        told = _("{value} cannot be right here: expected from {least} to {most}.")
        said = told.format(value=wanted.show(value), least=wanted.show(least), most=wanted.show(most))
        raise NotAnswered(f"{said} {translated(wanted.expected)}")
    return value


def _bare(text: str) -> str:
    """Without politeness and "about": "dạ khoảng 6tr5 ạ" is "6tr5"."""
    words = text.split()
    while len(words) > 1 and fold(words[-1]) in POLITE:
        words.pop()
    while len(words) > 1 and fold(words[0]) in _FIRST:
        words.pop(0)
    return " ".join(words)


def _in_vietnamese(text: str) -> str:
    return _ENGLISH_WORD.sub(lambda word: _ENGLISH[word[0].lower()], _PER.sub("/", text))


def _beyond(wanted: Kind, value: Any) -> tuple[Any, Any] | None:
    """The bounds of sense, where the value lies outside them."""
    if isinstance(value, Rate):
        least, most = RATES[value.per]
        return None if least <= value.amount <= most else (Rate(value.per, least), Rate(value.per, most))
    if wanted.least is None or value == ALL or (value == 0 and wanted.may_be_none):
        return None
    if wanted.least <= value <= wanted.most:
        return None
    return wanted.least, wanted.most


def understood(kind: str, text: str) -> bool:
    """Whether the text is such a value, within its bounds."""
    try:
        read(kind, text)
    except NotAnswered:
        return False
    return True


def names_place(text: str) -> bool:
    """Whether a text names a commune or ward of the lists, rather than a region by its number."""
    return known_region(text) is not None


def _not_understood(wanted: Kind, text: str) -> str:
    sort = sort_of(text)
    if _CALENDAR.match(text) and amounts.day(text) is None:
        said = _("There is no such day in the calendar.")
    elif sort is not None and sort != wanted.sort:
        other = _("That is {other}, but here {needed} is needed.")
        said = other.format(other=translated(SORTS[sort]), needed=translated(SORTS[wanted.sort]))
    else:
        said = _("I did not understand this.")
    return f"{said} {translated(wanted.expected)}"


def money(value: Fraction | int) -> str:
    return _("{n} VND").format(n=vnd(value))


def hours(value: Fraction | int) -> str:
    return _("{n} hours").format(n=number(value))


def days(value: Fraction | int) -> str:
    return _("{n} days").format(n=number(value))


def months(value: Fraction | int | str) -> str:
    if value == ALL:
        return _("all of it")
    years, rest = divmod(Fraction(value), MONTHS_A_YEAR)
    if not years or rest:
        return _("{n} months").format(n=number(Fraction(value)))
    return _("{n} years").format(n=number(years))


def years(value: Fraction | int) -> str:
    return months(Fraction(value) * MONTHS_A_YEAR)


def people(value: int) -> str:
    return _("{n} people").format(n=value)


def percent(value: Fraction) -> str:
    return f"{number(value)}%"


def region(value: str) -> str:
    return _("region {n}").format(n=value)


def month(value: date) -> str:
    return f"{value:%m/%Y}"


def rate(value: Rate) -> str:
    shown = {"hourly": _("{n} VND an hour"), "daily": _("{n} VND a day")}.get(value.per, _("{n} VND a month"))
    return shown.format(n=vnd(value.amount))


def _rate(text: str) -> Rate | None:
    """A wage; without a time it is the monthly one. One out of all proportion is not taken for another."""
    found = counts.rate(text)
    return found and found._replace(per=found.per or "monthly")


def _span_or_all(text: str) -> Fraction | str | None:
    plain = counts.plainly(text)
    if plain in _EVERYTHING:
        return ALL
    return Fraction(0) if counts.none(text) else _span(text)


def _span(text: str) -> Fraction | None:
    """A bare number would be years to one and months to another: it is not taken."""
    return counts.span(text)


def _years(text: str) -> Fraction | None:
    found = Fraction(0) if counts.none(text) else counts.span(text)
    return None if found is None else found / MONTHS_A_YEAR


def _months_of_year(text: str) -> Fraction | None:
    return counts.span(text) or amounts.number(text)


def _hours(text: str) -> Fraction | None:
    return Fraction(0) if counts.none(text) else amounts.hours(text)


def _money(text: str) -> int | None:
    return 0 if counts.none(text) else amounts.amount(text)


def _month(text: str) -> date | None:
    found = amounts.month(text) or amounts.day(text)
    return found and found.replace(day=1)


def _paid(text: str) -> int | None:
    found = counts.rate(text)
    return found.amount if found is not None and found.per in ("", "monthly") else None


RATES = {"hourly": (3_000, 2_000_000), "daily": (20_000, 20_000_000), "monthly": (300_000, 2_000_000_000)}
"""VND; what lies outside is a slip of the finger, not a wage."""

MONEY = N_("Please write an amount such as 6tr5, 450k or 6.500.000.")
HOURS = N_("Please write the hours such as 12, 2.5 or 2h30.")
DAYS = N_("Please write the days such as 26 or 2.5.")
SPAN = N_("Please write the time such as 5 years 3 months, or 18 months.")

KINDS: dict[str, Kind] = {
    "rate": Kind("money", _rate, N_("Please write the wage such as 6tr5, or 30k/hour, or 300k/day."), rate),
    "wage": Kind("money", _paid, MONEY, money, 300_000, 2_000_000_000),
    "money": Kind("money", _money, MONEY, money, 1_000, 1_000_000_000_000),
    "paid": Kind("money", _money, MONEY, money, 1_000, 2_000_000_000, may_be_none=True),
    "hours": Kind("hours", amounts.hours, HOURS, hours, Fraction(1, 4), 300),
    "hours0": Kind("hours", _hours, HOURS, hours, 0, 300),
    "month_days": Kind("days", counts.days, DAYS, days, 1, 31),
    "days0": Kind("days", counts.days, DAYS, days, 0, 31),
    "days": Kind("days", counts.days, DAYS, days, Fraction(1, 2), 366),
    "late_days": Kind("days", counts.days, DAYS, days, 1, 999),
    "span": Kind("span", _span, SPAN, months, 1, 720),
    "years": Kind("span", _years, SPAN, years, 0, 60),
    "span_or_all": Kind(
        "span", _span_or_all, N_("Please write a time such as 3 years, or: all, or: none."), months, 0, 720
    ),
    "year_months": Kind(
        "span", _months_of_year, N_("Please write the months such as 7 months; a full year is 12."), months, 1, 12
    ),
    "people": Kind("people", counts.people, N_("Please write a number such as 0, 1 or 2."), people, 0, 20),
    "percent": Kind(
        "percent", amounts.number, N_("Please write a percentage such as 4.5."), percent, Fraction(1, 10), 30
    ),
    "birth_month": Kind(
        "month", _month, N_("Please write month and year such as 3/1970."), month, date(1930, 1, 1), date(2012, 1, 1)
    ),
    "region": Kind(
        "region",
        counts.region,
        N_("Please write a region (1, 2, 3 or 4), or a commune or ward of the province."),
        region,
    ),
}

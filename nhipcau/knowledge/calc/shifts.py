"""Pay for a shift told by the clock: normal and overtime hours, by day and by night."""

import re
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Literal

import msgspec

from nhipcau.knowledge.calc.quantities import Day
from nhipcau.knowledge.calc.rates import rate
from nhipcau.knowledge.calc.registry import BadInput, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import HUNDRED, MINUTES_AN_HOUR, Sheet, dong, number, percent, vnd
from nhipcau.knowledge.calc.wage import DayType, Waged, hourly_wage
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures

Kind = Literal["normal", "normal_day", "normal_night", "overtime", "overtime_day", "overtime_night"]
DAY_MINUTES = 24 * MINUTES_AN_HOUR
CLOCK = re.compile(r"([01]?\d|2[0-4])[:h]([0-5]\d)?$")

LABELS = {
    "normal_day": N_("Normal hours by day"),
    "normal_night": N_("Normal hours at night"),
    "overtime_day": N_("Overtime by day"),
    "overtime_night": N_("Overtime at night"),
}


class Segment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"begin": "from"}):
    """A stretch of work by the clock, `from` and `to` as "22:00"; an end before its beginning is next day."""

    begin: str
    to: str
    kind: Kind


class Shift(Waged, frozen=True, kw_only=True):
    """The stretches of one shift in their order; the clock decides which hours are night."""

    segments: tuple[Segment, ...]
    day_type: DayType = "weekday"
    date: Day | None = None


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch wholly by day or wholly at night; minutes since the midnight before the shift."""

    begin: int
    end: int
    overtime: bool
    night: bool

    @property
    def kind(self) -> str:
        return f"{'overtime' if self.overtime else 'normal'}_{'night' if self.night else 'day'}"

    @property
    def hours(self) -> Fraction:
        return Fraction(self.end - self.begin, MINUTES_AN_HOUR)


@calculator("overtime_night")
def overtime_night(asked: Shift, on: date, figures: Figures) -> Result:
    """Pay for a shift that runs into the night, with overtime before or after it."""
    sheet = Sheet(on, figures)
    hourly = hourly_wage(asked, sheet)
    parts = _parts(asked.segments, sheet)
    pays = [_pay(part, parts, hourly, asked.day_type, sheet) for part in parts]
    amounts: dict[str, int] = {}
    for name, pay in zip(_names(parts), pays, strict=True):
        amounts[name] = amounts.get(name, 0) + pay
    total = sheet.money(N_("Total"), sum(pays))
    return sheet.result(hourly_wage=dong(hourly), **amounts, total=total)


def _pay(part: _Part, parts: list[_Part], hourly: Fraction, day: DayType, sheet: Sheet) -> int:
    after = any(one.kind == "overtime_day" and one.begin < part.begin for one in parts)
    chosen = rate(sheet, day, night=part.night, overtime=part.overtime, after_day_overtime=after)
    formula = f"{vnd(hourly)} × {percent(chosen)} × {number(part.hours)}"
    return sheet.money(LABELS[part.kind], hourly * chosen / HUNDRED * part.hours, formula)


def _names(parts: list[_Part]) -> list[str]:
    """The kind of each part; with `_before` and `_after` where the same kind stands on both sides of the shift."""
    normal = next((one.begin for one in parts if not one.overtime), None)
    sides = [(one.kind, normal is None or one.begin < normal) for one in parts]
    both = {kind for kind, _ in sides if (kind, True) in sides and (kind, False) in sides}
    return [f"{kind}_{'before' if early else 'after'}" if kind in both else kind for kind, early in sides]


def _parts(segments: tuple[Segment, ...], sheet: Sheet) -> list[_Part]:
    if not segments:
        raise BadInput("segments: give at least one stretch of work")
    stretches = list(_stretches(segments))
    edges = _edges(sheet)
    parts = [part for begin, end, overtime in stretches for part in _split(begin, end, overtime, edges)]
    if parts[-1].end - parts[0].begin > DAY_MINUTES:
        raise BadInput("segments: expected at most 24 hours from the first beginning to the last end")
    return parts


def _stretches(segments: tuple[Segment, ...]) -> list[tuple[int, int, bool]]:
    """Begin, end and overtime of each, on one line of minutes; each begins where the last ended, or later."""
    found: list[tuple[int, int, bool]] = []
    for segment in segments:
        begin, end = _minutes(segment.begin), _minutes(segment.to)
        floor = found[-1][1] if found else 0
        while begin < floor:
            begin += DAY_MINUTES
        while end <= begin:
            end += DAY_MINUTES
        found.append((begin, end, segment.kind.startswith("overtime")))
    return found


def _minutes(clock: str) -> int:
    found = CLOCK.match(clock.strip())
    if found is None or (found[1] == "24" and int(found[2] or 0)):
        raise BadInput(f"segments: expected a time of day such as 22:00, got {clock!r}")
    return int(found[1]) % 24 * MINUTES_AN_HOUR + int(found[2] or 0)


def _edges(sheet: Sheet) -> tuple[int, int]:
    """When the night begins and ends, in minutes of the day."""
    begins, ends = sheet.figure("overtime.night.from_hour"), sheet.figure("overtime.night.to_hour")
    return int(begins * MINUTES_AN_HOUR), int(ends * MINUTES_AN_HOUR)


def _split(begin: int, end: int, overtime: bool, edges: tuple[int, int]) -> list[_Part]:
    cuts = [day * DAY_MINUTES + edge for day in range(3) for edge in edges]
    marks = sorted({begin, end, *(cut for cut in cuts if begin < cut < end)})
    return [
        _Part(begin=first, end=last, overtime=overtime, night=_is_night(first, edges))
        for first, last in pairwise(marks)
    ]


def _is_night(minute: int, edges: tuple[int, int]) -> bool:
    begins, ends = edges
    return minute % DAY_MINUTES >= begins or minute % DAY_MINUTES < ends

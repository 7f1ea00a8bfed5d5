"""Counting the working days of a sickness: hospital hours, and days with a sick child."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from nhipcau.knowledge.calc.calendar import ONE_DAY, WEEKDAYS, Weekday, day_type
from nhipcau.knowledge.calc.quantities import Day, Days, Years
from nhipcau.knowledge.calc.registry import BadInput, Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import Sheet, plain
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures
from nhipcau.knowledge.normalise import folded

LAW = "41/2024/QH15"
HALF = Fraction(1, 2)
LONGEST = 366  # days from first to last; a longer sickness is a slip of the finger
VIETNAMESE = ("thu 2", "thu 3", "thu 4", "thu 5", "thu 6", "thu 7", "chu nhat")

_HOURS = re.compile(r"\s*(\d{1,2})[:hg](\d{2})?\s*(?:-|–|to|đến)\s*(\d{1,2})[:hg](\d{2})?\s*")


class SickDays(Inputs, frozen=True, kw_only=True):
    """Admitted and discharged as date and time; `work_hours` such as 07:30-16:30; weekly rest by name."""

    admitted: str
    discharged: str
    work_hours: str
    weekly_rest: str = "Sunday"


class ChildDays(Inputs, frozen=True, kw_only=True):
    """The child's age in years; first and last day; days already used for this child in the year."""

    child_age: Years
    first: Day
    last: Day
    weekly_rest: str = "Sunday"
    days_used: Days = Days(0)


@calculator("sickness_days", dated=())
def sickness_days(asked: SickDays, on: date, figures: Figures) -> Result:
    """Paid sick days between admission and discharge, counted in halves of a shift."""
    admitted, discharged = _moment("admitted", asked.admitted), _moment("discharged", asked.discharged)
    sheet = Sheet(admitted.date(), figures)
    sheet.cite(LAW, "45", "5")
    _check_order("discharged", admitted.date(), discharged.date())
    start, end = _hours(asked.work_hours)
    paid = Fraction(0)
    # A night shift of the day before may reach into the day of admission.
    for day in _working(admitted.date() - ONE_DAY, discharged.date(), asked.weekly_rest, sheet):
        share = _share(_shift(day, start, end), admitted, discharged)
        if share:
            sheet.step(N_("Sick day"), share, "days", f"{day:%d/%m/%Y}")
        paid += share
    return sheet.result(paid_days=sheet.step(N_("Paid sick days"), paid, "days"))


@calculator("sick_child_days", dated=("first",))
def sick_child_days(asked: ChildDays, on: date, figures: Figures) -> Result:
    """Paid days at home with a sick child, and the yearly limit for each child and parent."""
    sheet = Sheet(on, figures)
    _check_order("last", asked.first, asked.last)
    limit = _child_limit(sheet, asked.child_age)
    days = sum(1 for _ in _working(asked.first, asked.last, asked.weekly_rest, sheet))
    sheet.step(N_("Working days in this time"), days, "days")
    left = max(Fraction(0), limit - asked.days_used)
    if days > left:
        sheet.warn(N_("The yearly limit is used up: the other parent has a limit of their own."))
    return sheet.result(paid_days=sheet.step(N_("Paid days"), min(Fraction(days), left), "days"), limit=plain(limit))


def _child_limit(sheet: Sheet, age: Fraction) -> Fraction:
    if age < sheet.figure("sick_child.age.low"):
        return sheet.figure("sick_child.days.under3")
    if age < sheet.figure("sick_child.age.high"):
        return sheet.figure("sick_child.days.from3")
    sheet.warn(N_("The benefit ends at the child's age limit."))
    return Fraction(0)


def _working(first: date, last: date, rest: str, sheet: Sheet) -> Iterator[date]:
    """The days between which are no weekly rest, public holiday or day in lieu."""
    resting = _rest_days(rest)
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        if day_type(day, resting, sheet) == "weekday":
            yield day


def _rest_days(said: str) -> tuple[Weekday, ...]:
    text = " ".join(folded(said).split())
    if text in {"", "none", "khong"}:
        return ()
    days = tuple(day for day, own in zip(WEEKDAYS, VIETNAMESE, strict=True) if day.lower() in text or own in text)
    if not days:
        raise BadInput(f"weekly_rest: expected days such as Sunday, or none, got {said[:40]!r}")
    return days


def _moment(field: str, said: str) -> datetime:
    try:
        return datetime.fromisoformat(said).replace(tzinfo=None)
    except ValueError:
        raise BadInput(f"{field}: expected a day and hour such as 2026-05-13T14:40, got {said[:40]!r}") from None


def _hours(said: str) -> tuple[time, time]:
    found = _HOURS.fullmatch(said)
    try:
        if found:
            hour, minute, last_hour, last_minute = (int(part or 0) for part in found.groups())
            return time(hour, minute), time(last_hour, last_minute)
    except ValueError:
        pass
    raise BadInput(f"work_hours: expected a shift such as 07:30-16:30, got {said[:40]!r}")


def _shift(day: date, start: time, end: time) -> tuple[datetime, datetime]:
    begins, ends = datetime.combine(day, start), datetime.combine(day, end)
    return begins, ends if begins < ends else ends + ONE_DAY


def _share(shift: tuple[datetime, datetime], admitted: datetime, discharged: datetime) -> Fraction:
    """Nothing, half a day for less than half the shift, else a day."""
    begins, ends = shift
    missed = min(ends, discharged) - max(begins, admitted)
    if missed <= timedelta(0):
        return Fraction(0)
    return HALF if missed * 2 < ends - begins else Fraction(1)


def _check_order(field: str, first: date, last: date) -> None:
    if not 0 <= (last - first).days < LONGEST:
        raise BadInput(f"{field}: expected a day from {first} on, within a year, got {last}")

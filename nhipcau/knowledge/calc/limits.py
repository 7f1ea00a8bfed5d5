"""How much overtime is allowed in a day, a month and a year."""

from datetime import date
from fractions import Fraction
from typing import Literal

from nhipcau.knowledge.calc.quantities import Day, DayHours, Month, MonthHours, YearHours
from nhipcau.knowledge.calc.registry import BadInput, Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import HUNDRED, Sheet, number, percent, plain
from nhipcau.knowledge.calc.wage import DayType
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures


class Limits(Inputs, frozen=True, kw_only=True):
    """Overtime hours of a month by kind of day, or of a year, or the `normal_hours` of one day.

    `basis` says how normal hours are set: by the "day", by the "week", or "part_time". `special_sector`: one of
    the trades and cases with the higher yearly limit. `monthly_limit` only where it is not the law's.
    """

    weekday_hours: MonthHours | None = None
    rest_day_hours: MonthHours | None = None
    holiday_hours: MonthHours | None = None
    monthly_limit: MonthHours | None = None
    year_hours: YearHours | None = None
    yearly_limit: YearHours | None = None
    special_sector: bool = False
    normal_hours: DayHours | None = None
    overtime_hours: DayHours | None = None
    basis: Literal["day", "week", "part_time"] = "day"
    day_type: DayType = "weekday"
    date: Day | None = None
    month: Month | None = None


@calculator("overtime_limits")
def overtime_limits(asked: Limits, on: date, figures: Figures) -> Result:
    """Whether overtime stays within the limits of the day, the month and the year."""
    sheet = Sheet(on, figures)
    amounts = {**_of_day(asked, sheet), **_of_year(asked, sheet), **_of_month(asked, sheet)}
    if not amounts:
        raise BadInput("weekday_hours: give the hours of a month, year_hours, or normal_hours of one day")
    return sheet.result(**amounts)


def _of_month(asked: Limits, sheet: Sheet) -> dict[str, object]:
    parts = [one for one in (asked.weekday_hours, asked.rest_day_hours, asked.holiday_hours) if one is not None]
    if not parts:
        return {}
    legal = sheet.figure("overtime.limit.month_hours")
    limit = legal if asked.monthly_limit is None else Fraction(asked.monthly_limit)
    if limit > legal:
        sheet.warn(N_("Whether more than the Code's monthly limit is still allowed is disputed."))
    total = sum(parts, Fraction(0))
    formula = " + ".join(map(number, parts))
    return _compared(total, limit, N_("Overtime of the month"), formula, sheet)


def _of_year(asked: Limits, sheet: Sheet) -> dict[str, object]:
    if asked.year_hours is None:
        return {}
    special = "year_hours_special" if asked.special_sector else "year_hours"
    legal = sheet.figure(f"overtime.limit.{special}")
    limit = legal if asked.yearly_limit is None else Fraction(asked.yearly_limit)
    return {
        "yearly_limit": plain(limit),
        **_compared(asked.year_hours, limit, N_("Overtime of the year"), "", sheet),
    }


def _of_day(asked: Limits, sheet: Sheet) -> dict[str, object]:
    if asked.normal_hours is None and asked.day_type == "weekday":
        return {}
    limit = _day_limit(asked, sheet)
    allowed = sheet.step(N_("Overtime allowed on this day"), limit, "hours")
    if asked.overtime_hours is None:
        return {"daily_limit_hours": allowed}
    compared = _compared(asked.overtime_hours, limit, N_("Overtime of the day"), "", sheet)
    return {"daily_limit_hours": allowed, **compared}


def _day_limit(asked: Limits, sheet: Sheet) -> Fraction:
    total = sheet.figure("overtime.limit.day_total_hours")
    if asked.day_type != "weekday":
        return total
    normal = Fraction(asked.normal_hours or 0)
    if asked.basis != "day":
        return max(Fraction(0), total - normal)
    share = sheet.figure("overtime.limit.day_share")
    sheet.note(N_("Share of the normal hours"), f"{number(normal)} × {percent(share)}")
    return min(normal * share / HUNDRED, max(Fraction(0), total - normal))


def _compared(total: Fraction, limit: Fraction, label: str, formula: str, sheet: Sheet) -> dict[str, object]:
    hours = sheet.step(label, total, "hours", formula)
    sheet.step(N_("Limit"), limit, "hours")
    excess = sheet.step(N_("Above the limit"), max(Fraction(0), total - limit), "hours")
    return {"total_hours": hours, "limit_hours": plain(limit), "exceeds": total > limit, "excess_hours": excess}

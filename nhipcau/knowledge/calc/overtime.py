"""Overtime and night pay for hours of one kind of day."""

from datetime import date
from fractions import Fraction

from nhipcau.knowledge.calc.quantities import Day, DayHours, Money, MonthHours, Quantity
from nhipcau.knowledge.calc.rates import night_overtime_rate, overtime_rate, rate
from nhipcau.knowledge.calc.registry import BadInput, Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import HUNDRED, Sheet, number, percent, plain, vnd
from nhipcau.knowledge.calc.wage import DayType, Waged, WageForm, daily_wage, hourly_wage
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures

OVERTIME_PAY = N_("Overtime pay")
NIGHT_OVERTIME_PAY = N_("Night overtime pay")
DAY_OVERTIME_PAY = N_("Daytime overtime pay")
ON_TOP = N_("This comes on top of the wage of the holiday itself.")


class Overtime(Waged, frozen=True, kw_only=True):
    """`hours` of overtime in the month on days of one `day_type`; `night` means between 22:00 and 6:00.

    `day_overtime_before`: daytime overtime was worked on the same day before the night overtime.
    """

    hours: MonthHours
    day_type: DayType = "weekday"
    night: bool = False
    overtime: bool = True
    day_overtime_before: bool = False
    date: Day | None = None


class NightWork(Overtime, frozen=True, kw_only=True):
    """As overtime, but by default normal hours worked at night."""

    night: bool = True
    overtime: bool = False


class NightOvertime(Waged, frozen=True, kw_only=True):
    """Either `hours` at night, or `day_overtime_hours` followed by `night_overtime_hours` on the same day."""

    hours: MonthHours | None = None
    day_overtime_hours: DayHours | None = None
    night_overtime_hours: DayHours | None = None
    day_type: DayType = "weekday"
    night: bool = True
    overtime: bool = True
    day_overtime_before: bool = False
    date: Day | None = None


class DayPaid(Overtime, frozen=True, kw_only=True):
    """A holiday worked by somebody paid by the day or hour: the holiday's own wage is paid as well."""

    day_type: DayType = "holiday"


class Items(Quantity):
    """Pieces made."""

    expected = "a number of pieces"


class PieceRate(Inputs, frozen=True, kw_only=True):
    """`extra_items` pieces beyond the norm at `unit_price` VND each."""

    unit_price: Money
    extra_items: Items
    wage_form: WageForm = "piece"
    day_type: DayType = "weekday"
    night: bool = False
    overtime: bool = True
    day_overtime_before: bool = False
    date: Day | None = None


@calculator("overtime_day")
def overtime_day(asked: Overtime, on: date, figures: Figures) -> Result:
    """Pay for overtime on an ordinary day, a weekly rest day or a public holiday."""
    return _hours_at_one_rate(asked, Sheet(on, figures))


@calculator("night_work")
def night_work(asked: NightWork, on: date, figures: Figures) -> Result:
    """Pay for normal hours worked at night."""
    return _hours_at_one_rate(asked, Sheet(on, figures))


@calculator("night_overtime")
def night_overtime(asked: NightOvertime, on: date, figures: Figures) -> Result:
    """Pay for overtime at night, after daytime overtime of the same day or without it."""
    sheet = Sheet(on, figures)
    if asked.hours is not None:
        return _one_rate(asked, asked.hours, sheet)
    if asked.night_overtime_hours is None:
        raise BadInput("night_overtime_hours: give hours, or day_overtime_hours and night_overtime_hours")
    return _day_then_night(asked, asked.day_overtime_hours or DayHours(0), asked.night_overtime_hours, sheet)


@calculator("overtime_holiday_daypaid")
def overtime_holiday_daypaid(asked: DayPaid, on: date, figures: Figures) -> Result:
    """Everything due for a holiday worked by somebody paid by the day: overtime and the holiday's wage."""
    sheet = Sheet(on, figures)
    hourly = hourly_wage(asked, sheet)
    chosen = rate(sheet, asked.day_type, night=asked.night, overtime=True, after_day_overtime=asked.day_overtime_before)
    overtime = _pay(sheet, OVERTIME_PAY, hourly, chosen, asked.hours)
    holiday = daily_wage(asked, sheet) if asked.day_type == "holiday" else Fraction(0)
    sheet.cite("45/2019/QH14", "112")
    own = sheet.money(N_("Wage of the holiday itself"), holiday)
    total = sheet.money(N_("Total"), overtime + own)
    return sheet.result(rate_percent=plain(chosen), overtime_pay=overtime, holiday_wage=own, total=total)


@calculator("overtime_piece_rate")
def overtime_piece_rate(asked: PieceRate, on: date, figures: Figures) -> Result:
    """Pay for pieces made in overtime or at night."""
    sheet = Sheet(on, figures)
    chosen = _chosen_rate(asked, sheet)
    formula = f"{vnd(asked.unit_price)} × {percent(chosen)} × {number(asked.extra_items)}"
    pay = sheet.money(OVERTIME_PAY, asked.unit_price * chosen / HUNDRED * asked.extra_items, formula)
    return sheet.result(rate_percent=plain(chosen), pay=pay)


def _hours_at_one_rate(asked: Overtime, sheet: Sheet) -> Result:
    return _one_rate(asked, asked.hours, sheet)


def _one_rate(asked: Overtime | NightOvertime, hours: MonthHours, sheet: Sheet) -> Result:
    hourly = hourly_wage(asked, sheet)
    chosen = _chosen_rate(asked, sheet)
    pay = _pay(sheet, OVERTIME_PAY if asked.overtime else N_("Pay for these hours"), hourly, chosen, hours)
    if asked.day_type == "holiday":
        sheet.warn(ON_TOP)
    return sheet.result(rate_percent=plain(chosen), pay=pay)


def _chosen_rate(asked: Overtime | NightOvertime | PieceRate, sheet: Sheet) -> Fraction:
    return rate(
        sheet,
        asked.day_type,
        night=asked.night,
        overtime=asked.overtime,
        after_day_overtime=asked.day_overtime_before,
    )


def _day_then_night(asked: NightOvertime, by_day: DayHours, by_night: DayHours, sheet: Sheet) -> Result:
    if by_day + by_night > DayHours.most:
        raise BadInput("night_overtime_hours: expected at most 24 hours in one day")
    hourly = hourly_wage(asked, sheet)
    day_rate = overtime_rate(sheet, asked.day_type)
    after = by_day > 0 or asked.day_overtime_before
    late_rate = night_overtime_rate(sheet, asked.day_type, after)
    early = _pay(sheet, DAY_OVERTIME_PAY, hourly, day_rate, by_day)
    late = _pay(sheet, NIGHT_OVERTIME_PAY, hourly, late_rate, by_night)
    total = sheet.money(N_("Total"), early + late)
    return sheet.result(
        day_rate_percent=plain(day_rate),
        day_overtime=early,
        night_rate_percent=plain(late_rate),
        night_overtime=late,
        total=total,
    )


def _pay(sheet: Sheet, label: str, hourly: Fraction, rate_percent: Fraction, hours: Fraction) -> int:
    formula = f"{vnd(hourly)} × {percent(rate_percent)} × {number(hours)}"
    return sheet.money(label, hourly * rate_percent / HUNDRED * hours, formula)

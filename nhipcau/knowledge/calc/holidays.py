"""Public holidays: how many, whether a month's wage is touched, and pay for working on them."""

from datetime import date
from fractions import Fraction

import msgspec

from nhipcau.knowledge.calc.calendar import CODE, Weekday, cite_holiday, day_type
from nhipcau.knowledge.calc.quantities import Day, DayHours, Days, Years
from nhipcau.knowledge.calc.rates import rate
from nhipcau.knowledge.calc.registry import BadInput, Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import HUNDRED, Sheet, number, percent, vnd
from nhipcau.knowledge.calc.wage import DayType, Waged, daily_wage, hourly_wage, monthly_wage
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures

DAY_LABELS: dict[DayType, str] = {
    "weekday": N_("Overtime on an ordinary day"),
    "weekly_rest": N_("Overtime on a weekly rest day or a day off in lieu"),
    "holiday": N_("Overtime on a public holiday"),
}


class Year(Years):
    """A calendar year."""

    least = 1900
    most = 2100
    expected = "a year from 1900 to 2100"


class HolidayCount(Inputs, frozen=True, kw_only=True):
    """The years asked about; `nationality` "VN", or any other for a foreign worker."""

    years: tuple[Year, ...]
    nationality: str = "VN"


class Worked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hours of overtime on one day; `day_type` only where the calendar would not know it."""

    date: Day
    hours: DayHours
    day_type: DayType | None = None
    night: bool = False


class HolidayWork(Waged, frozen=True, kw_only=True):
    """The days worked, and the weekly rest days of the worker."""

    work: tuple[Worked, ...]
    weekly_rest: tuple[Weekday, ...] = ("Sunday",)


class HolidayPay(Waged, frozen=True, kw_only=True):
    """A day off, or `days` of them. The wage in any form; a monthly one needs `normal_days` to deduct a day."""

    date: Day
    days: Days = Days(1)


@calculator("holiday_count", dated=())
def holiday_count(asked: HolidayCount, on: date, figures: Figures) -> Result:
    """Paid public holidays in each year."""
    sheet = Sheet(on, figures)
    foreign = asked.nationality.strip().upper() not in {"VN", "VIETNAM", "VIỆT NAM", "VIETNAMESE"}
    amounts = {str(year): _in_year(int(year), foreign, sheet) for year in asked.years}
    return sheet.result(**amounts)


@calculator("overtime_holiday_on_rest_day", dated=())
def overtime_holiday_on_rest_day(asked: HolidayWork, on: date, figures: Figures) -> Result:
    """Pay for overtime on named days: holidays, weekly rest, and days off in lieu of a holiday on a rest day."""
    if not asked.work:
        raise BadInput("work: give at least one day with its hours")
    sheet = Sheet(max(one.date for one in asked.work), figures)
    hourly = hourly_wage(asked, sheet)
    sheet.cite("145/2020/NĐ-CP", "55", "3")
    pays: dict[str, int] = {}
    for one in asked.work:
        name = f"pay_{one.date:%d_%m}"
        pays[name] = pays.get(name, 0) + _pay(one, asked.weekly_rest, hourly, sheet)
    return sheet.result(**pays, total=sheet.money(N_("Total"), sum(pays.values())))


@calculator("holiday_pay")
def holiday_pay(asked: HolidayPay, on: date, figures: Figures) -> Result:
    """The wage for a day off: a public holiday is paid in full, another day off is not."""
    sheet = Sheet(on, figures)
    paid = cite_holiday(asked.date, sheet)
    sheet.cite("145/2020/NĐ-CP", "67", "2")
    if not paid:
        sheet.cite(CODE, "112", "1")
        sheet.warn(N_("This day is no public holiday in the calendar; a day of paid leave would be paid as well."))
    monthly = monthly_wage(asked)
    if monthly is None:
        own = daily_wage(asked, sheet) * asked.days if paid else Fraction(0)
        return sheet.result(holiday=paid, holiday_wage=sheet.money(N_("Wage of the holiday itself"), own))
    lost = Fraction(0) if paid else daily_wage(asked, sheet) * asked.days
    deduction = sheet.money(N_("Deduction for the day off"), min(lost, monthly))
    gross = sheet.money(N_("Wage of the month"), monthly - min(lost, monthly))
    return sheet.result(holiday=paid, gross_month=gross, deduction=deduction)


def _in_year(year: int, foreign: bool, sheet: Sheet) -> int:
    count = sheet.figure("holidays.total", date(year, 12, 31))
    if foreign:
        count += sheet.figure("holidays.foreign_extra", date(year, 12, 31))
        sheet.warn(N_("A foreign worker also has the New Year's day and the national day of the own country."))
    return int(sheet.step(N_("Paid public holidays"), count, "days", str(year)))


def _pay(one: Worked, rest: tuple[Weekday, ...], hourly: Fraction, sheet: Sheet) -> int:
    kind = one.day_type or day_type(one.date, rest, sheet)
    chosen = rate(sheet, kind, night=one.night, overtime=True)
    sheet.note(DAY_LABELS[kind], f"{one.date:%d/%m/%Y}")
    formula = f"{vnd(hourly)} × {percent(chosen)} × {number(one.hours)}"
    return sheet.money(N_("Overtime pay"), hourly * chosen / HUNDRED * one.hours, formula)

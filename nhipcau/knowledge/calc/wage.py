"""The hourly wage that overtime rests on, from whatever form a wage is paid in."""

from fractions import Fraction
from typing import Literal

from nhipcau.knowledge.calc.quantities import DayHours, Money, MonthDays, MonthHours
from nhipcau.knowledge.calc.registry import BadInput, Inputs
from nhipcau.knowledge.calc.sheet import MONTHS_A_YEAR, WEEKS_A_YEAR, Sheet, number, vnd
from nhipcau.knowledge.calc.words import N_

WageForm = Literal["monthly", "weekly", "daily", "hourly", "piece"]
DayType = Literal["weekday", "weekly_rest", "holiday"]


class Waged(Inputs, frozen=True, kw_only=True):
    """A wage in one of its forms: `hourly_wage`, or `daily_wage`, `weekly_wage` or `monthly_wage` in VND.

    `normal_days` are the normal working days of that month, `normal_hours_per_day` the normal hours of a day.
    A monthly wage needs the days, every other form but the hourly one the hours (default: the legal day).
    """

    wage_form: WageForm | None = None
    hourly_wage: Money | None = None
    daily_wage: Money | None = None
    weekly_wage: Money | None = None
    monthly_wage: Money | None = None
    normal_days: MonthDays | None = None
    normal_hours_per_day: DayHours | None = None


def hourly_wage(asked: Waged, sheet: Sheet) -> Fraction:
    """The wage of one normal hour, exact. BadInput where no wage is given or a divisor is missing."""
    if asked.hourly_wage is not None:
        return asked.hourly_wage
    daily = daily_wage(asked, sheet)
    hours = normal_hours(asked, sheet)
    sheet.cite("145/2020/NĐ-CP", "54", "1")
    sheet.money(N_("Hourly wage"), daily / hours, f"{vnd(daily)} ÷ {number(hours)}")
    return daily / hours


def daily_wage(asked: Waged, sheet: Sheet) -> Fraction:
    """The wage of one normal working day, exact."""
    if asked.daily_wage is not None:
        return asked.daily_wage
    if asked.hourly_wage is not None:
        return asked.hourly_wage * normal_hours(asked, sheet)
    monthly = monthly_wage(asked)
    if monthly is None:
        raise BadInput("hourly_wage: give hourly_wage, daily_wage, weekly_wage or monthly_wage")
    if asked.normal_days is None:
        raise BadInput("normal_days: give the normal working days of the month, from 1 to 31")
    sheet.money(N_("Daily wage"), monthly / asked.normal_days, f"{vnd(monthly)} ÷ {number(asked.normal_days)}")
    return monthly / asked.normal_days


def monthly_wage(asked: Waged) -> Fraction | None:
    """The monthly wage, a weekly one turned into months; None where neither is given."""
    if asked.monthly_wage is not None:
        return asked.monthly_wage
    return None if asked.weekly_wage is None else asked.weekly_wage * WEEKS_A_YEAR / MONTHS_A_YEAR


def normal_hours(asked: Waged, sheet: Sheet) -> Fraction:
    """Normal hours of a day: the given ones, else the legal day."""
    given = asked.normal_hours_per_day
    if given is not None and given == 0:
        raise BadInput("normal_hours_per_day: expected more than 0 hours")
    return given if given is not None else sheet.figure("hours.normal.day")


def hours_of_month(hours: MonthHours | DayHours | None, field: str) -> Fraction:
    """The hours, or BadInput naming the field where they are missing."""
    if hours is None:
        raise BadInput(f"{field}: give the hours")
    return hours

"""The wage itself: its hourly base, breaks worked through, late pay, probation, deductions, transfer."""

from datetime import date
from fractions import Fraction
from typing import Literal

import msgspec

from nhipcau.knowledge.calc.quantities import (
    Day,
    DayHours,
    Days,
    Money,
    Month,
    MonthDays,
    MonthHours,
    Percent,
    Quantity,
)
from nhipcau.knowledge.calc.rates import rate
from nhipcau.knowledge.calc.registry import BadInput, Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import (
    HUNDRED,
    MINUTES_AN_HOUR,
    MONTHS_A_YEAR,
    WEEKS_A_YEAR,
    Sheet,
    dong,
    number,
    percent,
    plain,
    vnd,
)
from nhipcau.knowledge.calc.wage import DayType, Waged, WageForm, hourly_wage
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures

CODE = "45/2019/QH14"
Region = Literal["I", "II", "III", "IV"]


class WageParts(Inputs, frozen=True, kw_only=True):
    """A wage in its parts, in VND for the time that `wage_form` names.

    `job_wage` and `job_allowance` count; what `excluded` names (meal, phone, petrol, housing ...) does not.
    `hours_worked` are the normal hours really worked in that time, by default all of them.
    """

    job_wage: Money
    job_allowance: Money = Money(0)
    other_supplements: Money = Money(0)
    excluded: dict[str, Money] = msgspec.field(default_factory=dict)
    wage_form: WageForm = "monthly"
    normal_days: MonthDays | None = None
    normal_hours_per_day: DayHours | None = None
    hours_worked: MonthHours | None = None
    overtime_hours: MonthHours = MonthHours(0)
    day_type: DayType = "weekday"
    night: bool = False
    date: Day | None = None
    month: Month | None = None


class Minutes(Quantity):
    """Minutes of one day."""

    most = 1440
    expected = "minutes a day, from 0 to 1440"


class Breaks(Waged, frozen=True, kw_only=True):
    """`minutes` of a woman's paid break worked through on each of `days` days."""

    minutes: Minutes
    days: Days
    date: Day | None = None
    month: Month | None = None


class YearDays(Quantity):
    """Days of a year for interest."""

    least = 360
    most = 366
    expected = "days of a year, from 360 to 366"


class LateWage(Inputs, frozen=True, kw_only=True):
    """`late_amount` VND paid `days_late` days late; `annual_rate_percent` is the bank's one-month deposit rate."""

    late_amount: Money
    days_late: Days
    annual_rate_percent: Percent
    day_count: YearDays = YearDays(365)
    date: Day | None = None
    month: Month | None = None


class Probation(Inputs, frozen=True, kw_only=True):
    """The wage of the job and what is paid in probation, VND a month."""

    job_wage: Money
    probation_wage: Money | None = None
    date: Day | None = None
    month: Month | None = None


class Deduction(Inputs, frozen=True, kw_only=True):
    """A monthly wage in VND and what compulsory insurance and income tax (`pit`) take from it.

    Insurance as a percentage or as an amount, or `net` when the rest is known. `deduction` is what is taken now.
    """

    gross: Money | None = None
    employee_insurance_percent: Percent = Percent(0)
    insurance: Money | None = None
    pit: Money = Money(0)
    net: Money | None = None
    deduction: Money | None = None
    date: Day | None = None
    month: Month | None = None


class Transfer(Inputs, frozen=True, kw_only=True):
    """The wage before and in the other work, VND a month, in a minimum-wage region."""

    old_wage: Money
    new_wage: Money
    region: Region
    date: Day | None = None
    month: Month | None = None


@calculator("hourly_wage_base")
def hourly_wage_base(asked: WageParts, on: date, figures: Figures) -> Result:
    """The hourly wage that overtime rests on, without meals, phone, petrol and the like; and overtime pay."""
    sheet = Sheet(on, figures)
    sheet.cite("145/2020/NĐ-CP", "55", "1.a")
    counted = asked.job_wage + asked.job_allowance + asked.other_supplements
    if asked.excluded:
        sheet.note(N_("Left out of the hourly wage"), vnd(sum(asked.excluded.values(), Fraction(0))))
    hours = _hours_of(asked, sheet)
    hourly = counted / hours
    sheet.money(N_("Hourly wage"), hourly, f"{vnd(counted)} ÷ {number(hours)}")
    chosen = rate(sheet, asked.day_type, night=asked.night, overtime=True)
    formula = f"{vnd(hourly)} × {percent(chosen)} × {number(asked.overtime_hours)}"
    pay = sheet.money(N_("Overtime pay"), hourly * chosen / HUNDRED * asked.overtime_hours, formula)
    return sheet.result(hourly_wage=dong(hourly), rate_percent=plain(chosen), pay=pay)


@calculator("women_breaks")
def women_breaks(asked: Breaks, on: date, figures: Figures) -> Result:
    """Extra pay for working through the paid breaks of menstruation or nursing."""
    sheet = Sheet(on, figures)
    sheet.cite("145/2020/NĐ-CP", "80", "3")
    hourly = hourly_wage(asked, sheet)
    hours = asked.minutes * asked.days / MINUTES_AN_HOUR
    extra = sheet.money(N_("Extra pay for the breaks"), hourly * hours, f"{vnd(hourly)} × {number(hours)}")
    return sheet.result(extra_pay=extra, counts_as_overtime=False)


@calculator("late_wage_interest")
def late_wage_interest(asked: LateWage, on: date, figures: Figures) -> Result:
    """The least interest on wages paid late."""
    sheet = Sheet(on, figures)
    sheet.cite(CODE, "97", "4")
    if asked.days_late < sheet.figure("wages.late.interest_from_days"):
        sheet.warn(N_("The delay is too short for interest by law."))
        return sheet.result(minimum_interest=sheet.money(N_("Interest"), 0))
    yearly = asked.late_amount * asked.annual_rate_percent / HUNDRED
    formula = (
        f"{vnd(asked.late_amount)} × {percent(asked.annual_rate_percent)}"
        f" × {number(asked.days_late)} ÷ {number(asked.day_count)}"
    )
    sheet.warn(N_("The rate is the one-month deposit rate of the employer's bank on the day of payment."))
    interest = sheet.money(N_("Interest"), yearly * asked.days_late / asked.day_count, formula)
    return sheet.result(minimum_interest=interest)


@calculator("probation_pay")
def probation_pay(asked: Probation, on: date, figures: Figures) -> Result:
    """The least wage in probation, and what is missing from the one paid."""
    sheet = Sheet(on, figures)
    share = sheet.figure("wages.probation.rate")
    formula = f"{vnd(asked.job_wage)} × {percent(share)}"
    least = sheet.money(N_("Least wage in probation"), asked.job_wage * share / HUNDRED, formula)
    sheet.warn(N_("Whether a probation wage may fall below the minimum wage is not settled; be careful."))
    if asked.probation_wage is None:
        return sheet.result(minimum=least)
    missing = sheet.money(N_("Missing"), max(Fraction(0), least - asked.probation_wage))
    return sheet.result(minimum=least, shortfall=missing, lawful=missing == 0)


@calculator("wage_deduction")
def wage_deduction(asked: Deduction, on: date, figures: Figures) -> Result:
    """The most that may be deducted from a month's wage for damage."""
    sheet = Sheet(on, figures)
    sheet.cite(CODE, "102", "3")
    net = _net(asked, sheet)
    share = sheet.figure("wages.deduction.max_rate")
    most = sheet.money(N_("Most that may be deducted"), net * share / HUNDRED, f"{vnd(net)} × {percent(share)}")
    lawful = None if asked.deduction is None else asked.deduction <= most
    return sheet.result(net=dong(net), max_deduction=most, lawful=lawful)


@calculator("job_transfer")
def job_transfer(asked: Transfer, on: date, figures: Figures) -> Result:
    """The wage while moved to other work: the old one at first, then at least a share of it."""
    sheet = Sheet(on, figures)
    sheet.cite(CODE, "29", "3")
    kept_days = sheet.figure("transfer.old_wage_days")
    share, floor = sheet.figure("transfer.wage_floor"), sheet.figure(f"minimum_wage.monthly.{asked.region}")
    kept = sheet.money(N_("Wage of the first days"), max(asked.old_wage, asked.new_wage), number(kept_days))
    formula = f"{vnd(asked.old_wage)} × {percent(share)}"
    part = sheet.money(N_("Share of the old wage"), asked.old_wage * share / HUNDRED, formula)
    least = sheet.money(N_("Least wage afterwards"), max(Fraction(part), floor))
    lawful = asked.new_wage >= least
    return sheet.result(first_days=plain(kept_days), first_days_wage=kept, afterwards_minimum=least, lawful=lawful)


def _hours_of(asked: WageParts, sheet: Sheet) -> Fraction:
    """The normal hours in the time the wage is paid for."""
    if asked.hours_worked:
        return asked.hours_worked
    day = Fraction(asked.normal_hours_per_day or sheet.figure("hours.normal.day"))
    if asked.wage_form == "hourly":
        return Fraction(1)
    if asked.wage_form == "daily":
        return day
    if asked.normal_days is None:
        raise BadInput("normal_days: give the normal working days of the month, or hours_worked")
    weekly = asked.wage_form == "weekly"
    return asked.normal_days * day * (Fraction(MONTHS_A_YEAR, WEEKS_A_YEAR) if weekly else 1)


def _net(asked: Deduction, sheet: Sheet) -> Fraction:
    if asked.gross is None:
        if asked.net is None:
            raise BadInput("gross: give gross with insurance and pit, or net")
        return asked.net
    by_percent = asked.gross * asked.employee_insurance_percent / HUNDRED
    insurance = by_percent if asked.insurance is None else asked.insurance
    net = asked.gross - dong(insurance) - asked.pit
    if net < 0:
        raise BadInput("pit: expected insurance and tax to be no more than gross")
    formula = f"{vnd(asked.gross)} − {vnd(insurance)} − {vnd(asked.pit)}"
    sheet.money(N_("Wage after insurance and tax"), net, formula)
    return net

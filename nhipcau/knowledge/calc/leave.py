"""Annual leave, pay for untaken leave, and leave for weddings and funerals."""

from datetime import date
from fractions import Fraction
from typing import Literal

import msgspec

from nhipcau.knowledge.calc.quantities import Day, Days, Money, Month, MonthDays, Months, Years
from nhipcau.knowledge.calc.registry import BadInput, Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import MONTHS_A_YEAR, Sheet, dong, number, plain, vnd
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures

OLD_ROUNDING = "annual_leave.old_rule.whole_days"
LEAVE_RULES = ("145/2020/NĐ-CP", "66")
Conditions = Literal["normal", "hazardous", "very_hazardous", "minor", "disabled"]
Event = Literal[
    "own_marriage",
    "child_marriage",
    "death_of_parent",
    "death_of_spouse",
    "death_of_child",
    "death_of_grandparent",
    "death_of_sibling",
    "marriage_of_parent",
    "marriage_of_sibling",
]
PAID_EVENTS = {
    "own_marriage": "personal_leave.own_marriage",
    "child_marriage": "personal_leave.child_marriage",
    "death_of_parent": "personal_leave.close_death",
    "death_of_spouse": "personal_leave.close_death",
    "death_of_child": "personal_leave.close_death",
}


class LeaveYear(Months):
    """Months of one year."""

    most = 12
    expected = "months of one year, from 0 to 12"


class BaseDays(Days):
    """The yearly leave before seniority; a contract may give more than the law."""

    most = 60
    expected = "days of leave a year, from 0 to 60"


class Stretch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Some months of the year under one leave entitlement."""

    months: LeaveYear
    base_days: BaseDays


class Entitlement(Inputs, frozen=True, kw_only=True):
    """`base_days` a year or the `conditions` of the job; `full_years` with the same employer."""

    base_days: BaseDays | None = None
    conditions: Conditions = "normal"
    full_years: Years = Years(0)
    date: Day | None = None
    month: Month | None = None


class AnnualLeave(Entitlement, frozen=True, kw_only=True):
    """`months_worked_in_year` where it is less than a year, or `segments` with leave of different length."""

    months_worked_in_year: LeaveYear = LeaveYear(12)
    segments: tuple[Stretch, ...] = ()
    rounding: str | None = None


class LeavePayout(Entitlement, frozen=True, kw_only=True):
    """Leave untaken when leaving: `untaken_days`, or the months counted this year less `days_taken`.

    `prior_month_contract_wage` is the contract wage of the month before leaving, in VND.
    """

    prior_month_contract_wage: Money
    normal_days_prior_month: MonthDays
    untaken_days: Days | None = None
    months_counted: LeaveYear = LeaveYear(12)
    days_taken: Days = Days(0)


class PersonalLeave(Inputs, frozen=True, kw_only=True):
    """A month's wage with days of personal leave, or the days that `events` give."""

    monthly_wage: Money | None = None
    normal_days: MonthDays | None = None
    paid_personal_days: Days = Days(0)
    unpaid_personal_days: Days = Days(0)
    events: tuple[Event, ...] = ()
    date: Day | None = None
    month: Month | None = None


@calculator("annual_leave")
def annual_leave(asked: AnnualLeave, on: date, figures: Figures) -> Result:
    """Days of annual leave in a year, with seniority, in proportion to the months worked."""
    sheet = Sheet(on, figures)
    if asked.segments:
        return _by_stretches(asked.segments, sheet)
    seniority = _seniority(asked, sheet)
    year = _base(asked, sheet) + seniority
    days = year * asked.months_worked_in_year / MONTHS_A_YEAR
    sheet.cite(*LEAVE_RULES)
    formula = f"{number(year)} ÷ {MONTHS_A_YEAR} × {number(asked.months_worked_in_year)}"
    due = sheet.step(N_("Annual leave"), _rounded(days, sheet), "days", formula)
    return sheet.result(seniority_days=plain(seniority), annual_leave_days=due)


@calculator("annual_leave_payout")
def annual_leave_payout(asked: LeavePayout, on: date, figures: Figures) -> Result:
    """Pay for the annual leave not taken when a worker leaves or loses the job."""
    sheet = Sheet(on, figures)
    year: Fraction | None = None
    due: Fraction | None = asked.untaken_days
    if due is None:
        year = _base(asked, sheet) + _seniority(asked, sheet)
        due = max(Fraction(0), year * asked.months_counted / MONTHS_A_YEAR - asked.days_taken)
        sheet.cite(*LEAVE_RULES)
        formula = f"{number(year)} ÷ {MONTHS_A_YEAR} × {number(asked.months_counted)} − {number(asked.days_taken)}"
        sheet.step(N_("Leave not taken"), due, "days", formula)
    sheet.cite("45/2019/QH14", "113", "3")
    sheet.cite("145/2020/NĐ-CP", "67", "3")
    wage, days = asked.prior_month_contract_wage, asked.normal_days_prior_month
    payout = sheet.money(
        N_("Pay for leave not taken"), wage / days * due, f"{vnd(wage)} ÷ {number(days)} × {number(due)}"
    )
    return sheet.result(annual_leave_days=None if year is None else plain(year), days_due=plain(due), payout=payout)


@calculator("personal_leave")
def personal_leave(asked: PersonalLeave, on: date, figures: Figures) -> Result:
    """The wage of a month with days off for a wedding or funeral; or the days the law gives for them."""
    sheet = Sheet(on, figures)
    sheet.cite("45/2019/QH14", "115")
    gifts = [_event_days(event, sheet) for event in asked.events]
    paid = asked.paid_personal_days + sum(days for days, with_pay in gifts if with_pay)
    unpaid = asked.unpaid_personal_days + sum(days for days, with_pay in gifts if not with_pay)
    given = [plain(days) for days, _ in gifts] or None
    if asked.monthly_wage is None:
        if not gifts:
            raise BadInput("events: give events, or monthly_wage and normal_days")
        return sheet.result(days=given, paid_days=plain(paid), unpaid_days=plain(unpaid))
    if asked.normal_days is None or paid + unpaid > asked.normal_days:
        raise BadInput("normal_days: give the normal working days of the month, no fewer than the days of leave")
    sheet.cite("145/2020/NĐ-CP", "67", "2")
    wage, normal = asked.monthly_wage, asked.normal_days
    formula = f"{vnd(wage)} ÷ {number(normal)} × {number(normal - unpaid)}"
    month = sheet.money(N_("Wage of the month"), wage * (normal - unpaid) / normal, formula)
    return sheet.result(wage=month, days=given, paid_days=plain(paid), unpaid_days=plain(unpaid))


def _base(asked: Entitlement, sheet: Sheet) -> Fraction:
    if asked.base_days is not None:
        return asked.base_days
    kind = "hazardous" if asked.conditions in {"minor", "disabled"} else asked.conditions
    return sheet.figure(f"annual_leave.days.{kind}")


def _seniority(asked: Entitlement, sheet: Sheet) -> Fraction:
    if not asked.full_years:
        return Fraction(0)
    each, extra = sheet.figure("annual_leave.seniority.years"), sheet.figure("annual_leave.seniority.extra")
    formula = f"{number(asked.full_years)} ÷ {number(each)}"
    days = asked.full_years // each * extra
    sheet.step(N_("Extra days for years with the employer"), days, "days", formula)
    return Fraction(days)


def _by_stretches(stretches: tuple[Stretch, ...], sheet: Sheet) -> Result:
    if sum(one.months for one in stretches) > MONTHS_A_YEAR:
        raise BadInput("segments: expected at most 12 months in one year")
    parts = [_stretch(one, sheet) for one in stretches]
    return sheet.result(annual_leave_days=sheet.step(N_("Annual leave"), sum(parts, Fraction(0)), "days"))


def _stretch(one: Stretch, sheet: Sheet) -> Fraction:
    days = _rounded(one.base_days * one.months / MONTHS_A_YEAR, sheet)
    formula = f"{number(one.base_days)} ÷ {MONTHS_A_YEAR} × {number(one.months)}"
    sheet.step(N_("Leave of this stretch"), days, "days", formula)
    return days


def _rounded(days: Fraction, sheet: Sheet) -> Fraction:
    """Whole days under the old decree, which said so; exact since then, because no rule of rounding exists."""
    if sheet.knows(OLD_ROUNDING):
        whole = sheet.figure(OLD_ROUNDING)
        sheet.warn(N_("This follows the rounding of the old decree and holds only for that time."))
        return dong(days / whole) * whole
    if days.denominator != 1:
        sheet.warn(N_("The law has no rule for rounding part days of leave; the workplace may round up."))
    return days


def _event_days(event: Event, sheet: Sheet) -> tuple[Fraction, bool]:
    figure = PAID_EVENTS.get(event)
    days = sheet.figure(figure or "personal_leave.unpaid")
    sheet.step(N_("Paid days off") if figure else N_("Unpaid days off"), days, "days")
    return days, figure is not None

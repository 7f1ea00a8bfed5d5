"""Paying into the insurance: whether and how much, interest on late payment, and the voluntary scheme."""

from datetime import date
from fractions import Fraction

import msgspec

from nhipcau.knowledge.calc.choices import pick
from nhipcau.knowledge.calc.insured import Region, Shares, bases, reference_level, shares
from nhipcau.knowledge.calc.quantities import Day, Days, Money, Month, MonthDays
from nhipcau.knowledge.calc.registry import BadInput, Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import HUNDRED, Sheet, number, percent, vnd
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures

LAW = "41/2024/QH15"
CONTRACTS = {
    "probation in a contract": ("probation in", "probation within", "probation clause", "probation as part"),
    "probation": ("probation", "thu viec"),
    "under 1 month": ("under 1 month", "less than 1 month", "duoi 1 thang"),
    "domestic": ("domestic", "giup viec"),
    "labour": (
        "labo",
        "employ",
        "work",
        "full",
        "part",
        "fixed",
        "definite",
        "indefinite",
        "hop dong",
        "hdld",
        "1 month",
        "co thoi",
        "xac",
    ),
}
INSURED = frozenset({"labour", "probation in a contract"})
HOUSEHOLDS = {
    "near_poor": ("can ngheo",),
    "ethnic_minority": ("ethnic", "minority", "dan toc"),
    "poor": ("ho ngheo", "ngheo", "island", "xa dao"),
    "other": ("normal", "none", "ordinary", "khac"),
}
SUPPORT = {"near_poor": "near_poor", "ethnic_minority": "ethnic", "poor": "poor", "other": "other"}


class WorkingDays(MonthDays):
    """Days of one month without pay."""

    least = 0
    expected = "days of one month, from 0 to 31"


class Contribution(Inputs, frozen=True, kw_only=True):
    """`wage` in VND a month; `region` is needed where the cap of unemployment insurance could matter.

    `agreed_to_pay`: both sides agree to pay also for a month with many unpaid days.
    """

    wage: Money
    month: Month | None = None
    region: Region | None = None
    contract: str = "labour"
    part_time: bool = False
    unpaid_working_days: WorkingDays = WorkingDays(0)
    agreed_to_pay: bool = False
    ui_liable: bool = True


class LatePayment(Inputs, frozen=True, kw_only=True):
    """VND owed and days after the deadline."""

    amount_overdue: Money
    days: Days
    date: Day | None = None
    month: Month | None = None


class Voluntary(Inputs, frozen=True, kw_only=True):
    """The chosen `income` in VND a month; `group`: poor, near_poor, ethnic_minority or other."""

    income: Money
    group: str = "other"
    month: Month | None = None


@calculator("contribution")
def contribution(asked: Contribution, on: date, figures: Figures) -> Result:
    """Whether a worker is insured this month, and what each side pays."""
    sheet = Sheet(on, figures)
    covered = _covered(asked, sheet)
    unpaid = asked.unpaid_working_days >= sheet.figure("si.unpaid_days_month")
    contributes = covered and (not unpaid or asked.agreed_to_pay)
    if not contributes:
        return sheet.result(covered=covered, contributes=False, **msgspec.structs.asdict(Shares()))
    # The employment law knows no agreement to pay for a month with many unpaid days.
    ui = asked.ui_liable and not unpaid
    paid = shares(sheet, bases(sheet, asked.wage, asked.region, ui=ui), ui=ui)
    return sheet.result(covered=True, contributes=True, **msgspec.structs.asdict(paid))


@calculator("late_payment", dated=())
def late_payment(asked: LatePayment, on: date, figures: Figures) -> Result:
    """What an employer owes on top of insurance paid late."""
    sheet = Sheet(asked.date or asked.month or on, figures)
    rate = sheet.figure("si.late.daily_interest")
    formula = f"{vnd(asked.amount_overdue)} × {percent(rate)} × {number(asked.days)}"
    owed = asked.amount_overdue * sheet.rate("si.late.daily_interest") * asked.days
    interest = sheet.money(N_("Interest on late insurance"), owed, formula)
    return sheet.result(interest=interest, total=interest + int(asked.amount_overdue))


@calculator("voluntary_si")
def voluntary_si(asked: Voluntary, on: date, figures: Figures) -> Result:
    """A month's voluntary social insurance, less the state's support."""
    sheet = Sheet(on, figures)
    floor = sheet.figure("voluntary_si.floor")
    cap = reference_level(sheet) * sheet.figure("si.wage_base.cap_times")
    if not floor <= asked.income <= cap:
        raise BadInput(f"income: expected {vnd(floor)} to {vnd(cap)} VND a month, got {vnd(asked.income)}")
    rate = sheet.figure("voluntary_si.rate")
    gross = sheet.money(N_("Contribution"), asked.income * rate / HUNDRED, f"{vnd(asked.income)} × {percent(rate)}")
    share = sheet.figure(f"voluntary_si.support.{SUPPORT[pick('group', asked.group, HOUSEHOLDS)]}.rate")
    formula = f"{vnd(floor)} × {percent(rate)} × {percent(share)}"
    support = sheet.money(N_("State support"), floor * rate / HUNDRED * share / HUNDRED, formula)
    to_pay = sheet.money(N_("You pay"), gross - support)
    return sheet.result(gross_contribution=gross, state_support=support, to_pay=to_pay)


def _covered(asked: Contribution, sheet: Sheet) -> bool:
    kind = pick("contract", asked.contract, CONTRACTS)
    sheet.cite(LAW, "2")
    if kind not in INSURED:
        sheet.cite("158/2025/NĐ-CP", "3")
        sheet.warn(N_("Probation contracts, contracts under one month and domestic work are not insured."))
        return False
    floor = reference_level(sheet)
    if asked.part_time and asked.wage < floor:
        sheet.note(N_("Part-time pay below the floor is not insured"), f"{vnd(asked.wage)} < {vnd(floor)}")
        return False
    return asked.wage > Fraction(0)

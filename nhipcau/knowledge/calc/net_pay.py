"""From gross pay to net pay and back."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction

import msgspec

from nhipcau.knowledge.calc.dues import member_dues
from nhipcau.knowledge.calc.insured import Bases, Region, Shares, bases, reference_level, shares
from nhipcau.knowledge.calc.quantities import Money, Month, People
from nhipcau.knowledge.calc.registry import Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import Sheet, vnd
from nhipcau.knowledge.calc.tax import after_deductions, tariff
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures

HIGHEST = 10**12  # VND, the most that a wage may be
NEAR = 6  # VND; the rounding of the lines moves the net pay by less


class Pay(Inputs, frozen=True, kw_only=True):
    """VND a month. `exempt_income` (overtime, meals) is paid on top and is neither taxed nor insured.

    `si_wage` where insurance is paid on another sum than the gross wage. `ui_liable` is false for foreigners.
    """

    month: Month | None = None
    region: Region | None = None
    dependants: People = People(0)
    exempt_income: Money = Money(0)
    ui_liable: bool = True
    union_member: bool = False
    si_wage: Money | None = None
    voluntary_pension: Money = Money(0)
    charity: Money = Money(0)


class Gross(Pay, frozen=True, kw_only=True):
    """`gross`: the wage before insurance and tax."""

    gross: Money


class Net(Pay, frozen=True, kw_only=True):
    """`net`: what is paid out."""

    net: Money


@calculator("gross_net")
def gross_net(asked: Gross, on: date, figures: Figures) -> Result:
    """Net pay: the gross wage less the worker's insurance, income tax and union dues."""
    sheet = Sheet(on, figures)
    return sheet.result(**_amounts(sheet, asked, asked.gross))


@calculator("net_gross")
def net_gross(asked: Net, on: date, figures: Figures) -> Result:
    """The gross wage which leaves this net pay."""

    def net(gross: int) -> int:
        return _amounts(Sheet(on, figures), asked, Fraction(gross))["net"]

    gross = _invert(net, int(asked.net), int(reference_level(Sheet(on, figures))))
    sheet = Sheet(on, figures)
    amounts = _amounts(sheet, asked, Fraction(gross))
    return sheet.result(gross=sheet.money(N_("Gross wage"), gross), **amounts)


def _amounts(sheet: Sheet, pay: Pay, gross: Fraction) -> dict[str, int]:
    base, paid = _insurance(sheet, pay, gross)
    pension = min(pay.voluntary_pension, sheet.figure("tax.pension_fund.max")) if pay.voluntary_pension else 0
    income = gross - paid.employee_total - pension - pay.charity
    taxable = after_deductions(sheet, income, pay.dependants)
    tax = tariff(sheet, taxable)
    dues = member_dues(sheet, base.si) if pay.union_member else 0
    kept = gross + pay.exempt_income - paid.employee_total - tax - dues
    formula = f"{vnd(gross + pay.exempt_income)} − {vnd(paid.employee_total)} − {vnd(tax)} − {vnd(dues)}"
    net = sheet.money(N_("Net pay"), kept, formula)
    return {
        **msgspec.structs.asdict(paid),
        "taxable_income": int(taxable),
        "pit": tax,
        "union_dues": dues,
        "net": net,
    }


def _insurance(sheet: Sheet, pay: Pay, gross: Fraction) -> tuple[Bases, Shares]:
    wage = gross if pay.si_wage is None else pay.si_wage
    if wage < reference_level(sheet):
        sheet.warn(
            N_("Pay below the floor is not insured when the work is part-time; full-time pay may not be so low.")
        )
        return Bases(si=wage, ui=Fraction(0)), Shares()
    base = bases(sheet, wage, pay.region, ui=pay.ui_liable)
    return base, shares(sheet, base, ui=pay.ui_liable)


def _invert(net: Callable[[int], int], target: int, floor: int) -> int:
    """The roundest gross whose net is nearest to the target; net pay grows with the gross from the floor on."""
    low, high = (floor, HIGHEST) if target >= net(floor) else (0, floor - 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if net(middle) >= target else (middle + 1, high)
    around = range(max(0, low - NEAR), low + NEAR + 1)
    return min(around, key=lambda gross: (abs(net(gross) - target), -_zeros(gross), abs(gross - low)))


def _zeros(amount: int) -> int:
    digits = str(amount)
    return len(digits) - len(digits.rstrip("0"))

"""Income tax on wages: the tariff, withholding, and the settlement of a year."""

from datetime import date
from fractions import Fraction
from itertools import count

from nhipcau.knowledge.calc.choices import pick
from nhipcau.knowledge.calc.insured import Region, bases, shares
from nhipcau.knowledge.calc.quantities import Money, Month, Months, People, Years
from nhipcau.knowledge.calc.registry import BadInput, Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import HUNDRED, MONTHS_A_YEAR, Sheet, percent, vnd
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures, FigureUnknown

CONTRACTS = {
    "none or under 3 months": (
        "none",
        "no contract",
        "1 month",
        "2 month",
        "under",
        "less",
        "below",
        "ended",
        "after",
        "casual",
        "khong",
        "duoi",
    ),
    "3 months or more": (
        "month",
        "year",
        "three month",
        "from 3",
        "over",
        "fixed",
        "indefinite",
        "long",
        "tu 3",
        "tren",
    ),
}


class TaxYear(Years):
    """A calendar year."""

    least = 2009
    most = 2100
    expected = "a year from 2009 to 2100"


class Pit(Inputs, frozen=True, kw_only=True):
    """One of: taxable income of a month or a year after all deductions, or the wage of a month before them.

    VND. `insurance` is the worker's share for that month. A non-resident has no deductions.
    """

    taxable_income_month: Money | None = None
    taxable_income_year: Money | None = None
    taxable_wage: Money | None = None
    insurance: Money = Money(0)
    dependants: People = People(0)
    resident: bool = True
    year: TaxYear | None = None
    month: Month | None = None


class Withholding(Inputs, frozen=True, kw_only=True):
    """One payment in VND. `commitment_form`: the person has only this income, under the taxable level."""

    payment: Money
    contract: str = "none or under 3 months"
    commitment_form: bool = False
    asked_to_withhold: bool = False
    resident: bool = True
    insurance: Money = Money(0)
    dependants: People = People(0)
    year: TaxYear | None = None
    month: Month | None = None


class AnnualMonths(Months):
    """Months of one year."""

    most = 12
    expected = "months of one year, from 0 to 12"


class Annual(Inputs, frozen=True, kw_only=True):
    """VND. `casual_withheld` is 10 % of the casual income unless given."""

    wage_month: Money
    months: AnnualMonths = AnnualMonths(MONTHS_A_YEAR)
    casual_income: Money = Money(0)
    casual_withheld: Money | None = None
    dependants: People = People(0)
    year: TaxYear | None = None
    region: Region | None = None
    ui_liable: bool = True


@calculator("pit")
def pit(asked: Pit, on: date, figures: Figures) -> Result:
    """Income tax of a month, or of a year where the year's taxable income is given."""
    sheet = Sheet(_year_end(asked.year, on), figures)
    given = (asked.taxable_income_month, asked.taxable_income_year, asked.taxable_wage)
    if sum(one is not None for one in given) != 1:
        raise BadInput("taxable_income_month: give one of taxable_income_month, taxable_income_year, taxable_wage")
    income = next(one for one in given if one is not None)
    if not asked.resident:
        return sheet.result(pit=_non_resident(sheet, income))
    if asked.taxable_income_year is not None:
        return sheet.result(taxable_income=int(income), pit=tariff(sheet, income, MONTHS_A_YEAR))
    taxable = Fraction(income)
    if asked.taxable_wage is not None:
        taxable = after_deductions(sheet, income - asked.insurance, asked.dependants)
    return sheet.result(taxable_income=int(taxable), pit=tariff(sheet, taxable))


@calculator("pit_withholding")
def pit_withholding(asked: Withholding, on: date, figures: Figures) -> Result:
    """What the payer keeps back from one payment."""
    sheet = Sheet(on if asked.month else _year_end(asked.year, on), figures)
    if not asked.resident:
        return sheet.result(withheld=_non_resident(sheet, asked.payment))
    if pick("contract", asked.contract, CONTRACTS) == "3 months or more":
        taxable = after_deductions(sheet, asked.payment - asked.insurance, asked.dependants)
        return sheet.result(withheld=tariff(sheet, taxable))
    large = asked.payment >= sheet.figure("tax.withholding.threshold")
    if not asked.asked_to_withhold and (asked.commitment_form or not large):
        return sheet.result(withheld=sheet.money(N_("Withheld tax"), 0))
    rate = sheet.figure("tax.withholding.rate")
    formula = f"{vnd(asked.payment)} × {percent(rate)}"
    return sheet.result(withheld=sheet.money(N_("Withheld tax"), asked.payment * rate / HUNDRED, formula))


@calculator("pit_annual", dated=())
def pit_annual(asked: Annual, on: date, figures: Figures) -> Result:
    """The settlement of a year: tax on everything less what was withheld. Below zero means a refund."""
    year = int(asked.year) if asked.year else on.year
    sheet = Sheet(date(year, 12, 31), figures)
    insurance = withheld = 0
    for month in range(1, int(asked.months) + 1):
        # Caps and rates may change within the year, so each month is computed by its own law.
        own = Sheet(date(year, month, 1), figures)
        bound = bases(own, asked.wage_month, asked.region, ui=asked.ui_liable)
        paid = shares(own, bound, ui=asked.ui_liable).employee_total if asked.wage_month else 0
        insurance += paid
        withheld += tariff(own, after_deductions(own, asked.wage_month - paid, asked.dependants))
    earned = asked.wage_month * int(asked.months) + asked.casual_income
    sheet.money(N_("Income of the year"), earned)
    sheet.money(N_("Insurance of the year"), insurance)
    taxable = after_deductions(sheet, earned - insurance, asked.dependants, MONTHS_A_YEAR)
    tax = tariff(sheet, taxable, MONTHS_A_YEAR)
    total = sheet.money(N_("Already withheld"), withheld + _casual_withheld(asked, sheet))
    to_pay = sheet.money(N_("Still to pay; below zero it is refunded"), tax - total)
    _say_waived(sheet, to_pay)
    return sheet.result(taxable_year=int(taxable), tax_year=tax, withheld=total, to_pay=to_pay)


def after_deductions(sheet: Sheet, income: Fraction, dependants: Fraction, months: int = 1) -> Fraction:
    """Taxable income, VND, never below zero: less the deductions for oneself and each dependant."""
    own = sheet.figure("tax.deduction.self") * months
    others = sheet.figure("tax.deduction.dependant") * dependants * months
    formula = f"{vnd(income)} − {vnd(own)} − {vnd(others)}"
    return Fraction(sheet.money(N_("Taxable income"), max(Fraction(0), income - own - others), formula))


def tariff(sheet: Sheet, taxable: Fraction, months: int = 1) -> int:
    """Tax in VND on the taxable income of `months` months, by the brackets in force."""
    for bracket in count(1):
        rate = sheet.figure(f"tax.bracket_{bracket}.rate")
        top = _where_known(sheet, f"tax.bracket_{bracket}.top")
        if top is not None and taxable > top * months:
            continue
        minus = (_where_known(sheet, f"tax.bracket_{bracket}.minus") or Fraction(0)) * months
        formula = f"{vnd(taxable)} × {percent(rate)} − {vnd(minus)}"
        return sheet.money(N_("Income tax"), taxable * rate / HUNDRED - minus, formula)
    raise AssertionError("the last bracket has no top")


def _non_resident(sheet: Sheet, income: Fraction) -> int:
    rate = sheet.figure("tax.non_resident.rate")
    return sheet.money(N_("Income tax"), income * rate / HUNDRED, f"{vnd(income)} × {percent(rate)}")


def _casual_withheld(asked: Annual, sheet: Sheet) -> Fraction:
    if asked.casual_withheld is not None:
        return asked.casual_withheld
    return asked.casual_income * sheet.rate("tax.withholding.rate")


def _say_waived(sheet: Sheet, to_pay: int) -> None:
    waived = _where_known(sheet, "tax.settle.waived")
    if waived is not None and 0 < to_pay <= waived:
        sheet.warn(N_("So small an extra tax is waived."))


def _where_known(sheet: Sheet, name: str) -> Fraction | None:
    """The figure, or None where none is in force: the highest bracket has no top, the lowest nothing to take off."""
    try:
        return sheet.figure(name)
    except FigureUnknown:
        return None


def _year_end(year: TaxYear | None, on: date) -> date:
    return date(int(year), 12, 31) if year else on

"""The pension: its rate and amount, the lump sum on retiring, and the floor."""

from datetime import date
from fractions import Fraction

from nhipcau.knowledge.calc.choices import sex
from nhipcau.knowledge.calc.insured import reference_level
from nhipcau.knowledge.calc.quantities import Money, Month, Months, Years
from nhipcau.knowledge.calc.registry import Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import HUNDRED, MONTHS_A_YEAR, Sheet, number, percent, plain, vnd
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.calc.years import counted_years
from nhipcau.knowledge.figures import Figures

GROUPS = {"M": "men", "F": "women"}


class EarlyYears(Years):
    """Years before the retirement age."""

    most = 10
    expected = "0 to 10 years"


class Pension(Inputs, frozen=True, kw_only=True):
    """`sex` M or F; years and odd months paid; VND, the average wage adjusted for prices.

    `years_early`: before the retirement age because of lost working capacity; zero for heavy work.
    """

    sex: str
    years: Years
    months: Months = Months(0)
    adjusted_average: Money
    years_early: EarlyYears = EarlyYears(0)
    month: Month | None = None


class Lump(Inputs, frozen=True, kw_only=True):
    """Years paid in all and, of these, after the retirement age; VND average."""

    sex: str
    years_total: Years
    months_total: Months = Months(0)
    years_after_retirement_age: Years = Years(0)
    adjusted_average: Money
    month: Month | None = None


class Floor(Inputs, frozen=True, kw_only=True):
    """The computed pension in VND; month of joining; years in the compulsory scheme."""

    computed: Money
    joined: Month
    compulsory_years: Years
    month: Month | None = None


@calculator("pension")
def pension(asked: Pension, on: date, figures: Figures) -> Result:
    """The monthly pension."""
    sheet = Sheet(on, figures)
    if not _entitled(asked, sheet):
        return sheet.result(eligible=False, rate_pct=0, pension=0)
    years = counted_years(sheet, asked.years, asked.months)
    full = sheet.step(N_("Rate for the years paid"), _rate(sheet, sex(asked.sex), years), "percent", number(years))
    rate = Fraction(str(full)) - _cut(sheet, asked.years_early)
    amount = asked.adjusted_average * rate / HUNDRED
    formula = f"{vnd(asked.adjusted_average)} × {percent(rate)}"
    monthly = sheet.money(N_("Monthly pension"), amount, formula)
    return sheet.result(eligible=True, rate_pct=plain(rate), pension=monthly)


@calculator("pension_lump")
def pension_lump(asked: Lump, on: date, figures: Figures) -> Result:
    """The sum paid on retiring for years beyond those which give the highest rate."""
    sheet = Sheet(on, figures)
    years = counted_years(sheet, asked.years_total, asked.months_total)
    beyond = max(Fraction(0), years - sheet.figure(f"pension.rate.top_years_{GROUPS[sex(asked.sex)]}"))
    late = min(beyond, asked.years_after_retirement_age)
    usual, more = sheet.figure("pension.lump.per_year"), sheet.figure("pension.lump.per_late_year")
    months = (beyond - late) * usual + late * more
    formula = f"{number(beyond - late)} × {number(usual)} + {number(late)} × {number(more)}"
    sheet.step(N_("Months of average salary"), months, "months", formula)
    lump = sheet.money(
        N_("Lump sum"), asked.adjusted_average * months, f"{vnd(asked.adjusted_average)} × {number(months)}"
    )
    return sheet.result(months_of_salary=plain(months), lump_sum=lump)


@calculator("pension_floor")
def pension_floor(asked: Floor, on: date, figures: Figures) -> Result:
    """The pension, lifted to the reference level for people who joined early and paid long."""
    sheet = Sheet(on, figures)
    begun = figures["pension.floor.years"].series[0].since
    guarded = asked.joined < begun and asked.compulsory_years >= sheet.figure("pension.floor.years")
    level = reference_level(sheet) if guarded else Fraction(0)
    if guarded:
        sheet.money(N_("Reference level"), level)
    return sheet.result(pension=sheet.money(N_("Monthly pension"), max(asked.computed, level)))


def _entitled(asked: Pension, sheet: Sheet) -> bool:
    """By whole months: odd months round up for the level only, never for the right."""
    paid = asked.years * MONTHS_A_YEAR + asked.months
    needed = sheet.figure("pension.early.years" if asked.years_early else "pension.years_min")
    if paid < needed * MONTHS_A_YEAR:
        sheet.note(N_("Paid too few years"), f"{number(paid / MONTHS_A_YEAR)} < {number(needed)}")
        return False
    if asked.years_early > sheet.figure("pension.early.max"):
        sheet.warn(N_("So many years early need the higher loss of working capacity."))
    return True


def _rate(sheet: Sheet, who: str, years: Fraction) -> Fraction:
    enough = sheet.figure(f"pension.rate.{GROUPS[who]}_years")
    if years < enough:
        over = years - sheet.figure("pension.years_min")
        return sheet.figure("pension.rate.men_low") + over * sheet.figure("pension.rate.men_low_step")
    rate = sheet.figure("pension.rate.base") + (years - enough) * sheet.figure("pension.rate.step")
    return min(rate, sheet.figure("pension.rate.top"))


def _cut(sheet: Sheet, early: Fraction) -> Fraction:
    """Per cent taken off for going early: for each full year, and less for a half."""
    if not early:
        return Fraction(0)
    whole, odd = divmod(early * MONTHS_A_YEAR, MONTHS_A_YEAR)
    cut = whole * sheet.figure("pension.early.cut")
    if odd >= sheet.figure("pension.early.cut_free_months"):
        cut += sheet.figure("pension.early.cut_half")
    sheet.step(N_("Taken off for going early"), cut, "percent")
    return cut

"""Withdrawing social insurance once: who may, how much, and the average wage adjusted for prices."""

from datetime import date
from fractions import Fraction

import msgspec

from nhipcau.knowledge.calc.choices import pick
from nhipcau.knowledge.calc.quantities import Day, Money, Month, Months, Percent, Years
from nhipcau.knowledge.calc.registry import BadInput, Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import HUNDRED, MONTHS_A_YEAR, Sheet, number, percent, plain, vnd
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.calc.years import salary_months
from nhipcau.knowledge.figures import Figures

LAW = "41/2024/QH15"
SPLIT = 2014  # the year from which each year counts for more
FIRST_INDEXED = 1995  # earlier years share one price coefficient
REASONS = {
    "retirement_age": ("retire", "pension age", "tuoi nghi huu", "du tuoi"),
    "emigration": ("emigrat", "abroad", "settle", "overseas", "dinh cu", "nuoc ngoai"),
    "serious_illness": (
        *("illness", "disease", "serious", "cancer", "polio", "cirrhosis", "tubercul", "aids", "benh", "ung thu"),
        *("bai liet", "xo gan", "lao nang", "hiv"),
    ),
    "disability": ("loss", "81", "disab", "khuyet tat", "suy giam"),
    "armed_forces": ("army", "military", "police", "force", "bo doi", "cong an", "quan nhan"),
    "none": ("no reason", "job", "left", "unemploy", "khong", "nghi viec", "12 month", "out"),
}
ALWAYS = frozenset({"emigration", "serious_illness", "disability", "armed_forces"})


class PaidYear(Years):
    """A calendar year of contributions."""

    least = 1960
    most = 2100
    expected = "a year from 1960 to 2100"


class YearMonths(Months):
    """Months of one year and wage."""

    least = 1
    most = 12
    expected = "months of one year, from 1 to 12"


class Wages(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`months` of a year paid on one monthly wage, VND."""

    year: PaidYear
    months: YearMonths
    wage: Money


class OneOff(Inputs, frozen=True, kw_only=True):
    """Years and odd months before and from 2014; VND average adjusted for prices."""

    years_before_2014: Years = Years(0)
    months_before_2014: Months = Months(0)
    years_from_2014: Years = Years(0)
    months_from_2014: Months = Months(0)
    adjusted_average: Money
    month: Month | None = None


class Eligibility(Inputs, frozen=True, kw_only=True):
    """Month of the first contribution, months outside the insurance, years paid.

    `reason`: none, retirement_age, emigration, serious_illness, disability (`loss_pct`) or armed_forces.
    """

    first_joined: Month
    months_outside: Months = Months(0)
    years_paid: Years
    reason: str = "none"
    loss_pct: Percent | None = None
    date: Day | None = None


class History(Inputs, frozen=True, kw_only=True):
    """The wages on which insurance was paid, and the year of the claim."""

    history: tuple[Wages, ...]
    claim_year: PaidYear


@calculator("one_off")
def one_off(asked: OneOff, on: date, figures: Figures) -> Result:
    """The sum of a one-off withdrawal."""
    sheet = Sheet(on, figures)
    before = asked.years_before_2014 * MONTHS_A_YEAR + asked.months_before_2014
    after = asked.years_from_2014 * MONTHS_A_YEAR + asked.months_from_2014
    months, amount = withdrawal(sheet, before, after, asked.adjusted_average)
    sheet.warn(N_("Withdrawing loses the years paid, health insurance in old age and survivor benefits."))
    return sheet.result(months_of_salary=plain(months), amount=amount)


@calculator("one_off_eligibility")
def one_off_eligibility(asked: Eligibility, on: date, figures: Figures) -> Result:
    """Whether somebody may withdraw social insurance once."""
    sheet = Sheet(on, figures)
    reason = pick("reason", asked.reason, REASONS)
    if reason == "retirement_age":
        return sheet.result(eligible=asked.years_paid < sheet.figure("pension.years_min"))
    if reason == "disability" and asked.loss_pct is not None:
        return sheet.result(
            eligible=asked.loss_pct >= sheet.figure("si.one_off.loss") or _by_waiting(asked, sheet, figures)
        )
    if reason in ALWAYS:
        sheet.cite(LAW, "70", "1")
        return sheet.result(eligible=True)
    return sheet.result(eligible=_by_waiting(asked, sheet, figures))


@calculator("adjusted_average", dated=())
def adjusted_average(asked: History, on: date, figures: Figures) -> Result:
    """The average wage adjusted for prices, and what a one-off withdrawal on it would be."""
    sheet = Sheet(date(int(asked.claim_year), 12, 31), figures)
    months = sum((one.months for one in asked.history), Fraction(0))
    if not months:
        raise BadInput("history: give at least one year with its months and wage")
    total = sum((_adjusted(sheet, one) for one in asked.history), Fraction(0))
    average = sheet.money(N_("Adjusted average wage"), total / months, f"{vnd(total)} ÷ {number(months)}")
    before = sum((one.months for one in asked.history if one.year < SPLIT), Fraction(0))
    salaries, amount = withdrawal(sheet, before, months - before, total / months)
    return sheet.result(adjusted_average=average, one_off_months=plain(salaries), one_off=amount)


def withdrawal(sheet: Sheet, before: Fraction, after: Fraction, average: Fraction) -> tuple[Fraction, int]:
    """Months of salary and the sum, from months paid before 2014 and from then on."""
    if before + after < MONTHS_A_YEAR:
        months = _under_a_year(sheet, before + after)
    else:
        months = salary_months(sheet, "si.one_off", before, after)
    return months, sheet.money(N_("One-off withdrawal"), average * months, f"{vnd(average)} × {number(months)}")


def _under_a_year(sheet: Sheet, paid: Fraction) -> Fraction:
    """What was paid in, in months of salary, up to the cap."""
    rate = sheet.figure("si.rate.worker.pension") + sheet.figure("si.rate.employer.pension")
    months = min(sheet.figure("si.one_off.under_year_cap"), paid * rate / HUNDRED)
    sheet.step(N_("Months of average salary"), months, "months", f"{number(paid)} × {percent(rate)}")
    sheet.warn(N_("Under one year the sum paid in is returned: here the worker's and the employer's part."))
    return months


def _by_waiting(asked: Eligibility, sheet: Sheet, figures: Figures) -> bool:
    """Without another reason: joined before the law of 2024, long enough outside, not too many years."""
    begun = figures["si.one_off.gap_months"].series[0].since
    if asked.first_joined >= begun:
        sheet.warn(N_("Who first joined from 1 July 2025 cannot withdraw only for having left work."))
    few = asked.years_paid < sheet.figure("si.one_off.under_years")
    return asked.first_joined < begun and asked.months_outside >= sheet.figure("si.one_off.gap_months") and few


def _adjusted(sheet: Sheet, one: Wages) -> Fraction:
    year = int(one.year)
    factor = sheet.figure(f"si.price_index.y{year}" if year >= FIRST_INDEXED else "si.price_index.before_1995")
    formula = f"{year}: {vnd(one.wage)} × {number(factor)} × {number(one.months)}"
    sheet.money(N_("Wages adjusted for prices"), one.wage * factor * one.months, formula)
    return one.wage * factor * one.months

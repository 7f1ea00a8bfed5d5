"""What the work-accident insurance pays, and what follows a death at work."""

from datetime import date
from fractions import Fraction

from nhipcau.knowledge.calc.accident import Accident, compensation_months
from nhipcau.knowledge.calc.insured import reference_level
from nhipcau.knowledge.calc.quantities import Day, Money, Month, Percent, Years
from nhipcau.knowledge.calc.registry import Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import HUNDRED, Sheet, number, percent, plain, vnd
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures

RULES = ("28/2021/TT-BLĐTBXH", "9")


class Loss(Inputs, frozen=True, kw_only=True):
    """Per cent of working ability lost; years paid to the fund; VND, the insured wage of the month before.

    `needs_helper`: 81 % and more with paralysis, blindness, two limbs lost or mental illness.
    """

    loss_pct: Percent
    years_paid: Years
    si_wage: Money
    needs_helper: bool = False
    month: Month | None = None
    date: Day | None = None


class Employer(Inputs, frozen=True, kw_only=True):
    """`worker_fault`: wholly the worker's own. VND, the wage of a month (average of six)."""

    loss_pct: Percent
    worker_fault: bool = False
    wage: Money
    month: Month | None = None


class Death(Inputs, frozen=True, kw_only=True):
    """Month of the death; `worker_fault`: wholly the worker's own; VND, the wage of a month."""

    month: Month | None = None
    worker_fault: bool = False
    wage: Money


@calculator("accident_lump")
def accident_lump(asked: Loss, on: date, figures: Figures) -> Result:
    """The fund's single payment for a smaller loss of working ability."""
    sheet = Sheet(on, figures)
    least, most = sheet.figure("accident.fund.once_from"), sheet.figure("accident.fund.once_to")
    if not least <= asked.loss_pct <= most:
        return _outside(sheet, asked.loss_pct, least)
    base, step = sheet.figure("accident.fund.once_base"), sheet.figure("accident.fund.once_step")
    by_loss = _by_loss(sheet, base + (asked.loss_pct - least) * step)
    wage, year = sheet.figure("accident.fund.once_wage"), sheet.figure("accident.fund.once_wage_year")
    return _together(sheet, by_loss, _by_years(sheet, asked, wage, year))


@calculator("accident_monthly")
def accident_monthly(asked: Loss, on: date, figures: Figures) -> Result:
    """The fund's monthly payment for a greater loss of working ability."""
    sheet = Sheet(on, figures)
    least = sheet.figure("accident.fund.monthly_from")
    if asked.loss_pct < least:
        return _outside(sheet, asked.loss_pct, sheet.figure("accident.fund.once_from"))
    base, step = sheet.figure("accident.fund.month_base"), sheet.figure("accident.fund.month_step")
    by_loss = _by_loss(sheet, (base + (asked.loss_pct - least) * step) / HUNDRED)
    wage, year = sheet.figure("accident.fund.month_wage"), sheet.figure("accident.fund.month_wage_year")
    by_years = _by_years(sheet, asked, wage / HUNDRED, year / HUNDRED)
    helper = 0
    if asked.needs_helper and asked.loss_pct >= sheet.figure("accident.comp.severe_from"):
        level = base_level(sheet) * sheet.figure("accident.fund.helper_times")
        helper = sheet.money(N_("For a helper"), level)
    return _together(sheet, by_loss, by_years, helper)


@calculator("accident_employer")
def accident_employer(asked: Employer, on: date, figures: Figures) -> Result:
    """What the employer pays after a work accident, at least."""
    sheet = Sheet(on, figures)
    months = _employer_months(sheet, Accident(impairment_percent=asked.loss_pct), asked.worker_fault)
    formula = f"{vnd(asked.wage)} × {number(months)}"
    amount = sheet.money(N_("Paid by the employer, at least"), asked.wage * months, formula)
    return sheet.result(months=plain(months), amount=amount)


@calculator("accident_death")
def accident_death(asked: Death, on: date, figures: Figures) -> Result:
    """What is paid when somebody dies of a work accident, survivor benefits aside."""
    sheet = Sheet(on, figures)
    level, times = base_level(sheet), sheet.figure("accident.fund.death_times")
    fund = sheet.money(N_("Paid by the accident fund"), level * times, f"{vnd(level)} × {number(times)}")
    months = _employer_months(sheet, Accident(death=True), asked.worker_fault)
    formula = f"{vnd(asked.wage)} × {number(months)}"
    employer = sheet.money(N_("Paid by the employer, at least"), asked.wage * months, formula)
    funeral = sheet.money(N_("Funeral allowance"), reference_level(sheet) * sheet.figure("survivor.funeral.times"))
    return sheet.result(fund_lump_sum=fund, employer_at_least=employer, funeral=funeral)


def base_level(sheet: Sheet) -> Fraction:
    """The base salary, VND, by which the safety law measures its benefits."""
    return sheet.figure("base_salary")


def _employer_months(sheet: Sheet, accident: Accident, own_fault: bool) -> Fraction:
    full = compensation_months(accident, sheet)
    if not own_fault:
        return full
    share = sheet.figure("accident.allowance_percent")
    return Fraction(
        str(
            sheet.step(
                N_("Allowance in months of wage"),
                full * share / HUNDRED,
                "months",
                f"{number(full)} × {percent(share)}",
            )
        )
    )


def _by_loss(sheet: Sheet, times: Fraction) -> int:
    level = base_level(sheet)
    return sheet.money(N_("For the ability lost"), level * times, f"{vnd(level)} × {number(times)}")


def _by_years(sheet: Sheet, asked: Loss, first: Fraction, further: Fraction) -> int:
    """The wage part: a share for the first year or less, and one for each full year more."""
    sheet.cite(*RULES)
    times = first + max(0, int(asked.years_paid) - 1) * further
    return sheet.money(N_("For the years paid"), asked.si_wage * times, f"{vnd(asked.si_wage)} × {number(times)}")


def _together(sheet: Sheet, by_loss: int, by_years: int, helper: int = 0) -> Result:
    total = sheet.money(N_("Total"), by_loss + by_years + helper)
    return sheet.result(part_by_loss=by_loss, part_by_years=by_years, helper=helper or None, total=total)


def _outside(sheet: Sheet, loss: Fraction, least: Fraction) -> Result:
    if loss < least:
        sheet.warn(N_("Below the least percentage the accident fund pays nothing."))
    else:
        sheet.warn(N_("Another form of payment applies: once for a smaller loss, monthly for a greater one."))
    return _together(sheet, 0, 0)

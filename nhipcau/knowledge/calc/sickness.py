"""Sickness benefit: how many days a year, how much, and recovery leave afterwards."""

import re
from datetime import date
from fractions import Fraction

from nhipcau.knowledge.calc.choices import pick, says
from nhipcau.knowledge.calc.insured import reference_level
from nhipcau.knowledge.calc.quantities import Day, Days, Money, Month, Months, Percent, Years
from nhipcau.knowledge.calc.registry import BadInput, Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import HUNDRED, Sheet, number, percent, plain, vnd
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures

AFTER = {
    "maternity": ("birth", "matern", "miscarriage", "thai san", "sinh"),
    "accident": ("accident", "work accident", "occupational", "tai nan", "benh nghe"),
    "sickness": ("sick", "ill", "disease", "om"),
}
SEVERITY = {
    "twins": ("twin", "triplet", "two", "multiple", "sinh doi", "sinh nhieu"),
    "surgery": ("surg", "caesar", "cesar", "phau thuat", "sinh mo", "de mo"),
    "long": ("long", "dai ngay", "listed"),
}
GRAVER = {
    "maternity": ("maternity.recovery.days_", ("twins", "surgery")),
    "sickness": ("recovery.sick.days.", ("long", "surgery")),
}


class Sickness(Inputs, frozen=True, kw_only=True):
    """VND, the insured wage of the month before; working days off, halves allowed."""

    si_wage_last_month: Money
    days: Days
    date: Day | None = None
    month: Month | None = None


class Limit(Inputs, frozen=True, kw_only=True):
    """Years paid; `heavy_hazardous` work or a very hard region."""

    years_paid: Years
    heavy_hazardous: bool = False


class LongTerm(Inputs, frozen=True, kw_only=True):
    """A listed long disease once the normal days are used up: `months` and odd `days` off."""

    si_wage_last_month: Money
    years_paid: Years
    months: Months = Months(0)
    days: Days = Days(0)
    month: Month | None = None


class Convalescence(Inputs, frozen=True, kw_only=True):
    """`kind`: maternity_normal, maternity_surgery, maternity_twins, or sickness_other, sickness_surgery,
    sickness_long, or accident with `loss_pct`. `days` where fewer than the most were taken.
    """

    kind: str
    loss_pct: Percent | None = None
    days: Days | None = None
    month: Month | None = None


@calculator("sickness")
def sickness(asked: Sickness, on: date, figures: Figures) -> Result:
    """Sickness benefit for the days off, also for the care of a sick child."""
    sheet = Sheet(on, figures)
    rate = sheet.figure("sick_leave.pay.rate")
    return sheet.result(benefit=_daily(sheet, asked.si_wage_last_month, rate, asked.days))


@calculator("sickness_limit")
def sickness_limit(asked: Limit, on: date, figures: Figures) -> Result:
    """Paid sick days in a calendar year."""
    sheet = Sheet(on, figures)
    work = "heavy" if asked.heavy_hazardous else "normal"
    days = sheet.figure(f"sick_leave.days.{work}.{_seniority(sheet, asked.years_paid)}")
    return sheet.result(days_per_year=sheet.step(N_("Paid sick days a year"), days, "days"))


@calculator("sickness_long_term")
def sickness_long_term(asked: LongTerm, on: date, figures: Figures) -> Result:
    """Benefit in a listed long disease after the normal days of the year."""
    sheet = Sheet(on, figures)
    level = {"under15": "low", "from15": "mid", "from30": "high"}[_seniority(sheet, asked.years_paid)]
    rate = sheet.figure(f"sick_leave.pay.long_{level}")
    wage, months = asked.si_wage_last_month, asked.months
    formula = f"{vnd(wage)} × {percent(rate)} × {number(months)}"
    benefit = sheet.money(N_("Sickness benefit"), wage * rate / HUNDRED * months, formula)
    if asked.days:
        benefit += _daily(sheet, wage, rate, asked.days)
    return sheet.result(rate_pct=plain(rate), benefit=benefit)


@calculator("convalescence")
def convalescence(asked: Convalescence, on: date, figures: Figures) -> Result:
    """Recovery leave after sickness, birth or a work accident."""
    sheet = Sheet(on, figures)
    most = _recovery_days(asked, sheet)
    days = most if asked.days is None else min(asked.days, most)
    level, rate = reference_level(sheet), sheet.figure("recovery.rate")
    per_day = sheet.money(N_("Recovery leave, one day"), level * rate / HUNDRED, f"{vnd(level)} × {percent(rate)}")
    benefit = sheet.money(N_("Recovery benefit"), per_day * days, f"{vnd(per_day)} × {number(days)}")
    return sheet.result(days=plain(days), per_day=per_day, benefit=benefit)


def _daily(sheet: Sheet, wage: Fraction, rate: Fraction, days: Fraction) -> int:
    divisor = sheet.figure("sick_leave.pay.day_divisor")
    formula = f"{vnd(wage)} × {percent(rate)} ÷ {divisor} × {number(days)}"
    return sheet.money(N_("Sickness benefit"), wage * rate / HUNDRED / divisor * days, formula)


def _seniority(sheet: Sheet, years: Fraction) -> str:
    if years >= sheet.figure("sick_leave.years.high"):
        return "from30"
    return "from15" if years >= sheet.figure("sick_leave.years.mid") else "under15"


def _recovery_days(asked: Convalescence, sheet: Sheet) -> Fraction:
    after = pick("kind", asked.kind, AFTER)
    if after == "accident":
        return _accident_days(asked, sheet)
    family, graver = GRAVER[after]
    severity = next((one for one in graver if says(asked.kind, SEVERITY[one])), "other")
    return sheet.figure(family + severity)


def _accident_days(asked: Convalescence, sheet: Sheet) -> Fraction:
    named = re.search(r"\d+", asked.kind)
    loss = Fraction(named[0]) if asked.loss_pct is None and named else asked.loss_pct
    if loss is None:
        raise BadInput("loss_pct: must be given after a work accident (percent of working ability lost)")
    if loss >= sheet.figure("accident.fund.recovery_high_from"):
        return sheet.figure("accident.fund.recovery_high")
    if loss >= sheet.figure("accident.fund.recovery_middle_from"):
        return sheet.figure("accident.fund.recovery_middle")
    low = loss >= sheet.figure("accident.fund.recovery_from")
    return sheet.figure("accident.fund.recovery_low") if low else Fraction(0)

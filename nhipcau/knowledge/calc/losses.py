"""Who bears a loss: damage done by a worker, and work that had to stop."""

import re
from datetime import date
from fractions import Fraction
from typing import Literal

from nhipcau.knowledge.calc.pay import CODE, Region
from nhipcau.knowledge.calc.quantities import Day, Days, Money, Month, MonthDays
from nhipcau.knowledge.calc.registry import BadInput, Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import HUNDRED, Sheet, number, percent, vnd
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures
from nhipcau.knowledge.normalise import folded

# Read in this order: "fault of another worker" is not the worker's own.
CAUSES = (
    ("others", re.compile(r"other worker|another worker|others|cowork|nguoi khac|dong nghiep")),
    ("employer", re.compile(r"employer|company|nguoi su dung|cong ty|chu doanh nghiep")),
    ("worker", re.compile(r"worker|employee|own fault|nguoi lao dong")),
    (
        "objective",
        re.compile(
            r"disaster|storm|flood|fire|epidemic|disease|pandemic|power|electric|water|war|relocat|econom|authorit"
            r"|objective|thien tai|bao|lut|hoa hoan|dich|dien|nuoc|dich hoa|di doi|kinh te"
        ),
    ),
)


class Damage(Inputs, frozen=True, kw_only=True):
    """`damage` in VND, the worker's `monthly_wage` in VND, and the minimum-wage region of the workplace.

    `kind` "lost" means tools or property lost, or material used beyond the norm. `net_wage` (after insurance and
    tax) gives the most that may be deducted each month.
    """

    damage: Money
    region: Region
    monthly_wage: Money
    negligent: bool = True
    force_majeure: bool = False
    kind: Literal["damage", "lost"] = "damage"
    net_wage: Money | None = None
    date: Day | None = None
    month: Month | None = None


class Stoppage(Inputs, frozen=True, kw_only=True):
    """`days` working days without work, of `normal_days` in the month, and the `cause` in a few words.

    `monthly_wage` (or `contract_wage`), VND, is needed where the employer is at fault; the region elsewhere.
    """

    days: Days
    cause: str
    normal_days: MonthDays | None = None
    region: Region | None = None
    monthly_wage: Money | None = None
    contract_wage: Money | None = None
    date: Day | None = None
    month: Month | None = None


@calculator("damage_compensation")
def damage_compensation(asked: Damage, on: date, figures: Figures) -> Result:
    """The most that a worker pays for damage to the employer's property."""
    sheet = Sheet(on, figures)
    sheet.cite(CODE, "129", "1" if asked.kind == "damage" else "2")
    months, least = sheet.figure("damage.light_months"), sheet.figure(f"minimum_wage.monthly.{asked.region}")
    threshold = sheet.money(N_("Limit of slight damage"), months * least, f"{number(months)} × {vnd(least)}")
    cap = _cap(asked, threshold, sheet)
    most = sheet.money(N_("Compensation, at most"), min(Fraction(asked.damage), cap))
    sheet.warn(N_("The circumstances of the worker and the family must be considered."))
    return sheet.result(
        threshold_10_min_wages=threshold, max_compensation=most, monthly_deduction_max=_monthly(asked, sheet)
    )


@calculator("work_stoppage")
def work_stoppage(asked: Stoppage, on: date, figures: Figures) -> Result:
    """Pay for days on which work had to stop, by whose fault it was."""
    sheet = Sheet(on, figures)
    cause = _cause(asked.cause)
    sheet.cite(CODE, "99")
    if cause == "worker":
        sheet.warn(N_("Whoever caused the stoppage gets no pay for it."))
        return sheet.result(minimum_pay=sheet.money(N_("Stoppage pay, at least"), 0), pay=0)
    if asked.normal_days is None:
        raise BadInput("normal_days: give the normal working days of the month, from 1 to 31")
    if cause == "employer":
        pay = _for_days(_contract_wage(asked), asked.days, asked.normal_days, sheet)
        return sheet.result(minimum_pay=pay, pay=pay)
    if asked.region is None:
        raise BadInput("region: give the minimum-wage region I, II, III or IV")
    least = sheet.figure(f"minimum_wage.monthly.{asked.region}")
    sheet.warn(N_("A day's minimum wage is the month's by the normal working days: usual, but not an express rule."))
    return sheet.result(minimum_pay=_for_days(least, _floored(asked, cause, sheet), asked.normal_days, sheet))


def _cap(asked: Damage, threshold: int, sheet: Sheet) -> Fraction:
    if asked.force_majeure:
        sheet.warn(N_("Nothing is due where nobody could prevent the loss."))
        return Fraction(0)
    if asked.kind == "lost" or not asked.negligent or asked.damage > threshold:
        sheet.warn(
            N_("The limit in months of wage does not apply; part or all of the loss at market price may be due.")
        )
        return Fraction(asked.damage)
    months = sheet.figure("damage.max_wage_months")
    formula = f"{vnd(asked.monthly_wage)} × {number(months)}"
    return Fraction(sheet.money(N_("Limit in months of wage"), asked.monthly_wage * months, formula))


def _monthly(asked: Damage, sheet: Sheet) -> int | None:
    if asked.net_wage is None:
        return None
    share = sheet.figure("wages.deduction.max_rate")
    formula = f"{vnd(asked.net_wage)} × {percent(share)}"
    return sheet.money(N_("Deducted each month, at most"), asked.net_wage * share / HUNDRED, formula)


def _cause(text: str) -> str:
    plain = " ".join(folded(text).split())
    found = next((name for name, words in CAUSES if words.search(plain)), None)
    if found is None:
        raise BadInput("cause: expected employer, worker, other workers, or a cause such as power cut or storm")
    return found


def _contract_wage(asked: Stoppage) -> Fraction:
    wage = asked.contract_wage if asked.monthly_wage is None else asked.monthly_wage
    if wage is None:
        raise BadInput("monthly_wage: give the contract wage, which is due in full")
    return wage


def _floored(asked: Stoppage, cause: str, sheet: Sheet) -> Fraction:
    """The days for which the law sets a floor; beyond them only what both sides agree is due."""
    if cause == "others":
        return asked.days
    first = sheet.figure("wages.stoppage.minimum_days")
    if asked.days > first:
        sheet.warn(N_("After the first working days both sides agree on the pay; the law sets no least amount."))
    return min(Fraction(asked.days), first)


def _for_days(wage: Fraction, days: Fraction, normal: Fraction, sheet: Sheet) -> int:
    formula = f"{vnd(wage)} ÷ {number(normal)} × {number(days)}"
    return sheet.money(N_("Stoppage pay, at least"), wage / normal * days, formula)

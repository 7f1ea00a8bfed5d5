"""What the employer owes after a work accident or an occupational disease."""

from datetime import date
from fractions import Fraction

from nhipcau.knowledge.calc.quantities import Day, Money, Month, Percent
from nhipcau.knowledge.calc.registry import BadInput, Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import HUNDRED, Sheet, number, percent, plain, vnd
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures

LAW = "84/2015/QH13"


class Accident(Inputs, frozen=True, kw_only=True):
    """`impairment_percent` of working ability lost, or `death`; `wage` in VND a month for the amount.

    `own_fault`: wholly the worker's fault. `commuting`: on the way, through others' fault or an unknown cause.
    """

    impairment_percent: Percent | None = None
    death: bool = False
    wage: Money | None = None
    own_fault: bool = False
    commuting: bool = False
    excluded_cause: bool = False
    date: Day | None = None
    month: Month | None = None


@calculator("work_accident")
def work_accident(asked: Accident, on: date, figures: Figures) -> Result:
    """Months of wage as compensation, or as allowance where it was the worker's own fault."""
    sheet = Sheet(on, figures)
    months = sheet.step(N_("Compensation in months of wage"), compensation_months(asked, sheet), "months")
    exact = Fraction(str(months))
    share = sheet.figure("accident.allowance_percent")
    formula = f"{number(exact)} × {percent(share)}"
    allowance = sheet.step(N_("Allowance in months of wage"), exact * share / HUNDRED, "months", formula)
    due = exact * share / HUNDRED if asked.own_fault or asked.commuting else exact
    if asked.commuting:
        sheet.cite(LAW, "39", "2")
    sheet.warn(N_("The work-accident insurance pays its own benefits besides this."))
    amount = None
    if asked.wage is not None:
        amount = sheet.money(
            N_("Paid by the employer, at least"), asked.wage * due, f"{vnd(asked.wage)} × {number(due)}"
        )
    return sheet.result(compensation_months=months, allowance_months=allowance, due_months=plain(due), amount=amount)


def compensation_months(asked: Accident, sheet: Sheet) -> Fraction:
    """Months of wage when it was not wholly the worker's fault."""
    if asked.excluded_cause:
        sheet.cite(LAW, "40")
        sheet.warn(N_("Nothing is due for a private quarrel, self-harm or illegal drug use."))
        return Fraction(0)
    if not asked.death and asked.impairment_percent is None:
        raise BadInput("impairment_percent: give the percentage of working ability lost, or death")
    loss = Fraction(asked.impairment_percent or 0)
    if asked.death or loss >= sheet.figure("accident.comp.severe_from"):
        return sheet.figure("accident.comp.severe_months")
    if loss < sheet.figure("accident.comp.base_from"):
        sheet.warn(N_("Below the least percentage the employer pays only for treatment and assessment."))
        return Fraction(0)
    beyond = max(Fraction(0), loss - sheet.figure("accident.comp.base_to"))
    steps = beyond / sheet.figure("accident.comp.step_percent")
    return sheet.figure("accident.comp.base_months") + steps * sheet.figure("accident.comp.step_months")

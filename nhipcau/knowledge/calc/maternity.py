"""Maternity: the right, the months of leave, the pay, and the voluntary scheme."""

from datetime import date
from fractions import Fraction

from nhipcau.knowledge.calc.insured import reference_level
from nhipcau.knowledge.calc.quantities import Day, Money, Month, Months, People
from nhipcau.knowledge.calc.registry import Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import MONTHS_A_YEAR, Sheet, number, plain, vnd
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures, FigureUnknown

CIRCULAR = "12/2025/TT-BNV"


class Children(People):
    """Children of one birth."""

    least = 1
    most = 9
    expected = "1 to 9 children"


class LivingChildren(People):
    """Living biological children of the mother before this birth."""

    most = 20
    expected = "0 to 20 children"


class Birth(Inputs, frozen=True, kw_only=True):
    """`living_children_before`: the mother's living biological children at birth."""

    children_born: Children = Children(1)
    living_children_before: LivingChildren = LivingChildren(0)
    birth_month: Month | None = None
    birth: Day | None = None


class Maternity(Birth, frozen=True, kw_only=True):
    """VND: the average insured wage of the last six months before the leave."""

    average_6_months: Money


class Eligibility(Inputs, frozen=True, kw_only=True):
    """The months paid. `total_months` in all, for a mother whom a doctor ordered to rest."""

    birth: Day
    paid_months: tuple[Month, ...]
    doctor_ordered_rest: bool = False
    infertility_treatment: bool = False
    total_months: Months | None = None


class Voluntary(Inputs, frozen=True, kw_only=True):
    """`months_paid_in_12`, voluntary or compulsory, in the twelve months before the birth."""

    children_born: Children = Children(1)
    months_paid_in_12: Months
    month: Month | None = None


@calculator("maternity_months", dated=("birth", "birth_month"))
def maternity_months(asked: Birth, on: date, figures: Figures) -> Result:
    """Months of maternity leave."""
    sheet = Sheet(on, figures)
    return sheet.result(leave_months=plain(leave_months(asked, sheet)))


@calculator("maternity", dated=("birth", "birth_month"))
def maternity(asked: Maternity, on: date, figures: Figures) -> Result:
    """What a mother receives: pay for the leave and a sum for each child."""
    sheet = Sheet(on, figures)
    months, average = leave_months(asked, sheet), asked.average_6_months
    pay = average * sheet.rate("maternity.pay.rate") * months
    leave_pay = sheet.money(N_("Maternity pay"), pay, f"{vnd(average)} × {number(months)}")
    level, times = reference_level(sheet), sheet.figure("maternity.lump.times")
    formula = f"{vnd(level)} × {number(times)} × {asked.children_born}"
    one_off = sheet.money(N_("Allowance for the birth"), level * times * asked.children_born, formula)
    total = sheet.money(N_("Total"), leave_pay + one_off)
    return sheet.result(leave_months=plain(months), leave_pay=leave_pay, one_off=one_off, total=total)


@calculator("maternity_eligibility", dated=("birth",))
def maternity_eligibility(asked: Eligibility, on: date, figures: Figures) -> Result:
    """Whether enough months were paid before the birth."""
    sheet = Sheet(on, figures)
    needed = sheet.figure("maternity.condition.months")
    first, last = _window(asked, sheet)
    counted = len({month for month in asked.paid_months if first <= month <= last})
    sheet.cite(CIRCULAR, "8")
    sheet.step(N_("Months paid in the time that counts"), counted, "months", f"{first:%m/%Y} - {last:%m/%Y}")
    eligible = counted >= needed or _ordered_to_rest(asked, counted, sheet)
    span = f"{first:%Y-%m}..{last:%Y-%m}"
    return sheet.result(eligible=eligible, window=span, months_counted=counted)


@calculator("voluntary_maternity")
def voluntary_maternity(asked: Voluntary, on: date, figures: Figures) -> Result:
    """The birth allowance of the voluntary scheme."""
    sheet = Sheet(on, figures)
    each, needed = sheet.figure("voluntary_si.maternity"), sheet.figure("voluntary_si.maternity_months")
    eligible = asked.months_paid_in_12 >= needed
    if not eligible:
        sheet.note(N_("Paid too few months"), f"{number(asked.months_paid_in_12)} < {number(needed)}")
    due = each * asked.children_born if eligible else Fraction(0)
    formula = f"{vnd(each)} × {asked.children_born}" if eligible else ""
    return sheet.result(eligible=eligible, benefit=sheet.money(N_("Allowance for the birth"), due, formula))


def leave_months(asked: Birth, sheet: Sheet) -> Fraction:
    """Months of leave: longer for a second child, and for each further child of the same birth."""
    base = sheet.figure("maternity.leave.months")
    if asked.living_children_before == 1:
        base = _second_child(sheet) or base
        if asked.children_born > 1:
            sheet.warn(
                N_("How the rule for a second child treats twins is read from the text; ask the insurance office.")
            )
    more = sheet.figure("maternity.leave.twin_extra") * (asked.children_born - 1) if asked.children_born > 1 else 0
    formula = f"{number(base)} + {number(more)}" if more else ""
    sheet.step(N_("Months of maternity leave"), base + more, "months", formula)
    return base + more


def _second_child(sheet: Sheet) -> Fraction | None:
    try:
        return sheet.figure("maternity.leave.second_child")
    except FigureUnknown:
        return None


def _window(asked: Eligibility, sheet: Sheet) -> tuple[date, date]:
    """First and last month that count: with the month of birth only when it is late enough and paid."""
    months = sheet.figure(f"maternity.condition.{'infertility_window' if asked.infertility_treatment else 'window'}")
    own = date(asked.birth.year, asked.birth.month, 1)
    late = asked.birth.day >= sheet.figure("maternity.condition.birth_day") and own in asked.paid_months
    last = own if late else _month_before(own, 1)
    return _month_before(last, int(months) - 1), last


def _month_before(month: date, months: int) -> date:
    year, index = divmod(month.year * MONTHS_A_YEAR + month.month - 1 - months, MONTHS_A_YEAR)
    return date(year, index + 1, 1)


def _ordered_to_rest(asked: Eligibility, counted: int, sheet: Sheet) -> bool:
    if not asked.doctor_ordered_rest:
        return False
    total = len(set(asked.paid_months)) if asked.total_months is None else asked.total_months
    enough = counted >= sheet.figure("maternity.condition.rest_months")
    return enough and total >= sheet.figure("maternity.condition.rest_total")

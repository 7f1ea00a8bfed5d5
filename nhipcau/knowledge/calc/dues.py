"""Money for the union: a member's dues and the employer's union fund."""

from datetime import date
from fractions import Fraction

from nhipcau.knowledge.calc.choices import pick
from nhipcau.knowledge.calc.insured import reference_level
from nhipcau.knowledge.calc.quantities import Money, Month, Months, Percent
from nhipcau.knowledge.calc.registry import BadInput, Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import HUNDRED, Sheet, percent, vnd
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures

GROUPS = {
    "non_state": ("non state", "private", "fdi", "foreign", "cooperative", "other", "ngoai nha nuoc", "tu nhan"),
    "soe": ("state enterprise", "state owned", "state company", "doanh nghiep nha nuoc", "dnnn"),
    "public_unit": ("public", "not fully", "partly", "self", "autonom", "su nghiep", "non fully"),
    "state_agency": (
        "state",
        "agency",
        "fully",
        "budget",
        "armed",
        "army",
        "police",
        "military",
        "co quan",
        "vu trang",
    ),
}
FULLY_FUNDED = ("fully", "wholly", "toan bo")
NOT = ("not", "non", "partly", "khong")


class UnionFee(Inputs, frozen=True, kw_only=True):
    """`group`: non_state, soe (state enterprise), public_unit (not fully state-funded) or state_agency.

    VND a month: `si_wage` insured, `wage` before that cap, `net_pay` for soe. Months: on an insurance benefit,
    or on unpaid leave without income.
    """

    group: str = "non_state"
    wage: Money | None = None
    si_wage: Money | None = None
    net_pay: Money | None = None
    on_si_benefit_months: Months = Months(0)
    unpaid_leave_months: Months = Months(0)
    month: Month | None = None


class UnionFund(Inputs, frozen=True, kw_only=True):
    """The month's insured wage bill in VND; `suspended` while a decision lets the firm pause."""

    si_wage_fund: Money
    suspended: bool = False
    cut_pct: Percent = Percent(0)
    month: Month | None = None


@calculator("union_fee")
def union_fee(asked: UnionFee, on: date, figures: Figures) -> Result:
    """A member's monthly dues."""
    sheet = Sheet(on, figures)
    group = kind(asked.group)
    free = sheet.figure("union.dues.free_months", max(on, figures["union.dues.free_months"].series[0].since))
    if max(asked.on_si_benefit_months, asked.unpaid_leave_months) >= free:
        return sheet.result(dues=sheet.money(N_("Union dues"), 0))
    if group == "state_agency":
        rate = sheet.figure("union.dues.state_rate")
        return sheet.result(dues=_dues(sheet, rate, _insured(asked, sheet) or Fraction(0), None))
    cap = reference_cap(sheet)
    if group == "soe":
        if asked.net_pay is None:
            raise BadInput("net_pay: must be given for a state enterprise (pay after insurance and tax)")
        return sheet.result(dues=_dues(sheet, sheet.figure("union.dues.rate"), asked.net_pay, cap))
    wage = _insured(asked, sheet)
    if wage is None:
        sheet.warn(N_("Where the pay cannot be known, the unit fixes the dues, at least this much."))
        wage = sheet.figure("base_salary")
    return sheet.result(
        dues=_dues(sheet, sheet.figure("union.dues.rate"), wage, None if group == "public_unit" else cap)
    )


@calculator("union_fund")
def union_fund(asked: UnionFund, on: date, figures: Figures) -> Result:
    """The union fund which the employer pays for a month."""
    sheet = Sheet(on, figures)
    rate = sheet.figure("union.fund.rate")
    if asked.suspended:
        sheet.warn(N_("Payment is put off, not forgiven: it is due when the pause ends."))
        return sheet.result(fund=sheet.money(N_("Union fund"), 0))
    if asked.cut_pct and asked.cut_pct > (most := sheet.figure("union.fund.cut_max")):
        raise BadInput(f"cut_pct: expected 0 to {percent(most)}, got {percent(asked.cut_pct)}")
    full = asked.si_wage_fund * rate / HUNDRED
    formula = f"{vnd(asked.si_wage_fund)} × {percent(rate)}"
    return sheet.result(fund=sheet.money(N_("Union fund"), full * (HUNDRED - asked.cut_pct) / HUNDRED, formula))


def member_dues(sheet: Sheet, si_wage: Fraction) -> int:
    """Dues in a firm outside the state, VND, on the insured wage."""
    return _dues(sheet, sheet.figure("union.dues.rate"), si_wage, reference_cap(sheet))


def reference_cap(sheet: Sheet) -> Fraction:
    """The most that a member of a firm pays, VND a month."""
    return sheet.figure("base_salary") * sheet.rate("union.dues.cap_rate")


def kind(said: str) -> str:
    """The group of employer. "Public, fully state-funded" counts as an agency, "not fully" does not."""
    words = said.replace("_", " ").replace("-", " ").lower()
    if any(word in words for word in FULLY_FUNDED) and not any(word in words for word in NOT):
        return "state_agency"
    return pick("group", said, GROUPS)


def _insured(asked: UnionFee, sheet: Sheet) -> Fraction | None:
    if asked.si_wage is not None:
        return asked.si_wage
    if asked.wage is None:
        return None
    return min(asked.wage, reference_level(sheet) * sheet.figure("si.wage_base.cap_times"))


def _dues(sheet: Sheet, rate: Fraction, wage: Fraction, cap: Fraction | None) -> int:
    due = wage * rate / HUNDRED
    label = N_("Union dues")
    if cap is not None and due > cap:
        return sheet.money(label, cap, f"{vnd(wage)} × {percent(rate)} > {vnd(cap)}")
    return sheet.money(label, due, f"{vnd(wage)} × {percent(rate)}")

"""What the family receives after a death: funeral, monthly benefit, lump sum."""

from datetime import date
from fractions import Fraction

from nhipcau.knowledge.calc.choices import pick
from nhipcau.knowledge.calc.insured import reference_level
from nhipcau.knowledge.calc.quantities import Money, Month, Months, People, Years
from nhipcau.knowledge.calc.registry import BadInput, Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import HUNDRED, MONTHS_A_YEAR, Sheet, number, percent, plain, vnd
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.calc.years import salary_months
from nhipcau.knowledge.figures import Figures

STATUSES = {
    "voluntary": ("tu nguyen",),
    "pensioner": ("pension", "retired", "huu"),
    "accident": ("work accident", "occupational", "tai nan", "benh nghe"),
    "contributing": (
        "work",
        "paying",
        "employ",
        "reserv",
        "paused",
        "insured",
        "dang dong",
        "bao luu",
        "left",
        "stopped",
        "former",
    ),
}


class Survivor(Inputs, frozen=True, kw_only=True):
    """`status` of the dead: contributing (also paused), pensioner, accident (died of a work accident).

    Years and months paid; VND average, or the pension and for how many months it was drawn. `relatives` entitled
    to a monthly benefit; `no_carer` when nobody is left to keep them. `voluntary`: only in the voluntary scheme.
    """

    month: Month | None = None
    status: str = "contributing"
    years_paid: Years | None = None
    years_before_2014: Years = Years(0)
    months_before_2014: Months = Months(0)
    years_from_2014: Years = Years(0)
    months_from_2014: Months = Months(0)
    adjusted_average: Money | None = None
    pension: Money | None = None
    months_drawn: Months = Months(0)
    relatives: People | None = None
    no_carer: bool = False
    voluntary: bool = False

    @property
    def paid_months(self) -> Fraction | None:
        """Months paid in all, None where nothing is said of them."""
        if self.years_paid is not None:
            return self.years_paid * MONTHS_A_YEAR
        years = self.years_before_2014 + self.years_from_2014
        return years * MONTHS_A_YEAR + self.months_before_2014 + self.months_from_2014 or None


@calculator("survivor")
def survivor(asked: Survivor, on: date, figures: Figures) -> Result:
    """Survivor benefits, as far as the given facts allow them to be computed."""
    sheet = Sheet(on, figures)
    status = pick("status", asked.status, STATUSES)
    amounts: dict[str, object] = {"funeral": _funeral(sheet, asked, status)}
    if asked.relatives is not None:
        amounts |= _monthly(sheet, asked, status, asked.relatives)
    if status == "pensioner" and asked.pension is not None:
        amounts |= _lump_of_pensioner(sheet, asked.pension, asked.months_drawn)
    elif asked.adjusted_average is not None:
        amounts |= _lump(sheet, asked, asked.adjusted_average)
    return sheet.result(**amounts)


def _funeral(sheet: Sheet, asked: Survivor, status: str) -> int:
    only_voluntary = asked.voluntary or status == "voluntary"
    needed = sheet.figure("survivor.funeral.voluntary_months" if only_voluntary else "survivor.funeral.months")
    if _too_few(sheet, asked, status, needed):
        return 0
    level, times = reference_level(sheet), sheet.figure("survivor.funeral.times")
    return sheet.money(N_("Funeral allowance"), level * times, f"{vnd(level)} × {number(times)}")


def _monthly(sheet: Sheet, asked: Survivor, status: str, relatives: Fraction) -> dict[str, object]:
    needed = sheet.figure("survivor.monthly.years")
    only_voluntary = asked.voluntary or status == "voluntary"
    if only_voluntary or _too_few(sheet, asked, status, needed * MONTHS_A_YEAR):
        sheet.warn(N_("No monthly survivor benefit: the family may have the lump sum."))
        return {"eligible_monthly": False, "per_person": 0, "total": 0}
    level = reference_level(sheet)
    rate = sheet.figure("survivor.monthly.rate_alone" if asked.no_carer else "survivor.monthly.rate")
    formula = f"{vnd(level)} × {percent(rate)}"
    each = sheet.money(N_("Monthly benefit for each relative"), level * rate / HUNDRED, formula)
    people = min(relatives, sheet.figure("survivor.monthly.max_people"))
    total = sheet.money(N_("Total"), each * people, f"{vnd(each)} × {number(people)}")
    return {"eligible_monthly": True, "per_person": each, "total": total}


def _lump(sheet: Sheet, asked: Survivor, average: Fraction) -> dict[str, object]:
    before = asked.years_before_2014 * MONTHS_A_YEAR + asked.months_before_2014
    after = asked.years_from_2014 * MONTHS_A_YEAR + asked.months_from_2014
    if not before + after:
        raise BadInput("years_from_2014: give the years paid before and from 2014 for the lump sum")
    months = salary_months(sheet, "survivor.lump", before, after)
    return _lump_sum(sheet, max(months, sheet.figure("survivor.lump.min")), average)


def _lump_of_pensioner(sheet: Sheet, pension: Fraction, drawn: Fraction) -> dict[str, object]:
    later = max(Fraction(0), drawn - sheet.figure("survivor.lump.pensioner_first_months"))
    most, step = sheet.figure("survivor.lump.pensioner_months"), sheet.figure("survivor.lump.pensioner_step")
    formula = f"{number(most)} − {number(later)} × {number(step)}"
    sheet.step(N_("Months of pension"), most - later * step, "months", formula)
    return _lump_sum(sheet, max(most - later * step, sheet.figure("survivor.lump.min")), pension)


def _lump_sum(sheet: Sheet, months: Fraction, each: Fraction) -> dict[str, object]:
    amount = sheet.money(N_("Lump sum for the family"), each * months, f"{vnd(each)} × {number(months)}")
    return {"months": plain(months), "lump_sum": amount}


def _too_few(sheet: Sheet, asked: Survivor, status: str, needed: Fraction) -> bool:
    """Whether months are lacking; a pensioner or the victim of a work accident needs none."""
    if status in {"pensioner", "accident"}:
        return False
    if asked.paid_months is None:
        sheet.warn(N_("Computed as if enough months had been paid; check the insurance book."))
        return False
    if asked.paid_months < needed:
        sheet.note(N_("Paid too few months"), f"{number(asked.paid_months)} < {number(needed)}")
        return True
    return False

"""Days off with pay for the father, and for visits before the birth."""

from datetime import date
from fractions import Fraction

from nhipcau.knowledge.calc.choices import pick, says
from nhipcau.knowledge.calc.maternity import Children
from nhipcau.knowledge.calc.quantities import Day, Days, Money, Month, People
from nhipcau.knowledge.calc.registry import Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import Sheet, number, plain, vnd
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures, FigureUnknown

SECOND = 2
# What makes a birth longer than a normal one, and how many children its name says.
SURGERY = ("surg", "caesar", "cesar", "c section", "phau thuat", "sinh mo", "de mo")
EARLY = ("premature", "preterm", "under", "early", "sinh non", "duoi")
SEVERAL = {4: ("quadruplet", "sinh tu"), 3: ("triplet", "sinh ba"), 2: ("twin", "multiple", "sinh doi")}
NORMAL = ("normal", "natural", "vaginal", "ordinary", "single", "thuong")


class ChildOrder(People):
    """Which child it is: 1 for the first."""

    least = 1
    most = 20
    expected = "1 to 20"


class Visits(People):
    """Check-ups before one birth."""

    least = 1
    most = 20
    expected = "1 to 20 visits"


class Paternity(Inputs, frozen=True, kw_only=True):
    """VND average of the last six months.

    `birth`: normal, surgery, premature (under 32 weeks), twins, twins_surgery, triplets.
    """

    average_6_months: Money
    birth: str = "normal"
    child_order: ChildOrder = ChildOrder(1)
    children_born: Children | None = None
    surgery: bool = False
    month: Month | None = None
    date: Day | None = None


class Prenatal(Inputs, frozen=True, kw_only=True):
    """VND average of the last six months; `days` off in all, over `visits`."""

    average_6_months: Money
    days: Days
    visits: Visits | None = None
    month: Month | None = None


@calculator("paternity")
def paternity(asked: Paternity, on: date, figures: Figures) -> Result:
    """A father's days off and the pay for them."""
    sheet = Sheet(on, figures)
    days = max(_by_birth(asked, sheet), _by_order(asked, sheet))
    sheet.step(N_("Days off for the father"), days, "days")
    return sheet.result(days=plain(days), benefit=_pay(sheet, asked.average_6_months, days))


@calculator("prenatal")
def prenatal(asked: Prenatal, on: date, figures: Figures) -> Result:
    """Pay for days off to see a doctor before the birth."""
    sheet = Sheet(on, figures)
    visits = sheet.figure("maternity.prenatal.visits")
    most = sheet.figure("maternity.prenatal.days") * (min(asked.visits, visits) if asked.visits else visits)
    if asked.days > most:
        sheet.warn(N_("More days than the law pays: only the paid ones are counted."))
    days = min(asked.days, most)
    return sheet.result(days=plain(days), benefit=_pay(sheet, asked.average_6_months, days))


def _by_birth(asked: Paternity, sheet: Sheet) -> Fraction:
    surgery, early, children = _birth(asked)
    if children > 1:
        base = sheet.figure("maternity.father.days_twins_surgery" if surgery else "maternity.father.days_twins")
        further = children - SECOND
        return base + sheet.figure("maternity.father.extra_child_days") * further
    return sheet.figure("maternity.father.days_surgery" if surgery or early else "maternity.father.days")


def _by_order(asked: Paternity, sheet: Sheet) -> Fraction:
    if asked.child_order != SECOND:
        return Fraction(0)
    try:
        return sheet.figure("maternity.father.days_second_child")
    except FigureUnknown:
        return Fraction(0)


def _birth(asked: Paternity) -> tuple[bool, bool, int]:
    """Surgery, under 32 weeks, how many children. BadInput for words which say none of it."""
    kinds = {"surgery": SURGERY, "premature": EARLY, "twins": sum(SEVERAL.values(), ()), "normal": NORMAL}
    pick("birth", asked.birth, kinds)
    surgery = asked.surgery or says(asked.birth, SURGERY)
    named = next((count for count, words in SEVERAL.items() if says(asked.birth, words)), 1)
    return surgery, says(asked.birth, EARLY), int(asked.children_born or named)


def _pay(sheet: Sheet, average: Fraction, days: Fraction) -> int:
    divisor = sheet.figure("maternity.pay.day_divisor_short")
    rate = sheet.rate("maternity.pay.rate")
    formula = f"{vnd(average)} ÷ {number(divisor)} × {number(days)}"
    return sheet.money(N_("Pay for the days off"), average * rate / divisor * days, formula)

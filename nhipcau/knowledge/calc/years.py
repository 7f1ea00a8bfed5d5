"""Years of contributions: odd months, and months of salary for each year before and from 2014."""

from fractions import Fraction

from nhipcau.knowledge.calc.sheet import MONTHS_A_YEAR, Sheet, number
from nhipcau.knowledge.calc.words import N_

HALF = Fraction(1, 2)


def counted_years(sheet: Sheet, years: Fraction, months: Fraction) -> Fraction:
    """Years for the level of a benefit: a few odd months are half a year, more of them a whole one."""
    whole, odd = divmod(years * MONTHS_A_YEAR + months, MONTHS_A_YEAR)
    if not odd:
        return Fraction(whole)
    return whole + (HALF if odd <= sheet.figure("si.odd.half_max_months") else Fraction(1))


def salary_months(sheet: Sheet, family: str, before: Fraction, after: Fraction) -> Fraction:
    """Months of average salary; `before` and `after` are the months paid before 2014 and from then on.

    `family` names the figures: si.one_off or survivor.lump. Odd months before 2014 count with the later ones.
    """
    early, odd = divmod(before, MONTHS_A_YEAR)
    late = counted_years(sheet, Fraction(0), after + odd)
    low, high = sheet.figure(f"{family}.before_2014"), sheet.figure(f"{family}.from_2014")
    due = early * low + late * high
    formula = f"{number(early)} × {number(low)} + {number(late)} × {number(high)}"
    sheet.step(N_("Months of average salary"), due, "months", formula)
    return due

"""Health insurance: the premium of a household, and when co-payment ends."""

from datetime import date
from fractions import Fraction

from nhipcau.knowledge.calc.quantities import Money, Month, People
from nhipcau.knowledge.calc.registry import Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import HUNDRED, Sheet, dong, percent, vnd
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures

LAST_STEP = 5  # from the fifth member on everybody pays the same share


class Members(People):
    """Members of one household."""

    least = 1
    most = 50
    expected = "1 to 50 members"


class Household(Inputs, frozen=True, kw_only=True):
    """Members of one household who insure together."""

    members: Members
    month: Month | None = None


class Copay(Inputs, frozen=True, kw_only=True):
    """`paid_this_year`: own co-payments so far, VND."""

    paid_this_year: Money | None = None
    month: Month | None = None


@calculator("bhyt_household")
def bhyt_household(asked: Household, on: date, figures: Figures) -> Result:
    """Monthly health insurance of a household, member by member."""
    sheet = Sheet(on, figures)
    rate = sheet.figure("health.rate.total")
    first = sheet.figure("base_salary") * rate / HUNDRED
    premiums = [_premium(sheet, first, place) for place in range(1, int(asked.members) + 1)]
    return sheet.result(premiums=premiums, total=sheet.money(N_("Total"), sum(premiums)))


@calculator("bhyt_copay")
def bhyt_copay(asked: Copay, on: date, figures: Figures) -> Result:
    """The yearly sum of own co-payments above which, after five years in a row, all is paid."""
    sheet = Sheet(on, figures)
    base, times = sheet.figure("base_salary"), sheet.figure("health.benefit.copay_cap_times")
    threshold = sheet.money(N_("Most co-payment in a year"), base * times, f"{vnd(base)} × {times}")
    exempt = None if asked.paid_this_year is None else asked.paid_this_year > threshold
    return sheet.result(threshold=threshold, exempt=exempt)


def _premium(sheet: Sheet, first: Fraction, place: int) -> int:
    if place == 1:
        return sheet.money(N_("Premium"), first)
    share = sheet.figure(f"health.household.rate_{min(place, LAST_STEP)}")
    return sheet.money(N_("Premium"), first * share / HUNDRED, f"{vnd(dong(first))} × {percent(share)}")

"""Unemployment benefit: who gets it, how much, how long, and until when to claim."""

import calendar
from datetime import date
from fractions import Fraction

from nhipcau.knowledge.calc.choices import pick
from nhipcau.knowledge.calc.insured import Region
from nhipcau.knowledge.calc.quantities import Day, Money, Month, Months
from nhipcau.knowledge.calc.registry import BadInput, Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import HUNDRED, MONTHS_A_YEAR, Sheet, number, percent, vnd
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures

LAW = "74/2025/QH15"
ENDINGS = {
    "unlawful": ("illegal", "without notice", "without legal", "no notice", "abandon", "walk", "trai", "bo viec"),
    "pension": ("retire", "huu"),
    "lawful": (
        *(
            "lawful",
            "legal",
            "expir",
            "end",
            "mutual",
            "agree",
            "dismiss",
            "redundan",
            "laid",
            "layoff",
            "unilateral",
        ),
        *("job loss", "resign", "quit", "restructur", "notice", "terminat", "fired", "het han", "thoa thuan"),
        *("sa thai", "dung luat", "nghi viec", "cham dut", "mat viec", "don phuong"),
    ),
}


class Unemployment(Inputs, frozen=True, kw_only=True):
    """Months paid and not yet drawn; VND average of the last six paid months; `last_month` paid.

    `months_paid_in_window`: within 24 months before the end, or 36 for a contract under a year, where it is known.
    """

    months_paid: Months
    average_6_months: Money | None = None
    region: Region | None = None
    last_month: Month | None = None
    termination: str = "lawful"
    months_paid_in_window: Months | None = None


class Deadline(Inputs, frozen=True, kw_only=True):
    """The day the contract ended."""

    termination_date: Day


@calculator("unemployment", dated=())
def unemployment(asked: Unemployment, on: date, figures: Figures) -> Result:
    """Monthly unemployment benefit and for how many months."""
    sheet = Sheet(on, figures)
    if not _entitled(asked, sheet):
        return sheet.result(eligible=False, months=0, monthly=0, total=0)
    months = int(sheet.step(N_("Months of benefit"), _months(sheet, asked.months_paid), "months"))
    if asked.average_6_months is None:
        return sheet.result(eligible=True, months=months)
    monthly = _monthly(sheet, asked, asked.average_6_months)
    total = sheet.money(N_("Total"), monthly * months, f"{vnd(monthly)} × {months}")
    sheet.step(N_("Paid from this working day after a complete claim"), sheet.figure("ui.claim.start_day"), "days")
    return sheet.result(eligible=True, months=months, monthly=monthly, total=total)


@calculator("unemployment_deadline", dated=("termination_date",))
def unemployment_deadline(asked: Deadline, on: date, figures: Figures) -> Result:
    """The last day to claim unemployment benefit."""
    sheet = Sheet(on, figures)
    months = sheet.figure("ui.claim.months")
    last = months_later(asked.termination_date, int(months))
    sheet.note(N_("Last day to claim"), f"{asked.termination_date:%d/%m/%Y} + {months} → {last:%d/%m/%Y}")
    return sheet.result(last_filing_date=last.isoformat())


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    index = day.year * MONTHS_A_YEAR + day.month - 1 + months
    year, month = divmod(index, MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _entitled(asked: Unemployment, sheet: Sheet) -> bool:
    needed = sheet.figure("ui.condition.months")
    if (ending := pick("termination", asked.termination, ENDINGS)) != "lawful":
        sheet.cite(LAW, "38", "1")
        sheet.warn(
            N_("No benefit after an unlawful walk-out.")
            if ending == "unlawful"
            else N_("No benefit for somebody who may draw a pension.")
        )
        return False
    paid = asked.months_paid if asked.months_paid_in_window is None else asked.months_paid_in_window
    if min(paid, asked.months_paid) < needed:
        sheet.note(N_("Paid too few months"), f"{number(paid)} < {number(needed)}")
        return False
    return True


def _months(sheet: Sheet, paid: Fraction) -> Fraction:
    beyond = max(Fraction(0), paid - sheet.figure("ui.duration.first_paid_max"))
    more = beyond // sheet.figure("ui.duration.step_paid") * sheet.figure("ui.duration.step")
    return min(sheet.figure("ui.duration.max"), sheet.figure("ui.duration.min") + more)


def _monthly(sheet: Sheet, asked: Unemployment, average: Fraction) -> int:
    if asked.region is None:
        raise BadInput("region: must be given (I to IV), since the benefit is capped by the regional minimum wage")
    rate = sheet.figure("ui.rate")
    lowest = sheet.figure(f"minimum_wage.monthly.{asked.region}", asked.last_month)
    cap = lowest * sheet.figure("ui.cap_times")
    sheet.money(N_("Highest benefit in the region"), cap)
    return sheet.money(N_("Monthly benefit"), min(cap, average * rate / HUNDRED), f"{vnd(average)} × {percent(rate)}")

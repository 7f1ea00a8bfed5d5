"""Fines for employers who break labour law."""

import re
from datetime import date

import msgspec

from nhipcau.knowledge.calc.quantities import Day, Month, People
from nhipcau.knowledge.calc.registry import BadInput, Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import Sheet, number, vnd
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures
from nhipcau.knowledge.normalise import folded

DECREE = "283/2026/NĐ-CP"
BANDS = ("e", "d", "c", "b")  # the largest head count first; below all of them is band "a"

BACK_PAY = N_("pay what is owed, with interest")
GIVE_BACK = N_("return the papers or the money, with interest")
RETURN_MONEY = N_("return the money")
FULL_WAGE = N_("pay the full wage of the job")
SIGN = N_("sign a proper contract")


class Violation(msgspec.Struct, frozen=True):
    """A kind of violation: its figures `FIGURE.min` and `.max`, per head-count band where `banded`."""

    figure: str
    words: re.Pattern[str]
    banded: bool = False
    remedy: str | None = None


def _of(figure: str, words: str, *, banded: bool = False, remedy: str | None = None) -> Violation:
    return Violation(figure, re.compile(words), banded, remedy)


# Read in this order; the more particular wording stands first.
VIOLATIONS = (
    _of(
        "papers_kept.fine",
        r"keep\w* .*(paper|certif|origin)|original paper|deposit|giu (bang|giay)",
        remedy=GIVE_BACK,
    ),
    _of("sanction.domestic_mistreat", r"domestic.*(mistreat|beat|force)"),
    _of("sanction.domestic_insurance", r"domestic.*(paper|insurance)"),
    _of("sanction.domestic_terms", r"domestic|giup viec"),
    _of("forced.fine", r"forced|mistreat|debt bondage|cuong buc|nguoc dai"),
    _of("harassment.fine", r"harass|quay roi"),
    _of("sanction.probation_notice", r"probation.*(result|notice|under 1 month)|ket qua thu viec"),
    _of("sanction.probation_terms", r"probation|thu viec", remedy=FULL_WAGE),
    _of("sanction.minimum_wage", r"minimum wage|below minimum|luong toi thieu", banded=True, remedy=BACK_PAY),
    _of("sanction.minors_hours", r"(minor|child|under 15).*(hours|consent|overtime|night)|under 15"),
    _of("sanction.minors_banned", r"(minor|child).*(banned|heavy|hazard)"),
    _of("sanction.minors_register", r"minor.*register"),
    _of(
        "sanction.overtime_night_women",
        r"(pregnan|wom[ae]n).*(night|overtime)|(night|overtime).*(pregnan|wom[ae]n)",
    ),
    _of("sanction.overtime_consent", r"without .*consent|no consent|normal hours too long|khong dong y"),
    _of("sanction.overtime_notice", r"overtime notice|not notify\w* .*overtime|personal leave|viec rieng"),
    _of(
        "sanction.overtime_excess",
        r"(excess|exceed|over|beyond|too much|limit).*overtime|vuot .*lam them",
        banded=True,
    ),
    _of(
        "sanction.overtime_excess",
        r"overtime .*(excess|exceed|limit)|lam them .*vuot|\bbreaks?\b|giua ca",
        banded=True,
    ),
    _of("discipline.fine", r"disciplin.*(pregnan|\bfine|wage)|(\bfine|fining|cut).*disciplin", remedy=RETURN_MONEY),
    _of("discipline.fine", r"fining|wage cut|unlisted|double punish|phat tien|cat luong", remedy=RETURN_MONEY),
    _of("sanction.wage_information", r"pay statement|payslip|wage scale|unequal pay|bang ke|thang luong"),
    _of(
        "sanction.settlement_late",
        r"settle|severance|job.loss|papers not returned|tro cap",
        banded=True,
        remedy=BACK_PAY,
    ),
    _of(
        "sanction.wages_late",
        r"wages? .*(late|short|unpaid)|cham luong|no luong|tre luong",
        banded=True,
        remedy=BACK_PAY,
    ),
    _of(
        "sanction.wages_late",
        r"(late|short|unpaid|not pay\w*|owed) .*(wage|overtime|salary|pay)",
        banded=True,
        remedy=BACK_PAY,
    ),
    _of(
        "sanction.wages_late",
        r"late pay|deduct|stoppage pay|khau tru|lam them .*khong tra",
        banded=True,
        remedy=BACK_PAY,
    ),
    _of("sanction.rest", r"weekly rest|annual leave|holiday|nghi hang tuan|nghi phep|ngay le"),
    _of("sanction.rules_announced", r"rules? not announced"),
    _of("sanction.discipline_procedure", r"unregistered|no internal rules|wrong procedure|suspension|noi quy"),
    _of("sanction.women_protection", r"pregnan|milk room|maternity|mang thai"),
    _of("sanction.women_equality", r"wom[ae]n|gender|equality|binh dang gioi"),
    _of("sanction.redundancy", r"redundan|restructur|tai co cau"),
    _of("sanction.union_leader", r"union leader|can bo cong doan"),
    _of("sanction.termination_notice", r"notice of termination|termination .*notice"),
    _of("sanction.transfer_notice", r"transfer.*notice"),
    _of("sanction.transfer_terms", r"transfer|taking back|dieu chuyen"),
    _of("sanction.contract_form", r"contract|hop dong", banded=True, remedy=SIGN),
    _of("union.fine.discriminate", r"union.*discriminat|discriminat.*union|phan biet"),
    _of("union.fine.interfere", r"interfer|can thiep"),
    _of("sanction.union_means", r"union.*(time|room|information)"),
    _of("sanction.strike", r"strike|lock.?out|dinh cong"),
    _of("sanction.dialogue", r"dialogue|doi thoai"),
)


class Sanction(Inputs, frozen=True, kw_only=True):
    """The violation in a few words, the workers it touches; the employer is an organisation or an individual.

    `workers` is needed where the fine grows with the number of workers.
    """

    violation: str
    workers: People | None = None
    employer: str = "organisation"
    date: Day | None = None
    month: Month | None = None


@calculator("sanction")
def sanction(asked: Sanction, on: date, figures: Figures) -> Result:
    """The range of the fine for an employer, and what must be put right."""
    sheet = Sheet(on, figures)
    found = _violation(asked.violation)
    least, most = _range(found, asked.workers, sheet, figures)
    times = sheet.figure("sanction.organisation_times") if _is_organisation(asked.employer) else 1
    lowest = sheet.money(N_("Fine, from"), least * times, f"{vnd(least)} × {number(times)}")
    highest = sheet.money(N_("Fine, up to"), most * times, f"{vnd(most)} × {number(times)}")
    sheet.warn(N_("The fine goes to the state; what is owed goes to the worker."))
    return sheet.result(fine_range=[lowest, highest], remedy=found.remedy)


def _is_organisation(employer: str) -> bool:
    plain = folded(employer)
    if re.search(r"organi[sz]ation|company|enterprise|cooperative|cong ty|to chuc|doanh nghiep", plain):
        return True
    if re.search(r"individual|household|person|ca nhan|ho ", plain):
        return False
    raise BadInput(f"employer: expected organisation, individual or household, not {employer!r}")


def _violation(text: str) -> Violation:
    plain = " ".join(folded(text).split())
    found = next((one for one in VIOLATIONS if one.words.search(plain)), None)
    if found is None:
        raise BadInput(f"violation: expected words such as late wages, no written contract, not {text!r}")
    return found


def _range(found: Violation, workers: People | None, sheet: Sheet, figures: Figures) -> tuple[int, int]:
    prefix = found.figure
    if found.banded:
        if not workers:
            raise BadInput("workers: give the number of workers touched, which the fine depends on")
        prefix += f".{_band(workers, sheet)}"
    if found.banded and f"{prefix}.min" not in figures:
        raise BadInput("workers: the fine for this number of workers is not among the figures")
    joint = "." if f"{prefix}.min" in figures or found.banded else "_"
    return int(sheet.figure(f"{prefix}{joint}min")), int(sheet.figure(f"{prefix}{joint}max"))


def _band(workers: People, sheet: Sheet) -> str:
    return next((band for band in BANDS if workers >= sheet.figure(f"sanction.headcount.{band}")), "a")

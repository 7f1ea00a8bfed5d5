"""Lengths of time that the law sets: probation, notice, and the day by which everything is settled."""

import re
from datetime import date, timedelta
from typing import Literal

from nhipcau.knowledge.calc.calendar import WEEKDAYS, YEAR_UNKNOWN, Weekday, shipped, weekday
from nhipcau.knowledge.calc.pay import CODE
from nhipcau.knowledge.calc.quantities import Day, Month
from nhipcau.knowledge.calc.registry import BadInput, Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import MONTHS_A_YEAR, Sheet
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures
from nhipcau.knowledge.normalise import folded

ONE_DAY = timedelta(days=1)
DAYS, WORKING_DAYS = "days", "working days"
# Read in this order: a manager with a degree is a manager.
JOBS = (
    (None, re.compile(r"contract under 1 month|under one month|duoi 1 thang|duoi mot thang")),
    ("manager", re.compile(r"manager|director|giam doc|quan ly")),
    (
        "intermediate",
        re.compile(r"technical|intermediate|clerk|skilled worker|nghiep vu|trung cap|cong nhan ky thuat"),
    ),
    ("college", re.compile(r"degree|college|university|engineer|bachelor|cao dang|dai hoc|ky su")),
    ("other", re.compile(r"other|unskilled|manual|simple|porter|khac|pho thong|boc vac")),
)
SPECIAL = re.compile(r"special|air crew|pilot|aviation|seafarer|enterprise manager|phi cong|thuyen vien|quan ly")
DOMESTIC = re.compile(r"domestic|giup viec")
AT_ONCE = re.compile(
    r"unpaid|wages? (late|not paid|short)|late wage|not given|mistreat|beaten|insult|forced|harass|pregnan|retire"
    r"|lied|false information|no luong|cham luong|nguoc dai|danh|quay roi|mang thai|mang bau|huu|luong tre"
)
EMPLOYER_AT_ONCE = re.compile(r"absen|not (back|return)|bo viec|khong tro lai|vang mat")
SICKNESS = re.compile(r"sick|accident treatment|om dau|dieu tri")
MONTHS = re.compile(r"(\d{1,3})\s*(month|thang|year|nam)")


class ProbationLength(Inputs, frozen=True, kw_only=True):
    """The jobs asked about: degree, technical_worker, other, enterprise_manager, contract_under_1_month."""

    jobs: tuple[str, ...]
    date: Day | None = None
    month: Month | None = None


class Notice(Inputs, frozen=True, kw_only=True):
    """Contracts or reasons in a few words: "indefinite", "fixed 24 months", "unpaid wages".

    "special" before a contract means air crew, seafarers and enterprise managers. `by` says who ends it.
    """

    cases: tuple[str, ...]
    by: Literal["worker", "employer"] = "worker"
    date: Day | None = None
    month: Month | None = None


class Settlement(Inputs, frozen=True, kw_only=True):
    """The last day of the contract, the working week such as "Mon-Fri", and public `holidays` in between.

    Without `holidays` the calendar is asked. `closure`: the employer closes or restructures, or after a disaster.
    """

    end: Day
    working_week: str = "Mon-Sat"
    holidays: tuple[Day, ...] | None = None
    closure: bool = False


@calculator("probation_length")
def probation_length(asked: ProbationLength, on: date, figures: Figures) -> Result:
    """The longest probation for a kind of job, in days."""
    sheet = Sheet(on, figures)
    return sheet.result(max_days=[_probation(job, sheet) for job in asked.jobs])


@calculator("notice_period")
def notice_period(asked: Notice, on: date, figures: Figures) -> Result:
    """How long before the end notice must be given."""
    sheet = Sheet(on, figures)
    return sheet.result(notice=[_notice(case, asked.by, sheet) for case in asked.cases])


@calculator("settlement_deadline", dated=("end",))
def settlement_deadline(asked: Settlement, on: date, figures: Figures) -> Result:
    """The last day for paying everything after a contract has ended."""
    sheet = Sheet(on, figures)
    sheet.cite(CODE, "48", "1")
    if asked.closure:
        last = asked.end + ONE_DAY * int(sheet.figure("settlement.long_days"))
        return sheet.result(deadline=date.isoformat(last))
    week = _week(asked.working_week)
    if "Saturday" in week:
        sheet.warn(N_("The Code does not say whether Saturday is a working day; here it counts as one."))
    left, day = int(sheet.figure("settlement.working_days")), date.fromordinal(asked.end.toordinal())
    while left:
        day += ONE_DAY
        left -= weekday(day) in week and not _free(day, asked, sheet)
    sheet.note(N_("Last day"), f"{day:%d/%m/%Y}")
    return sheet.result(deadline=day.isoformat())


def _probation(job: str, sheet: Sheet) -> int | str:
    plain = " ".join(folded(job).split())
    kind = next((kind for kind, words in JOBS if words.search(plain)), "")
    if kind == "":
        raise BadInput(f"jobs: expected degree, technical_worker, other, enterprise_manager, not {job!r}")
    if kind is None:
        sheet.cite(CODE, "24", "3")
        sheet.note(N_("No probation is allowed"), job)
        return "none"
    unit = WORKING_DAYS if kind == "other" else DAYS
    days = int(sheet.step(N_("Longest probation"), sheet.figure(f"probation.days.{kind}"), unit, job))
    return f"{days} {unit}" if kind == "other" else days


def _notice(case: str, by: str, sheet: Sheet) -> str:
    plain = " ".join(folded(case).split())
    side = "employer_end" if by == "employer" or "employer ends" in plain else "resign"
    if DOMESTIC.search(plain):
        return _told("domestic.notice_days", DAYS, case, sheet)
    if (by_reason := _by_reason(plain, case, side, sheet)) is not None:
        return by_reason
    if not _fixed_or_indefinite(plain):
        raise BadInput(f'cases: expected a contract such as "fixed 24 months", or a reason, not {case!r}')
    if SPECIAL.search(plain):
        return _special(plain, case, sheet)
    if "indefinite" in plain or "khong xac dinh" in plain:
        return _told(f"{side}.notice.indefinite", DAYS, case, sheet)
    if _months(plain, case, sheet) < sheet.figure(f"{side}.term.min_months"):
        return _told(f"{side}.notice.under_year", WORKING_DAYS, case, sheet)
    return _told(f"{side}.notice.fixed", DAYS, case, sheet)


def _fixed_or_indefinite(plain: str) -> bool:
    return bool(re.search(r"indefinite|fixed|term|khong xac dinh|xac dinh|thoi han", plain) or MONTHS.search(plain))


def _by_reason(plain: str, case: str, side: str, sheet: Sheet) -> str | None:
    """The notice where a reason decides it, whatever the contract; None where the contract does."""
    if side == "resign" and AT_ONCE.search(plain):
        return _no_notice("35", "2", case, sheet)
    if side == "employer_end" and EMPLOYER_AT_ONCE.search(plain):
        return _no_notice("36", "3", case, sheet)
    if side == "employer_end" and SICKNESS.search(plain):
        return _told("employer_end.notice.under_year", WORKING_DAYS, case, sheet)
    return None


def _special(plain: str, case: str, sheet: Sheet) -> str:
    least = sheet.figure("resign.term.min_months")
    if "indefinite" in plain or "khong xac dinh" in plain or _months(plain, case, sheet) >= least:
        return _told("resign.notice.special", DAYS, case, sheet)
    sheet.cite("145/2020/NĐ-CP", "7")
    sheet.note(N_("Notice of a quarter of the term"), case)
    return "a quarter of the term"


def _told(figure: str, unit: str, case: str, sheet: Sheet) -> str:
    length = sheet.step(N_("Notice"), sheet.figure(figure), unit, case)
    return f"{length} {unit}"


def _no_notice(article: str, clause: str, case: str, sheet: Sheet) -> str:
    sheet.cite(CODE, article, clause)
    sheet.note(N_("No notice is needed"), case)
    return "none"


def _months(plain: str, case: str, sheet: Sheet) -> int:
    found = MONTHS.search(plain)
    if found is None:
        raise BadInput(f'cases: say how long the fixed term is, such as "fixed 24 months", not {case!r}')
    months = int(found[1]) * (MONTHS_A_YEAR if found[2] in {"year", "nam"} else 1)
    if not 0 < months <= sheet.figure("contract.fixed_term.max_months"):
        raise BadInput(f"cases: expected a fixed term within the legal length, not {case!r}")
    return months


def _week(text: str) -> frozenset[Weekday]:
    """The working days of "Mon-Fri" or "Mon, Tue, Sat"."""
    short = {name[:3].lower(): place for place, name in enumerate(WEEKDAYS)}
    days: set[Weekday] = set()
    for part in re.split(r"[,;]\s*", text.strip()):
        ends = [short.get(one.strip()[:3].lower(), -1) for one in re.split(r"[-–]", part)]
        if len(ends) > 2 or -1 in ends or ends[0] > ends[-1]:
            raise BadInput(f'working_week: expected days such as "Mon-Fri" or "Mon-Sat", got {text!r}')
        days.update(WEEKDAYS[ends[0] : ends[-1] + 1])
    return frozenset(days)


def _free(day: date, asked: Settlement, sheet: Sheet) -> bool:
    if asked.holidays is not None:
        return day in asked.holidays
    if not shipped().announced(day.year):
        sheet.warn(YEAR_UNKNOWN)
    return shipped().holiday(day) is not None

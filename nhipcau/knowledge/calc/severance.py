"""Money at the end of a contract: severance, job-loss allowance, and what an unlawful end costs."""

import re
from datetime import date
from fractions import Fraction

from nhipcau.knowledge.calc.quantities import Day, Days, Money, Month, MonthDays, Months
from nhipcau.knowledge.calc.registry import BadInput, Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import MONTHS_A_YEAR, Sheet, dong, number, vnd
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures
from nhipcau.knowledge.normalise import folded

CODE = "45/2019/QH14"
TIME_RULE = ("145/2020/NĐ-CP", "8", "3")
GROUND = re.compile(r"(34)\((\d{1,2})\)(?:\([a-zđ]\))?$|(36)\(1\)\([a-zđ]\)$")
ABSENCE = "36(1)(e)"
SEVERANCE_GROUNDS = frozenset({1, 2, 3, 4, 6, 7, 9, 10})
REDUNDANCY = 11
LAST_GROUND = 13

# Read in this order: "employer declines, worker agrees" names both.
OUTCOMES = (
    ("worker_left", re.compile(r"worker.*(left|leaves|quit|resign|ended)")),
    ("employer_declines", re.compile(r"employer.*(declin|refus|not)")),
    ("worker_declines", re.compile(r"worker.*(declin|refus|not)|not.*return")),
    ("reinstated", re.compile(r"reinstat|taken back|return")),
)


class Ended(Inputs, frozen=True, kw_only=True):
    """An ended contract. Wages in VND, times in months.

    The wage is `avg_wage_6_months`, or the `contract_wages_last_6_months` it is the average of. The time that
    counts is `countable_months`, or `total_months_worked` less `insured_months` (unemployment insurance) and
    `paid_off_months`. `termination_ground` is the clause of article 34, such as "34(3)".
    """

    avg_wage_6_months: Money | None = None
    contract_wages_last_6_months: tuple[Money, ...] = ()
    total_months_worked: Months
    countable_months: Months | None = None
    insured_months: Months = Months(0)
    paid_off_months: Months = Months(0)
    termination_ground: str | None = None
    pension_eligible: bool = False
    date: Day | None = None
    month: Month | None = None


class Unlawful(Inputs, frozen=True, kw_only=True):
    """A contract ended unlawfully; `monthly_wage` is the contract wage in VND.

    `outcome`: reinstated, worker_declines, employer_declines_worker_agrees, or worker_left.
    `notice_missing_days` are the days of notice that were not given; they need `normal_days`. `worker_left`
    means that the worker ended it unlawfully and owes the amount.
    """

    monthly_wage: Money
    outcome: str
    months_out: Months = Months(0)
    countable_months: Months = Months(0)
    total_months: Months | None = None
    avg_wage_6_months: Money | None = None
    notice_missing_days: Days = Days(0)
    normal_days: MonthDays | None = None
    date: Day | None = None
    month: Month | None = None


@calculator("severance")
def severance(asked: Ended, on: date, figures: Figures) -> Result:
    """Severance allowance: half a month's wage for each year that counts."""
    sheet = Sheet(on, figures)
    wage = _average(asked, sheet)
    years = _years(_countable(asked), sheet)
    due = _severance_due(asked, sheet)
    allowance = _severance(wage, years, sheet) if due else sheet.money(N_("Severance allowance"), 0)
    return sheet.result(avg_wage_6_months=dong(wage), countable_years=float(years), severance=allowance)


@calculator("job_loss")
def job_loss(asked: Ended, on: date, figures: Figures) -> Result:
    """Job-loss allowance after restructuring: a month's wage for each year that counts, with a least amount."""
    sheet = Sheet(on, figures)
    wage = _average(asked, sheet)
    years = _years(_countable(asked), sheet)
    each, least = sheet.figure("job_loss.months_per_year"), sheet.figure("job_loss.min_months")
    months = max(years * each, least) if _job_loss_due(asked, sheet) else Fraction(0)
    if months and not years:
        sheet.warn(N_("All the time was insured: the decree's text still gives the least amount, opinions differ."))
    formula = f"{vnd(wage)} × {number(months)}"
    allowance = sheet.money(N_("Job-loss allowance"), wage * months, formula)
    return sheet.result(avg_wage_6_months=dong(wage), countable_years=float(years), job_loss_allowance=allowance)


@calculator("unlawful_termination")
def unlawful_termination(asked: Unlawful, on: date, figures: Figures) -> Result:
    """The least that is due after an unlawful end of the contract, without the insurance contributions."""
    sheet = Sheet(on, figures)
    outcome = _outcome(asked.outcome)
    if outcome == "worker_left":
        return _worker_left(asked, sheet)
    sheet.cite(CODE, "41", "1")
    wage = asked.monthly_wage
    total = sheet.money(
        N_("Wage for the time out of work"), wage * asked.months_out, f"{vnd(wage)} × {number(asked.months_out)}"
    )
    total += _months_of(wage, "unlawful_end.min_months", N_("Compensation"), sheet)
    total += _missing_notice(asked, sheet)
    if outcome != "reinstated":
        total += _severance_after(asked, sheet)
    if outcome == "employer_declines":
        sheet.cite(CODE, "41", "3")
        total += _months_of(wage, "unlawful_end.extra_months", N_("Further compensation for not returning"), sheet)
    sheet.warn(N_("Insurance contributions for the time out of work are due as well."))
    return sheet.result(minimum=sheet.money(N_("At least"), total))


def _outcome(text: str) -> str:
    plain = " ".join(folded(text).split())
    found = next((name for name, words in OUTCOMES if words.search(plain)), None)
    if found is None:
        expected = "reinstated, worker_declines, employer_declines_worker_agrees or worker_left"
        raise BadInput(f"outcome: expected {expected}, not {text!r}")
    return found


def _average(asked: Ended, sheet: Sheet) -> Fraction:
    wages = asked.contract_wages_last_6_months
    if asked.avg_wage_6_months is not None:
        return asked.avg_wage_6_months
    most = sheet.figure("severance.average_months")
    if not wages or len(wages) > most:
        raise BadInput("avg_wage_6_months: give it, or the wages of the last months in contract_wages_last_6_months")
    total = sum(wages, Fraction(0))
    sheet.money(N_("Average contract wage"), total / len(wages), f"{vnd(total)} ÷ {len(wages)}")
    return total / len(wages)


def _countable(asked: Ended) -> Fraction:
    total = asked.total_months_worked
    if asked.countable_months is None:
        months = total - asked.insured_months - asked.paid_off_months
    else:
        months = Fraction(asked.countable_months)
    if not 0 <= months <= total:
        raise BadInput("countable_months: expected no more than total_months_worked, and not less than 0")
    return months


def _years(months: Fraction, sheet: Sheet) -> Fraction:
    """Countable years: up to half a year of odd months is half a year, more is a whole one."""
    sheet.cite(*TIME_RULE)
    whole, odd = divmod(months, MONTHS_A_YEAR)
    half = odd <= sheet.figure("severance.round.half_max_months")
    part = sheet.figure("severance.round.half_year" if half else "severance.round.full_year") if odd else Fraction(0)
    sheet.step(N_("Years that count"), whole + part, "years", f"{number(months)} ÷ {MONTHS_A_YEAR}")
    return Fraction(whole + part)


def _severance_due(asked: Ended, sheet: Sheet) -> bool:
    sheet.cite(CODE, "46")
    if _ground(asked) not in SEVERANCE_GROUNDS | {None}:
        sheet.warn(N_("This way of ending the contract gives no severance allowance."))
        return False
    if asked.pension_eligible:
        sheet.warn(N_("Whoever can draw a pension gets no severance allowance."))
        return False
    return _worked_long_enough(asked.total_months_worked, "severance.min_months_worked", sheet)


def _job_loss_due(asked: Ended, sheet: Sheet) -> bool:
    sheet.cite(CODE, "47")
    if _ground(asked) not in {REDUNDANCY, None}:
        sheet.warn(N_("A job-loss allowance is due only after restructuring, technology change or economic reasons."))
        return False
    return _worked_long_enough(asked.total_months_worked, "job_loss.min_months_worked", sheet)


def _ground(asked: Ended) -> int | None:
    """The clause of article 34; 0 for the absence which loses severance; None where not said."""
    if asked.termination_ground is None:
        return None
    text = re.sub(r"(?i)art(icle)?\.?|điều|\s", "", asked.termination_ground)
    found = GROUND.match(text)
    if found is None or (found[2] and not 1 <= int(found[2]) <= LAST_GROUND):
        raise BadInput('termination_ground: expected a clause of article 34 such as "34(3)", or "36(1)(e)"')
    if found[3]:
        return 0 if text == ABSENCE else 10
    return int(found[2])


def _worked_long_enough(months: Fraction, figure: str, sheet: Sheet) -> bool:
    if months >= sheet.figure(figure):
        return True
    sheet.warn(N_("The time worked for this employer is too short for an allowance."))
    return False


def _severance(wage: Fraction, years: Fraction, sheet: Sheet) -> int:
    each = sheet.figure("severance.months_per_year")
    return sheet.money(
        N_("Severance allowance"), wage * each * years, f"{vnd(wage)} × {number(each)} × {number(years)}"
    )


def _severance_after(asked: Unlawful, sheet: Sheet) -> int:
    sheet.cite(CODE, "46")
    total = asked.total_months if asked.total_months is not None else asked.countable_months
    if asked.countable_months > total:
        raise BadInput("countable_months: expected no more than total_months")
    years = _years(asked.countable_months, sheet)
    if not asked.countable_months or not _worked_long_enough(total, "severance.min_months_worked", sheet):
        return 0
    wage = asked.avg_wage_6_months if asked.avg_wage_6_months is not None else asked.monthly_wage
    return _severance(wage, years, sheet)


def _missing_notice(asked: Unlawful, sheet: Sheet) -> int:
    if not asked.notice_missing_days:
        return 0
    if asked.normal_days is None:
        raise BadInput("normal_days: give the normal working days of the month, from 1 to 31")
    sheet.warn(N_("The law does not say whether days of missing notice are calendar or working days."))
    formula = f"{vnd(asked.monthly_wage)} ÷ {number(asked.normal_days)} × {number(asked.notice_missing_days)}"
    pay = asked.monthly_wage / asked.normal_days * asked.notice_missing_days
    return sheet.money(N_("Wage for the missing days of notice"), pay, formula)


def _worker_left(asked: Unlawful, sheet: Sheet) -> Result:
    sheet.cite(CODE, "40")
    owed = _months_of(asked.monthly_wage, "resign.unlawful.wage_months", N_("Compensation"), sheet)
    owed += _missing_notice(asked, sheet)
    sheet.warn(N_("Training costs under a training contract are due as well; there is no severance allowance."))
    owed = sheet.money(N_("Owed by the worker"), owed)
    return sheet.result(minimum=owed, owed_by_worker=owed)


def _months_of(wage: Fraction, figure: str, label: str, sheet: Sheet) -> int:
    months = sheet.figure(figure)
    return sheet.money(label, wage * months, f"{vnd(wage)} × {number(months)}")

"""When somebody reaches the retirement age, which rises year by year."""

from datetime import date, timedelta
from fractions import Fraction

from nhipcau.knowledge.calc.choices import pick, sex
from nhipcau.knowledge.calc.quantities import Month
from nhipcau.knowledge.calc.registry import Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import MONTHS_A_YEAR, Sheet
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures

GROUPS = {"M": "men", "F": "women"}
CONDITIONS = {
    "underground_coal": ("coal", "mining", "underground", "ham lo", "khai thac than"),
    "loss_81": ("81", "loss 81"),
    "heavy": ("hazard", "toxic", "danger", "hard", "region", "loss 61", "61", "nang nhoc", "doc hai", "vung"),
    "normal": ("none", "ordinary", "usual", "binh thuong"),
}
EARLIER = {"underground_coal": "pension.coal.max", "loss_81": "pension.early.max_high", "heavy": "pension.heavy.max"}


class Birth(Inputs, frozen=True, kw_only=True):
    """`sex` M or F; month of birth; `conditions`: normal, heavy (also hard regions), underground_coal, loss_81."""

    sex: str
    birth_month: Month
    conditions: str = "normal"


@calculator("retirement_date", dated=())
def retirement_date(asked: Birth, on: date, figures: Figures) -> Result:
    """The retirement age, the last month of work, and the first day of the pension."""
    sheet = Sheet(on, figures)
    who, conditions = GROUPS[sex(asked.sex)], pick("conditions", asked.conditions, CONDITIONS)
    earlier = sheet.figure(EARLIER[conditions]) * MONTHS_A_YEAR if conditions in EARLIER else Fraction(0)
    born = asked.birth_month.year * MONTHS_A_YEAR + asked.birth_month.month - 1
    age = _age(sheet, figures, who, born, int(earlier))
    last, pension = _first_day(born + age), _first_day(born + age + 1)
    years, months = divmod(age, MONTHS_A_YEAR)
    sheet.step(N_("Retirement age"), years, "years", f"{asked.birth_month:%m/%Y}")
    sheet.step(N_("and months"), months, "months")
    if earlier:
        sheet.warn(N_("This is the earliest date: it needs enough years in such work, or the loss of capacity."))
    sheet.note(N_("Last day of work"), f"{pension - timedelta(days=1):%d/%m/%Y}")
    sheet.cite("12/2025/TT-BNV", "15")
    return sheet.result(
        age_years=years,
        age_months=months,
        retire_end_of=f"{last:%Y-%m}",
        pension_from=pension.isoformat(),
    )


def _age(sheet: Sheet, figures: Figures, who: str, born: int, earlier: int) -> int:
    """Months of age: the age of the first year of the roadmap in which somebody born then has reached it."""
    first = figures["retirement.start.men.years"].series[0].since
    roadmap = date(max(first.year, sheet.on.year), 1, 1)
    start, final = (sheet.figure(f"retirement.{end}.{who}.years", roadmap) for end in ("start", "final"))
    step = sheet.figure(f"retirement.{who}.step_months", roadmap)
    age, year = int(start * MONTHS_A_YEAR) - earlier, first.year - 1
    highest = int(final * MONTHS_A_YEAR) - earlier
    while age < highest and (born + age) // MONTHS_A_YEAR > year:
        age, year = min(highest, age + int(step)), year + 1
    return age


def _first_day(month: int) -> date:
    return date(month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1, 1)

"""Whether a wage reaches the minimum wage of its region."""

from datetime import date
from fractions import Fraction

from nhipcau.knowledge.calc.pay import Region
from nhipcau.knowledge.calc.quantities import Day, Money, Month, MonthDays
from nhipcau.knowledge.calc.regions import region_of
from nhipcau.knowledge.calc.registry import BadInput, Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import MONTHS_A_YEAR, WEEKS_A_YEAR, Sheet, dong, number, vnd
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import Figures

COMPARED = N_("Only the wage of the job for full normal hours is compared, without allowances, bonus or overtime.")


class Minimum(Inputs, frozen=True, kw_only=True):
    """A wage in VND and a place: `unit` (commune or ward) or `region`; `units` only looks regions up.

    The wage by the month, hour, week, or day (`daily_wage` needs `normal_days`); `job_wage` is a monthly one told
    apart from its `allowances`. `month` says when, `months` compares the same wage in several.
    """

    unit: str | None = None
    units: tuple[str, ...] = ()
    region: Region | None = None
    monthly_wage: Money | None = None
    job_wage: Money | None = None
    allowances: Money = Money(0)
    hourly_wage: Money | None = None
    weekly_wage: Money | None = None
    daily_wage: Money | None = None
    normal_days: MonthDays | None = None
    month: Month | None = None
    months: tuple[Month, ...] = ()
    date: Day | None = None


@calculator("minimum_wage")
def minimum_wage(asked: Minimum, on: date, figures: Figures) -> Result:
    """The regional minimum wage of a place, and what is missing from a wage."""
    sheet = Sheet(on, figures)
    if asked.units:
        return sheet.result(regions=[region_of(unit, sheet) for unit in asked.units])
    region = _region(asked, sheet)
    sheet.note(N_("Region"), region)
    wage, label = _wage(asked, sheet)
    kind = "monthly" if asked.hourly_wage is None else "hourly"
    if asked.months:
        return _over_months(asked, region, kind, wage, sheet)
    least = sheet.figure(f"minimum_wage.{kind}.{region}")
    sheet.money(N_("Minimum wage"), least)
    equivalent = dong(wage) if wage is not None and label else None
    if wage is None:
        return sheet.result(region=region, minimum=dong(least))
    missing = sheet.money(N_("Missing"), max(Fraction(0), least - wage), f"{vnd(least)} − {vnd(wage)}")
    return sheet.result(
        region=region, monthly_equivalent=equivalent, minimum=dong(least), below=wage < least, shortfall=missing
    )


def _region(asked: Minimum, sheet: Sheet) -> str:
    if asked.region is not None:
        return asked.region
    if asked.unit is None:
        raise BadInput("region: give region (I, II, III or IV), or unit, the commune or ward of the workplace")
    return region_of(asked.unit, sheet)


def _wage(asked: Minimum, sheet: Sheet) -> tuple[Fraction | None, bool]:
    """The wage to compare, and whether it was turned into a monthly one."""
    if asked.weekly_wage is not None:
        sheet.cite("293/2025/NĐ-CP", "4")
        formula = f"{vnd(asked.weekly_wage)} × {WEEKS_A_YEAR} ÷ {MONTHS_A_YEAR}"
        monthly = asked.weekly_wage * WEEKS_A_YEAR / MONTHS_A_YEAR
        sheet.money(N_("Monthly equivalent"), monthly, formula)
        return monthly, True
    if asked.daily_wage is not None:
        if asked.normal_days is None:
            raise BadInput("normal_days: give the normal working days of the month, from 1 to 31")
        sheet.cite("293/2025/NĐ-CP", "4")
        monthly = asked.daily_wage * asked.normal_days
        formula = f"{vnd(asked.daily_wage)} × {number(asked.normal_days)}"
        sheet.money(N_("Monthly equivalent"), monthly, formula)
        return monthly, True
    if asked.job_wage is not None or asked.allowances:
        sheet.cite("45/2019/QH14", "90", "2")
        sheet.warn(COMPARED)
    return next(
        (one for one in (asked.hourly_wage, asked.job_wage, asked.monthly_wage) if one is not None), None
    ), False


def _over_months(asked: Minimum, region: str, kind: str, wage: Fraction | None, sheet: Sheet) -> Result:
    if wage is None:
        raise BadInput("monthly_wage: give the wage to compare in these months")
    amounts: dict[str, object] = {"region": region}
    for month in asked.months:
        least = sheet.figure(f"minimum_wage.{kind}.{region}", month)
        sheet.money(N_("Minimum wage"), least, f"{month:%m/%Y}")
        amounts[f"minimum_{month:%Y_%m}"] = dong(least)
        amounts[f"below_{month:%Y_%m}"] = wage < least
        amounts[f"shortfall_{month:%Y_%m}"] = dong(max(Fraction(0), least - wage))
    return sheet.result(**amounts)

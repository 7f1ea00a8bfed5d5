"""A payslip computed again, line by line, and compared with what it says."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import msgspec

from nhipcau.knowledge.calc.dues import member_dues
from nhipcau.knowledge.calc.insured import Region, bases, reference_level, shares
from nhipcau.knowledge.calc.quantities import Days, Money, Month, MonthDays, MonthHours, People
from nhipcau.knowledge.calc.rates import night_overtime_rate, overtime_rate, rate
from nhipcau.knowledge.calc.registry import BadInput, Inputs, calculator
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.calc.sheet import HUNDRED, Sheet, dong, number, percent, vnd
from nhipcau.knowledge.calc.tax import after_deductions, tariff
from nhipcau.knowledge.calc.wage import DayType
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.entries import Citation
from nhipcau.knowledge.figures import Figures

CODE = "45/2019/QH14"
OWN_RATES = ("si.rate.worker.pension", "health.rate.worker", "ui.contribution.worker")  # in the order of the steps
TAX_FREE_SINCE = date(2026, 1, 1)  # 253/2026/NĐ-CP, article 26: overtime pay as a whole
SLACK = 1_000  # VND; payrolls round each line, which is no difference to argue about


class Payslip(Inputs, frozen=True, kw_only=True):
    """One month. VND; `base_wage` for all `normal_days`, `days_worked` with paid leave and public holidays.

    Overtime hours by kind of day, by day; `night_overtime_hours` on ordinary nights; `night_hours` are normal hours
    worked at night. `overtime_paid` is what the slip pays for all of these together, `allowances` everything else.
    """

    base_wage: Money
    normal_days: MonthDays
    days_worked: Days
    allowances: Money = Money(0)
    weekday_overtime: MonthHours = MonthHours(0)
    rest_day_overtime: MonthHours = MonthHours(0)
    holiday_overtime: MonthHours = MonthHours(0)
    night_overtime_hours: MonthHours = MonthHours(0)
    night_hours: MonthHours = MonthHours(0)
    overtime_paid: Money = Money(0)
    insurance_deducted: Money = Money(0)
    tax_deducted: Money = Money(0)
    other_deductions: Money = Money(0)
    net_paid: Money
    region: Region | None = None
    dependants: People = People(0)
    union_member: bool = False
    month: Month | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line: what the slip says and what it should be, VND; `missing` is to the worker's loss, below zero a gain.

    `name` and `why` are message ids; `why` is "" where the line agrees.
    """

    name: str
    stated: int
    expected: int
    missing: int
    formula: str = ""
    why: str = ""
    citations: tuple[Citation, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether the difference is no more than rounding."""
        return abs(self.missing) <= SLACK


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """All lines in the order of a slip; `owed` is what the worker lacks in all, VND, rounding left out.

    `warnings` are message ids.
    """

    lines: tuple[Line, ...]
    warnings: tuple[str, ...] = ()

    @property
    def owed(self) -> int:
        """The sum of the lines which lack something."""
        return sum(line.missing for line in self.lines if line.missing > SLACK)


def check(slip: Payslip, on: date, figures: Figures) -> Checked:
    """The slip compared with the law of the day. BadInput for more days worked than the month has of them."""
    if slip.days_worked > slip.normal_days:
        raise BadInput("days_worked: expected no more than normal_days")
    figured = _Figured(slip, on, figures)
    lines = tuple(line for line in figured.lines() if line.stated or line.expected or line.missing)
    return Checked(lines=lines, warnings=tuple(figured.warnings()))


@calculator("payslip")
def payslip(asked: Payslip, on: date, figures: Figures) -> Result:
    """A payslip computed again, with every difference."""
    checked = check(asked, on, figures)
    sheet = Sheet(on, figures)
    for line in checked.lines:
        sheet.money(line.name, line.expected, line.formula)
        for one in line.citations:
            sheet.cite(one.document, one.article, one.clause)
    for warning in checked.warnings:
        sheet.warn(warning)
    differing = [line.name for line in checked.lines if not line.agrees]
    return sheet.result(owed=checked.owed, agrees=not differing, differing=differing)


class _Figured:
    """The amounts which a slip should show, each worked out on a sheet of its own so that it keeps its sources."""

    def __init__(self, slip: Payslip, on: date, figures: Figures) -> None:
        self.slip, self._on, self._figures = slip, on, figures
        self.wage = slip.base_wage * slip.days_worked / slip.normal_days

    def lines(self) -> Iterator[Line]:
        yield self._minimum()
        yield self._overtime()
        yield self._insurance()
        yield self._tax()
        yield self._others()
        yield self._sum()

    def warnings(self) -> Iterator[str]:
        """What the comparison rests on and cannot know."""
        slip = self.slip
        if slip.allowances:
            yield N_("Allowances may be insured and taxed too: that depends on their kind and on the contract.")
        if slip.overtime_paid and self._on < TAX_FREE_SINCE:
            yield N_("At that time only a part of overtime pay was free of tax: the line of the tax does not hold.")
        if self._unpaid() and not self._uninsured():
            yield N_("The days without pay are taken as agreed unpaid leave.")

    def _sheet(self) -> Sheet:
        return Sheet(self._on, self._figures)

    def _minimum(self) -> Line:
        """The wage for full hours against the minimum of the region."""
        slip, sheet = self.slip, self._sheet()
        least = sheet.figure(f"minimum_wage.monthly.{slip.region}") if slip.region else Fraction(0)
        below = slip.base_wage < least
        lost = (least - slip.base_wage) * slip.days_worked / slip.normal_days if below else Fraction(0)
        why = N_("The wage for full hours may not be below the minimum wage of the region.") if below else ""
        name = N_("Wage and minimum wage")
        return _line(sheet, name, slip.base_wage, slip.base_wage + max(Fraction(0), least - slip.base_wage), lost, why)

    def _overtime(self) -> Line:
        slip, sheet = self.slip, self._sheet()
        hourly = slip.base_wage / slip.normal_days / sheet.figure("hours.normal.day")
        due, parts = Fraction(0), []
        for hours, share in self._shares(sheet):
            due += hourly * share / HUNDRED * hours
            parts.append(f"{vnd(hourly)} × {percent(share)} × {number(hours)}")
        missing = dong(due) - slip.overtime_paid
        why = _either(
            missing,
            N_("Overtime and night hours are paid at these rates of the hourly wage at least."),
            N_("More than the least that the law asks for: the company may have agreed to pay more."),
        )
        return _line(sheet, N_("Overtime and night pay"), slip.overtime_paid, due, missing, why, " + ".join(parts))

    def _shares(self, sheet: Sheet) -> Iterator[tuple[Fraction, Fraction]]:
        """Hours, and the percentage of the hourly wage that is due for them on top of the monthly wage."""
        slip = self.slip
        days: tuple[tuple[MonthHours, DayType], ...] = (
            (slip.weekday_overtime, "weekday"),
            (slip.rest_day_overtime, "weekly_rest"),
            (slip.holiday_overtime, "holiday"),
        )
        for hours, day in days:
            if hours:
                yield hours, overtime_rate(sheet, day)
        if slip.night_overtime_hours:
            after = slip.weekday_overtime > 0
            yield slip.night_overtime_hours, night_overtime_rate(sheet, "weekday", after)
        if slip.night_hours:
            yield slip.night_hours, rate(sheet, "weekday", night=True, overtime=False) - HUNDRED

    def _insurance(self) -> Line:
        """Whether allowances are insured too is not known: anything between is right."""
        slip, working, sheet = self.slip, self._sheet(), self._sheet()
        least = self._insured(working, slip.base_wage)
        most = self._insured(self._sheet(), slip.base_wage + slip.allowances)
        for own in OWN_RATES if least else ("si.unpaid_days_month",):
            sheet.figure(own)
        due = _between(least, slip.insurance_deducted, most)
        more = slip.insurance_deducted - due
        why = _either(
            more,
            N_("More was taken for insurance than the worker's share of this wage."),
            N_("Less was taken than the worker's share: perhaps the company insures a lower wage, or none."),
        )
        formula = " + ".join(step.formula for step in working.result().steps[: len(OWN_RATES)])
        return _line(sheet, N_("Insurance, worker"), slip.insurance_deducted, due, more, why, formula)

    def _insured(self, sheet: Sheet, wage: Fraction) -> int:
        if self._uninsured() or wage < reference_level(sheet):
            return 0
        return shares(sheet, bases(sheet, wage, self.slip.region, ui=True)).employee_total

    def _unpaid(self) -> Fraction:
        return self.slip.normal_days - self.slip.days_worked

    def _uninsured(self) -> bool:
        """So many days without pay that no insurance is paid for the month."""
        return self._unpaid() >= self._sheet().figure("si.unpaid_days_month")

    def _tax(self) -> Line:
        """Overtime and night pay within the limits of the law is free of tax; some allowances are, some are not."""
        slip, lower, sheet = self.slip, self._sheet(), self._sheet()
        if slip.overtime_paid:
            sheet.cite("253/2026/NĐ-CP", "26")
        least = self._taxed(lower, self.wage - self._insured(self._sheet(), slip.base_wage + slip.allowances))
        income = self.wage + slip.allowances - self._insured(self._sheet(), slip.base_wage)
        most = self._taxed(sheet, income)
        due = _between(least, slip.tax_deducted, most)
        used = lower if due < most else sheet
        more = slip.tax_deducted - due
        why = _either(
            more,
            N_("More tax was taken than is due after deductions; pay for overtime and nights is free of tax."),
            N_("Less tax was taken than is due: the rest may be asked for when the year is settled."),
        )
        formula = "; ".join(step.formula for step in used.result().steps)
        return _line(sheet, N_("Income tax"), slip.tax_deducted, due, more, why, formula)

    def _taxed(self, sheet: Sheet, income: Fraction) -> int:
        return tariff(sheet, after_deductions(sheet, income, self.slip.dependants))

    def _dues(self) -> int:
        sheet = self._sheet()
        return member_dues(sheet, bases(sheet, self.slip.base_wage, None, ui=False).si) if self.slip.union_member else 0

    def _others(self) -> Line:
        """What is taken besides insurance and tax: union dues, and damage up to a share of the rest."""
        slip, sheet = self.slip, self._sheet()
        sheet.cite(CODE, "102", "3")
        earned = self.wage + slip.allowances + slip.overtime_paid
        rest = max(Fraction(0), earned - slip.insurance_deducted - slip.tax_deducted)
        share, dues = sheet.figure("wages.deduction.max_rate"), self._dues()
        most = dong(rest * share / HUNDRED) + dues
        over = max(0, int(slip.other_deductions) - most)
        why = N_(
            "Besides insurance, tax and union dues no more than this may be taken, only for damage; "
            "an advance is no such deduction."
        )
        formula = f"{vnd(rest)} × {percent(share)} + {vnd(dues)}" if over else ""
        expected = most if over else slip.other_deductions
        return _line(sheet, N_("Other deductions"), slip.other_deductions, expected, over, why, formula)

    def _sum(self) -> Line:
        """Whether the slip's own lines add up to what was paid out."""
        slip, sheet = self.slip, self._sheet()
        sheet.cite(CODE, "95", "3")
        taken = slip.insurance_deducted + slip.tax_deducted + slip.other_deductions
        expected = self.wage + slip.allowances + slip.overtime_paid - taken
        missing = dong(max(Fraction(0), expected)) - slip.net_paid
        why = _either(
            missing,
            N_("The slip's own lines add up to more than was paid out; the company must explain every amount."),
            N_("More was paid out than the lines add up to: perhaps a line of the slip was left out here."),
        )
        parts = (self.wage, slip.allowances, slip.overtime_paid)
        formula = f"{' + '.join(map(vnd, parts))} − {vnd(taken)}"
        return _line(sheet, N_("Net pay"), slip.net_paid, max(Fraction(0), expected), missing, why, formula)


def _between(least: int, stated: Fraction, most: int) -> int:
    """The amount nearest to the stated one that is still right."""
    return dong(min(max(Fraction(least), stated), Fraction(max(least, most))))


def _either(missing: Fraction | int, less: str, more: str) -> str:
    return less if missing > 0 else more


def _line(
    sheet: Sheet,
    name: str,
    stated: Fraction,
    expected: Fraction | int,
    missing: Fraction | int,
    why: str,
    formula: str = "",
) -> Line:
    line = Line(
        name=name,
        stated=dong(stated),
        expected=dong(expected),
        missing=dong(missing),
        formula=formula,
        citations=sheet.result().citations,
    )
    return line if line.agrees else msgspec.structs.replace(line, why=why)

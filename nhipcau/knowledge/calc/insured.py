"""The monthly insurance of a wage: what the worker and the employer pay, each line rounded to one dong."""

from fractions import Fraction
from typing import Literal

import msgspec

from nhipcau.knowledge.calc.registry import BadInput
from nhipcau.knowledge.calc.sheet import HUNDRED, Sheet, percent, vnd
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.figures import FigureUnknown

Region = Literal["I", "II", "III", "IV"]
LOWEST_REGION: Region = "IV"


class Shares(msgspec.Struct, frozen=True, kw_only=True):
    """Contributions of one month, VND. Work accidents stand in `employer_si_accident`."""

    employee_si: int = 0
    employee_hi: int = 0
    employee_ui: int = 0
    employee_total: int = 0
    employer_si_accident: int = 0
    employer_hi: int = 0
    employer_ui: int = 0
    employer_total: int = 0


class Bases(msgspec.Struct, frozen=True, kw_only=True):
    """The wages on which each insurance is paid, VND; zero where it is not paid."""

    si: Fraction
    ui: Fraction


def reference_level(sheet: Sheet) -> Fraction:
    """VND: the reference level, which until July 2025 was the base salary."""
    try:
        return sheet.figure("si.reference_level")
    except FigureUnknown:
        return sheet.figure("base_salary")


def bases(sheet: Sheet, wage: Fraction, region: Region | None, *, ui: bool) -> Bases:
    """The wage lifted to the floor and cut at the caps. BadInput where the cap needs a region and none is given."""
    level = reference_level(sheet)
    si = min(max(wage, level), level * sheet.figure("si.wage_base.cap_times"))
    return Bases(si=si, ui=_ui_base(sheet, max(wage, level), region) if ui else Fraction(0))


def shares(sheet: Sheet, on: Bases, *, ui: bool = True) -> Shares:
    """Who pays what. Without `ui` neither side pays for unemployment."""
    si = _line(sheet, N_("Social insurance, worker"), on.si, "si.rate.worker.pension")
    hi = _line(sheet, N_("Health insurance, worker"), on.si, "health.rate.worker")
    out = _line(sheet, N_("Unemployment insurance, worker"), on.ui, "ui.contribution.worker") if ui else 0
    total = sheet.money(N_("Insurance, worker"), si + hi + out)
    kinds = ("pension", "sick_maternity", "accident")
    employer = _line(sheet, N_("Social insurance, employer"), on.si, *(f"si.rate.employer.{kind}" for kind in kinds))
    health = _line(sheet, N_("Health insurance, employer"), on.si, "health.rate.employer")
    jobless = _line(sheet, N_("Unemployment insurance, employer"), on.ui, "ui.contribution.employer") if ui else 0
    return Shares(
        employee_si=si,
        employee_hi=hi,
        employee_ui=out,
        employee_total=total,
        employer_si_accident=employer,
        employer_hi=health,
        employer_ui=jobless,
        employer_total=sheet.money(N_("Insurance, employer"), employer + health + jobless),
    )


def _ui_base(sheet: Sheet, wage: Fraction, region: Region | None) -> Fraction:
    times = sheet.figure("ui.base_cap_times")
    cap = times * sheet.figure(f"minimum_wage.monthly.{region or LOWEST_REGION}")
    if region is None and wage > cap:
        raise BadInput(f"region: must be given (I to IV) for a wage above {vnd(cap)}")
    return min(wage, cap)


def _line(sheet: Sheet, label: str, base: Fraction, *figures: str) -> int:
    rate = sum((sheet.figure(name) for name in figures), Fraction(0))
    return sheet.money(label, base * rate / HUNDRED, f"{vnd(base)} × {percent(rate)}")

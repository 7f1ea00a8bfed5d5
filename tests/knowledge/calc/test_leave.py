"""Annual, personal and holiday leave (Labour Code articles 111-115; decree 145/2020 articles 65-67)."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.knowledge.calc.registry import BadInput
from nhipcau.knowledge.figures import FigureUnknown
from tests.knowledge.calc.conftest import Compute

LEAVE: list[tuple[dict[str, Any], float]] = [
    ({"base_days": 12, "full_years": 16}, 15),
    ({"base_days": 16, "full_years": 7}, 17),
    ({"base_days": 12, "full_years": 4}, 12),
    ({"base_days": 12, "months_worked_in_year": 7}, 7),
    ({"base_days": 14, "months_worked_in_year": 5}, 5.83),
    ({"base_days": 14, "full_years": 5, "months_worked_in_year": 6}, 7.5),
    ({"conditions": "very_hazardous"}, 16),
    ({"conditions": "minor"}, 14),
]


@pytest.mark.parametrize(("inputs", "days"), LEAVE)
def test_days_of_annual_leave(compute: Compute, inputs: dict[str, Any], days: float) -> None:
    assert compute("annual_leave", **inputs)["annual_leave_days"] == days


def test_two_kinds_of_work_in_one_year(compute: Compute) -> None:
    stretches = [{"months": 6, "base_days": 12}, {"months": 6, "base_days": 14}]
    assert compute("annual_leave", segments=stretches)["annual_leave_days"] == 13


def test_the_old_decree_rounded_each_stretch(compute: Compute) -> None:
    stretches = [{"months": 1, "base_days": 12}, {"months": 1, "base_days": 14}]
    assert compute("annual_leave", on=date(2019, 3, 17), segments=stretches)["annual_leave_days"] == 2
    assert compute("annual_leave", segments=stretches)["annual_leave_days"] == 2.17


def test_leave_not_taken_is_paid_at_the_wage_of_the_month_before(compute: Compute) -> None:
    left = {"prior_month_contract_wage": 22_000_000, "normal_days_prior_month": 22}
    found = compute("annual_leave_payout", base_days=12, full_years=18, months_counted=4, **left)
    assert (found["days_due"], found["payout"]) == (5, 5_000_000)
    assert compute("annual_leave_payout", untaken_days=4.5, **left)["payout"] == 4_500_000
    assert compute("annual_leave_payout", base_days=12, months_counted=4, days_taken=9, **left)["payout"] == 0


def test_personal_leave(compute: Compute) -> None:
    month = {"monthly_wage": 22_000_000, "normal_days": 22}
    assert compute("personal_leave", paid_personal_days=3, unpaid_personal_days=1, **month)["wage"] == 21_000_000
    found = compute("personal_leave", events=["own_marriage", "death_of_sibling"], **month)
    assert (found["days"], found["wage"]) == ([3, 1], 21_000_000)


def test_public_holidays_by_year(compute: Compute) -> None:
    assert compute("holiday_count", years=[2025, 2026, 2027]) == {"2025": 11, "2026": 12, "2027": 12}
    assert compute("holiday_count", years=[2026], nationality="JP") == {"2026": 14}


def test_a_holiday_is_paid_and_another_day_is_not(compute: Compute) -> None:
    month = {"monthly_wage": 20_000_000, "normal_days": 20}
    paid = compute("holiday_pay", date="2026-11-24", **month)
    assert (paid["gross_month"], paid["deduction"]) == (20_000_000, 0)
    assert compute("holiday_pay", date="2025-11-24", **month)["deduction"] == 1_000_000


WORKED = [
    ("2026-04-26", 300),  # the Kings' day on a Sunday
    ("2026-04-27", 200),  # the day off in lieu of it
    ("2026-04-28", 150),
    ("2026-05-03", 200),  # a Sunday
    ("2026-02-17", 300),  # lunar New Year
    ("2026-09-01", 300),
    ("2026-11-24", 300),
    ("2025-11-24", 150),  # not yet a holiday
]


@pytest.mark.parametrize(("day", "percent"), WORKED)
def test_the_calendar_knows_the_day(compute: Compute, day: str, percent: int) -> None:
    found = compute("overtime_holiday_on_rest_day", hourly_wage=30_000, work=[{"date": day, "hours": 8}])
    assert found["total"] == 30_000 * 8 * percent // 100


def test_years_before_the_code_have_no_figure(compute: Compute) -> None:
    with pytest.raises(FigureUnknown):
        compute("annual_leave", on=date(2010, 1, 1), base_days=12, full_years=10)
    with pytest.raises(FigureUnknown):
        compute("holiday_count", years=[1999])
    with pytest.raises(BadInput, match="years"):
        compute("holiday_count", years=["next year"])


@given(base=st.integers(0, 60), years=st.integers(0, 50), more=st.integers(0, 20), months=st.integers(0, 12))
def test_more_years_never_give_fewer_days(compute: Compute, base: int, years: int, more: int, months: int) -> None:
    few, many = (
        compute("annual_leave", base_days=base, full_years=one, months_worked_in_year=months)["annual_leave_days"]
        for one in (years, years + more)
    )
    assert 0 <= few <= many

"""Money at the end of a contract (Labour Code articles 40, 41, 46, 47; decree 145/2020 article 8)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.knowledge.calc.registry import BadInput
from tests.knowledge.calc.conftest import Compute

YEARS = [(0, 0), (1, 0.5), (2, 0.5), (6, 0.5), (6.5, 1), (7, 1), (12, 1), (18, 1.5), (19, 2), (30, 2.5), (39, 3.5)]


def ended(months: float, **more: Any) -> dict[str, Any]:
    worked = {"avg_wage_6_months": 8_000_000, "total_months_worked": 120, "countable_months": months}
    return {**worked, **more}


@pytest.mark.parametrize(("months", "years"), YEARS)
def test_odd_months_are_half_a_year_or_a_whole_one(compute: Compute, months: float, years: float) -> None:
    found = compute("severance", **ended(months, termination_ground="34(3)"))
    assert (found["countable_years"], found["severance"]) == (years, years * 4_000_000)


@pytest.mark.parametrize("ground", ["34(5)", "34(8)", "34(11)", "34(12)", "34(13)", "36(1)(e)", "Điều 34(8)"])
def test_grounds_without_severance(compute: Compute, ground: str) -> None:
    assert compute("severance", **ended(24, termination_ground=ground))["severance"] == 0


@pytest.mark.parametrize("ground", ["34(1)", "34(2)", "34(3)", "34(4)", "34(6)", "34(7)", "34(9)", "34(10)"])
def test_grounds_with_severance(compute: Compute, ground: str) -> None:
    assert compute("severance", **ended(24, termination_ground=ground))["severance"] == 8_000_000


def test_too_short_a_time_or_a_pension_gives_nothing(compute: Compute) -> None:
    assert compute("severance", **ended(11, total_months_worked=11))["severance"] == 0
    assert compute("severance", **ended(24, pension_eligible=True))["severance"] == 0


def test_the_average_of_the_last_wages(compute: Compute) -> None:
    wages = [7_000_000] * 4 + [7_600_000] * 2
    found = compute("severance", contract_wages_last_6_months=wages, total_months_worked=96, countable_months=48)
    assert (found["avg_wage_6_months"], found["severance"]) == (7_200_000, 14_400_000)


def test_insured_time_does_not_count(compute: Compute) -> None:
    found = compute("severance", avg_wage_6_months=10_000_000, total_months_worked=84, insured_months=60)
    assert found["countable_years"] == 2


JOB_LOSS = [(12, 100, 16_000_000), (39, 100, 28_000_000), (10, 10, 0), (36, 36, 24_000_000), (13, 13, 16_000_000)]


@pytest.mark.parametrize(("months", "total", "allowance"), JOB_LOSS)
def test_job_loss_allowance(compute: Compute, months: int, total: int, allowance: int) -> None:
    found = compute("job_loss", **ended(months, total_months_worked=total, termination_ground="34(11)"))
    assert found["job_loss_allowance"] == allowance


def test_only_redundancy_gives_a_job_loss_allowance(compute: Compute) -> None:
    assert compute("job_loss", **ended(24, termination_ground="34(3)"))["job_loss_allowance"] == 0


UNLAWFUL = [
    ("reinstated", 50_000_000),
    ("worker_declines", 70_000_000),
    ("employer_declines_worker_agrees", 90_000_000),
    ("worker_left", 5_000_000),
]


@pytest.mark.parametrize(("outcome", "least"), UNLAWFUL)
def test_an_unlawful_end(compute: Compute, outcome: str, least: int) -> None:
    case = {"monthly_wage": 10_000_000, "months_out": 3, "countable_months": 48, "total_months": 120}
    assert compute("unlawful_termination", **case, outcome=outcome)["minimum"] == least


def test_missing_notice_is_paid_by_the_day(compute: Compute) -> None:
    case = {"monthly_wage": 10_400_000, "outcome": "reinstated", "notice_missing_days": 10, "normal_days": 26}
    assert compute("unlawful_termination", **case)["minimum"] == 2 * 10_400_000 + 4_000_000


@pytest.mark.parametrize(
    "wrong",
    [
        {"countable_months": 121},
        {"countable_months": -1},
        {"termination_ground": "34(14)"},
        {"termination_ground": "sacked"},
        {"avg_wage_6_months": "a lot"},
        {"total_months_worked": 10_000},
    ],
)
def test_nonsense_names_its_field(compute: Compute, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match=next(iter(wrong))):
        compute("severance", **ended(24, **wrong))


@given(months=st.integers(0, 480), more=st.integers(0, 120), wage=st.integers(0, 10**8))
def test_more_time_never_gives_less(compute: Compute, months: int, more: int, wage: int) -> None:
    first, second = (
        compute("severance", avg_wage_6_months=wage, total_months_worked=600, countable_months=one)["severance"]
        for one in (months, months + more)
    )
    assert 0 <= first <= second

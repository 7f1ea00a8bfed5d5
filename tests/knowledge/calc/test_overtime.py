"""Overtime and night pay (Labour Code articles 98, 106, 107; decree 145/2020 articles 54-60)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.knowledge.calc.registry import BadInput, run
from nhipcau.knowledge.figures import Figures
from tests.knowledge.calc.conftest import TODAY, Compute

RATES = [  # day, night, daytime overtime before, percent
    ("weekday", False, False, 150),
    ("weekly_rest", False, False, 200),
    ("holiday", False, False, 300),
    ("weekday", True, False, 200),
    ("weekday", True, True, 210),
    ("weekly_rest", True, False, 270),
    ("weekly_rest", True, True, 270),
    ("holiday", True, False, 390),
]


@pytest.mark.parametrize(("day", "night", "before", "percent"), RATES)
def test_rates_of_overtime(compute: Compute, day: str, night: bool, before: bool, percent: int) -> None:
    found = compute("overtime_day", hourly_wage=40_000, hours=3, day_type=day, night=night, day_overtime_before=before)
    assert found == {"rate_percent": percent, "pay": 40_000 * percent * 3 // 100}


def test_normal_hours_at_night_get_the_night_extra(compute: Compute) -> None:
    assert compute("night_work", hourly_wage=40_000, hours=8) == {"rate_percent": 130, "pay": 416_000}


def test_night_overtime_after_daytime_overtime(compute: Compute) -> None:
    found = compute("night_overtime", hourly_wage=40_000, day_overtime_hours=2, night_overtime_hours=1)
    assert (found["day_overtime"], found["night_rate_percent"], found["total"]) == (120_000, 210, 204_000)


def test_night_overtime_alone_has_the_lower_rate(compute: Compute) -> None:
    found = compute("night_overtime", hourly_wage=40_000, day_overtime_hours=0, night_overtime_hours=1)
    assert (found["night_rate_percent"], found["total"]) == (200, 80_000)


@pytest.mark.parametrize(("night", "overtime"), [(False, 840_000), (True, 1_092_000)])
def test_whoever_is_paid_by_the_day_gets_the_holiday_as_well(compute: Compute, night: bool, overtime: int) -> None:
    found = compute("overtime_holiday_daypaid", daily_wage=280_000, normal_hours_per_day=8, hours=8, night=night)
    assert found["overtime_pay"] == overtime
    assert found["total"] == overtime + 280_000


def test_pieces(compute: Compute) -> None:
    assert compute("overtime_piece_rate", unit_price=1200, extra_items=150)["pay"] == 270_000
    assert compute("overtime_piece_rate", unit_price=1200, extra_items=150, night=True)["pay"] == 360_000


SHIFT = [("20:00", "22:00", "overtime"), ("22:00", "06:00", "normal"), ("06:00", "08:00", "overtime")]


def segments(rows: list[tuple[str, str, str]]) -> list[dict[str, str]]:
    return [{"from": begin, "to": end, "kind": kind} for begin, end, kind in rows]


def test_a_night_shift_with_overtime_on_both_sides(compute: Compute) -> None:
    found = compute("overtime_night", daily_wage=300_000, segments=segments(SHIFT))
    assert found["overtime_day_before"] == found["overtime_day_after"] == 112_500
    assert (found["normal_night"], found["total"]) == (390_000, 615_000)


def test_the_clock_divides_a_stretch_that_runs_into_the_night(compute: Compute) -> None:
    found = compute("overtime_night", hourly_wage=40_000, segments=segments([("20:00", "23:00", "overtime")]))
    assert (found["overtime_day"], found["overtime_night"], found["total"]) == (120_000, 84_000, 204_000)


@pytest.mark.parametrize(
    "rows",
    [[], [("25:00", "06:00", "normal")], [("x", "06:00", "normal")], [("06:00", "22:00", "normal")] * 2],
)
def test_shifts_that_no_day_has_are_refused(compute: Compute, rows: list[tuple[str, str, str]]) -> None:
    with pytest.raises(BadInput, match="segments"):
        compute("overtime_night", hourly_wage=40_000, segments=segments(rows))


def test_meals_and_phone_stay_out_of_the_hourly_wage(compute: Compute) -> None:
    found = compute(
        "hourly_wage_base",
        job_wage=8_860_000,
        job_allowance=500_000,
        excluded={"meal": 730_000, "phone": 300_000},
        normal_days=26,
        overtime_hours=10,
    )
    assert (found["hourly_wage"], found["pay"]) == (45_000, 675_000)


def test_the_hourly_wage_is_not_rounded_before_it_is_multiplied(compute: Compute) -> None:
    found = compute("hourly_wage_base", job_wage=10_000_000, normal_days=26, overtime_hours=10)
    assert (found["hourly_wage"], found["pay"]) == (48_077, 721_154)


LIMITS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"weekday_hours": 27, "rest_day_hours": 8.5, "holiday_hours": 8}, {"total_hours": 43.5, "excess_hours": 3.5}),
    ({"weekday_hours": 40}, {"exceeds": False, "excess_hours": 0}),
    ({"normal_hours": 8}, {"daily_limit_hours": 4}),
    ({"normal_hours": 10, "basis": "week"}, {"daily_limit_hours": 2}),
    ({"normal_hours": 5, "basis": "part_time"}, {"daily_limit_hours": 7}),
    ({"day_type": "holiday"}, {"daily_limit_hours": 12}),
    ({"year_hours": 250}, {"yearly_limit": 200, "exceeds": True, "excess_hours": 50}),
    ({"year_hours": 250, "special_sector": True}, {"yearly_limit": 300, "exceeds": False}),
]


@pytest.mark.parametrize(("inputs", "expected"), LIMITS)
def test_limits(compute: Compute, inputs: dict[str, Any], expected: dict[str, Any]) -> None:
    found = compute("overtime_limits", **inputs)
    assert {key: found[key] for key in expected} == expected


@given(
    wage=st.integers(1, 10**6),
    hours=st.decimals(0, 24, places=1),
    more=st.decimals(0, 24, places=1),
    day=st.sampled_from(["weekday", "weekly_rest", "holiday"]),
    night=st.booleans(),
)
def test_more_hours_never_pay_less(wage: int, hours: Any, more: Any, day: str, night: bool, figures: Figures) -> None:
    pays = [
        run("overtime_day", {"hourly_wage": wage, "hours": str(h), "day_type": day, "night": night}, TODAY, figures)
        for h in (hours, hours + more)
    ]
    first, second = (int(str(pay.amounts["pay"])) for pay in pays)
    assert 0 <= first <= second


@given(wage=st.integers(1, 10**6), by_day=st.integers(0, 12), by_night=st.integers(0, 12))
def test_the_total_is_the_sum_of_its_lines(wage: int, by_day: int, by_night: int, compute: Compute) -> None:
    found = compute("night_overtime", hourly_wage=wage, day_overtime_hours=by_day, night_overtime_hours=by_night)
    assert found["total"] == found["day_overtime"] + found["night_overtime"]

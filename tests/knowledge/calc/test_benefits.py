"""Sickness, maternity and unemployment benefits (laws 41/2024, 74/2025, 113/2025)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.knowledge.calc.registry import BadInput, run
from nhipcau.knowledge.figures import Figures
from tests.knowledge.calc.conftest import TODAY, Compute

UNEMPLOYED = [  # months paid, average, region, last month, months, monthly
    (12, 8_000_000, "III", "2026-03", 3, 4_800_000),
    (36, 8_000_000, "III", "2026-03", 3, 4_800_000),
    (47, 8_000_000, "III", "2026-03", 3, 4_800_000),
    (48, 8_000_000, "III", "2026-03", 4, 4_800_000),
    (72, 50_000_000, "I", "2026-03", 6, 26_550_000),
    (143, 50_000_000, "II", "2026-03", 11, 23_650_000),
    (500, 40_000_000, "IV", "2026-03", 12, 18_500_000),
    (60, 50_000_000, "I", "2025-12", 5, 24_800_000),
]


@pytest.mark.parametrize(("paid", "average", "region", "last", "months", "monthly"), UNEMPLOYED)
def test_unemployment(
    compute: Compute, paid: int, average: int, region: str, last: str, months: int, monthly: int
) -> None:
    given_case = {"months_paid": paid, "average_6_months": average, "region": region, "last_month": last}
    found = compute("unemployment", **given_case)
    assert found == {"eligible": True, "months": months, "monthly": monthly, "total": months * monthly}


@pytest.mark.parametrize(
    "case",
    [
        {"months_paid": 11},
        {"months_paid": 30, "termination": "unlawful unilateral"},
        {"months_paid": 30, "termination": "retired on a pension"},
        {"months_paid": 30, "months_paid_in_window": 11},
    ],
)
def test_no_unemployment_benefit(compute: Compute, case: dict[str, Any]) -> None:
    found = compute("unemployment", average_6_months=8_000_000, region="III", **case)
    assert found == {"eligible": False, "months": 0, "monthly": 0, "total": 0}


@given(paid=st.integers(12, 400), more=st.integers(0, 50))
def test_more_months_paid_never_give_less(figures: Figures, paid: int, more: int) -> None:
    def months(count: int) -> Any:
        return run("unemployment", {"months_paid": count}, TODAY, figures).amounts["months"]

    assert 3 <= months(paid) <= months(paid + more) <= 12


@pytest.mark.parametrize(
    ("ended", "last"),
    [("2026-08-20", "2026-11-20"), ("2026-11-30", "2027-02-28"), ("2026-10-31", "2027-01-31")],
)
def test_claim_within_three_months(compute: Compute, ended: str, last: str) -> None:
    assert compute("unemployment_deadline", termination_date=ended) == {"last_filing_date": last}


STAYS = [  # admitted, discharged, shift, weekly rest, paid days
    ("2026-05-13T14:40", "2026-05-20T15:40", "07:30-16:30", "Sunday", 6.5),
    ("2026-05-13T06:00", "2026-05-13T18:00", "07:30-16:30", "Sunday", 1),
    ("2026-05-13T17:00", "2026-05-14T06:00", "07:30-16:30", "Sunday", 0),
    ("2026-05-15T12:00", "2026-05-18T09:00", "08:00-16:00", "Saturday, Sunday", 1.5),
    ("2026-05-13T23:00", "2026-05-14T03:00", "22:00-06:00", "Sunday", 1),
    ("2026-11-23T07:00", "2026-11-25T17:00", "07:30-16:30", "Chủ nhật", 2),
]


@pytest.mark.parametrize(("admitted", "discharged", "shift", "rest", "paid"), STAYS)
def test_sick_days_in_hospital(
    compute: Compute, admitted: str, discharged: str, shift: str, rest: str, paid: float
) -> None:
    stay = {"admitted": admitted, "discharged": discharged, "work_hours": shift, "weekly_rest": rest}
    assert compute("sickness_days", **stay) == {"paid_days": paid}


@pytest.mark.parametrize(
    ("age", "used", "paid", "limit"),
    [(2, 0, 6, 20), (2, 16, 4, 20), (3, 0, 6, 15), (6, 0, 6, 15), (7, 0, 0, 0)],
)
def test_days_with_a_sick_child(compute: Compute, age: int, used: int, paid: int, limit: int) -> None:
    found = compute("sick_child_days", child_age=age, first="2025-11-04", last="2025-11-10", days_used=used)
    assert found == {"paid_days": paid, "limit": limit}


@pytest.mark.parametrize(
    ("years", "heavy", "days"),
    [(12, False, 30), (15, False, 40), (30, False, 60), (14, True, 40), (20, True, 50), (31, True, 70)],
)
def test_sick_days_of_a_year(compute: Compute, years: int, heavy: bool, days: int) -> None:
    assert compute("sickness_limit", years_paid=years, heavy_hazardous=heavy) == {"days_per_year": days}


@pytest.mark.parametrize(("years", "rate", "benefit"), [(14, 50, 5_000_000), (15, 55, 5_500_000), (30, 65, 6_500_000)])
def test_long_sickness(compute: Compute, years: int, rate: int, benefit: int) -> None:
    found = compute("sickness_long_term", si_wage_last_month=10_000_000, years_paid=years, months=1)
    assert found == {"rate_pct": rate, "benefit": benefit}


def test_sickness_benefit(compute: Compute) -> None:
    assert compute("sickness", si_wage_last_month=12_000_000, days=5) == {"benefit": 1_875_000}
    assert compute("sickness", si_wage_last_month=9_600_000, days=0.5) == {"benefit": 150_000}


RECOVERY = [  # kind, month, days, benefit
    ("maternity_normal", "2026-11", 5, 3_795_000),
    ("maternity_surgery", "2026-06", 7, 4_914_000),
    ("maternity_twins", "2026-11", 10, 7_590_000),
    ("sickness_long_term", "2026-11", 10, 7_590_000),
    ("sickness_surgery", "2026-11", 7, 5_313_000),
    ("sickness_other", "2026-11", 5, 3_795_000),
    ("accident_51", "2026-11", 10, 7_590_000),
    ("accident_31_50", "2026-11", 7, 5_313_000),
    ("accident_15_30", "2026-11", 5, 3_795_000),
]


@pytest.mark.parametrize(("kind", "month", "days", "benefit"), RECOVERY)
def test_recovery_leave(compute: Compute, kind: str, month: str, days: int, benefit: int) -> None:
    found = compute("convalescence", on=None, kind=kind, month=month)
    assert (found["days"], found["benefit"]) == (days, benefit)


LEAVE = [  # living before, born, month, months of leave, allowance
    (0, 1, "2026-08", 6, 5_060_000),
    (0, 2, "2026-08", 7, 10_120_000),
    (0, 3, "2026-08", 8, 15_180_000),
    (1, 1, "2026-08", 7, 5_060_000),
    (1, 1, "2026-06", 6, 4_680_000),
    (1, 2, "2026-08", 8, 10_120_000),
    (2, 1, "2026-08", 6, 5_060_000),
]


@pytest.mark.parametrize(("before", "born", "month", "months", "allowance"), LEAVE)
def test_maternity(compute: Compute, before: int, born: int, month: str, months: int, allowance: int) -> None:
    birth = {"living_children_before": before, "children_born": born, "birth_month": month}
    found = compute("maternity", on=None, average_6_months=7_500_000, **birth)
    assert (found["leave_months"], found["one_off"]) == (months, allowance)
    assert found["total"] == 7_500_000 * months + allowance
    assert compute("maternity_months", on=None, **birth) == {"leave_months": months}


RIGHT = [  # birth, months of 2026 paid, window, counted, eligible
    ("2026-09-20", (4, 5, 6, 7, 8, 9), "2025-10..2026-09", 6, True),
    ("2026-09-14", (4, 5, 6, 7, 8, 9), "2025-09..2026-08", 5, False),
    ("2026-09-15", (3, 4, 5, 6, 7, 8), "2025-09..2026-08", 6, True),
    ("2026-09-15", (4, 5, 6, 7, 9), "2025-10..2026-09", 5, False),
]


@pytest.mark.parametrize(("birth", "paid", "window", "counted", "eligible"), RIGHT)
def test_right_to_maternity(
    compute: Compute, birth: str, paid: tuple[int, ...], window: str, counted: int, eligible: bool
) -> None:
    found = compute("maternity_eligibility", birth=birth, paid_months=[f"2026-{month:02}" for month in paid])
    assert found == {"eligible": eligible, "window": window, "months_counted": counted}


def test_rest_ordered_by_a_doctor_needs_fewer_months(compute: Compute) -> None:
    months = [f"2026-{month:02}" for month in (6, 7, 8)]
    more = {"doctor_ordered_rest": True, "total_months": 12}
    assert compute("maternity_eligibility", birth="2026-09-10", paid_months=months, **more)["eligible"]


FATHERS = [  # birth, order, month, days
    ("normal", 1, "2026-08", 5),
    ("surgery", 1, "2026-08", 7),
    ("under_32_weeks", 1, "2026-08", 7),
    ("normal", 2, "2026-06", 5),
    ("normal", 2, "2026-07", 10),
    ("surgery", 2, "2026-07", 10),
    ("normal", 3, "2026-07", 5),
    ("twins", 1, "2026-07", 10),
    ("triplets", 1, "2026-07", 13),
    ("twins_surgery", 1, "2026-07", 14),
    ("triplets_surgery", 1, "2026-07", 17),
]


@pytest.mark.parametrize(("birth", "order", "month", "days"), FATHERS)
def test_fathers_days(compute: Compute, birth: str, order: int, month: str, days: int) -> None:
    found = compute("paternity", on=None, average_6_months=12_000_000, birth=birth, child_order=order, month=month)
    assert found == {"days": days, "benefit": 500_000 * days}


def test_visits_before_birth_and_the_voluntary_scheme(compute: Compute) -> None:
    assert compute("prenatal", average_6_months=9_600_000, days=2)["benefit"] == 800_000
    assert compute("prenatal", average_6_months=9_600_000, days=5, visits=1)["days"] == 2
    assert compute("voluntary_maternity", children_born=2, months_paid_in_12=6)["benefit"] == 4_000_000
    assert compute("voluntary_maternity", children_born=1, months_paid_in_12=5)["benefit"] == 0


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("sickness_days", {"admitted": "2026-02-31T10:00", "discharged": "x", "work_hours": "07:30-16:30"}, "admitted"),
    ("sickness_days", {"admitted": "2026-05-13", "discharged": "2026-05-12", "work_hours": "8h-17h"}, "discharged"),
    ("sickness_days", {"admitted": "2026-05-13", "discharged": "2026-05-14", "work_hours": "25:00-9"}, "work_hours"),
    ("sick_child_days", {"child_age": 2, "first": "2026-05-13", "last": "2026-05-12"}, "last"),
    ("convalescence", {"kind": "holiday"}, "kind"),
    ("convalescence", {"kind": "accident"}, "loss_pct"),
    ("paternity", {"average_6_months": 1, "birth": "moon"}, "birth"),
    ("unemployment", {"months_paid": 30, "average_6_months": 8_000_000}, "region"),
    ("unemployment", {"months_paid": 30, "termination": "moon"}, "termination"),
    ("maternity", {"average_6_months": 1, "children_born": 0}, "children_born"),
]


@pytest.mark.parametrize(("name", "inputs", "field"), BAD)
def test_bad_input_names_its_field(compute: Compute, name: str, inputs: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput, match=f"^{field}"):
        compute(name, **inputs)

"""Wages: minimum, probation, deductions, late pay, transfer, stoppage, damage, accidents, fines, terms."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.knowledge.calc.registry import BadInput
from nhipcau.knowledge.figures import FigureUnknown
from tests.knowledge.calc.conftest import Compute

CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    # Labour Code article 26
    ("probation_pay", {"job_wage": "10tr", "probation_wage": "8tr"}, {"minimum": 8_500_000, "lawful": False}),
    ("probation_pay", {"job_wage": "10tr", "probation_wage": "8tr5"}, {"shortfall": 0, "lawful": True}),
    # article 25
    (
        "probation_length",
        {"jobs": ["engineer", "technical_worker", "other", "enterprise_manager", "contract_under_1_month"]},
        {"max_days": [60, 30, "6 working days", 180, "none"]},
    ),
    # article 102
    (
        "wage_deduction",
        {"gross": 9_000_000, "employee_insurance_percent": 10.5},
        {"net": 8_055_000, "max_deduction": 2_416_500},
    ),
    ("wage_deduction", {"net": 8_000_000, "deduction": "2tr5"}, {"max_deduction": 2_400_000, "lawful": False}),
    # article 97
    (
        "late_wage_interest",
        {"late_amount": 20_000_000, "days_late": 20, "annual_rate_percent": 4.5},
        {"minimum_interest": 49_315},
    ),
    (
        "late_wage_interest",
        {"late_amount": 9_000_000, "days_late": 14, "annual_rate_percent": 3},
        {"minimum_interest": 0},
    ),
    # article 29
    ("job_transfer", {"old_wage": "10tr", "new_wage": "7tr", "region": "III"}, {"afterwards_minimum": 8_500_000}),
    ("job_transfer", {"old_wage": "4tr5", "new_wage": "3tr5", "region": "III"}, {"afterwards_minimum": 4_140_000}),
    # article 99
    (
        "work_stoppage",
        {"region": "IV", "normal_days": 26, "days": 10, "cause": "natural disaster"},
        {"minimum_pay": 1_423_077},
    ),
    (
        "work_stoppage",
        {"region": "III", "normal_days": 26, "days": 20, "cause": "mất điện"},
        {"minimum_pay": 2_229_231},
    ),
    (
        "work_stoppage",
        {"region": "III", "normal_days": 26, "days": 20, "cause": "fault of other workers"},
        {"minimum_pay": 3_184_615},
    ),
    ("work_stoppage", {"days": 5, "cause": "worker's own fault"}, {"minimum_pay": 0}),
    (
        "work_stoppage",
        {"monthly_wage": 7_800_000, "normal_days": 26, "days": 5, "cause": "employer"},
        {"minimum_pay": 1_500_000},
    ),
    # article 129
    (
        "damage_compensation",
        {"damage": "12tr", "region": "IV", "monthly_wage": "6tr"},
        {"threshold_10_min_wages": 37_000_000, "max_compensation": 12_000_000},
    ),
    (
        "damage_compensation",
        {"damage": "30tr", "region": "III", "monthly_wage": "6tr"},
        {"threshold_10_min_wages": 41_400_000, "max_compensation": 18_000_000},
    ),
    (
        "damage_compensation",
        {"damage": "50tr", "region": "III", "monthly_wage": "6tr"},
        {"max_compensation": 50_000_000},
    ),
    (
        "damage_compensation",
        {"damage": "5tr", "region": "III", "monthly_wage": "6tr", "force_majeure": True},
        {"max_compensation": 0},
    ),
    # decree 145/2020 article 80
    (
        "women_breaks",
        {"hourly_wage": 40_000, "minutes": 30, "days": 3},
        {"extra_pay": 60_000, "counts_as_overtime": False},
    ),
    # law 84/2015 article 38
    ("work_accident", {"impairment_percent": 4}, {"compensation_months": 0}),
    ("work_accident", {"impairment_percent": 5}, {"compensation_months": 1.5, "allowance_months": 0.6}),
    ("work_accident", {"impairment_percent": 11}, {"compensation_months": 1.9, "allowance_months": 0.76}),
    ("work_accident", {"impairment_percent": 50}, {"compensation_months": 17.5, "allowance_months": 7}),
    ("work_accident", {"impairment_percent": 80}, {"compensation_months": 29.5, "allowance_months": 11.8}),
    ("work_accident", {"impairment_percent": 81}, {"compensation_months": 30, "allowance_months": 12}),
    ("work_accident", {"death": True, "wage": "9tr", "own_fault": True}, {"amount": 108_000_000}),
    # decree 283/2026
    ("sanction", {"violation": "late wages", "workers": 35}, {"fine_range": [20_000_000, 40_000_000]}),
    (
        "sanction",
        {"violation": "late wages", "workers": 35, "employer": "individual"},
        {"fine_range": [10_000_000, 20_000_000]},
    ),
    ("sanction", {"violation": "below minimum wage", "workers": 400}, {"fine_range": [100_000_000, 150_000_000]}),
    ("sanction", {"violation": "no written contract", "workers": 10}, {"fine_range": [4_000_000, 10_000_000]}),
    ("sanction", {"violation": "phạt tiền thay kỷ luật"}, {"remedy": "return the money"}),
    # Labour Code articles 35, 36; decree 145/2020 article 7
    (
        "notice_period",
        {"cases": ["indefinite", "fixed 36 months", "fixed 12 months", "fixed 11 months", "unpaid wages"]},
        {"notice": ["45 days", "30 days", "30 days", "3 working days", "none"]},
    ),
    ("notice_period", {"cases": ["indefinite, unpaid wages"]}, {"notice": ["none"]}),
    ("notice_period", {"cases": ["special indefinite", "pilot, fixed 2 years"]}, {"notice": ["120 days", "120 days"]}),
    (
        "notice_period",
        {"by": "employer", "cases": ["absent 5 days", "sickness", "fixed 24 months"]},
        {"notice": ["none", "3 working days", "30 days"]},
    ),
    # Labour Code article 48
    ("settlement_deadline", {"end": "2026-10-30", "working_week": "Mon-Fri"}, {"deadline": "2026-11-19"}),
    ("settlement_deadline", {"end": "2026-10-30", "working_week": "Mon-Sat"}, {"deadline": "2026-11-16"}),
    ("settlement_deadline", {"end": "2026-11-10", "working_week": "Mon-Fri"}, {"deadline": "2026-12-01"}),
    ("settlement_deadline", {"end": "2026-10-30", "closure": True}, {"deadline": "2026-11-29"}),
]

MINIMUM: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"unit": "phường Tuy Hòa", "monthly_wage": "4tr"}, {"region": "III", "shortfall": 140_000}),
    ({"unit": "phuong tuy hoa", "monthly_wage": "4tr"}, {"region": "III", "below": True}),
    ({"unit": "P. Tuy Hoà", "hourly_wage": 19_500}, {"minimum": 20_000, "shortfall": 500}),
    ({"unit": "xã Ea Kar", "weekly_wage": 870_000}, {"monthly_equivalent": 3_770_000, "below": False}),
    ({"region": "IV", "daily_wage": 150_000, "normal_days": 26}, {"monthly_equivalent": 3_900_000, "below": False}),
    ({"unit": "Tân Lập", "job_wage": "3tr9", "allowances": 500_000}, {"below": True, "shortfall": 240_000}),
    ({"region": "IV", "monthly_wage": 3_700_000}, {"below": False, "shortfall": 0}),
    ({"units": ["Ea Kao", "Cư Bao", "xã Ea H'Leo"]}, {"regions": ["III", "IV", "IV"]}),
    (
        {"region": "IV", "monthly_wage": 3_500_000, "months": ["2025-12", "2026-01"]},
        {"below_2025_12": False, "below_2026_01": True},
    ),
]


@pytest.mark.parametrize(("name", "inputs", "expected"), CASES)
def test_a_worked_case(compute: Compute, name: str, inputs: dict[str, Any], expected: dict[str, Any]) -> None:
    found = compute(name, **inputs)
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize(("inputs", "expected"), MINIMUM)
def test_the_minimum_wage(compute: Compute, inputs: dict[str, Any], expected: dict[str, Any]) -> None:
    found = compute("minimum_wage", **inputs)
    assert {key: found[key] for key in expected} == expected


def test_the_month_in_the_input_decides_the_minimum_wage(compute: Compute) -> None:
    assert compute("minimum_wage", on=None, region="III", month="2025-12")["minimum"] == 3_860_000


@pytest.mark.parametrize("place", [{}, {"unit": "phường Bến Nghé"}, {"region": "V"}])
def test_a_place_that_is_not_known(compute: Compute, place: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="region|unit"):
        compute("minimum_wage", monthly_wage="4tr", **place)


def test_the_list_of_regions_is_not_older_than_its_decree(compute: Compute) -> None:
    with pytest.raises(BadInput, match="2026-01-01"):
        compute("minimum_wage", on=date(2025, 12, 31), unit="xã Ea Kar")


def test_fines_hold_from_the_new_decree_on(compute: Compute) -> None:
    with pytest.raises(FigureUnknown):
        compute("sanction", on=date(2026, 9, 9), violation="late wages", workers=35)


@given(loss=st.integers(0, 100), more=st.integers(0, 100))
def test_a_worse_injury_never_gets_less(compute: Compute, loss: int, more: int) -> None:
    light, heavy = (
        compute("work_accident", impairment_percent=min(one, 100))["compensation_months"] for one in (loss, loss + more)
    )
    assert 0 <= light <= heavy


@given(old=st.integers(0, 10**9), new=st.integers(0, 10**9), region=st.sampled_from(["I", "II", "III", "IV"]))
def test_a_transfer_never_pays_less_than_the_minimum_wage(compute: Compute, old: int, new: int, region: str) -> None:
    least = compute("minimum_wage", region=region)["minimum"]
    assert compute("job_transfer", old_wage=old, new_wage=new, region=region)["afterwards_minimum"] >= least

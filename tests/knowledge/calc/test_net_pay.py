"""Gross and net pay, contributions, income tax (insurance law of 2024, tax law of 2025) and union dues."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.knowledge.calc.registry import BadInput, run
from nhipcau.knowledge.figures import Figures
from tests.knowledge.calc.conftest import Compute

NET = [  # gross, month, more, insurance of the worker, tax, net
    (20_000_000, "2026-03", {}, 2_100_000, 120_000, 17_780_000),
    (20_000_000, "2026-03", {"dependants": 1}, 2_100_000, 0, 17_900_000),
    (46_800_000, "2026-03", {}, 4_914_000, 2_138_600, 39_747_400),
    (60_000_000, "2026-08", {}, 5_407_000, 4_318_600, 50_274_400),
    (30_000_000, "2025-10", {}, 3_150_000, 1_627_500, 25_222_500),
    (30_000_000, "2025-03", {}, 3_150_000, 1_627_500, 25_222_500),
    (20_000_000, "2026-03", {"ui_liable": False}, 1_900_000, 130_000, 17_970_000),
    (8_000_000, "2026-11", {"union_member": True}, 840_000, 0, 7_120_000),
    (17_600_000, "2026-03", {"exempt_income": 5_080_000}, 1_848_000, 12_600, 20_819_400),
    (1_500_000, "2026-11", {}, 0, 0, 1_500_000),
]


@pytest.mark.parametrize(("gross", "month", "more", "insurance", "tax", "net"), NET)
def test_net_pay(
    compute: Compute, gross: int, month: str, more: dict[str, Any], insurance: int, tax: int, net: int
) -> None:
    found = compute("gross_net", on=None, gross=gross, month=month, region="I", **more)
    assert (found["employee_total"], found["pit"], found["net"]) == (insurance, tax, net)


@given(gross=st.integers(2_600_000, 300_000_000), dependants=st.integers(0, 5))
def test_net_pay_is_what_the_lines_leave_and_finds_its_gross(figures: Figures, gross: int, dependants: int) -> None:
    given_pay: dict[str, Any] = {"month": "2026-08", "region": "III", "dependants": dependants}
    found = run("gross_net", {**given_pay, "gross": gross}, None, figures).amounts
    assert found["net"] == gross - found["employee_total"] - found["pit"]  # type: ignore[operator]
    back = run("net_gross", {**given_pay, "net": found["net"]}, None, figures).amounts
    assert abs(back["gross"] - gross) <= 6  # type: ignore[operator]
    assert abs(back["net"] - found["net"]) <= 1  # type: ignore[operator]


@pytest.mark.parametrize("net", [17_780_000, 7_160_000, 100_000_000])
def test_gross_from_net_is_a_round_wage(compute: Compute, net: int) -> None:
    gross = compute("net_gross", on=None, net=net, month="2026-03", region="I")["gross"]
    assert compute("gross_net", on=None, gross=gross, month="2026-03", region="I")["net"] == net


COVERED = [  # wage, more, covered, contributes
    (2_339_999, {"part_time": True, "month": "2026-03"}, False, False),
    (2_340_000, {"part_time": True, "month": "2026-03"}, True, True),
    (8_000_000, {"contract": "probation only", "month": "2026-11"}, False, False),
    (8_000_000, {"contract": "probation in a labour contract", "month": "2026-11"}, True, True),
    (22_000_000, {"unpaid_working_days": 13, "month": "2026-03"}, True, True),
    (22_000_000, {"unpaid_working_days": 14, "month": "2026-03"}, True, False),
]


@pytest.mark.parametrize(("wage", "more", "covered", "contributes"), COVERED)
def test_who_is_insured(compute: Compute, wage: int, more: dict[str, Any], covered: bool, contributes: bool) -> None:
    found = compute("contribution", on=None, wage=wage, **more)
    assert (found["covered"], found["contributes"]) == (covered, contributes)
    assert (found["employee_total"] > 0) is contributes


def test_unpaid_month_may_be_paid_by_agreement_but_not_for_unemployment(compute: Compute) -> None:
    more: dict[str, Any] = {"unpaid_working_days": 20, "agreed_to_pay": True, "month": "2026-03"}
    found = compute("contribution", on=None, wage=10_000_000, **more)
    assert (found["employee_si"], found["employee_ui"]) == (800_000, 0)


def test_a_high_wage_needs_its_region(compute: Compute) -> None:
    with pytest.raises(BadInput, match="region"):
        compute("contribution", on=None, wage=90_000_000, month="2026-11")


@pytest.mark.parametrize(
    ("taxable", "year", "tax"),
    [
        (10_000_000, 2026, 500_000),
        (30_000_000, 2026, 2_500_000),
        (60_000_000, 2026, 8_500_000),
        (100_000_000, 2026, 20_500_000),
        (120_000_000, 2026, 27_500_000),
        (80_000_000, 2025, 18_150_000),
        (90_000_000, 2025, 21_650_000),
    ],
)
def test_tariff(compute: Compute, taxable: int, year: int, tax: int) -> None:
    assert compute("pit", taxable_income_month=taxable, year=year)["pit"] == tax
    assert compute("pit", taxable_income_year=taxable * 12, year=year)["pit"] == tax * 12


@given(low=st.integers(0, 200_000_000), more=st.integers(0, 10_000_000))
def test_tax_never_falls_and_never_eats_the_raise(figures: Figures, low: int, more: int) -> None:
    def tax(income: int) -> Any:
        return run("pit", {"taxable_income_month": income}, date(2026, 11, 22), figures).amounts["pit"]

    assert 0 <= tax(low + more) - tax(low) <= more


WITHHELD = [  # payment, year, more, withheld
    (5_000_000, 2026, {}, 500_000),
    (4_999_999, 2026, {}, 0),
    (4_999_999, 2026, {"asked_to_withhold": True}, 500_000),
    (9_000_000, 2026, {"commitment_form": True}, 0),
    (2_000_000, 2025, {}, 200_000),
    (1_999_999, 2025, {}, 0),
    (20_000_000, 2026, {"contract": "3 months or more"}, 225_000),
]


@pytest.mark.parametrize(("payment", "year", "more", "withheld"), WITHHELD)
def test_withholding(compute: Compute, payment: int, year: int, more: dict[str, Any], withheld: int) -> None:
    assert compute("pit_withholding", payment=payment, year=year, **more)["withheld"] == withheld


def test_settlement_of_a_year(compute: Compute) -> None:
    found = compute("pit_annual", wage_month=30_000_000, casual_income=240_000_000, year=2026)
    assert found == {"taxable_year": 376_200_000, "tax_year": 33_240_000, "withheld": 31_620_000, "to_pay": 1_620_000}


DUES = [  # group, month, more, dues
    ("non_state", "2026-03", {"si_wage": 17_600_000}, 88_000),
    ("non_state", "2026-07", {"wage": 60_000_000}, 253_000),
    ("non_state", "2026-03", {"wage": 60_000_000}, 234_000),
    ("non_state", "2026-11", {"wage": None}, 12_650),
    ("non_state", "2026-09", {"on_si_benefit_months": 2}, 0),
    ("non_state", "2025-06", {"si_wage": 10_000_000}, 100_000),
    ("soe", "2026-09", {"net_pay": 55_000_000}, 253_000),
    ("soe", "2026-09", {"net_pay": 20_000_000}, 100_000),
    ("public_not_fully_funded", "2026-09", {"si_wage": 10_000_000}, 50_000),
    ("public_fully_funded", "2026-09", {"si_wage": 10_000_000}, 0),
    ("state_agency", "2025-06", {"si_wage": 10_000_000}, 0),
    ("state_agency", "2025-05", {"si_wage": 10_000_000}, 100_000),
]


@pytest.mark.parametrize(("group", "month", "more", "dues"), DUES)
def test_union_dues(compute: Compute, group: str, month: str, more: dict[str, Any], dues: int) -> None:
    assert compute("union_fee", on=None, group=group, month=month, **more)["dues"] == dues


def test_union_fund(compute: Compute) -> None:
    assert compute("union_fund", si_wage_fund=20_000_000)["fund"] == 400_000
    assert compute("union_fund", si_wage_fund=20_000_000, cut_pct=20)["fund"] == 320_000
    assert compute("union_fund", si_wage_fund=20_000_000, suspended=True)["fund"] == 0
    with pytest.raises(BadInput, match="cut_pct"):
        compute("union_fund", si_wage_fund=20_000_000, cut_pct=21)


VOLUNTARY = [  # income, group, month, gross, support
    (1_500_000, "poor_household", "2026-11", 330_000, 165_000),
    (1_500_000, "near_poor_household", "2026-11", 330_000, 132_000),
    (5_000_000, "ethnic_minority", "2026-11", 1_100_000, 99_000),
    (50_600_000, "other", "2026-11", 11_132_000, 66_000),
    (2_200_000, "other", "2027-01", 484_000, 96_800),
]


@pytest.mark.parametrize(("income", "group", "month", "gross", "support"), VOLUNTARY)
def test_voluntary_insurance(compute: Compute, income: int, group: str, month: str, gross: int, support: int) -> None:
    found = compute("voluntary_si", on=None, income=income, group=group, month=month)
    assert found == {"gross_contribution": gross, "state_support": support, "to_pay": gross - support}


def test_health_insurance_and_interest(compute: Compute) -> None:
    found = compute("bhyt_household", on=None, members=6, month="2026-11")
    assert found["premiums"] == [113_850, 79_695, 68_310, 56_925, 45_540, 45_540]
    assert compute("bhyt_copay", on=None, month="2026-03")["threshold"] == 14_040_000
    assert compute("late_payment", amount_overdue=100_000_000, days=45)["interest"] == 1_350_000


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("gross_net", {"gross": -1}, "gross"),
    ("gross_net", {"gross": 20_000_000, "region": "V"}, "region"),
    ("gross_net", {"gross": 20_000_000, "month": "2026-13"}, "month"),
    ("gross_net", {"salary": 20_000_000}, "salary"),
    ("contribution", {"wage": 8_000_000, "contract": "xyz"}, "contract"),
    ("contribution", {"wage": 8_000_000, "unpaid_working_days": 32}, "unpaid_working_days"),
    ("voluntary_si", {"income": 100}, "income"),
    ("voluntary_si", {"income": 50_600_001}, "income"),
    ("union_fee", {"group": "martian"}, "group"),
    ("union_fee", {"group": "soe"}, "net_pay"),
    ("pit", {}, "taxable_income_month"),
    ("bhyt_household", {"members": 0}, "members"),
]


@pytest.mark.parametrize(("name", "inputs", "field"), BAD)
def test_bad_input_names_its_field(compute: Compute, name: str, inputs: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput, match=f"^{field}"):
        compute(name, **inputs)

"""Pension, retirement age, withdrawal, survivors and the accident fund (laws 41/2024, 84/2015, decree 135/2020)."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.knowledge.calc.registry import BadInput, run
from nhipcau.knowledge.figures import Figures
from tests.knowledge.calc.conftest import TODAY, Compute

RATES = [  # sex, years, months, years early, rate
    ("M", 15, 0, 0, 40),
    ("M", 17, 0, 0, 42),
    ("M", 19, 3, 0, 44.5),
    ("M", 20, 0, 0, 45),
    ("M", 35, 0, 0, 75),
    ("M", 40, 0, 0, 75),
    ("F", 15, 0, 0, 45),
    ("F", 15, 6, 0, 46),
    ("F", 15, 7, 0, 47),
    ("F", 30, 0, 0, 75),
    ("F", 28, 0, 3, 65),
    ("F", 28, 0, 3.5, 64),
    ("F", 28, 0, 3.25, 65),
    ("F", 14, 11, 0, 0),
    ("F", 19, 11, 1, 0),
]


@pytest.mark.parametrize(("sex", "years", "months", "early", "rate"), RATES)
def test_pension(compute: Compute, sex: str, years: int, months: int, early: float, rate: float) -> None:
    case = {"sex": sex, "years": years, "months": months, "years_early": early}
    found = compute("pension", adjusted_average=9_000_000, **case)
    assert found == {"eligible": rate > 0, "rate_pct": rate, "pension": round(90_000 * rate)}


@given(months=st.integers(180, 600), more=st.integers(0, 60), sex=st.sampled_from("MF"))
def test_longer_work_never_lowers_the_rate(figures: Figures, months: int, more: int, sex: str) -> None:
    def rate(paid: int) -> Any:
        case = {"sex": sex, "years": 0, "months": paid, "adjusted_average": 1}
        return run("pension", case, TODAY, figures).amounts["rate_pct"]

    assert 40 <= rate(months) <= rate(months + more) <= 75


@pytest.mark.parametrize(
    ("sex", "years", "late", "lump"),
    [("M", 38, 0, 18_000_000), ("M", 38, 2, 54_000_000), ("F", 30, 5, 0), ("F", 32, 5, 48_000_000)],
)
def test_lump_sum_on_retiring(compute: Compute, sex: str, years: int, late: int, lump: int) -> None:
    case = {"sex": sex, "years_total": years, "years_after_retirement_age": late}
    assert compute("pension_lump", adjusted_average=12_000_000, **case)["lump_sum"] == lump


@pytest.mark.parametrize(
    ("joined", "years", "month", "pension"),
    [
        ("2000-01", 22, "2026-11", 2_530_000),
        ("2000-01", 22, "2026-06", 2_340_000),
        ("2000-01", 19, "2026-11", 2_000_000),
        ("2025-07", 22, "2026-11", 2_000_000),
    ],
)
def test_floor_of_a_pension(compute: Compute, joined: str, years: int, month: str, pension: int) -> None:
    case = {"computed": 2_000_000, "joined": joined, "compulsory_years": years, "month": month}
    assert compute("pension_floor", on=None, **case) == {"pension": pension}


# Annex I of decree 135/2020: first and last month of birth, age in years and months.
ANNEX = {
    "M": [
        ("1961-01", "1961-09", 60, 3),
        ("1961-10", "1962-06", 60, 6),
        ("1962-07", "1963-03", 60, 9),
        ("1963-04", "1963-12", 61, 0),
        ("1964-01", "1964-09", 61, 3),
        ("1964-10", "1965-06", 61, 6),
        ("1965-07", "1966-03", 61, 9),
        ("1966-04", "1990-12", 62, 0),
    ],
    "F": [
        ("1966-01", "1966-08", 55, 4),
        ("1966-09", "1967-04", 55, 8),
        ("1967-05", "1967-12", 56, 0),
        ("1968-01", "1968-08", 56, 4),
        ("1968-09", "1969-04", 56, 8),
        ("1969-05", "1969-12", 57, 0),
        ("1970-01", "1970-08", 57, 4),
        ("1970-09", "1971-04", 57, 8),
        ("1971-05", "1971-12", 58, 0),
        ("1972-01", "1972-08", 58, 4),
        ("1972-09", "1973-04", 58, 8),
        ("1973-05", "1973-12", 59, 0),
        ("1974-01", "1974-08", 59, 4),
        ("1974-09", "1975-04", 59, 8),
        ("1975-05", "1990-12", 60, 0),
    ],
}
SPANS = [(sex, *span) for sex, spans in ANNEX.items() for span in spans]


@pytest.mark.parametrize(("sex", "first", "last", "years", "months"), SPANS)
def test_retirement_age_of_each_span(
    compute: Compute, sex: str, first: str, last: str, years: int, months: int
) -> None:
    for birth in (first, last):
        found = compute("retirement_date", sex=sex, birth_month=birth)
        assert (found["age_years"], found["age_months"]) == (years, months), birth


def test_retirement_dates(compute: Compute) -> None:
    found = compute("retirement_date", sex="M", birth_month="1965-01", conditions="normal")
    assert (found["retire_end_of"], found["pension_from"]) == ("2026-07", "2026-08-01")
    heavy = compute("retirement_date", sex="nữ", birth_month="1971-01", conditions="heavy_hazardous")
    assert (heavy["age_years"], heavy["age_months"], heavy["retire_end_of"]) == (50, 4, "2021-05")
    coal = compute("retirement_date", sex="M", birth_month="1980-01", conditions="underground coal")
    assert (coal["age_years"], coal["pension_from"]) == (52, "2032-02-01")


WITHDRAWALS = [  # years and months before 2014, from 2014, months of salary
    ((0, 0), (4, 8), 10),
    ((0, 0), (4, 1), 9),
    ((2, 0), (3, 0), 9),
    ((2, 5), (3, 0), 10),
    ((2, 5), (3, 2), 11),
    ((0, 0), (0, 8), 1.76),
    ((0, 0), (0, 11), 2),
]


@pytest.mark.parametrize(("before", "after", "months"), WITHDRAWALS)
def test_withdrawal(compute: Compute, before: tuple[int, int], after: tuple[int, int], months: float) -> None:
    case = {
        "years_before_2014": before[0],
        "months_before_2014": before[1],
        "years_from_2014": after[0],
        "months_from_2014": after[1],
    }
    found = compute("one_off", adjusted_average=8_000_000, **case)
    assert found == {"months_of_salary": months, "amount": round(8_000_000 * months)}


MAY_WITHDRAW: list[tuple[str, int, int, str, bool]] = [  # first joined, months outside, years, reason, eligible
    ("2025-08", 14, 1, "none", False),
    ("2025-06", 12, 1, "none", True),
    ("2020-01", 11, 1, "none", False),
    ("2003-03", 18, 21, "none", False),
    ("2003-03", 18, 19, "none", True),
    ("2025-08", 0, 1, "emigration", True),
    ("2025-08", 0, 30, "cancer", True),
    ("2003-03", 0, 14, "retirement_age", True),
    ("2003-03", 0, 15, "retirement_age", False),
]


@pytest.mark.parametrize(("joined", "outside", "years", "reason", "eligible"), MAY_WITHDRAW)
def test_who_may_withdraw(compute: Compute, joined: str, outside: int, years: int, reason: str, eligible: bool) -> None:
    case = {"first_joined": joined, "months_outside": outside, "years_paid": years, "reason": reason}
    assert compute("one_off_eligibility", **case) == {"eligible": eligible}


def test_average_wage_adjusted_for_prices(compute: Compute) -> None:
    wages = [(2013, 4_000_000), (2020, 8_000_000), (2024, 10_000_000)]
    history = [{"year": year, "months": 12, "wage": wage} for year, wage in wages]
    found = compute("adjusted_average", history=history, claim_year=2026)
    assert found == {"adjusted_average": 8_420_000, "one_off_months": 5.5, "one_off": 46_310_000}


SURVIVORS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"month": "2026-11", "years_paid": 5}, {"funeral": 25_300_000}),
    ({"month": "2026-06", "years_paid": 5}, {"funeral": 23_400_000}),
    ({"month": "2026-11", "years_paid": 0.5}, {"funeral": 0}),
    ({"years_paid": 16, "relatives": 2}, {"per_person": 1_265_000, "total": 2_530_000}),
    ({"years_paid": 16, "relatives": 6}, {"per_person": 1_265_000, "total": 5_060_000}),
    ({"years_paid": 16, "relatives": 1, "no_carer": True}, {"per_person": 1_771_000, "total": 1_771_000}),
    ({"years_paid": 14, "relatives": 2}, {"per_person": 0, "total": 0}),
    ({"years_from_2014": 10, "adjusted_average": 8_000_000}, {"months": 20, "lump_sum": 160_000_000}),
    ({"years_from_2014": 1, "adjusted_average": 8_000_000}, {"months": 3, "lump_sum": 24_000_000}),
    ({"status": "pensioner", "months_drawn": 2, "pension": 5_000_000}, {"months": 48, "lump_sum": 240_000_000}),
    ({"status": "pensioner", "months_drawn": 12, "pension": 5_000_000}, {"months": 43, "lump_sum": 215_000_000}),
    ({"status": "pensioner", "months_drawn": 300, "pension": 5_000_000}, {"months": 3, "lump_sum": 15_000_000}),
]


@pytest.mark.parametrize(("case", "expected"), SURVIVORS)
def test_survivors(compute: Compute, case: dict[str, Any], expected: dict[str, Any]) -> None:
    found = compute("survivor", on=None if "month" in case else TODAY, **case)
    assert {name: found[name] for name in expected} == expected


FUND = [  # calculator, loss, years, wage, by loss, by years
    ("accident_lump", 20, 10, 8_000_000, 31_625_000, 25_600_000),
    ("accident_lump", 5, 1, 8_000_000, 12_650_000, 4_000_000),
    ("accident_lump", 30, 0.5, 8_000_000, 44_275_000, 4_000_000),
    ("accident_lump", 4, 10, 8_000_000, 0, 0),
    ("accident_monthly", 40, 12, 9_000_000, 1_214_400, 342_000),
    ("accident_monthly", 31, 1, 9_000_000, 759_000, 45_000),
    ("accident_monthly", 30, 1, 9_000_000, 0, 0),
]


@pytest.mark.parametrize(("name", "loss", "years", "wage", "by_loss", "by_years"), FUND)
def test_accident_fund(
    compute: Compute, name: str, loss: int, years: float, wage: int, by_loss: int, by_years: int
) -> None:
    found = compute(name, loss_pct=loss, years_paid=years, si_wage=wage)
    assert found == {"part_by_loss": by_loss, "part_by_years": by_years, "total": by_loss + by_years}


@pytest.mark.parametrize(
    ("loss", "fault", "months"), [(4, False, 0), (10, False, 1.5), (15, True, 1.4), (80, False, 29.5), (81, True, 12)]
)
def test_employer_pays_after_an_accident(compute: Compute, loss: int, fault: bool, months: float) -> None:
    found = compute("accident_employer", loss_pct=loss, worker_fault=fault, wage=10_000_000)
    assert found == {"months": months, "amount": round(10_000_000 * months)}


def test_death_at_work(compute: Compute) -> None:
    found = compute("accident_death", on=None, month="2026-11", worker_fault=True, wage=10_000_000)
    assert found == {"fund_lump_sum": 91_080_000, "employer_at_least": 120_000_000, "funeral": 25_300_000}
    helped = compute("accident_monthly", loss_pct=85, years_paid=1, si_wage=9_000_000, needs_helper=True)
    assert helped["helper"] == 2_530_000


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("pension", {"sex": "x", "years": 20, "adjusted_average": 1}, "sex"),
    ("pension", {"sex": "M", "years": 71, "adjusted_average": 1}, "years"),
    ("pension", {"sex": "M", "years": 20, "adjusted_average": 1, "years_early": 11}, "years_early"),
    ("retirement_date", {"sex": "M", "birth_month": "1965-13"}, "birth_month"),
    ("retirement_date", {"sex": "M", "birth_month": "1965-01", "conditions": "moon"}, "conditions"),
    ("adjusted_average", {"history": [], "claim_year": 2026}, "history"),
    ("one_off_eligibility", {"first_joined": "2020-01", "years_paid": 1, "reason": "moon"}, "reason"),
    ("survivor", {"status": "moon"}, "status"),
    ("survivor", {"adjusted_average": 8_000_000}, "years_from_2014"),
]


@pytest.mark.parametrize(("name", "inputs", "field"), BAD)
def test_bad_input_names_its_field(compute: Compute, name: str, inputs: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput, match=f"^{field}"):
        compute(name, on=date(2026, 11, 22), **inputs)

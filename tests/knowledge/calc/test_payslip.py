"""A payslip computed again: each line by itself."""

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.knowledge.calc.payslip import Checked, Payslip, check
from nhipcau.knowledge.calc.quantities import read
from nhipcau.knowledge.calc.registry import BadInput
from nhipcau.knowledge.figures import Figures
from tests.knowledge.calc.conftest import TODAY, Compute

RIGHT: dict[str, Any] = {
    "base_wage": "6tr5",
    "normal_days": 26,
    "days_worked": 26,
    "rest_day_overtime": 12,
    "overtime_paid": 750_000,
    "insurance_deducted": 682_500,
    "other_deductions": 35_000,
    "net_paid": 6_532_500,
    "region": "III",
    "union_member": True,
}


def checked(figures: Figures, on: date = TODAY, **changes: Any) -> Checked:
    slip = msgspec.convert(RIGHT | changes, Payslip, strict=False, dec_hook=read)
    return check(slip, on, figures)


DIFFERENCES = [
    ({}, {}),
    ({"net_paid": 6_532_000}, {}),
    ({"overtime_paid": 562_500, "net_paid": 6_345_000}, {"Overtime and night pay": 187_500}),
    ({"rest_day_overtime": 0, "weekday_overtime": 16}, {}),
    ({"rest_day_overtime": 0, "holiday_overtime": 8}, {}),
    ({"rest_day_overtime": 0, "night_hours": 80}, {}),
    ({"rest_day_overtime": 0, "night_overtime_hours": 12}, {}),
    ({"insurance_deducted": 0, "net_paid": 7_215_000}, {"Insurance, worker": -682_500}),
    ({"insurance_deducted": 782_500, "net_paid": 6_432_500}, {"Insurance, worker": 100_000}),
    ({"tax_deducted": 200_000, "net_paid": 6_332_500}, {"Income tax": 200_000}),
    ({"other_deductions": 4_000_000, "net_paid": 2_567_500}, {"Other deductions": 1_997_250}),
    ({"net_paid": 6_000_000}, {"Net pay": 532_500}),
    ({"region": "I"}, {}),
    ({"base_wage": 4_000_000, "region": "III"}, {"Wage and minimum wage": 140_000}),
    (
        {"days_worked": 12, "rest_day_overtime": 0, "overtime_paid": 0, "insurance_deducted": 0, "net_paid": 2_965_000},
        {},
    ),
]


@pytest.mark.parametrize(("changes", "differing"), DIFFERENCES)
def test_only_the_wrong_line_differs(figures: Figures, changes: dict[str, Any], differing: dict[str, int]) -> None:
    lines = checked(figures, **changes).lines
    found = {line.name: line.missing for line in lines if not line.agrees}
    assert differing.items() <= found.items()
    if "base_wage" not in changes:
        assert found == differing


def test_every_difference_says_why_with_an_article(figures: Figures) -> None:
    for changes, _ in DIFFERENCES:
        for line in checked(figures, **changes).lines:
            assert bool(line.why) is not line.agrees
            assert line.citations


def test_what_is_owed_leaves_out_gains_and_rounding(figures: Figures) -> None:
    slip = checked(figures, overtime_paid=562_500, insurance_deducted=0, net_paid=7_027_100)
    assert slip.owed == 187_500


def test_tax_of_a_high_wage_leaves_out_overtime(figures: Figures) -> None:
    slip = checked(figures, base_wage="30tr", overtime_paid="10tr", rest_day_overtime=12)
    tax = next(line for line in slip.lines if line.name == "Income tax")
    assert tax.formula.startswith("26.850.000 − 15.500.000 − 0")
    assert tax.expected == 635_000


def test_allowances_may_be_insured_and_taxed_or_not(figures: Figures) -> None:
    paid = {"base_wage": "30tr", "allowances": "2tr", "rest_day_overtime": 0, "overtime_paid": 0}
    for insurance, tax in ((3_150_000, 635_000), (3_360_000, 614_000), (3_150_000, 835_000), (3_255_000, 700_000)):
        net = 32_000_000 - insurance - tax - 35_000
        slip = checked(figures, **paid, insurance_deducted=insurance, tax_deducted=tax, net_paid=net)
        assert [line.name for line in slip.lines if not line.agrees] == []
    slip = checked(figures, **paid, insurance_deducted=3_500_000, tax_deducted=900_000, net_paid=27_565_000)
    assert {line.name: line.missing for line in slip.lines if not line.agrees} == {
        "Insurance, worker": 140_000,
        "Income tax": 65_000,
    }


def test_dues_are_part_of_what_may_be_taken(figures: Figures) -> None:
    most = 2_000_000 + 32_500
    taken = {"union_member": True, "other_deductions": most, "net_paid": 7_250_000 - 682_500 - most}
    assert [line.name for line in checked(figures, **taken).lines if not line.agrees] == ["Other deductions"]


def test_more_days_than_the_month_has(figures: Figures) -> None:
    with pytest.raises(BadInput, match="days_worked"):
        checked(figures, days_worked=27)


def test_what_the_comparison_cannot_know_is_said(figures: Figures) -> None:
    assert any("Allowances" in one for one in checked(figures, allowances=300_000).warnings)
    assert any("unpaid leave" in one for one in checked(figures, days_worked=20).warnings)
    assert any("only a part" in one for one in checked(figures, on=date(2025, 12, 1)).warnings)


def test_as_a_calculator(compute: Compute) -> None:
    assert compute("payslip", **RIGHT) == {"owed": 0, "agrees": True, "differing": []}
    assert compute("payslip", **RIGHT | {"net_paid": 6_000_000})["differing"] == ["Net pay"]


@given(
    wage=st.integers(0, 200_000_000),
    days=st.integers(0, 26),
    hours=st.integers(0, 100),
    taken=st.integers(0, 50_000_000),
    net=st.integers(0, 200_000_000),
)
def test_any_slip_is_compared(figures: Figures, wage: int, days: int, hours: int, taken: int, net: int) -> None:
    changes = {"base_wage": wage, "days_worked": days, "weekday_overtime": hours, "other_deductions": taken}
    slip = checked(figures, **changes, net_paid=net)
    assert slip.owed == sum(line.missing for line in slip.lines if line.missing > 0 and not line.agrees)

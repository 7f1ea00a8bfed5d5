"""Amounts, hours and dates as people type them."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.knowledge.calc import amounts

AMOUNTS = {
    "6tr5": 6_500_000,
    "6 triệu rưỡi": 6_500_000,
    "6 trieu ruoi": 6_500_000,
    "6,5 triệu": 6_500_000,
    "6.5tr": 6_500_000,
    "6 triệu 5": 6_500_000,
    "6tr250": 6_250_000,
    "6tr05": 6_050_000,
    "6 triệu 500 nghìn": 6_500_000,
    "5 trăm nghìn": 500_000,
    "450k": 450_000,
    "450 ngàn": 450_000,
    "1.250.000đ": 1_250_000,
    "1,250,000 VND": 1_250_000,
    "1.250": 1_250,
    "1.250k": 1_250_000,
    "5000000 đồng": 5_000_000,
    "8 củ": 8_000_000,
    "1 tỷ 2": 1_200_000_000,
    "1 tỷ rưỡi": 1_500_000_000,
    "0đ": 0,
}
NO_AMOUNT = [
    "",
    " ",
    "-5tr",
    "+5tr",
    "tr5",
    "6tr5tr",
    "abc",
    "1.25",
    "1.250.00",
    "6,5 triệu rưỡi",
    "6²",
    "½ tr",
    "5k3tr",
    "6tr 5 6",
    "9" * 40,
    "lương 6tr",
    "6tr/tháng",
    "triệu",
    "1..000",
    "5 triệu 3 triệu",
    "²",
]
HOURS = {
    "12 tiếng": Fraction(12),
    "8": Fraction(8),
    "8,5": Fraction(17, 2),
    "2 giờ rưỡi": Fraction(5, 2),
    "2h30": Fraction(5, 2),
    "2 tiếng 15 phút": Fraction(9, 4),
    "45 phút": Fraction(3, 4),
    "nửa tiếng": Fraction(1, 2),
}
DAYS = {
    "15/7/2026": date(2026, 7, 15),
    "15-7-2026": date(2026, 7, 15),
    "ngày 15 tháng 7 năm 2026": date(2026, 7, 15),
    "2026-07-15": date(2026, 7, 15),
    "29/2/2028": date(2028, 2, 29),
}
MONTHS = {
    "tháng 3/2025": date(2025, 3, 1),
    "tháng 3 năm 2025": date(2025, 3, 1),
    "T3/2025": date(2025, 3, 1),
    "3/2025": date(2025, 3, 1),
    "2025-03": date(2025, 3, 1),
}


@pytest.mark.parametrize(("text", "value"), AMOUNTS.items())
def test_an_amount_is_understood(text: str, value: int) -> None:
    assert amounts.amount(text) == value
    assert amounts.amount(f"  {text.upper()} ") == value


@pytest.mark.parametrize("text", NO_AMOUNT)
def test_what_is_no_amount_is_not_guessed(text: str) -> None:
    assert amounts.amount(text) is None


@pytest.mark.parametrize(("text", "value"), HOURS.items())
def test_a_length_of_time_is_understood(text: str, value: Fraction) -> None:
    assert amounts.hours(text) == value


@pytest.mark.parametrize("text", ["", "2 30", "2h75", "rưỡi", "tám tiếng", "-3h", "8 9 tiếng"])
def test_no_length_of_time(text: str) -> None:
    assert amounts.hours(text) is None


@pytest.mark.parametrize(("text", "value"), DAYS.items())
def test_a_day_is_understood(text: str, value: date) -> None:
    assert amounts.day(text) == value


@pytest.mark.parametrize("text", ["31/2/2026", "29/2/2026", "7/2026", "15/7/26", "2026-13-01", "hôm qua", ""])
def test_no_day(text: str) -> None:
    assert amounts.day(text) is None


@pytest.mark.parametrize(("text", "value"), MONTHS.items())
def test_a_month_is_understood(text: str, value: date) -> None:
    assert amounts.month(text) == value


@pytest.mark.parametrize("text", ["13/2025", "0/2025", "tháng 3", "2025", "15/7/2026", ""])
def test_no_month(text: str) -> None:
    assert amounts.month(text) is None


@given(st.text(max_size=80))
def test_nothing_is_raised_for_any_text(text: str) -> None:
    for reader in (amounts.amount, amounts.hours, amounts.day, amounts.month, amounts.number):
        reader(text)


@given(st.integers(min_value=0, max_value=10**12))
def test_every_written_form_of_an_amount_reads_back(value: int) -> None:
    grouped = f"{value:,}".replace(",", ".")
    assert [amounts.amount(text) for text in (str(value), grouped, f"{grouped}đ", f"{value:,} vnd")] == [value] * 4


@given(st.integers(1, 999), st.integers(0, 999))
def test_millions_and_thousands_add_up(millions: int, thousands: int) -> None:
    value = millions * 1_000_000 + thousands * 1000
    assert amounts.amount(f"{millions}tr{thousands:03}") == value
    assert amounts.amount(f"{millions} triệu {thousands} nghìn") == value


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)))
def test_every_day_reads_back(day: date) -> None:
    assert amounts.day(f"{day.day}/{day.month}/{day.year}") == amounts.day(day.isoformat()) == day
    assert amounts.month(f"tháng {day.month}/{day.year}") == day.replace(day=1)

"""Values within a free text, and counts as people type them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.knowledge.calc import counts
from nhipcau.knowledge.calc.counts import Rate
from nhipcau.knowledge.calc.heard import hear, sort_of

TEXTS: list[tuple[str, list[tuple[str, str]]]] = [
    ("lương 6tr5 tăng ca 12 tiếng chủ nhật", [("money", "6tr5"), ("hours", "12 tieng")]),
    ("lương 6 triệu rưỡi, tăng ca 2h30", [("money", "6 trieu ruoi"), ("hours", "2h30")]),
    ("lương 6 triệu 500 nghìn làm 5 năm 3 tháng", [("money", "6 trieu 500 nghin"), ("span", "5 nam 3 thang")]),
    ("lương 7.500.000đ 2 người phụ thuộc", [("money", "7.500.000d"), ("people", "2 nguoi phu thuoc")]),
    ("30k/giờ", [("money", "30k/gio")]),
    ("300k một ngày", [("money", "300k mot ngay")]),
    ("chậm 20 ngày, lãi 4,5%", [("days", "20 ngay"), ("percent", "4,5%")]),
    ("phường Tuy Hòa lương 4tr", [("region", "phuong tuy hoa"), ("money", "4tr")]),
    ("ở vùng IV", [("region", "vung iv")]),
    ("sinh tháng 3/1970", [("month", "thang 3/1970")]),
    ("lương 6 triệu 5 tăng ca", []),
    ("lương 6tr 500k phụ cấp", []),
    ("tan ca 5 giờ, về lúc 8h tối", []),
    ("làm từ 8h đến 17h", []),
    ("nghỉ ngày 30 tháng 4", []),
    ("lương -5tr", []),
    ("lương −5tr", []),
    ("10-12 tiếng", []),
    ("6½tr", []),
    ("gọi 0901234567", []),
    ("năm 2026", []),
    ("x" * 401, []),
]


@pytest.mark.parametrize(("text", "values"), TEXTS)
def test_values_in_a_text(text: str, values: list[tuple[str, str]]) -> None:
    assert [(value.sort, value.text) for value in hear(text).values] == values


def test_words_before_a_value_go_back_to_the_value_before() -> None:
    wage, hours = hear("bầu lương cb 5tr3 tăng ca 1h dc bn").values
    assert (wage.before, hours.before) == ("bau luong cb", "tang ca")
    assert hear("luong 5tr bn").says("bao nhieu")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("30k/giờ", Rate("hourly", 30_000)),
        ("25 nghìn một tiếng", Rate("hourly", 25_000)),
        ("300k 1 ngày", Rate("daily", 300_000)),
        ("6tr5/tháng", Rate("monthly", 6_500_000)),
        ("6tr5", Rate("", 6_500_000)),
        ("6tr1h", None),
    ],
)
def test_a_wage_with_its_time(text: str, value: Rate | None) -> None:
    assert counts.rate(text) == value


@pytest.mark.parametrize(
    ("text", "months"),
    [("5 năm 3 tháng", 63), ("5 nam ruoi", 66), ("18 tháng", 18), ("5", None), ("5 năm 3", None), ("-5 năm", None)],
)
def test_a_length_of_time(text: str, months: int | None) -> None:
    assert counts.span(text) == months


@pytest.mark.parametrize(
    ("text", "days"), [("26", 26), ("26 ngày công", 26), ("2,5 ngày", Fraction(5, 2)), ("không", 0), ("3-4", None)]
)
def test_days(text: str, days: object) -> None:
    assert counts.days(text) == days


@pytest.mark.parametrize(
    ("text", "region"),
    [("vùng 3", "III"), ("IV", "IV"), ("buon ma thuot", "III"), ("xã Cư M’gar", "IV"), ("vùng 5", None), ("Huế", None)],
)
def test_a_region(text: str, region: str | None) -> None:
    assert counts.region(text) == region


@given(st.text(max_size=500))
def test_any_text_is_heard(text: str) -> None:
    heard = hear(text)
    assert all(value.text for value in heard.values)
    sort_of(text)
    for reader in (counts.rate, counts.span, counts.days, counts.people, counts.region):
        reader(text)


@given(st.integers(1, 999), st.integers(1, 99), st.integers(1, 60))
def test_what_was_written_is_heard(millions: int, hours: int, years: int) -> None:
    heard = hear(f"lương {millions}tr, tăng ca {hours} tiếng, làm {years} năm rồi")
    assert [value.sort for value in heard.values] == ["money", "hours", "span"]
    money, overtime, span = (value.text for value in heard.values)
    assert counts.rate(money) == Rate("", millions * 1_000_000)
    assert overtime == f"{hours} tieng"
    assert counts.span(span) == years * 12

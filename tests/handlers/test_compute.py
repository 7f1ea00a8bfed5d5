"""Calculations in the chat: from the menu, from an answer, from people's own words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.handlers.heard_sums import is_value, requested
from nhipcau.handlers.sums import COMPUTABLE, SUMS
from nhipcau.handlers.talk import NotAnswered
from nhipcau.handlers.values import KINDS, read, understood
from nhipcau.knowledge import desk
from nhipcau.knowledge.answer import Knowledge
from nhipcau.knowledge.calc.counts import Rate
from nhipcau.knowledge.calc.registry import calculators
from tests.handlers.room import NO_BUTTONS, Room

SAID = [
    (
        "lương 6tr5 tăng ca 12 tiếng chủ nhật được nhiêu",
        "overtime",
        {"wage": "6tr5", "hours": "12 tieng", "day_type": "weekly_rest"},
    ),
    (
        "30k/giờ tăng ca 2 tiếng rưỡi ngày lễ đc bn",
        "overtime",
        {"wage": "30k/gio", "hours": "2 tieng ruoi", "day_type": "holiday"},
    ),
    ("gross 15tr net bao nhieu", "net", {"gross": "15tr"}),
    ("thực nhận 12tr thì gross bao nhiêu", "gross", {"net": "12tr"}),
    (
        "lương 7 triệu nghỉ việc làm 5 năm trợ cấp thôi việc",
        "severance",
        {"avg_wage_6_months": "7 trieu", "total_months_worked": "5 nam"},
    ),
    ("bầu lương 8tr thai sản được bao nhiêu", "maternity", {"average_6_months": "8tr"}),
    ("luong 4tr vung 3 co du luong toi thieu ko", "minimum", {"monthly_wage": "4tr", "region": "vung 3"}),
    ("lương 7tr thì bị trừ bhxh bn v", "insurance", {"wage": "7tr"}),
    ("luong 20tr 2 nguoi phu thuoc thue bao nhieu", "tax", {"gross": "20tr", "dependants": "2 nguoi phu thuoc"}),
    ("lương đóng bh 6tr nghỉ ốm 5 ngày được bao nhiêu", "sickness", {"si_wage_last_month": "6tr", "days": "5 ngay"}),
]
QUESTIONS = [
    "tang ca chu nhat tinh sao",
    "1 năm dc bn ngày phép v ad",
    "Tiền ăn trưa công ty trả 900 ngàn có bị tính thuế không?",
    "cty trừ lương 2tr vì làm mất đồ đúng không",
    "dong bao hiem that nghiep 3 nam lanh duoc may thang",
    "công ty nợ lương 8 triệu không trả tiền tăng ca",
    "lương 6tr5",
    "",
    "½ tr tăng ca bao nhiêu",
    "lương -6tr5 tăng ca 12 tiếng chủ nhật bao nhiêu",
]


@pytest.mark.parametrize(("text", "name", "said"), SAID)
def test_amounts_and_an_intention_are_a_calculation(text: str, name: str, said: dict[str, str]) -> None:
    assert requested(text) == (name, said)


@pytest.mark.parametrize("text", QUESTIONS)
def test_anything_else_stays_a_question(text: str) -> None:
    request = requested(text)
    assert request is None or "wage" not in request.said


def test_what_could_be_two_things_is_left_to_ask() -> None:
    request = requested("lương 6 triệu 5 phụ cấp 1tr tăng ca 10 tiếng chủ nhật được bao nhiêu", sure=False)
    assert request is not None
    assert "wage" not in request.said
    assert requested("lương 8tr phụ cấp 1tr tăng ca 10 tiếng được bao nhiêu") == (
        "overtime",
        {"wage": "8tr", "hours": "10 tieng", "left": "1tr"},
    )


@given(st.text(max_size=500))
def test_any_text_is_taken_without_a_fault(text: str) -> None:
    requested(text)
    is_value(text)
    assert all(isinstance(understood(kind, text), bool) for kind in KINDS)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("rate", "dạ khoảng 6tr5 ạ", Rate("monthly", 6_500_000)),
        ("rate", "30k/hour", Rate("hourly", 30_000)),
        ("rate", "300k a day", Rate("daily", 300_000)),
        ("wage", "6tr5 nhé", 6_500_000),
        ("hours", "12 hours", 12),
        ("span", "5 years 3 months", 63),
        ("span_or_all", "toàn bộ", "all"),
        ("paid", "không", 0),
        ("people", "2 người", 2),
        ("region", "phường Tuy Hòa", "III"),
    ],
)
def test_answers_as_people_write_them(kind: str, text: str, value: object) -> None:
    assert read(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        ("wage", "-6tr5", "số âm"),
        ("wage", "6500", "chưa hợp lý"),
        ("wage", "900 tỷ", "chưa hợp lý"),
        ("wage", "12 tiếng", "Đó là số giờ, còn ở đây cần số tiền"),
        ("wage", "6tr 12 tiếng", "chưa hiểu"),
        ("wage", "30k/giờ", "chưa hiểu"),
        ("rate", "6tr5/giờ", "chưa hợp lý"),
        ("paid", "750", "chưa hợp lý"),
        ("hours", "400", "chưa hợp lý"),
        ("hours", "3 ngày", "Đó là số ngày, còn ở đây cần số giờ"),
        ("hours", "-2", "số âm"),
        ("month_days", "40", "chưa hợp lý"),
        ("span", "5", "chưa hiểu"),
        ("people", "nhiều lắm", "chưa hiểu"),
        ("birth_month", "31/2/1970", "không có ngày này"),
        ("birth_month", "3/2025", "chưa hợp lý"),
        ("region", "vùng 5", "chưa hiểu"),
        ("percent", "½", "chưa hiểu"),
    ],
)
def test_what_cannot_be_meant_is_told(kind: str, text: str, sentence: str) -> None:
    with pytest.raises(NotAnswered, match=sentence):
        read(kind, text)


def test_the_table_fits_the_calculators_and_the_entries(knowledge: Knowledge) -> None:
    for name, one in SUMS.items():
        assert one.entry in knowledge.entries, name
        chosen = calculators()[one.calculator]
        for field in (*one.fields, *one.demanded):
            assert field.name in {*chosen.fields, "wage"}, f"{name}.{field.name}"
            assert field.choices or field.kind in KINDS, f"{name}.{field.name}"
    linked = {entry.id: entry.calculator.name for entry in knowledge.entries.values() if entry.calculator}
    assert len(linked) >= 25
    assert set(linked.values()) <= COMPUTABLE


WALKS = [
    ("overtime", ["30k/giờ", "12", "Ngày nghỉ hằng tuần", "Ban ngày"], "Tiền làm thêm giờ: 720.000 đồng"),
    (
        "overtime",
        ["30k/giờ", "2", "ngày thường", "ban đêm", "Có"],
        "Tiền làm thêm giờ: 126.000 đồng",
    ),
    ("hourly", ["6tr5", "26"], "Tiền lương một giờ: 31.250 đồng"),
    ("minimum", ["4tr", "3"], "thấp hơn lương tối thiểu vùng"),
    ("minimum", ["5tr", "Buôn Ma Thuột"], "đạt lương tối thiểu vùng"),
    ("net", ["15tr", "0"], "Lương thực nhận: 13.425.000 đồng"),
    ("net", ["100tr", "0", "vùng 3"], "Lương thực nhận:"),
    ("gross", ["13.425.000", "0", "3"], "Lương trước khi trừ bảo hiểm và thuế: 15.000.000 đồng"),
    ("tax", ["15tr", "không"], "Thuế thu nhập cá nhân: 0 đồng"),
    ("insurance", ["6tr5"], "Tổng bảo hiểm người lao động đóng: 682.500 đồng"),
    ("leave", ["Bình thường", "6 năm", "12"], "Số ngày phép năm: 13 ngày"),
    ("leave_pay", ["7tr8", "26", "5"], "Tiền những ngày phép chưa nghỉ: 1.500.000 đồng"),
    ("severance", ["7tr", "5 năm", "4 năm"], "Trợ cấp thôi việc: 3.500.000 đồng"),
    ("severance", ["7tr", "5 năm", "toàn bộ"], "Trợ cấp thôi việc: 0 đồng"),
    ("job_loss", ["7tr", "5 năm", "không"], "Trợ cấp mất việc làm: 35.000.000 đồng"),
    ("unemployment", ["6tr", "3 năm", "3", "hết hạn hợp đồng"], "Mức hưởng hằng tháng: 3.600.000 đồng"),
    ("unemployment", ["6tr", "5 tháng", "3", "hết hạn"], "chưa đủ điều kiện"),
    ("maternity", ["6tr", "Một con", "con đầu"], "Số tháng nghỉ thai sản: 6 tháng"),
    ("sickness", ["7tr2", "5"], "Tiền ốm đau: 1.125.000 đồng"),
    ("late", ["8tr", "20", "4,5"], "Tiền lãi: 19.726 đồng"),
    ("retirement", ["Nữ", "3/1970", "Bình thường"], "Được hưởng lương hưu từ: 01/"),
]


@pytest.mark.parametrize(("name", "answers", "outcome"), WALKS, ids=[f"{walk[0]} {walk[1][-1]}" for walk in WALKS])
async def test_from_the_menu_to_the_result(room: Room, name: str, answers: list[str], outcome: str) -> None:
    await room.taps_payload(f"calc:{name}")
    for answer in answers:
        assert await room.running() is not None
        await room.says(answer)
    assert outcome in room.last.text
    assert "Căn cứ:\n- " in room.last.text
    assert "Đúng theo luật ngày 22/11/2026" in room.last.text
    assert room.labels == ["Thử số khác", "Luật quy định thế nào", "Menu"]
    assert await room.running() is None
    assert await room.rows(desk.question) == []


async def test_words_are_shown_as_understood_and_only_the_rest_is_asked(room: Room) -> None:
    await room.says("lương 6tr5 tăng ca 12 tiếng chủ nhật được nhiêu")
    assert "Tiền lương: 6.500.000 đồng một tháng" in room.last.text
    assert room.last.text.endswith("ngày công chuẩn? Ví dụ: 26")
    await room.says("26")
    await room.taps("Ban ngày")
    assert "31.250 × 200% × 12 = 750.000 đồng" in room.last.text
    await room.taps("Luật quy định")
    assert "200%" in room.last.text


async def test_a_wrong_answer_is_told_and_the_question_put_again(room: Room) -> None:
    await room.taps_payload("calc:overtime")
    question = room.last.text
    for wrong in ("-5tr", "31/2/2026", "12 tiếng", "xyz"):
        await room.says(wrong)
        assert room.last.text.endswith(question), wrong
        assert room.last.text != question
    await room.sends("photo")
    assert room.last.text.endswith(question)


async def test_numbers_that_contradict_are_asked_again(room: Room) -> None:
    await room.says("lương 7 triệu nghỉ việc làm 5 năm trợ cấp thôi việc")
    await room.says("6 năm")
    assert "không khớp nhau" in room.last.text
    await room.says("không")
    assert "17.500.000 đồng" in room.last.text


async def test_answers_are_no_new_questions_but_a_question_leaves(room: Room) -> None:
    await room.taps_payload("calc:maternity")
    for answer in ("6tr", "sinh đôi", "con thứ hai"):
        await room.says(answer)
    assert "Tổng cộng" in room.last.text
    await room.taps_payload("calc:maternity")
    await room.says("tang ca chu nhat tinh sao")
    assert "200%" in room.last.text
    assert await room.running() is None


async def test_an_answer_leads_to_its_calculation_with_what_was_said(room: Room) -> None:
    await room.says("tang ca chu nhat tinh sao")
    await room.taps("Tính thử")
    assert "Loại ngày: Ngày nghỉ hằng tuần" in room.last.text
    await room.taps_payload("try:no-such-entry")
    assert "muốn tính gì" in room.last.text


async def test_back_and_other_numbers(room: Room) -> None:
    await room.says("/tinh lương giờ 30k 1 tiếng tăng ca")
    await room.says("12")
    await room.taps("Quay lại")
    await room.says("2h30")
    await room.taps("Ngày lễ")
    await room.taps("Ban ngày")
    assert "225.000 đồng" in room.last.text
    await room.taps("Thử số khác")
    assert "Tiền lương là bao nhiêu" in room.last.text


async def test_the_menu_by_number_where_there_are_no_buttons(room: Room) -> None:
    room.limits = NO_BUTTONS
    await room.says("/calc")
    assert "[1] Tiền tăng ca, làm đêm" in room.last.text
    await room.says("3")
    await room.says("4tr")
    await room.says("4")
    assert "Lương tối thiểu vùng: 3.700.000 đồng" in room.last.text


async def test_in_english(room: Room) -> None:
    room.language = "en"
    await room.taps_payload("calc:overtime")
    for answer in ("30k/hour", "12 hours", "Weekly day of rest", "By day"):
        await room.says(answer)
    assert "Overtime pay: 720.000 VND" in room.last.text

"""A payslip, line by line, in the chat."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from nhipcau.handlers import kept_payslips
from nhipcau.handlers.kept_payslips import kept_payslip
from nhipcau.knowledge import desk
from tests.handlers.room import Room

START = ["6tr5", "26", "26", "0"]
OVERTIME = ["có", "0", "12 tiếng", "0", "không", "0"]
PLACE = ["0", "Tuy Hòa", "có"]
SHORT = [*START, *OVERTIME, "562.500", "682.500", "0", "35k", "6tr345", *PLACE]
RIGHT = [*START, *OVERTIME, "750k", "682.500", "0", "35k", "6.532.500", *PLACE]


async def entered(room: Room, answers: list[str]) -> None:
    await room.says("/phieuluong")
    assert "trừ khi anh/chị muốn giữ" in room.last.text
    for answer in answers:
        assert await room.running() is not None, answer
        await room.says(answer)


async def test_what_is_missing_is_explained_with_its_article_and_a_letter(room: Room) -> None:
    await entered(room, SHORT)
    report, letter, wish = (message.text for message in room.replies)
    assert report.startswith("Phiếu lương này có thể còn thiếu của anh/chị 187.500 đồng.")
    assert "phiếu ghi 562.500 đồng, tính lại là 750.000 đồng (31.250 × 200% × 12); chênh 187.500 đồng" in report
    assert "Nghị định 145/2020 (145/2020/NĐ-CP), Điều 55" in report
    assert "Lương thực nhận: khớp (6.345.000 đồng)" in report
    assert "giữ lại kết quả này" in wish
    assert "562.500" in repr(await room.session())
    await room.says("không")
    assert "không được lưu; tin nhắn tự xóa sau 30 ngày" in room.last.text
    assert letter.startswith("Kính gửi Ban Giám đốc")
    assert "Điều 98 khoản 1" in letter
    assert "Tổng cộng là 187.500 đồng" in letter


async def test_a_right_payslip_needs_no_letter(room: Room) -> None:
    await entered(room, RIGHT)
    report, _wish = (message.text for message in room.replies)
    assert report.startswith("Tất cả các dòng của phiếu lương đều khớp.")
    await room.says("không")
    assert room.labels == ["Kiểm tra phiếu khác", "Menu"]


async def test_nothing_of_it_is_kept_without_the_members_wish(room: Room) -> None:
    await entered(room, [*SHORT, "không"])
    session = await room.session()
    assert session.running is None
    assert "562" not in repr(session)
    assert await room.rows(desk.question) == []
    assert await room.rows(kept_payslip) == []


async def test_what_the_member_keeps_is_read_again_and_deleted(room: Room) -> None:
    await entered(room, [*SHORT, "có"])
    await room.says("/phieuluong")
    await room.taps("Xem lại")
    assert "187.500 đồng" in room.replies[0].text
    await room.says("/phieuluong")
    await room.taps("Xóa")
    assert await room.rows(kept_payslip) == []


async def test_what_is_kept_too_long_is_forgotten(room: Room) -> None:
    await entered(room, [*SHORT, "có"])
    forget = partial(kept_payslips.forget, now=datetime.now(UTC) + timedelta(days=731))
    assert await room.store.writer.transaction(forget) == 1


async def test_without_overtime_its_questions_are_left_out(room: Room) -> None:
    await entered(room, [*START, "không", "682.500", "0", "0", "5.817.500", "0", "3", "không"])
    assert "đều khớp" in room.replies[0].text


@pytest.mark.parametrize(
    ("before", "wrong", "sentence"),
    [
        ([], "6500", "chưa hợp lý"),
        (["6tr5"], "31/2/2026", "không có ngày này"),
        (["6tr5"], "40", "chưa hợp lý"),
        (["6tr5", "26"], "27", "nhiều hơn ngày công chuẩn"),
        (START[:3], "-1", "số âm"),
        ([*START, "có"], "3 ngày", "Đó là số ngày"),
        ([*START, "không"], "750", "chưa hợp lý"),
    ],
)
async def test_a_slip_of_the_finger_is_told(room: Room, before: list[str], wrong: str, sentence: str) -> None:
    await entered(room, before)
    question = room.last.text
    await room.says(wrong)
    assert sentence in room.last.text
    assert question.rpartition("\n")[2] in room.last.text


async def test_from_the_menu_and_from_the_answer_about_payslips(room: Room) -> None:
    await room.taps_payload("payslip")
    assert "Lương tháng theo hợp đồng" in room.last.text
    await room.taps_payload("try:payslip")
    assert "Lương tháng theo hợp đồng" in room.last.text


async def test_in_english(room: Room) -> None:
    room.language = "en"
    await room.taps_payload("payslip")
    for answer in SHORT:
        await room.says({"có": "yes", "không": "none"}.get(answer, answer))
    assert room.replies[1].text.startswith("To the management and the payroll office,")

"""Where a channel shows no buttons, choices are lines to read and numbers or words to type."""

import pytest

from nhipcau.channels.contract import Limits
from nhipcau.channels.message import Button, Kind, Outgoing
from nhipcau.channels.text import split_text
from nhipcau.handlers import again
from nhipcau.handlers.presenting import fitted, plain
from nhipcau.handlers.start import OFTEN_ASKED
from tests.handlers.room import NO_BUTTONS, TELEGRAM, Room


@pytest.fixture
def room(room: Room) -> Room:
    room.limits = NO_BUTTONS
    return room


UNDER_AN_ANSWER = """
Đúng theo luật ngày 22/11/2026.

[1] Xem kỹ hơn
[2] Tính thử
[3] 👍 Hữu ích
[4] 👎 Chưa đúng ý
[5] Gặp cán bộ

Anh/chị gõ số để chọn."""


async def test_an_answer_s_choices_stand_apart_from_its_steps(room: Room) -> None:
    await room.says("tang ca chu nhat tinh sao")
    assert "1. Xem lịch làm việc" in room.last.text
    assert room.last.text.endswith(UNDER_AN_ANSWER)
    assert room.last.buttons == ()


async def test_the_menu_has_its_titles_and_below_them_the_rest(room: Room) -> None:
    await room.says("menu")
    _top, titles, rest, hint = room.last.text.split("\n\n")
    assert [line.split()[0] for line in titles.split("\n")] == [f"[{n}]" for n in range(1, len(OFTEN_ASKED) + 1)]
    assert rest == "[9] Tính thử\n[10] Kiểm tra phiếu lương\n[11] Vào công đoàn của tôi\n[12] Trợ giúp"
    assert hint == "Anh/chị gõ số để chọn."


async def test_ways_out_are_words_and_have_no_number(room: Room) -> None:
    await room.says("luong toi thieu vung 3")
    await room.says("👎 Chưa đúng ý")
    assert room.last.text.endswith("[4] Lý do khác\n\nAnh/chị gõ số để chọn, hoặc gõ: hủy.")
    await room.says("4")
    assert room.last.text.endswith("Anh/chị cũng có thể gõ: quay lại, hủy.")
    await room.says("quay lai")
    assert "[1]" in room.last.text
    await room.says("Hủy")
    assert room.last.text == "Đã hủy. Anh/chị có thể hỏi bất cứ lúc nào.\n\nAnh/chị cũng có thể gõ: menu."


TYPED = [
    ("3", "Cảm ơn"), ("số ba", "Cảm ơn"), ("hữu ích", "Cảm ơn"), ("Huu ich.", "Cảm ơn"), ("👍 Hữu ích", "Cảm ơn"),
    ("xem kỹ hơn", "Ví dụ: lương một giờ"), ("gap can bo", "ngay tại đây"), ("1", "Ví dụ: lương một giờ"),
    ("up:1a2", "chưa có câu trả lời"), ("c:abc-0:yes", "chưa có câu trả lời"), ("2 triệu", "chưa có câu trả lời"),
    ("pick:wage-unpaid:0", "chưa có câu trả lời"), ("again:zz", "chưa có câu trả lời"),
    ("luong toi thieu vung 2", "Lương tối thiểu vùng II\n"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), TYPED)
async def test_what_is_typed_under_an_answer(room: Room, text: str, said: str) -> None:
    await room.says("tang ca chu nhat tinh sao")
    await room.says(text)
    assert said in room.text


async def test_a_number_that_is_not_there_is_told_and_the_choices_stay(room: Room) -> None:
    await room.says("tang ca chu nhat tinh sao")
    await room.says("7")
    assert room.last.text == "Không có số 7. Anh/chị gõ một số có trong tin vừa rồi, hoặc gõ câu hỏi."
    await room.says("chín")
    await room.says("3")
    assert "Cảm ơn" in room.last.text


async def test_where_buttons_show_no_numbers_a_number_may_be_a_question(room: Room) -> None:
    room.limits = TELEGRAM
    await room.says("lương tối thiểu vùng 3")
    await room.says("9")
    assert "Không có số" not in room.last.text


async def test_a_number_is_no_choice_where_words_are_waited_for(room: Room) -> None:
    await room.says("/tinh")
    await room.says("một")
    assert "Tiền lương là bao nhiêu" in room.last.text
    await room.says("6")
    assert "Tiền lương là bao nhiêu" in room.last.text, "six dong are no wage, and no sixth choice"


async def test_an_answer_shown_again_can_be_chosen_from_again(room: Room) -> None:
    answer = await room.says("tang ca chu nhat tinh sao")
    await room.says("hữu ích")
    await room.says("xem kỹ hơn")  # no choice any more: a question like others
    await room.says("tang ca chu nhat tinh sao")
    assert await room.says("xem lại") == room.last
    assert room.last.text == answer.text
    await room.says("3")
    assert "Cảm ơn" in room.last.text


def test_a_notice_of_a_doubt_says_what_to_type() -> None:
    shown = fitted(again.notice(7, "vi"), NO_BUTTONS)
    assert shown.buttons == ()
    assert shown.text.endswith("Anh/chị cũng có thể gõ: xem lại câu trả lời.")
    assert fitted(again.notice(7, "vi"), TELEGRAM) == again.notice(7, "vi")


async def test_what_the_notice_says_works(room: Room) -> None:
    answer = await room.says("luong toi thieu vung 3")
    await room.says("Xem lại câu trả lời")
    assert room.last.text == answer.text


async def test_with_five_buttons_more_become_lines(room: Room) -> None:
    room.limits = Limits(text=2000, buttons=5)
    await room.says("luong toi thieu vung 3")
    assert len(room.labels) == 5
    await room.says("menu")
    assert room.last.buttons == ()
    await room.says("số 3")
    assert room.last.text.startswith("Chủ nợ lương")


async def test_long_texts_are_cut_before_the_choices_and_not_within(room: Room) -> None:
    """The list of choices is one paragraph, so no part of it is left behind."""
    for entry in sorted(room.knowledge.entries):
        event = room.event(Kind.TAP, payload=f"pick:{entry}:0")
        turn = await room.router.handle(event, None, None, room.limits, room.now)
        for message in turn.messages:
            parts = split_text(message.text, NO_BUTTONS.text)
            assert len(parts) <= 2, entry
            assert sum("[1] " in part for part in parts) == 1
            assert next(part for part in parts if "[1] " in part).count("\n[") >= 2


@pytest.mark.parametrize(
    ("label", "as_typed"), [("👍 Hữu ích", "huu ich"), ("A/B: c", "a b c"), ("🙂", ""), ("Đủ", "du")]
)
def test_labels_as_they_are_typed(label: str, as_typed: str) -> None:
    assert plain(label) == as_typed


def test_a_message_that_fits_is_left_alone() -> None:
    message = Outgoing(text="x", buttons=((Button(label="a", payload="b"),),))
    assert fitted(message, TELEGRAM) is message

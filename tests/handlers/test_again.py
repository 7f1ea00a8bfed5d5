"""A reply in doubt is told of, and shown again to the chat it was written to."""

import pytest

from nhipcau.handlers import again
from nhipcau.handlers.answer_text import tag, untag
from tests.handlers.room import Room


async def test_the_same_answer_is_shown_again_with_its_buttons(room_on_both: Room) -> None:
    room = room_on_both
    answer = await room.says("luong toi thieu vung 3")
    notice = again.notice(room.letters[-1].id, "vi")
    assert "gián đoạn" in notice.text
    assert await room.taps_payload(notice.buttons[0][0].payload) == answer


async def test_seeing_a_question_again_leaves_its_conversation_open(room: Room) -> None:
    prompt = await room.says("/language")
    assert await room.taps_payload(f"again:{tag(room.letters[-1].id)}") == prompt
    await room.taps("English")
    assert "English" in room.last.text and not room.last.buttons


async def test_a_stranger_does_not_get_it(room_on_both: Room) -> None:
    room = room_on_both
    await room.says("luong toi thieu vung 3")
    letter = room.letters[-1].id
    room.chat = "8"
    await room.taps_payload(f"again:{tag(letter)}")
    assert "không còn dùng được" in room.last.text
    assert "Căn cứ" not in room.text


@pytest.mark.parametrize("code", ["vi", "en"])
def test_notice_and_apology_in_both_languages(code: str) -> None:
    assert again.notice(2**62, code).text
    assert len(again.notice(2**62, code).buttons[0][0].payload) <= 64
    assert "menu" in again.apology(code).text


@pytest.mark.parametrize("number", [0, 1, 35, 36, 2**53, 36**11 - 1])
def test_a_tag_carries_its_number(number: int) -> None:
    assert untag(tag(number)) == number


@pytest.mark.parametrize("text", ["", " ", "-1", "+1", "1_000", "đ", "z" * 12, "0 1", "١"])
def test_nonsense_is_number_zero(text: str) -> None:
    assert untag(text) == 0


@pytest.mark.parametrize("code", ["vi", "en"])
async def test_a_letter_that_was_deleted(room: Room, code: str) -> None:
    room.language = code
    await room.taps_payload("again:zz")
    assert room.last.text

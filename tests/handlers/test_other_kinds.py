"""What is not text still gets an answer."""

import pytest

from nhipcau.channels.message import Kind
from nhipcau.knowledge import desk
from tests.handlers.room import Room

ANSWERED = [
    (Kind.STICKER, {"payload": "🙂"}, "cứ gõ vào đây"),
    (Kind.LOCATION, {"payload": "12.66,108.03"}, "không lưu vị trí"),
    (Kind.CONTACT, {"payload": "+84905123456"}, "không lưu số điện thoại"),
    (Kind.OTHER, {"payload": "poll"}, "không đọc được loại tin nhắn này"),
]


@pytest.mark.parametrize(("kind", "what", "said"), ANSWERED)
async def test_each_kind_has_its_answer(room: Room, kind: Kind, what: dict[str, str], said: str) -> None:
    await room.does(kind, **what)
    assert said in room.last.text
    assert room.labels == ["Menu"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("voice", "tin nhắn thoại"),
        ("audio", "tin nhắn thoại"),
        ("photo", "ảnh và tệp"),
        ("document", "ảnh và tệp"),
    ],
)
async def test_files_without_words(room: Room, kind: str, said: str) -> None:
    await room.sends(kind)
    assert said in room.last.text


async def test_a_picture_with_words_is_a_question(room: Room) -> None:
    await room.sends("photo", "tang ca chu nhat tinh sao")
    assert "200%" in room.last.text


async def test_nothing_of_it_is_kept_with_the_questions(room: Room) -> None:
    for kind, what, _ in ANSWERED:
        await room.does(kind, **what)
    assert await room.rows(desk.question) == []

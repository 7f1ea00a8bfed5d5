"""A thumb down counts at once; its reason may follow."""

import pytest

from nhipcau.knowledge import desk
from tests.handlers.room import Room

REASONS = {
    "Trả lời sang câu khác": "not-my-question",
    "Sai hoặc đã cũ": "wrong",
    "Đọc không hiểu": "unclear",
}


async def thumb_down(room: Room) -> None:
    await room.says("luong toi thieu vung 3")
    await room.taps("Chưa đúng ý")


async def verdict(room: Room) -> tuple[bool | None, str | None]:
    (row,) = await room.rows(desk.question)
    return row.helpful, row.reason


async def test_the_thumb_counts_without_a_reason(room_on_both: Room) -> None:
    await thumb_down(room_on_both)
    assert await verdict(room_on_both) == (False, None)
    await room_on_both.says("hủy")
    assert await verdict(room_on_both) == (False, None)


@pytest.mark.parametrize(("label", "value"), REASONS.items())
@pytest.mark.parametrize("by", ["tap", "words"])
async def test_each_reason(room: Room, label: str, value: str, by: str) -> None:
    await thumb_down(room)
    await (room.taps(label) if by == "tap" else room.says(label.lower()))
    assert await verdict(room) == (False, value)
    assert "Cán bộ sẽ xem lại" in room.last.text
    assert room.labels == ["Gặp cán bộ"]


async def test_another_reason_in_words_is_masked(room_on_both: Room) -> None:
    room = room_on_both
    await thumb_down(room)
    await room.taps("Lý do khác")
    await room.says("xyzzy gọi 0905123456")
    assert await verdict(room) == (False, "other: xyzzy gọi [number]")


async def test_a_reason_may_be_a_number(room: Room) -> None:
    await thumb_down(room)
    await room.taps("Lý do khác")
    await room.says("2")
    assert await verdict(room) == (False, "other: 2")


async def test_a_later_thumb_up_counts(room: Room) -> None:
    await room.says("luong toi thieu vung 3")
    up = room.payload("Hữu ích")
    await room.taps("Chưa đúng ý")
    await room.taps_payload(up)
    assert await verdict(room) == (True, None)
    assert await room.running() is None

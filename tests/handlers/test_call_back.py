"""Who wishes a reply leaves an address, knowingly, and only then."""

import pytest

from nhipcau.knowledge import desk
from tests.handlers.room import Room


async def asked_for_a_reply(room: Room, text: str = "thoi tiet hom nay the nao") -> None:
    await room.says(text)
    await room.taps("Gặp cán bộ")


async def test_after_consent_the_address_stands_beside_the_question(room_on_both: Room) -> None:
    room = room_on_both
    await asked_for_a_reply(room)
    assert "địa chỉ cuộc trò chuyện này được giữ" in room.last.text
    assert await room.rows(desk.callback) == []
    await room.says("dạ đồng ý ạ")
    assert "Cán bộ sẽ trả lời tại đây" in room.last.text
    assert "0262 000 000" in room.last.text
    (question,), (wish,) = await room.rows(desk.question), await room.rows(desk.callback)
    assert (wish.question, wish.channel, wish.account, wish.chat) == (question.id, "telegram", "1", room.chat)


@pytest.mark.parametrize("answer", ["không", "Dạ không", "hủy", "menu", "thôi"])
async def test_without_consent_nothing_is_kept(room: Room, answer: str) -> None:
    await asked_for_a_reply(room)
    await room.says(answer)
    assert await room.rows(desk.callback) == []
    assert await room.running() is None


async def test_refusing_is_told_what_happens(room: Room) -> None:
    await asked_for_a_reply(room)
    await room.taps("Không")
    assert "không kèm tên" in room.last.text


async def test_wishing_twice_is_one_wish(room_on_both: Room) -> None:
    room = room_on_both
    await room.says("thoi tiet hom nay the nao")
    button = room.payload("Gặp cán bộ")
    for _ in range(2):
        await room.taps_payload(button)
        await room.taps("Đồng ý")
    assert len(await room.rows(desk.callback)) == 1


async def test_a_wish_from_the_menu_reaches_the_officers(room_on_both: Room) -> None:
    room = room_on_both
    await room.says("menu")
    await room.taps(room.labels[0])
    await room.taps("Chưa đúng ý")
    await room.taps("Đọc không hiểu")
    await room.taps("Gặp cán bộ")
    await room.taps("Đồng ý")
    async with room.store.read() as conn:
        (gap,) = await desk.gaps(conn, room.today)
    assert gap.wishes == 1

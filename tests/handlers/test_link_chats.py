"""One person on several channels."""

import re

import msgspec

from nhipcau.channels.message import Kind, Outgoing
from nhipcau.store import outbox
from nhipcau.union import audit
from nhipcau.union.attempts import attempt
from nhipcau.union.members import link_code, member
from tests.handlers.member_room import CAO_SU, founded, joins, myself, neighbour
from tests.handlers.room import Room


async def code(room: Room) -> str:
    await room.says("nối kênh")
    return re.findall(r"\d{6}", (await room.taps("Cho tôi mã")).text)[0]


async def told(room: Room) -> list[str]:
    """What was written to this chat by others' turns and its own."""
    rows = await room.rows(outbox.outbox)
    return [msgspec.json.decode(row.body, type=Outgoing).text for row in rows if row.chat == room.chat]


async def test_a_code_makes_two_chats_one_member(room_on_both: Room) -> None:
    room = await founded(room_on_both)
    mine, other = await joins(room), neighbour(room, "8")
    await other.says("hello")
    given = await code(room)
    assert "Đã nối" in (await other.says(f"nối {given}")).text
    assert (await myself(other)).id == mine.id
    assert "không phải anh/chị" in (await told(room))[-1]
    assert await room.rows(link_code) == []


async def test_two_members_become_one_in_the_unit_they_choose(room_on_both: Room) -> None:
    room = await founded(room_on_both)
    mine, other = await joins(room), neighbour(room, "8")
    await joins(other, "DL-CAO-SU")
    await other.says("/stop")
    await other.says(f"/noi {await code(room)}")
    assert "ở công đoàn nào" in other.text
    await other.taps(CAO_SU)
    (left,) = await room.rows(member)
    assert left.id == mine.id and left.stopped_at is not None
    assert (await myself(room)).unit_id == (await myself(other)).unit_id
    (line,) = [line for line in await room.rows(audit.audit_line) if line.action == "member.merge"]
    assert line.actor == mine.id


async def test_a_code_works_once_and_for_ten_minutes(room: Room) -> None:
    await joins(await founded(room))
    other, third = neighbour(room, "8"), neighbour(room, "9")
    given = await code(room)
    await other.says(f"nối {given}")
    assert "không dùng được" in (await third.says(f"nối {given}")).text
    given = await code(room)
    third.waits(11)
    assert "không dùng được" in (await third.says(f"nối {given}")).text


async def test_five_wrong_codes_an_hour(room: Room) -> None:
    await joins(await founded(room))
    other, given = neighbour(room, "8"), await code(room)
    wrong = [f"{(int(given) + n) % 1_000_000:06}" for n in range(1, 6)]
    answers = {(await other.says(f"nối {one}")).text for one in wrong}
    assert len(answers) == 1
    assert "quá nhiều lần" in (await other.says(f"nối {given}")).text
    assert len(await room.rows(attempt)) == 5
    other.waits(61)
    assert "không dùng được" in (await other.says(f"nối {given}")).text  # expired meanwhile


async def test_one_s_own_code_links_nothing(room: Room) -> None:
    mine = await joins(await founded(room))
    assert "không dùng được" in (await room.says(f"nối {await code(room)}")).text
    assert (await myself(room)).id == mine.id


async def test_whoever_was_linked_by_a_stranger_parts_the_chats(room: Room) -> None:
    await joins(await founded(room))
    other = neighbour(room, "8")
    await other.says(f"nối {await code(room)}")
    assert "Đã tách" in (await room.taps_payload("unlink")).text
    contact = await other.contact()
    assert contact is not None and contact.member is None


async def test_a_stranger_has_no_code_to_give(room: Room) -> None:
    await room.says("nối kênh")
    assert "vào công đoàn rồi mới nối được" in (await room.taps("Cho tôi mã")).text
    await room.says("nối kênh")
    await room.taps("Tôi có mã")
    assert "sáu chữ số" in (await room.says("12345")).text
    assert "không dùng được" in (await room.says("123456")).text


async def test_a_shared_number_is_not_kept_of_a_stranger(room: Room) -> None:
    assert "không lưu số điện thoại" in (await room.does(Kind.CONTACT, payload="84912345678")).text
    assert await room.rows(member) == []


async def test_the_code_may_be_the_first_word_of_a_new_chat(room_on_both: Room) -> None:
    room = await founded(room_on_both)
    mine, other = await joins(room), neighbour(room, "8")
    assert "Đã nối" in (await other.says(f"nối {await code(room)}")).text
    assert (await myself(other)).id == mine.id

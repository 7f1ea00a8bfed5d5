"""Finding oneself on an imported list."""

from nhipcau.channels.message import Kind
from nhipcau.union.members import member
from tests.handlers.member_room import CAO_SU, MAY, founded, joins, listed, myself, neighbour
from tests.handlers.room import Room
from tests.handlers.test_me import NO_PHONE

PHONE = "84912345678"


async def proves_by_phone(room: Room, phone: str = PHONE) -> None:
    await room.says("/prove")
    await room.taps("Gửi số của tôi")
    await room.does(Kind.CONTACT, payload=phone)


async def proves_by_card(room: Room, card: str, phone: str) -> str:
    await room.says("/prove")
    await room.says(card)
    return (await room.says(phone)).text


async def test_a_vouched_number_finds_the_row(room_on_both: Room) -> None:
    room = await founded(room_on_both)
    await listed(room, name="Trần Thị Lan", phone=PHONE, card="DL0123")
    mine = await joins(room)
    await proves_by_phone(room)
    assert "Đã tìm thấy" in room.text
    (row,) = await room.rows(member)
    assert (row.id, row.name, row.card, row.import_id) == (mine.id, "Trần Thị Lan", "DL0123", 1)
    assert row.consent and row.joined_at
    assert "Trần Thị Lan" in (await room.says("/me")).text
    await room.says("/prove")
    assert "từ trước rồi" in room.text


async def test_card_and_phone_both_right(room: Room) -> None:
    room.limits = NO_PHONE
    await listed(await founded(room), name="Trần Thị Lan", phone=PHONE, card="DL0123")
    await joins(room)
    assert "Đã tìm thấy" in await proves_by_card(room, "dl-0123", "0912.345.678")
    assert (await myself(room)).name == "Trần Thị Lan"


async def test_nobody_learns_which_of_two_numbers_is_on_a_list(room: Room) -> None:
    room.limits = NO_PHONE
    await listed(await founded(room), name="Trần Thị Lan", phone=PHONE, card="DL0123")
    await joins(room)
    tries = [("DL0123", "0912345679"), ("DL0124", "0912345678"), ("DL9999", "0999999999")]
    assert len({await proves_by_card(room, *one) for one in tries}) == 1
    for _ in range(2):
        await proves_by_card(room, "DL9999", "0999999999")
    await room.says("/prove")
    assert "thử lại ngày mai" in room.text
    assert (await myself(room)).name is None


async def test_where_units_differ_the_member_says(room: Room) -> None:
    await listed(await founded(room), "DL-CAO-SU", phone=PHONE)
    await joins(room)
    await proves_by_phone(room)
    assert {MAY, CAO_SU} <= set(room.labels)
    await room.taps("Cao su")
    assert CAO_SU in (await room.says("/me")).text


async def test_a_shared_number_of_a_family_finds_nobody(room: Room) -> None:
    await founded(room)
    await listed(room, name="Một", phone=PHONE)
    await listed(room, name="Hai", phone=PHONE)
    await joins(room)
    await proves_by_phone(room)
    assert "Chưa tìm thấy" in room.text


async def test_a_typed_number_is_no_row_to_be_found(room: Room) -> None:
    """Somebody types the number of another, who then proves it: nobody sees the other's data."""
    await founded(room)
    stranger = neighbour(room, "8")
    stranger.limits = NO_PHONE
    await joins(stranger)
    await stranger.says("/correct")
    await stranger.taps("Điện thoại")
    await stranger.says("0912345678")
    await listed(room, name="Trần Thị Lan", phone=PHONE)
    await joins(room)
    await proves_by_phone(room)
    assert (await myself(room)).name == "Trần Thị Lan" and (await myself(stranger)).name is None


async def test_without_consent_nothing_is_looked_up(room: Room) -> None:
    await listed(await founded(room), phone=PHONE)
    await room.says("/prove")
    assert "vào công đoàn trước" in room.text
    assert "Đã tìm thấy" not in (await room.does(Kind.CONTACT, payload=PHONE)).text

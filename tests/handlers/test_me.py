"""What is kept about me: to see, to take along, to correct, to withdraw."""

import json

import pytest

from nhipcau.channels.message import Kind
from nhipcau.union.members import consent_log
from tests.handlers.member_room import MAY, founded, joins, myself
from tests.handlers.room import Limits, Room

NO_PHONE = Limits(text=20_000, buttons=20)


async def test_of_a_stranger_only_the_chat_is_known(room: Room) -> None:
    said = await room.says("bạn biết gì về tôi")
    assert "không biết anh/chị là ai" in said.text and "Kênh: Telegram" in said.text
    assert room.labels == ["Vào công đoàn của tôi", "Nối kênh khác", "Lấy hoặc xóa dữ liệu"]
    assert "chưa đồng ý gì" in (await room.says("/withdraw")).text
    assert "không có gì để sửa" in (await room.says("/correct")).text


async def test_a_member_sees_all_and_five_doors(room: Room) -> None:
    await joins(await founded(room))
    said = await room.says("Thông tin của tôi")
    assert MAY in said.text and "bản 2026-11" in said.text and "Họ tên: chưa khai" in said.text
    assert len(room.labels) == 5


async def answers(room: Room, field: str, *typed: str) -> None:
    await room.says("/correct")
    await room.taps(field)
    for text in typed:
        await room.says(text)


async def test_correcting(room: Room) -> None:
    room.limits = NO_PHONE
    await joins(await founded(room))
    await answers(room, "Họ tên", "x", "  Nguyễn   Thị Hoa ")
    await answers(room, "Năm sinh", "199", "1990")
    await answers(room, "Điện thoại", "12", "0912 345 678")
    await room.says("/correct")
    await room.taps("Giới tính")
    await room.taps("Nữ")
    mine = await myself(room)
    assert (mine.name, mine.birth_year, mine.sex, mine.phone) == ("Nguyễn Thị Hoa", 1990, "f", "84912345678")
    assert not mine.phone_proven
    shown = (await room.says("/me")).text
    assert "Nguyễn Thị Hoa" in shown and "1990" in shown and "84912345678" in shown
    await answers(room, "Họ tên", "0")
    await answers(room, "Điện thoại", "0")
    assert ((await myself(room)).name, (await myself(room)).phone) == (None, None)


async def test_where_the_platform_vouches_only_the_own_number_counts(room: Room) -> None:
    await joins(await founded(room))
    await answers(room, "Điện thoại")
    assert room.last.share_phone == "Gửi số của tôi"
    assert "bấm nút gửi số" in (await room.says("0912345678")).text
    assert "người khác" in (await room.does(Kind.CONTACT)).text
    await room.does(Kind.CONTACT, payload="84912345678")
    assert (await myself(room)).phone == "84912345678" and (await myself(room)).phone_proven
    await answers(room, "Điện thoại")
    await room.taps("Xóa số điện thoại")
    assert (await myself(room)).phone is None


async def test_my_data_to_read_and_for_a_program(room: Room) -> None:
    room.limits = NO_PHONE
    await joins(await founded(room))
    await answers(room, "Họ tên", "Lê Văn An")
    await room.says("lấy dữ liệu của tôi")
    read, whole = room.replies
    data = json.loads(whole.text)
    assert "Lê Văn An" in read.text and data["member"]["name"] == "Lê Văn An"
    assert data["member"]["unit"]["code"] == "DL-MAY" and data["consents"][0]["action"] == "given"
    assert data["chats"][0]["address"] == room.key


async def test_withdrawing_ends_what_was_agreed_to(room: Room) -> None:
    await joins(await founded(room))
    await room.says("/withdraw")
    assert "dừng ngay" in room.text
    assert "Đã rút lại" in (await room.taps("Đồng ý")).text
    assert (await myself(room)).consent == ""
    assert [one.action for one in await room.rows(consent_log)] == ["given", "withdrawn"]
    await room.says("nhận lại")
    await room.taps("Đồng ý")
    assert (await myself(room)).consent == "2026-11"
    assert MAY in (await room.says("/me")).text


async def test_the_language_of_bulletins_follows(room: Room) -> None:
    await joins(await founded(room))
    await room.says("/language")
    await room.taps("English")
    assert (await myself(room)).language == "en"
    assert "This is what is kept about you" in (await room.says("my data")).text


@pytest.mark.parametrize("born", ["0090", "2026", "1800", "năm 1990", "²"])
async def test_years_that_cannot_be(room: Room, born: str) -> None:
    await joins(await founded(room))
    await answers(room, "Năm sinh", born)
    assert "bốn chữ số" in room.text

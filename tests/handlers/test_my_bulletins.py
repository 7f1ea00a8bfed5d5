"""Stopping, resuming, topics and quiet hours."""

import pytest

from nhipcau.handlers.my_bulletins import read_hours
from nhipcau.handlers.own_data import TOPICS as NAMES
from nhipcau.union.members import TOPICS
from tests.handlers.member_room import founded, joins, myself
from tests.handlers.room import Room


async def test_stopping_takes_one_word_and_resuming_one_tap(room: Room) -> None:
    await joins(await founded(room))
    assert "Đã dừng gửi bản tin" in (await room.says("dừng")).text
    assert (await myself(room)).stopped_at is not None
    assert "đang dừng" in (await room.says("/me")).text
    await room.says("dừng")
    await room.taps("Nhận lại bản tin")
    assert (await myself(room)).stopped_at is None


async def test_a_question_with_the_word_stops_nothing(room: Room) -> None:
    await joins(await founded(room))
    await room.says("công ty dừng hoạt động thì sao")
    assert (await myself(room)).stopped_at is None and "bản tin" not in room.text


async def test_a_stranger_gets_no_bulletins_anyway(room: Room) -> None:
    assert "không nhận bản tin nào" in (await room.says("dung")).text
    assert "gõ tên công ty" in (await room.says("nhận lại")).text


async def test_topics_by_their_numbers(room: Room) -> None:
    await joins(await founded(room))
    assert "2. bảo hiểm" in (await room.says("/topics")).text
    assert "từ 1 đến 7" in (await room.says("8")).text
    assert "bảo hiểm, đào tạo" in (await room.says("2, 5")).text
    assert (await myself(room)).unwanted == {"insurance", "training"}
    assert "2. bảo hiểm (đang không nhận)" in (await room.says("/chude")).text
    await room.says("0")
    assert (await myself(room)).unwanted == frozenset()


def test_every_topic_has_a_name() -> None:
    assert tuple(NAMES) == TOPICS


async def test_quiet_hours_by_preset_and_by_hand(room: Room) -> None:
    await joins(await founded(room))
    await room.says("/quiet")
    assert "yên lặng từ 07:00 đến 15:00" in (await room.says("tôi làm ca đêm")).text
    await room.says("giờ yên lặng")
    await room.taps("Giờ khác")
    assert "hai mốc giờ" in (await room.says("buổi tối")).text
    await room.says("10 giờ tối đến 6 giờ sáng")
    mine = await myself(room)
    assert (mine.quiet_from, mine.quiet_to) == (22 * 60, 6 * 60)
    await room.says("/quiet")
    await room.taps("của công đoàn")
    assert (await myself(room)).quiet_from is None


HOURS = [
    *[(text, (1320, 360)) for text in ("22:00-06:00", "22h-6h", "22 giờ đến 6 giờ", "từ 22h đến 6h", "10pm to 6am")],
    ("22h30 - 6h15", (1350, 375)),
    ("1 giờ chiều đến 9 giờ tối", (780, 1260)),
    ("12 giờ đêm đến 6 giờ sáng", (0, 360)),
    *[(text, None) for text in ("", "22", "22-22", "25:00-06:00", "22:70-06:00", "tối", "6tr-7tr")],
    ("22:00-06:00-07:00", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "hours"), HOURS)
def test_hours_as_people_write_them(text: str, hours: tuple[int, int] | None) -> None:
    assert read_hours(text) == hours

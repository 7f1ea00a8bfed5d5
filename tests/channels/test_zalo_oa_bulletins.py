"""Articles, templates, groups and quotas against the emulated platform."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone

import pytest

from nhipcau.channels import failures
from nhipcau.channels.message import Button, Outgoing
from nhipcau.channels.zalo_oa_bulletins import written
from nhipcau.channels.zalo_oa_failures import UploadExpired, until_morning
from nhipcau.store.store import Store
from tests.channels.zalo_room import Room, opened

NOON, MIDNIGHT = 5 * 3600, 17 * 3600  # in Vietnam, as seconds of a UTC day


@pytest.fixture
async def room(store: Store) -> AsyncIterator[Room]:
    async with opened(store) as one:
        until(one, NOON)
        await one.grant()
        yield one
        assert one.oa.violations == []


def until(room: Room, second: int) -> None:
    room.oa.clock.advance((second - room.oa.clock.now()) % 86_400)


async def article(room: Room) -> str:
    body = [{"type": "text", "content": "Mức mới từ 1/7."}]
    token = await room.channel.bulletins.create_article("Lương mới", "LĐLĐ", "Ai, khi nào", "https://x.vn/a.png", body)
    assert await room.channel.bulletins.verify_article(token) is None  # Zalo still works on it
    found = await room.channel.bulletins.verify_article(token)
    assert found is not None
    return found


@pytest.mark.parametrize("encoding", ["strings", "numbers", "arrays"])
async def test_an_article_reaches_followers_of_one_sex(store: Store, encoding: str) -> None:
    async with opened(store, target_encoding=encoding) as room:
        until(room, NOON)
        await room.grant()
        women, man = [room.oa.person(gender=2) for _ in range(2)], room.oa.person(gender=1)
        for person in (*women, man):
            await person.follow()
        assert await room.channel.bulletins.broadcast([await article(room)], {"gender": [2]})
        assert [len(person.messages) for person in (*women, man)] == [1, 1, 0]
        with pytest.raises(failures.QuotaUsed):  # one a day
            await room.channel.bulletins.broadcast([await article(room)], {"gender": [2]})


async def test_a_template_in_its_hours(room: Room) -> None:
    room.oa.template("t1", "name")
    person = room.oa.person()
    await person.follow()
    assert await room.channel.bulletins.send_template(person.id, "t1", {"name": "H'Hen"})
    until(room, MIDNIGHT)
    await room.grant()
    with pytest.raises(failures.OutsideHours) as caught:
        await room.channel.bulletins.send_template(person.id, "t1", {"name": "H'Hen"})
    assert 6 * 3600 < caught.value.after < 6.2 * 3600


async def test_a_template_that_goes_by_phone_only(room: Room) -> None:
    room.oa.template("t2", by_uid=False)
    person = room.oa.person()
    await person.follow()
    with pytest.raises(failures.Refused):
        await room.channel.bulletins.send_template(person.id, "t2", {})
    room.oa.violations.clear()  # the emulator finds it unsound to try


async def test_a_group_hears_us_and_nobody_is_called_by_a_member_s_words(room: Room) -> None:
    group = room.oa.group(room.oa.person())
    await room.channel.bulletins.send_to_group(group.id, "Họp lúc 8 giờ")
    await room.channel.send(f"g-{group.id}", Outgoing(text=f"Câu hỏi: [@{group.id}] lương?"), message_id="1")
    assert [seen.text for seen in group.chat] == ["Họp lúc 8 giờ", "Câu hỏi:  lương?"]
    await room.channel.send(f"g-{group.id}", Outgoing(text=f"[[@a]@{group.id}] lương?"), message_id="2")
    assert "[@" not in group.chat[-1].text
    with pytest.raises(failures.Gone):
        await room.channel.bulletins.send_to_group("f4140000", "Có ai không?")
    room.oa.violations.clear()


async def test_a_visitor_of_the_site_is_answered_with_numbered_lines(room: Room) -> None:
    visitor = room.oa.visitor()
    await visitor.write("chào")
    (event,) = await room.inbox.get(1)
    buttons = ((Button(label="Menu", payload="menu"), Button(label="Trợ giúp", payload="help")),)
    await room.channel.send(event.chat, Outgoing(text="Mời hỏi", buttons=buttons), message_id="1")
    seen = visitor.chat[-1]
    assert seen.text == "Mời hỏi\n\n1. Menu\n2. Trợ giúp"


async def test_quotas_may_be_silent(room: Room) -> None:
    person = room.oa.person()
    await person.follow()
    assert isinstance(await room.channel.bulletins.quota_of(person.id), dict)
    assert isinstance(await room.channel.bulletins.quotas(), list)
    assert isinstance(await room.channel.bulletins.quotas(product="gmf100", groups=True), list)


async def test_an_expired_upload_is_told_apart(room: Room) -> None:
    person = room.oa.person()
    await person.follow()
    room.oa.trouble(-100)
    with pytest.raises(UploadExpired):
        await room.channel.send(person.id, Outgoing(text="a"), message_id="1")


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"GIF89a", ""), (b"\x89PNG\r\n\x1a\n" + b"0" * 1_000_001, ""), (b"", "a.pdf"), (b"x", "a.exe")],
)
async def test_what_zalo_does_not_take_is_not_sent(room: Room, content: bytes, name: str) -> None:
    uploads = room.channel.uploads
    with pytest.raises(failures.Refused):
        await (uploads.file(content, name, "application/pdf") if name else uploads.image(content))
    assert [one.path for one in room.oa.requests if "upload" in one.path] == []


@pytest.mark.parametrize(
    ("values", "encoding", "wire"),
    [([1, 2], "strings", "1,2"), ([1], "numbers", 1), ([1, 2], "numbers", "1,2"), ([1], "arrays", [1])],
)
def test_targets_in_all_three_ways(values: list[int], encoding: str, wire: object) -> None:
    assert written(values, encoding) == wire  # type: ignore[arg-type]


@pytest.mark.parametrize(("hour", "seconds"), [(22, 8.0833), (0, 6.0833), (5.5, 0.5833), (21, 9.0833)])
def test_morning_comes(hour: float, seconds: float) -> None:
    now = datetime(2026, 11, 22, tzinfo=timezone(timedelta(hours=7))) + timedelta(hours=hour)
    assert until_morning(now) == pytest.approx(seconds * 3600, abs=1)

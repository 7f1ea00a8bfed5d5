"""The channel against the emulated platform, over both databases."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import structs

from nhipcau.channels import failures
from nhipcau.channels.message import Button, Kind, Media, Outgoing
from nhipcau.channels.zalo_oa_api import Brake
from nhipcau.channels.zalo_oa_failures import failure
from nhipcau.channels.zalo_oauth import _seconds
from nhipcau.store.store import Store
from tests.channels.zalo_room import Room, opened

DAY = 86_400


@pytest.fixture
async def room(store: Store) -> AsyncIterator[Room]:
    async with opened(store) as one:
        yield one
        assert one.oa.violations == []


async def send(room: Room, person: Any, text: str = "Xin chào", **more: Any) -> None:
    await room.channel.send(person.id, Outgoing(text=text, **more), message_id="1")


async def test_a_person_writes_and_is_answered(room: Room) -> None:
    person = room.oa.person()
    await person.write("lương tối thiểu vùng?")
    (event,) = await room.inbox.get(1)
    assert (event.kind, event.text, event.chat) == (Kind.TEXT, "lương tối thiểu vùng?", person.id)
    receipt = await room.channel.send(event.chat, Outgoing(text="3.860.000 đồng"), message_id="1")
    (seen,) = await person.hear()
    assert (seen.text, seen.message_id) == ("3.860.000 đồng", receipt.message_ids[0])


@pytest.mark.parametrize("encoding", ["attachment", "template"])
async def test_buttons_come_back_as_taps(store: Store, encoding: str) -> None:
    async with opened(store, buttons=encoding) as room:
        person = room.oa.person()
        await person.follow()
        await send(room, person, buttons=((Button(label="Có", payload="c:1-0:yes"),),))
        await person.tap("Có")
        _, tapped = await room.inbox.get(2)
        assert (tapped.kind, tapped.payload, tapped.text) == (Kind.TAP, "c:1-0:yes", "")


async def test_long_texts_arrive_whole_in_parts_under_the_limit(room: Room) -> None:
    person = room.oa.person()
    await person.follow()
    text = "\n\n".join(f"Đoạn {number}: " + "quyền lợi của đoàn viên " * 20 for number in range(12))
    await send(room, person, text)
    parts = [seen.text for seen in person.messages]
    assert all(len(part) <= 2000 for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


async def test_an_image_with_its_caption_and_a_file(room: Room) -> None:
    person = room.oa.person()
    await person.follow()
    await send(room, person, "Lịch họp", media=(Media(kind="photo", ref="https://example.vn/a.png"),))
    token = await room.channel.uploads.file(b"%PDF-1.7 noi quy", "noi-quy.pdf", "application/pdf")
    await send(room, person, "", media=(Media(kind="document", ref=f"token:{token}"),))
    image, file = await person.hear(2)
    assert (image.kind, image.text, file.kind) == ("image", "Lịch họp", "file")


async def test_an_upload_is_made_once_in_six_days(room: Room) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + b"0" * 500
    first = await room.channel.uploads.image(picture)
    assert await room.another().uploads.image(picture) == first
    room.oa.clock.advance(6 * DAY + 1)
    assert await room.channel.uploads.image(picture) != first


async def test_a_quoted_message(room: Room) -> None:
    person = room.oa.person()
    asked = await person.write("còn vùng 4?")
    await room.inbox.get(1)
    await send(room, person, "Vùng IV: ...", quote=asked["message"]["msg_id"])
    (seen,) = await person.hear()
    assert seen.quote == asked["message"]["msg_id"]


# ---- windows


async def test_after_seven_days_nothing_is_sent_and_nobody_is_asked(room: Room) -> None:
    person = room.oa.person()
    await person.write("chào")
    await room.oa.settled()
    room.oa.clock.advance(7 * DAY + 60)
    calls = len(room.oa.requests)
    for channel in (room.channel, room.another()):  # the other one reads what the first kept
        with pytest.raises(failures.WindowClosed):
            await channel.send(person.id, Outgoing(text="Bản tin"), message_id="1")
    assert [one.path for one in room.oa.requests[calls:] if "message" in one.path] == []
    await person.write("tôi đây")
    await room.oa.settled()
    await send(room, person)


async def test_a_closed_window_is_believed_until_the_person_writes(room: Room) -> None:
    person = room.oa.person()
    person.last_interaction = room.oa.clock.now() - 8 * DAY  # we were not there to hear of it
    for _ in range(2):
        with pytest.raises(failures.WindowClosed):
            await send(room, person)
    assert [one.error for one in room.oa.requests if "message" in one.path] == [-230]


async def test_a_window_that_another_process_saw_open_is_open(room: Room) -> None:
    person, other = room.oa.person(), room.another()
    await person.write("chào")
    await room.oa.settled()
    await other.send(person.id, Outgoing(text="Chào"), message_id="1")
    room.oa.clock.advance(8 * DAY)
    with pytest.raises(failures.WindowClosed):
        await other.send(person.id, Outgoing(text="Bản tin"), message_id="2")
    await person.write("tôi đây")  # the first process hears it
    await room.oa.settled()
    await other.send(person.id, Outgoing(text="Mời hỏi"), message_id="3")


async def test_a_refused_window_opens_again_through_another_process(room: Room) -> None:
    person, other = room.oa.person(), room.another()
    await person.write("chào")
    await room.oa.settled()
    room.oa.clock.advance(3600)
    person.last_interaction = room.oa.clock.now() - 8 * DAY  # Zalo sees it otherwise than we
    for _ in range(2):
        with pytest.raises(failures.WindowClosed):
            await other.send(person.id, Outgoing(text="Bản tin"), message_id="1")
    assert [one.error for one in room.oa.requests if "message" in one.path] == [-230]
    room.oa.clock.advance(60)
    await person.write("tôi đây")
    await room.oa.settled()
    await other.send(person.id, Outgoing(text="Mời hỏi"), message_id="2")


# ---- failures

OUTCOMES = [
    (-32, failures.Throttled),
    (-200, failures.NotTaken),
    (-201, failures.Refused),
    (-204, failures.Misconfigured),
    (-211, failures.QuotaUsed),
    (-223, failures.Misconfigured),
    (-213, failures.Gone),
    (-217, failures.Gone),
    (-227, failures.Gone),
    (-230, failures.WindowClosed),
    (-234, failures.OutsideHours),
    (-244, failures.Declined),
    (-248, failures.Refused),
    (-9999, failures.SendFailure),
    (429, failures.SlowDown),
    (500, failures.InDoubt),
    ("proxy 403", failures.Misconfigured),
    ("proxy 502", failures.InDoubt),
    ("nonsense", failures.InDoubt),
    ("dropped", failures.InDoubt),
    ("stored, no answer", failures.InDoubt),
]


@pytest.mark.parametrize(("trouble", "expected"), OUTCOMES, ids=[str(one) for one, _ in OUTCOMES])
async def test_each_trouble_is_one_failure(room: Room, trouble: int | str, expected: type[Exception]) -> None:
    person = room.oa.person()
    await person.follow()
    room.oa.trouble(trouble)
    with pytest.raises(failures.SendFailure) as caught:
        await send(room, person)
    assert type(caught.value) is expected
    sent_in_spite = trouble == "stored, no answer"
    assert len(person.messages) == sent_in_spite


async def test_a_dead_host_is_unreachable(room: Room) -> None:
    room.settings = structs.replace(room.settings, api_url="http://127.0.0.1:9")
    with pytest.raises(failures.Unreachable):
        await room.another().send("1", Outgoing(text="a"), message_id="1")


async def test_at_the_limit_of_calls_nobody_is_asked_for_a_while(room: Room) -> None:
    person = room.oa.person()
    await person.follow()
    room.oa.trouble(-32, times=1)
    with pytest.raises(failures.Throttled) as first:
        await send(room, person)
    with pytest.raises(failures.Throttled) as second:
        await send(room, person)
    assert 3.9 <= first.value.after <= 6.1
    assert second.value.after <= first.value.after
    assert [one.error for one in room.oa.requests if "message" in one.path] == [-32]


@pytest.mark.parametrize("code", [-204, -209, -219, -221])
async def test_an_account_that_is_stopped_stops_everybody_and_rings(room: Room, code: int) -> None:
    person, other = room.oa.person(), room.oa.person()
    await person.follow()
    await other.follow()
    room.oa.trouble(code, times=9)
    with pytest.raises(failures.Misconfigured):
        await send(room, person)
    with pytest.raises(failures.Throttled) as caught:  # nobody is asked meanwhile
        await send(room, other)
    assert 40 < caught.value.after <= 60
    assert [one.error for one in room.oa.requests if "message" in one.path] == [code]
    assert room.alarms["zalo_oa_account"]
    room.oa.heal()
    room.channel.api.brake = Brake()
    await send(room, other)
    assert not room.alarms["zalo_oa_account"]


def test_used_up_articles_do_not_stop_the_account() -> None:
    found = failure(-223, "article quota reached", datetime.now(UTC))
    assert type(found) is failures.QuotaUsed


@pytest.mark.parametrize("code", [-216, -220])
async def test_a_refused_token_is_renewed_once_and_the_message_sent(room: Room, code: int) -> None:
    person = room.oa.person()
    await person.follow()
    room.oa.trouble(code)
    await send(room, person)
    assert [one.outcome for one in room.oa.refreshes] == ["ok"]
    assert len(person.messages) == 1


async def test_a_token_refused_twice_needs_a_person(room: Room) -> None:
    person = room.oa.person()
    await person.follow()
    room.oa.trouble(-216, times=2)
    with pytest.raises(failures.Misconfigured):
        await send(room, person)
    assert len(room.oa.refreshes) == 1


async def test_tokens_that_are_always_refused_are_not_renewed_again_and_again(room: Room) -> None:
    person = room.oa.person()
    await person.follow()
    room.oa.trouble(-216, times=50)
    for _ in range(6):
        with pytest.raises(failures.Misconfigured):
            await send(room, person)
    assert len(room.oa.refreshes) == 1
    assert room.alarms["zalo_oa_tokens"]
    assert "zalo login" in await room.channel.tokens.look_after()
    assert room.alarms["zalo_oa_tokens"]
    room.oa.clock.advance(3700)
    room.oa.heal()
    assert await room.channel.tokens.look_after() == ""
    await send(room, person)
    assert not room.alarms["zalo_oa_tokens"]


@pytest.mark.parametrize("life", ["0", "-5", "9" * 30, "soon", None])
async def test_a_life_that_cannot_be_is_taken_for_an_hour(life: str | None) -> None:
    assert _seconds(life) == 3600


async def test_many_senders_at_once_renew_once(room: Room) -> None:
    people = [room.oa.person() for _ in range(20)]
    for person in people:
        await person.follow()
    room.oa.clock.advance(26 * 3600)
    others = [room.channel, room.another(), room.another()]
    await asyncio.gather(
        *(others[n % 3].send(one.id, Outgoing(text="a"), message_id="1") for n, one in enumerate(people))
    )
    assert [one.outcome for one in room.oa.refreshes] == ["ok"]


async def test_the_doctor_knows_the_oa(room: Room) -> None:
    found = await room.channel.check()
    assert all(well for well, _ in found), found
    assert any("lives 25 more hours" in sentence for _, sentence in found)
    assert any(room.oa.name in sentence for _, sentence in found)


def test_the_brake_grows_and_is_loosed_by_success() -> None:
    clock = [0.0]
    brake = Brake(lambda: clock[0])
    pauses = []
    for _ in range(6):
        pauses.append(brake.pull().after)
        assert brake.pull().after <= pauses[-1]  # calls that were under way learn of it too
        clock[0] += 100
    assert [round(pause / (5, 10, 20, 40, 60, 60)[n], 0) for n, pause in enumerate(pauses)] == [1] * 6
    brake.heard({})
    assert brake.pull().after < 6.1


def test_the_headers_pull_the_brake_before_the_limit_is_broken() -> None:
    brake = Brake(lambda: 0.0)
    brake.heard({"x-ratelimit-limit": "100", "x-ratelimit-remain": "1"})
    brake.insist()
    brake.heard({"x-ratelimit-limit": "100", "x-ratelimit-remain": "0"})
    with pytest.raises(failures.Throttled):
        brake.insist()


async def test_the_package_s_pace_is_kept(room: Room) -> None:
    """Three calls a minute: the fourth is not tried."""
    room.oa.requests_per_minute = 3
    person = room.oa.person()
    await person.follow()
    await send(room, person)
    await send(room, person)
    await send(room, person)
    with pytest.raises(failures.Throttled):
        await send(room, person)
    assert [one.error for one in room.oa.requests] == [0, 0, 0]

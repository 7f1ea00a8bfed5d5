"""The door: only what Zalo signed comes in, and it hears 200 only when it is stored."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web

from nhipcau.channels.typed_taps import TypedTaps
from nhipcau.channels.zalo_oa_events import Event, Reader
from nhipcau.channels.zalo_oa_webhook import BODY_LIMIT, Webhook, signature
from tests.channels.telegram_room import Inbox

APP, OA, SECRET = "1234567890123456789", "388613280878808645", "oaSecretKeyForTests01"
VECTOR = (
    '{"app_id":"1234567890123456789","sender":{"id":"2468458835296197922"},"user_id_by_app":"552177279717587730",'
    '"recipient":{"id":"388613280878808645"},"event_name":"user_send_text","message":{"text":"Xin chào, lương tối '
    'thiểu vùng?","msg_id":"96d3cdf3af150460909"},"timestamp":"1760000000123"}'
).encode()
MAC = "659d425630ea33e6cd079f2fa394a09ccb39adf6415c087d8c0617147fb0e018"
NOW = 1_760_000_000_123


class Door:
    """The webhook on a port, its clock at the vector's moment. It gathers for long, because tests share a machine."""

    def __init__(self) -> None:
        self.inbox = Inbox()
        self.counted: list[str] = []
        self.now = NOW
        self.url = ""
        reader = Reader(OA, TypedTaps(SECRET, OA))
        clock = lambda: datetime.fromtimestamp(self.now / 1000, UTC)  # noqa: E731
        self.hook = Webhook(APP, SECRET, reader, self._store, gather_ms=200, count=self.counted.append, now=clock)

    async def _store(self, events: Sequence[Event]) -> None:
        await self.inbox.receive([event.incoming for event in events])

    async def post(self, body: bytes, mac: str | None) -> int:
        headers = {} if mac is None else {"X-ZEvent-Signature": mac}
        async with self.http.post(self.url, data=body, headers=headers) as answer:
            assert await answer.read() == b""
            return answer.status

    async def deliver(self, event: dict[str, object]) -> int:
        body = json.dumps(event, ensure_ascii=False).encode()
        return await self.post(body, "mac=" + signature(APP, body, str(event["timestamp"]), SECRET))


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    one = Door()
    app = web.Application()
    app.router.add_post("/hook", one.hook.deliver)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=300)) as one.http:
        yield one
    await runner.cleanup()


def test_the_documented_formula() -> None:
    assert len(VECTOR) == 298
    assert signature(APP, VECTOR, "1760000000123", SECRET) == MAC


@pytest.mark.parametrize("mac", [f"mac={MAC}", MAC, f"mac = {MAC}", f" mac={MAC.upper()} ", f"MAC={MAC}"])
async def test_signed_events_are_stored(door: Door, mac: str) -> None:
    assert await door.post(VECTOR, mac) == 200
    assert door.inbox.texts == ["Xin chào, lương tối thiểu vùng?"]


Forge = Callable[[bytes], bytes]
FORGED: dict[str, Forge] = {
    "another text": lambda body: body.replace(b"Xin", b"Xim"),
    "another sender": lambda body: body.replace(b"2468458835296197922", b"2468458835296197923"),
    "another moment": lambda body: body.replace(b"1760000000123", b"1760000000124"),
    "a blank more": lambda body: body + b" ",
    "keys in another order": lambda body: json.dumps(json.loads(body), sort_keys=True, ensure_ascii=False).encode(),
    "escaped letters": lambda body: json.dumps(json.loads(body), separators=(",", ":")).encode(),
    "a key twice": lambda body: body.replace(b'{"app_id"', b'{"event_name":"unfollow","app_id"', 1),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
async def test_a_changed_body_is_refused(door: Door, forge: Forge) -> None:
    assert await door.post(forge(VECTOR), f"mac={MAC}") == 403
    assert door.inbox.texts == []
    assert door.counted == ["zalo_oa_wrong_signature"]


@pytest.mark.parametrize("mac", [None, "", "mac=", "mac=" + "0" * 64, MAC[:-1], MAC + "0", f"mac={MAC}{MAC}", "đ" * 64])
async def test_a_wrong_signature_is_refused(door: Door, mac: str | None) -> None:
    assert await door.post(VECTOR, mac) == 403
    assert door.inbox.texts == []


@pytest.mark.parametrize("length", [1, 100, len(VECTOR) - 1])
async def test_a_truncated_body_is_refused(door: Door, length: int) -> None:
    assert await door.post(VECTOR[:length], f"mac={MAC}") == 400


async def test_half_an_emoji_is_taken(door: Door) -> None:
    """Zalo cuts long texts; refused, it would come again and again until Zalo switches the webhook off."""
    body = VECTOR.replace(b"Xin", b"\\ud83d Xin")
    assert await door.post(body, signature(APP, body, "1760000000123", SECRET)) == 200
    assert door.inbox.texts == [" Xin chào, lương tối thiểu vùng?"]


async def test_half_an_emoji_for_a_moment_is_refused(door: Door) -> None:
    assert await door.post(b'{"timestamp":"\\ud83d"}', MAC) == 403


@pytest.mark.parametrize("body", [b"null", b"[]", b'"a"', b"{", b"[" * 9000, b"\xff\xfe", b'{"a":1}'])
async def test_what_is_no_event_is_refused(door: Door, body: bytes) -> None:
    assert await door.post(body, f"mac={MAC}") == 400


async def test_an_empty_probe_is_well_and_a_flood_is_not(door: Door) -> None:
    assert await door.post(b"", None) == 200
    assert await door.post(b" " * (BODY_LIMIT + 1), None) == 413
    assert door.inbox.deliveries == []


@pytest.mark.parametrize(("hours", "status"), [(1.9, 200), (2.1, 403), (-1.9, 200), (-2.1, 403), (24 * 365, 403)])
async def test_an_old_recording_is_refused(door: Door, hours: float, status: int) -> None:
    door.now += int(hours * 3_600_000)
    assert await door.post(VECTOR, f"mac={MAC}") == status


async def test_a_replay_is_known(door: Door) -> None:
    assert [await door.post(VECTOR, MAC) for _ in range(3)] == [200, 200, 200]
    assert len(door.inbox.events) == 1


async def test_what_is_not_stored_is_not_confirmed(door: Door) -> None:
    door.inbox.down = True
    assert await door.post(VECTOR, MAC) == 503
    door.inbox.down = False
    assert await door.post(VECTOR, MAC) == 200
    assert len(door.inbox.events) == 1


async def test_an_unknown_event_is_kept_by_its_name(door: Door) -> None:
    told = {"event_name": "user_send_hologram", "sender": {"id": "246"}, "recipient": {"id": OA}, "timestamp": str(NOW)}
    assert await door.deliver(told) == 200
    (event,) = door.inbox.events.values()
    assert (event.payload, event.text) == ("user_send_hologram", "")


async def test_what_nobody_can_read_is_not_asked_for_again(door: Door) -> None:
    assert await door.deliver({"event_name": "user_send_text", "timestamp": str(NOW)}) == 200
    assert door.counted == ["zalo_oa_unreadable_event"]


def asked(person: int, number: int) -> dict[str, object]:
    """The `number`-th message of a person, each a tenth of a second after the one before."""
    message = {"text": str(number), "msg_id": f"{person}-{number}"}
    sides = {"sender": {"id": str(person)}, "recipient": {"id": OA}}
    return {**sides, "event_name": "user_send_text", "message": message, "timestamp": str(NOW + 100 * number)}


async def test_what_comes_together_is_stored_in_order(door: Door) -> None:
    """Zalo promises none; a person's messages come over several connections."""
    events = [asked(246, number) for number in range(20)]
    random.Random(1).shuffle(events)
    assert set(await asyncio.gather(*(door.deliver(event) for event in events))) == {200}
    assert door.inbox.texts == [str(number) for number in range(20)]


@pytest.mark.slow
async def test_ten_thousand_deliveries_with_repetitions_and_disorder(door: Door) -> None:
    """2,000 people write four times, 25 of them at once and each in any order; a quarter of it all comes twice."""
    chance = random.Random(7)
    await asyncio.gather(*(door.post(b"", None) for _ in range(125)))  # opens the connections
    for first in range(0, 2000, 25):
        events = [asked(person, number) for person in range(first, first + 25) for number in range(4)]
        events += chance.choices(events, k=25)
        chance.shuffle(events)
        assert set(await asyncio.gather(*(door.deliver(event) for event in events))) == {200}
    assert len(door.inbox.deliveries) == 10_000
    kept: dict[str, list[str]] = {}
    for event in door.inbox.events.values():
        kept.setdefault(event.chat, []).append(event.text)
    assert list(kept.values()) == [["0", "1", "2", "3"]] * 2000

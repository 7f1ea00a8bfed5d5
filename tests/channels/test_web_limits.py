"""How much one person and one address may ask."""

import asyncio

from aiohttp import ClientSession, DummyCookieJar

from nhipcau.channels.web_limits import Pace, Slots
from tests.channels.web_room import Room, open_room
from tests.channels.web_visit import ID, Visit, text, verdict, visit


async def test_a_hasty_person_waits_and_loses_nothing(room: Room, member: Visit) -> None:
    answers = [await member.send(text("nhanh", f"message-{n}")) for n in range(6)]
    assert [status for status, _ in answers] == [200] * 5 + [429]
    assert answers[5][1] in ({"slow": "message-5", "after": seconds} for seconds in (1, 2, 3))


async def test_one_address_has_its_own_limit() -> None:
    async with open_room(address_burst=3, address_per_minute=2) as room, visit(room) as one, visit(room) as two:
        assert [(await one.send(text("x", f"message-{n}")))[0] for n in range(3)] == [200] * 3
        assert await two.send(text("x")) == (429, {"slow": ID, "after": 30})


async def test_one_address_holds_a_few_sockets_only() -> None:
    async with open_room(sockets_per_address=1) as room, visit(room) as one, visit(room) as two:
        async with one.socket() as held:
            await held.receive_json()
            async with two.socket() as refused:
                assert await verdict(refused) == {"error": "busy", "after": 30}
                await refused.receive()
                assert refused.close_code == 4429
            assert await two.get("/chat/poll?after=0") == (503, {"error": "busy", "after": 30})
        await asyncio.sleep(0.05)
        async with two.socket() as free:
            assert (await free.receive_json())["ready"]


async def test_one_session_cannot_reconnect_for_ever(member: Visit) -> None:
    answers = [await member.get("/chat/poll") for _ in range(60)]
    assert [status for status, _ in answers[:30]] == [200] * 30
    assert (429, {"error": "slow", "after": 1}) in answers


async def test_one_address_cannot_look_for_ever_with_cookies_of_its_own_making() -> None:
    async with open_room(address_burst=2, address_per_minute=1) as room:

        async def look(n: int) -> int:
            headers = {"Cookie": f"nc_chat={n:043}"}
            async with ClientSession(cookie_jar=DummyCookieJar()) as http:
                async with http.get(room.url + "/chat/history", headers=headers) as answer:
                    return answer.status

        assert [await look(n) for n in range(13)] == [200] * 12 + [429]


def test_pace_refills_with_time_and_forgets_the_idle() -> None:
    now = [0.0]
    pace = Pace(burst=2, per_minute=60, clock=lambda: now[0])
    assert [pace.wait("a") for _ in range(3)] == [0, 0, 1]
    assert pace.wait("b") == 0
    now[0] = 1.0
    assert [pace.wait("a") for _ in range(2)] == [0, 1]
    now[0] = 60.0
    for n in range(10_001):
        pace.wait(str(n))
        now[0] += 1.5
    assert len(pace._spent_until) < 10


def test_slots_are_given_back() -> None:
    slots = Slots(1)
    with slots.hold("a") as first, slots.hold("a") as second, slots.hold("b") as other:
        assert (first, second, other) == (True, False, True)
    with slots.hold("a") as again:
        assert again

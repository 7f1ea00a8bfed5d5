"""The web chat as a client meets it: a real server, a mailbox in memory."""

import asyncio
import gzip
import json
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType

from nhipcau.channels.failures import Misconfigured
from nhipcau.channels.message import Kind, Outgoing
from nhipcau.channels.web import WebChat, WebSettings
from nhipcau.channels.web_limits import Pace, Slots
from nhipcau.channels.web_session import chat_of
from tests.channels.web_room import Room, open_room

ID = "abcdefgh0001"
KEY = re.compile(r"nc_chat=([A-Za-z0-9_-]{43})")


class Visit:
    """One browser in a room, as bare requests."""

    def __init__(self, room: Room, http: ClientSession) -> None:
        self.room, self.http, self.chat, self.set_cookie = room, http, "", ""
        self.headers = {"Origin": room.url}

    async def open(self, path: str = "/chat", **headers: str) -> str:
        async with self.http.get(self.room.url + path, headers=headers) as page:
            self.set_cookie = page.headers["Set-Cookie"]
            self.page_headers = page.headers
            self.chat = chat_of(KEY.match(self.set_cookie)[1])  # type: ignore[index]
            return await page.text()

    async def send(self, frame: object, **headers: str) -> tuple[int, dict[str, object]]:
        body = frame if isinstance(frame, bytes) else json.dumps(frame, ensure_ascii=False).encode()
        url = self.room.url + "/chat/send"
        async with self.http.post(url, data=body, headers=self.headers | headers) as answer:
            return answer.status, await answer.json()

    async def get(self, path: str) -> tuple[int, dict[str, object]]:
        async with self.http.get(self.room.url + path) as answer:
            return answer.status, await answer.json()

    @asynccontextmanager
    async def socket(self, query: str = "", **headers: str) -> AsyncIterator[ClientWebSocketResponse]:
        url = self.room.url + "/chat/ws" + query
        async with self.http.ws_connect(url, headers=self.headers | headers) as socket:
            yield socket


@asynccontextmanager
async def visit(room: Room) -> AsyncIterator[Visit]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        one = Visit(room, http)
        await one.open()
        yield one


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    async with open_room(poll_seconds=0.3) as room:
        yield room


@pytest.fixture
async def member(room: Room) -> AsyncIterator[Visit]:
    async with visit(room) as member:
        yield member


def text(words: str, client_id: str = ID) -> dict[str, str]:
    return {"id": client_id, "kind": "text", "text": words}


async def hear(socket: ClientWebSocketResponse, posts: int) -> list[dict[str, object]]:
    """The next `posts` lines of the socket."""
    lines: list[dict[str, object]] = []
    while len(lines) < posts:
        lines += (await socket.receive_json(timeout=5)).get("posts", [])
    return lines


async def verdict(socket: ClientWebSocketResponse) -> dict[str, object]:
    """The next frame that speaks of a message of ours."""
    while True:
        frame = await socket.receive_json(timeout=5)
        if frame.keys() & {"ok", "no", "slow", "again", "error"}:
            return frame


# --- talking ---


async def test_a_message_is_stored_before_it_is_confirmed_and_answered(room: Room, member: Visit) -> None:
    async with member.socket() as socket:
        await socket.send_json(text("Lương tối thiểu bao nhiêu?"))
        assert await verdict(socket) == {"ok": ID}
        assert [event.event_id for event in room.received] == [f"w-{ID}"]
        own, answer = await hear(socket, 2)
    assert (own["mine"], own["id"], own["text"]) == (True, ID, "Lương tối thiểu bao nhiêu?")
    assert answer["text"] == "Đã nghe: Lương tối thiểu bao nhiêu?"


async def test_polling_says_the_same_as_a_socket(room: Room, member: Visit) -> None:
    assert await member.send(text("chào")) == (200, {"ok": ID})
    _, batch = await member.get("/chat/poll")
    assert [line["text"] for line in batch["posts"]] == ["chào", "Đã nghe: chào"]  # type: ignore[attr-defined]
    _, nothing = await member.get("/chat/poll?after=2")
    assert nothing == {"ready": True}


async def test_a_waiting_poll_is_answered_at_once_when_news_come(room: Room, member: Visit) -> None:
    poll = asyncio.create_task(member.get("/chat/poll?after=0"))
    await asyncio.sleep(0.05)
    await room.say(member.chat, "Bản tin mới")
    _, batch = await asyncio.wait_for(poll, 0.2)
    assert batch["posts"][0]["text"] == "Bản tin mới"  # type: ignore[index]


FRAMES = [
    ({"kind": "text", "text": "hỏi", "language": "en"}, (Kind.TEXT, "hỏi", "", "en")),
    ({"kind": "tap", "payload": "ask:wage", "text": "Lương"}, (Kind.TAP, "Lương", "ask:wage", "")),
    ({"kind": "start", "payload": "u_66TH01"}, (Kind.START, "", "u_66TH01", "")),
    ({"kind": "start"}, (Kind.START, "", "", "")),
]


@pytest.mark.parametrize(("frame", "event"), FRAMES)
async def test_frames_become_events(room: Room, member: Visit, frame: object, event: object) -> None:
    await member.send({"id": ID, **frame})  # type: ignore[dict-item]
    (got,) = room.received
    assert (got.kind, got.text, got.payload, got.language) == event
    assert (got.channel, got.account, got.chat, got.sender) == ("web", "web", member.chat, member.chat)
    assert got.at.utcoffset() is not None


async def test_the_same_message_sent_five_times_at_once_is_one(room: Room, member: Visit) -> None:
    answers = await asyncio.gather(*(member.send(text("một lần")) for _ in range(5)))
    assert answers == [(200, {"ok": ID})] * 5
    assert room.texts == ["một lần"]


async def test_a_page_that_comes_back_reads_what_it_missed_and_nothing_twice(room: Room, member: Visit) -> None:
    async with member.socket() as socket:
        await room.say(member.chat, "một")
        assert [line["n"] for line in await hear(socket, 1)] == [1]
    for words in ("hai", "ba"):
        await room.say(member.chat, words)
    async with member.socket("?after=1") as socket:
        assert [line["text"] for line in await hear(socket, 2)] == ["hai", "ba"]


async def test_a_long_absence_is_read_to_its_end(room: Room, member: Visit) -> None:
    for n in range(250):
        room.mailbox.keep(member.chat, mine=False, outgoing=Outgoing(text=str(n)))
    async with member.socket("?after=0") as socket:
        assert [line["n"] for line in await hear(socket, 250)] == list(range(1, 251))


async def test_an_old_chat_opens_with_its_last_lines_and_shows_earlier_ones_on_demand(
    room: Room, member: Visit
) -> None:
    for n in range(40):
        room.mailbox.keep(member.chat, mine=False, outgoing=Outgoing(text=str(n)))
    async with member.socket() as socket:
        first = await socket.receive_json()
    assert [line["n"] for line in first["posts"]] == list(range(11, 41)) and first["more"]
    _, earlier = await member.get("/chat/history?before=11")
    assert [line["n"] for line in earlier["posts"]] == list(range(1, 11))  # type: ignore[attr-defined]
    assert "more" not in earlier


async def test_two_tabs_of_one_person_show_the_same(room: Room, member: Visit) -> None:
    async with member.socket() as one, member.socket() as two:
        await one.send_json(text("chào"))
        assert [line["text"] for line in await hear(two, 2)] == ["chào", "Đã nghe: chào"]


async def test_sending_to_nobody_is_kept_for_later(room: Room, member: Visit) -> None:
    receipt = await room.chat.send("f" * 32, Outgoing(text="tin"), message_id="m1")
    assert receipt.message_ids == ("m1",)


async def test_another_process_is_noticed_without_being_woken(member: Visit) -> None:
    async with open_room(recheck_seconds=0.05) as room, visit(room) as member, member.socket() as socket:
        await socket.receive_json()
        room.mailbox.keep(member.chat, mine=False, outgoing=Outgoing(text="từ nơi khác"))
        assert (await hear(socket, 1))[0]["text"] == "từ nơi khác"


TEXTS = [
    "<script>alert(1)</script>",
    "_*[](){}`~|&lt;",
    "a\u0301 á \u202eabc",
    "👷🏽‍♀️ 𝒳",
    "\t\n\r x\u0001",
    "\ufeffx",
]


@pytest.mark.parametrize("words", TEXTS)
async def test_any_text_survives_both_ways(room: Room, member: Visit, words: str) -> None:
    await member.send(text(words))
    _, batch = await member.get("/chat/poll")
    assert room.texts == [words]
    assert [line["text"] for line in batch["posts"]] == [words, f"Đã nghe: {words}"]  # type: ignore[attr-defined]


# --- refusals ---


def refused(code: str, client_id: str = ID) -> dict[str, str]:
    return {"no": client_id, "code": code}


REFUSED = [
    (b"", 400, refused("malformed", "")),
    (b"\xff\xfe", 400, refused("malformed", "")),
    (b'{"id": "\xff"}', 400, refused("malformed", "")),
    (b'{"id":"abcdefgh0001","kind":"text","text":"\\ud800"}', 400, refused("malformed", "")),
    (b'{"id": [' + b"[" * 15_000, 400, refused("malformed", "")),
    (b'{"x":' + b"[" * 15_000, 400, refused("malformed", "")),
    (b"null", 400, refused("malformed", "")),
    (b" " * 20_000, 413, refused("huge", "")),
    ({"id": "kurz", "kind": "text", "text": "x"}, 400, refused("malformed", "")),
    ({"id": "x" * 41, "kind": "text", "text": "x"}, 400, refused("malformed", "")),
    ({"id": "abc\n1234567", "kind": "text", "text": "x"}, 400, refused("malformed", "")),
    ({"id": ID, "kind": "edit", "text": "x"}, 400, refused("malformed", "")),
    ({"id": ID, "kind": "text", "text": 7}, 400, refused("malformed", "")),
    ({"id": ID, "kind": "text", "text": "x", "language": "fr"}, 400, refused("malformed", "")),
    (text(" \n\t"), 400, refused("empty")),
    (text("a\0b"), 400, refused("characters")),
    (text("ă" * 4_001), 400, refused("long")),
    ({"id": ID, "kind": "tap", "payload": "", "text": "x"}, 400, refused("malformed")),
    ({"id": ID, "kind": "tap", "payload": "đ" * 33, "text": "x"}, 400, refused("malformed")),
    ({"id": ID, "kind": "tap", "payload": "p", "text": "x" * 201}, 400, refused("malformed")),
    ({"id": ID, "kind": "start", "payload": "<x>"}, 400, refused("malformed")),
]


@pytest.mark.parametrize(("frame", "status", "answer"), REFUSED)
async def test_what_cannot_be_taken_is_refused_with_a_code(
    room: Room, member: Visit, caplog: pytest.LogCaptureFixture, frame: object, status: int, answer: object
) -> None:
    assert await member.send(frame) == (status, answer)
    assert (room.received, caplog.records) == ([], [])


@pytest.mark.parametrize("words", ["ă" * 4_000, "👷" * 4_000, '"' * 4_000])
async def test_four_thousand_characters_are_taken(room: Room, member: Visit, words: str) -> None:
    assert await member.send(text(words)) == (200, {"ok": ID})


async def test_a_socket_survives_nonsense_and_closes_on_a_huge_frame(room: Room, member: Visit) -> None:
    async with member.socket() as socket:
        await socket.send_str("{")
        assert (await verdict(socket))["code"] == "malformed"
        await socket.send_bytes(b"\xff")
        assert (await verdict(socket))["code"] == "malformed"
        await socket.send_json(text("vẫn nghe"))
        assert await verdict(socket) == {"ok": ID}
        await socket.send_str("x" * 20_000)
        while (await socket.receive(timeout=5)).type is WSMsgType.TEXT:
            pass
        assert socket.close_code == 1009


async def test_endless_nonsense_ends_the_socket(member: Visit) -> None:
    async with member.socket() as socket:
        for _ in range(31):
            await socket.send_str("{")
        while (await socket.receive(timeout=5)).type is WSMsgType.TEXT:
            pass
        assert socket.close_code == 1008


async def test_when_storing_fails_the_page_keeps_the_message_and_sends_it_again(
    room: Room, member: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    room.down = True
    assert await member.send(text("bí mật")) == (503, {"again": ID, "after": 5})
    room.down = False
    assert await member.send(text("bí mật")) == (200, {"ok": ID})
    assert [record.getMessage() for record in caplog.records] == [
        "web chat: a message could not be stored: OSError"
    ]


async def test_when_the_mailbox_fails_pages_come_back_later(
    room: Room, member: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    room.mailbox.down = True
    assert await member.get("/chat/poll?after=0") == (503, {"error": "busy", "after": 5})
    async with member.socket() as socket:
        assert (await socket.receive(timeout=5)).type is WSMsgType.CLOSE
        assert socket.close_code == 1013
    assert {record.levelno for record in caplog.records} == {logging.ERROR}


# --- limits ---


async def test_a_hasty_person_waits_and_loses_nothing(room: Room, member: Visit) -> None:
    answers = [await member.send(text("nhanh", f"message-{n}")) for n in range(6)]
    assert [status for status, _ in answers] == [200] * 5 + [429]
    assert answers[5][1] == {"slow": "message-5", "after": 3}


async def test_one_address_has_its_own_limit() -> None:
    async with open_room(address_burst=3, address_per_minute=60) as room, visit(room) as one, visit(room) as two:
        assert [(await one.send(text("x", f"message-{n}")))[0] for n in range(3)] == [200] * 3
        assert await two.send(text("x")) == (429, {"slow": ID, "after": 1})


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
    states = [(await member.get("/chat/poll"))[0] for _ in range(31)]
    assert states == [200] * 30 + [429]


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


# --- sessions and origins ---


async def test_the_cookie_is_random_and_closed_to_scripts(room: Room) -> None:
    async with visit(room) as one, visit(room) as two:
        assert one.chat != two.chat
        assert one.set_cookie.split("; ")[1:] == ["Path=/chat", "Max-Age=34560000", "HttpOnly", "SameSite=Lax"]


async def test_a_second_visit_keeps_the_chat(member: Visit) -> None:
    before = member.chat
    await member.open("/chat?u=66TH01")
    assert member.chat == before


COOKIES = [
    (True, "https", "/chat", ["SameSite=Lax", "Secure"]),
    (True, "https", "/chat?embed=1", ["SameSite=None", "Secure", "Partitioned"]),
    (True, "http", "/chat?embed=1", ["SameSite=Lax"]),
    (False, "https", "/chat", ["SameSite=Lax"]),
]


@pytest.mark.parametrize(("trust", "proto", "path", "ending"), COOKIES)
async def test_the_cookie_fits_the_way_the_page_came(
    trust: bool, proto: str, path: str, ending: list[str]
) -> None:
    async with open_room(trust_proxy=trust) as room, visit(room) as member:
        await member.open(path, **{"X-Forwarded-Proto": proto})
        assert member.set_cookie.split("; ")[4:] == ending


@pytest.mark.parametrize("cookie", ["", "short", "x" * 44, "x" * 42 + "%", "../" + "x" * 40])
async def test_without_a_session_of_ours_nothing_is_said(room: Room, cookie: str) -> None:
    async with ClientSession(cookies={"nc_chat": cookie}, cookie_jar=CookieJar(unsafe=True)) as http:
        stranger = Visit(room, http)
        assert await stranger.send(text("x")) == (401, {"error": "session"})
        assert await stranger.get("/chat/poll") == (401, {"error": "session"})
        async with stranger.socket() as socket:
            assert await verdict(socket) == {"error": "session"}
            await socket.receive()
            assert socket.close_code == 4401


@pytest.mark.parametrize(
    "origin", ["", "null", "https://evil.example", "http://127.0.0.1", "http://127.0.0.1.evil.example"]
)
async def test_a_foreign_page_cannot_speak_for_a_member(room: Room, member: Visit, origin: str) -> None:
    member.headers = {"Origin": origin}
    assert await member.send(text("x")) == (403, {"error": "origin"})
    async with member.http.get(room.url + "/chat/ws", headers=member.headers) as answer:
        assert answer.status == 403
    async with member.http.post(room.url + "/chat/leave", headers=member.headers) as answer:
        assert answer.status == 403
    assert room.received == []


async def test_an_embedding_site_may_speak_and_frame_the_page() -> None:
    site = "https://congdoan.example"
    async with open_room(embed_origins=(site,)) as room, visit(room) as member:
        assert member.page_headers["Content-Security-Policy"].endswith(f"frame-ancestors 'self' {site}")
        assert (await member.send(text("x"), Origin=site))[0] == 200


async def test_behind_a_trusted_proxy_the_last_hop_counts() -> None:
    async with open_room(trust_proxy=True, address_burst=1) as room, visit(room) as member:
        member.headers = {"Origin": "https://chat.example", "X-Forwarded-Host": "chat.example"}

        async def status(hops: str, n: int) -> int:
            return (await member.send(text("x", f"message-{n}"), **{"X-Forwarded-For": hops}))[0]

        assert await status("6.6.6.6, 10.0.0.1", 1) == 200
        assert await status("7.7.7.7, 10.0.0.1", 2) == 429
        assert await status("2001:db8::1", 3) == 200
        assert await status("2001:db8::2", 4) == 429


async def test_leaving_takes_the_cookie_away(room: Room, member: Visit) -> None:
    async with member.http.post(room.url + "/chat/leave", headers=member.headers) as answer:
        assert answer.status == 204
    assert await member.get("/chat/poll") == (401, {"error": "session"})


# --- the page and its files ---


async def test_names_are_shown_as_written_not_as_markup() -> None:
    title = '<b onclick="x">CĐ & {{contact}} {{nothing}}</b>'
    async with open_room(title=title, contact="'☎' <i>") as room, visit(room) as member:
        page = await member.open()
    assert "&lt;b onclick=&quot;x&quot;&gt;CĐ &amp; {{contact}} {{nothing}}&lt;/b&gt;" in page
    assert "&#x27;☎&#x27; &lt;i&gt;" in page and "<b " not in page


async def test_the_page_runs_no_inline_script_and_names_no_foreign_host(member: Visit) -> None:
    page = await member.open()
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|https?://|//", page)
    policy = member.page_headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert member.page_headers["X-Content-Type-Options"] == "nosniff"
    assert member.page_headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(("query", "language"), [("", "vi"), ("?lang=en", "en"), ("?lang=%22%3E", "vi")])
async def test_the_page_speaks_the_language_asked_for(member: Visit, query: str, language: str) -> None:
    assert f'<html lang="{language}"' in await member.open("/chat" + query)


async def test_files_are_kept_by_browsers_for_ever_under_a_name_of_their_content(
    room: Room, member: Visit
) -> None:
    names = re.findall(r'"(/chat/static/[^"]+)"', await member.open())
    assert len(set(names)) == 5
    for name in names:
        async with member.http.get(room.url + name) as file:
            assert "immutable" in file.headers["Cache-Control"]
            tag = file.headers["ETag"]
        async with member.http.get(room.url + name, headers={"If-None-Match": tag}) as file:
            assert file.status == 304
    async with member.http.get(room.url + "/chat/static/chat.000000000000.js") as file:
        assert file.status == 404


async def test_the_embedding_script_is_small_and_compressed(room: Room) -> None:
    async with ClientSession(auto_decompress=False) as http:
        async with http.get(room.url + "/embed.js", headers={"Accept-Encoding": "gzip"}) as packed:
            assert packed.headers["Content-Encoding"] == "gzip"
            script = gzip.decompress(await packed.read())
        async with http.get(room.url + "/embed.js", headers={"Accept-Encoding": "identity"}) as plain:
            assert await plain.read() == script
    assert len(script) < 4_000


# --- beginning and end ---


async def test_stopping_lets_sockets_and_polls_go(room: Room, member: Visit) -> None:
    async with member.socket() as socket:
        await socket.receive_json()
        poll = asyncio.create_task(member.get("/chat/poll?after=0"))
        await asyncio.sleep(0.05)
        await asyncio.gather(room.chat.stop(), socket.receive())
        assert socket.close_code == 1001
        assert (await poll)[0] == 200
    assert await member.send(text("muộn")) == (503, {"again": ID, "after": 5})
    assert await member.get("/chat/poll") == (503, {"error": "busy", "after": 5})


@pytest.mark.parametrize(
    "settings",
    [{"embed_origins": ("https://a.example; script-src *",)}, {"embed_origins": ("*",)}, {"language": "fr"}],
)
async def test_a_setting_that_cannot_work_is_named(room: Room, settings: dict[str, object]) -> None:
    chat = WebChat(room.mailbox, WebSettings(**settings))  # type: ignore[arg-type]
    with pytest.raises(Misconfigured, match=next(iter(settings))):
        await chat.start(room.receive)
    assert [well for well, _ in await chat.check()] == [False, True]


async def test_the_doctor_reads_settings_and_mailbox(room: Room) -> None:
    (page, _), (mailbox, _) = await room.chat.check()
    assert page and mailbox
    room.mailbox.down = True
    _, (well, sentence) = await room.chat.check()
    assert not well and "check the database" in sentence

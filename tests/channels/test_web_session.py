"""Cookies, origins and addresses of the web chat."""

import pytest
from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import make_mocked_request

from nhipcau.channels.web import WebSettings
from nhipcau.channels.web_session import address_of
from tests.channels.web_room import Room, open_room
from tests.channels.web_visit import Visit, text, verdict, visit


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
async def test_the_cookie_fits_the_way_the_page_came(trust: bool, proto: str, path: str, ending: list[str]) -> None:
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
    "origin",
    ["", "null", "https://evil.example", "http://127.0.0.1", "http://127.0.0.1.evil.example", "http://[", "//[::1"],
)
async def test_a_foreign_page_cannot_speak_for_a_member(room: Room, member: Visit, origin: str) -> None:
    member.headers = {"Origin": origin}
    assert await member.send(text("x")) == (403, {"error": "origin"})
    async with member.http.get(room.url + "/chat/ws", headers=member.headers) as answer:
        assert answer.status == 403
    async with member.http.post(room.url + "/chat/leave", headers=member.headers) as answer:
        assert answer.status == 403
    assert room.received == []


async def test_an_embedding_site_may_frame_the_page_but_not_speak_for_its_reader() -> None:
    """The frame is a page of ours: a script of the site itself, or injected there, has no business in the chat."""
    site = "https://congdoan.example"
    async with open_room(embed_origins=(site,)) as room, visit(room) as member:
        assert member.page_headers["Content-Security-Policy"].endswith(f"frame-ancestors 'self' {site}")
        assert await member.send(text("x"), Origin=site) == (403, {"error": "origin"})
        async with member.http.get(room.url + "/chat/ws", headers={"Origin": site}) as answer:
            assert answer.status == 403


async def test_behind_a_trusted_proxy_the_last_hop_counts() -> None:
    async with open_room(trust_proxy=True, address_burst=1, address_per_minute=1) as room, visit(room) as member:
        member.headers = {"Origin": "https://chat.example", "X-Forwarded-Host": "chat.example"}

        async def status(hops: str, n: int) -> int:
            return (await member.send(text("x", f"message-{n}"), **{"X-Forwarded-For": hops}))[0]

        assert await status("6.6.6.6, 10.0.0.1", 1) == 200
        assert await status("7.7.7.7, 10.0.0.1", 2) == 429
        assert await status("2001:db8::1", 3) == 200
        assert await status("2001:db8::2", 4) == 429


ADDRESSES = [
    ("10.0.0.1", "10.0.0.1"),
    ("::ffff:10.0.0.1", "10.0.0.1"),
    ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
    ("6.6.6.6, 10.0.0.1", "10.0.0.1"),
    ("<script>", "unknown"),
]


@pytest.mark.parametrize(("said", "address"), ADDRESSES)
def test_one_subscriber_is_one_address(said: str, address: str) -> None:
    request = make_mocked_request("GET", "/chat", headers={"X-Forwarded-For": said})
    assert address_of(request, WebSettings(trust_proxy=True)) == address
    assert address_of(request, WebSettings(trust_proxy=False)) == "unknown"


async def test_leaving_takes_the_cookie_away(room: Room, member: Visit) -> None:
    async with member.http.post(room.url + "/chat/leave", headers=member.headers) as answer:
        assert answer.status == 204
    assert await member.get("/chat/poll") == (401, {"error": "session"})

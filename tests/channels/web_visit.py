"""One browser in a room, as bare requests."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar

from nhipcau.channels.web_session import chat_of
from tests.channels.web_room import Room

ID = "abcdefgh0001"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
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

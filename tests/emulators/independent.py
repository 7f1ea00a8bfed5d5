"""telegram-test-api: a Bot API server written by people unrelated to us (Node), and its users' side.

    @pytest.fixture
    async def server():
        async with independent_server() as server:
            yield server

    Telegram(token=server.token, base_url=server.base_url, request_class=EmulatorRequest)

What it lacks (secret header, long polling, errors, limits) is tested against tests/emulators/telegram_api.py.
"""

import asyncio
import json
import os
import shutil
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from nhipcau.channels.telegram_http import AioRequest

HOME = Path(__file__).parents[1] / "telegram-test-api"
TOKEN = "666:independent-server-token"
Json = dict[str, Any]


class EmulatorRequest(AioRequest):
    """Repairs answers of telegram-test-api 4.2.1 which python-telegram-bot rightly refuses."""

    async def do_request(self, url: str, method: str, request_data: Any = None, **more: Any) -> tuple[int, bytes]:
        status, body = await super().do_request(url, method, request_data, **more)
        endpoint = url.rsplit("/", 1)[-1]
        if endpoint == "getUpdates":
            await asyncio.sleep(0.05)  # it answers at once, whatever timeout is asked for
        answer = json.loads(body)
        if status == 500 and "ok" not in answer:
            description = "Bad Request: method not emulated"
            return 400, json.dumps({"ok": False, "error_code": 400, "description": description}).encode()
        if answer.get("ok"):
            fields = getattr(request_data, "fields", None) or getattr(request_data, "json_parameters", {})
            answer["result"] = _repaired(endpoint, answer.get("result"), fields)
        return status, json.dumps(answer).encode()


def _repaired(endpoint: str, result: Any, fields: dict[str, str]) -> Any:
    if endpoint == "getMe":
        return result | {"is_bot": True, "can_join_groups": True, "supports_inline_queries": False}
    if endpoint == "getUpdates":
        return [repaired_update(update) for update in result]
    if result is None and endpoint.startswith("edit"):
        chat = {"id": int(fields["chat_id"]), "type": "private"}
        message_id, text = int(fields["message_id"]), fields.get("text", "")
        return {"message_id": message_id, "date": int(time.time()), "chat": chat, "text": text}
    if isinstance(result, dict) and result.get("date", 0) > 10**11:  # milliseconds
        return result | {"date": result["date"] // 1000}
    return True if result is None else result


def repaired_update(update: Json) -> Json:
    """An update with the fields which the Bot API promises."""
    callback, message = update.get("callback_query"), update.get("message")
    if callback is not None:
        callback.setdefault("chat_instance", "1")
        callback.setdefault("message", {}).setdefault("message_id", 1)
        callback["message"].setdefault("date", int(time.time()))
    if message is not None and message.get("date", 0) > 10**11:
        message["date"] //= 1000
    return update


@dataclass
class IndependentUser:
    """A person on that server, always in a private chat."""

    server: "IndependentServer"
    id: int
    _unread: list[Json] = field(default_factory=list)

    async def write(self, text: str) -> None:
        """Writes; a text which starts with / is marked as a command, as Telegram's clients do."""
        message: Json = {"date": int(time.time()), "text": text, "chat": self._chat, "from": self._person}
        if text.startswith("/"):
            length = len(text.split()[0])
            message["entities"] = [{"offset": 0, "length": length, "type": "bot_command"}]
        await self.server.post("sendCommand" if text.startswith("/") else "sendMessage", message)

    async def tap(self, message: Json, label: str) -> None:
        """Taps the button with this label below a message which was heard."""
        rows = message["reply_markup"]["inline_keyboard"]
        data = next(button["callback_data"] for row in rows for button in row if button["text"] == label)
        seen = {
            "message_id": message["message_id"],
            "chat": self._chat,
            "date": int(time.time()),
            "text": message["text"],
        }
        await self.server.post("sendCallback", {"from": self._person, "data": data, "message": seen})

    async def hear(self, count: int = 1, timeout: float = 10) -> list[Json]:
        """Waits for the next `count` messages of the bot: `text`, `reply_markup`, `message_id`."""
        async with asyncio.timeout(timeout):
            while len(self._unread) < count:
                self._unread += await self.server.sent_to(self.id)
                await asyncio.sleep(0.02)
        heard, self._unread = self._unread[:count], self._unread[count:]
        return heard

    @property
    def _chat(self) -> Json:
        return {"id": self.id, "type": "private", "first_name": "H'Hen"}

    @property
    def _person(self) -> Json:
        return {"id": self.id, "is_bot": False, "first_name": "H'Hen", "language_code": "vi"}


@dataclass
class IndependentServer:
    """A running server, for one bot."""

    port: int
    session: aiohttp.ClientSession
    token: str = TOKEN

    @property
    def base_url(self) -> str:
        """What the bot takes as base_url."""
        return f"http://127.0.0.1:{self.port}/bot"

    def user(self, id: int) -> IndependentUser:  # noqa: A002
        """A person who writes to the bot."""
        return IndependentUser(self, id)

    async def post(self, path: str, body: Json) -> Any:
        """One call of the users' side."""
        url = f"http://127.0.0.1:{self.port}/{path}"
        async with self.session.post(url, json={"botToken": self.token, **body}) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def sent_to(self, chat: int) -> list[Json]:
        """What the bot sent to this chat since the last call."""
        answer = await self.post("getUpdates", {"token": self.token, "chatId": chat})
        return [update["message"] | {"message_id": update["messageId"]} for update in answer["result"]]


@asynccontextmanager
async def independent_server() -> AsyncIterator[IndependentServer]:
    """Starts the server on a free port. Skips the test without Node, but fails it when CI=true."""
    _require_node()
    if not (HOME / "node_modules").exists():
        await _install()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    devnull = asyncio.subprocess.DEVNULL
    command = ("node", "server.js", str(port))
    process = await asyncio.create_subprocess_exec(*command, cwd=HOME, stdin=devnull, stderr=asyncio.subprocess.PIPE)
    assert process.stderr is not None
    try:
        await _ready(process.stderr)
        drained = asyncio.create_task(process.stderr.read())  # a full pipe would stop the server
        async with aiohttp.ClientSession() as session:
            yield IndependentServer(port, session)
    finally:
        process.kill()
        await process.wait()
    await drained


def _require_node() -> None:
    if shutil.which("node") and shutil.which("npm"):
        return
    say: Callable[[str], Any] = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    say("Node and npm are needed for the independent Telegram server (Debian: apt install nodejs npm)")


async def _install() -> None:
    command = ("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=HOME, stdout=pipe, stderr=asyncio.subprocess.STDOUT)
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()


async def _ready(messages: asyncio.StreamReader) -> None:
    async with asyncio.timeout(30):
        while line := await messages.readline():
            if line.strip() == b"ready":
                return
    raise AssertionError("the independent Telegram server did not start")

"""A Bot API server on loopback: real HTTP, strict about every request, and able to fail as Telegram fails.

async with TelegramApi() as api:
    channel = Telegram(token=api.token, base_url=api.base_url)
    await channel.start(receive)
    user = api.user(1001)
    user.write("xin chào")
    (reply,) = await user.hear()
    user.tap(reply, "Có")
    assert api.violations == []
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web

from tests.emulators.telegram_people import Json, Person, Sent, chat_of
from tests.emulators.telegram_schema import SCHEMA, complaints
from tests.emulators.telegram_trouble import PAGES, REFUSALS, Rates, Trouble

TOKEN = "123456:AAEmulatorToken_nobody-knows-this-one00"


@dataclass
class Call:
    """One request, whatever became of it."""

    method: str
    fields: dict[str, Any]
    status: int
    at: float


@dataclass
class TelegramApi:
    """The server. `rates` enforces Telegram's limits; `quiet` keeps no record, for use as a sink."""

    token: str = TOKEN
    username: str = "nhipcau_bot"
    rates: bool = False
    quiet: bool = False
    port: int = 0
    retry_pause: float = 0.05  # seconds between deliveries to a webhook which does not answer 2xx
    calls: list[Call] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)  # ids of taps which the bot answered
    commands: dict[str, dict[str, str]] = field(default_factory=dict)  # by language
    webhook: Json = field(default_factory=dict)
    sends: int = 0
    delivery_error: str = ""  # why the last delivery to the webhook failed

    def __post_init__(self) -> None:
        self._updates: list[Json] = []
        self._allowed: list[str] = []
        self._next_update = 700_000_001
        self._next_message = 0
        self._troubles: list[Trouble] = []
        self._rates = Rates() if self.rates else None
        self._changed = asyncio.Event()
        self._closing = False
        self._poller = 0
        self._postman: asyncio.Task[None] | None = None

    # ---- the life of the server

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=60_000_000)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        self._notify()
        if self._postman:
            self._postman.cancel()
            await asyncio.wait([self._postman])
        await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """What the bot takes as base_url."""
        return f"http://127.0.0.1:{self.port}/bot"

    @property
    def account(self) -> int:
        """The bot's id."""
        return int(self.token.partition(":")[0])

    @property
    def waiting(self) -> int:
        """Updates which the bot has not confirmed."""
        return len(self._updates)

    # ---- people's side

    def user(self, id: int, *, language: str = "vi", chat: int = 0) -> Person:  # noqa: A002
        """A person; with `chat` (a negative id) as member of that group."""
        return Person(self, id, language, chat)

    def trouble(self, name: str, *, chat: int | None = None, method: str | None = None, times: int = 1) -> None:
        """The next `times` sends (or calls of `method`) meet this trouble: see telegram_trouble."""
        self._troubles.append(Trouble(name, chat, method, times))

    def heal(self, chat: int | None = None) -> None:
        """Takes back the troubles of a chat, or all."""
        self._troubles = [trouble for trouble in self._troubles if chat is not None and trouble.chat != chat]

    def push(self, **update: Any) -> int:
        """Queues an update, e.g. push(message={...}); gives its id, 0 if the bot did not ask for this kind."""
        if self._allowed and next(iter(update)) not in self._allowed:
            return 0
        number = self._next_update
        self._next_update += 1
        self._updates.append({"update_id": number, **update})
        self._notify()
        return number

    def next_message(self) -> int:
        """A new message id."""
        self._next_message += 1
        return self._next_message

    async def until(self, condition: Callable[[], Any], timeout: float = 10) -> None:
        """Waits until something in here makes `condition()` true. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def _notify(self) -> None:
        # Everybody who waits shares one event: each looks for itself and waits again.
        self._changed.set()

    # ---- the bot's side

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        fields, is_json = await _fields(request)
        if request.match_info["token"] != self.token:
            return self._answer(method, fields, _refusal(401, "Unauthorized"))
        if method not in SCHEMA:
            return self._answer(method, fields, _refusal(404, "Not Found"))
        trouble = self._meets(method, fields)
        if trouble and trouble.name == "drop before delivering":
            return self._broken(request)
        if trouble and trouble.name in PAGES:
            status, page = PAGES[trouble.name]
            return web.Response(status=status, body=page, content_type="text/html")
        if trouble and trouble.name in REFUSALS:
            return self._answer(method, fields, _refusal(*REFUSALS[trouble.name]))
        status, answer = await self._perform(method, fields, is_json)
        if trouble and trouble.name == "hang after delivering":
            await self.until(lambda: self._closing, 3600)
        if trouble:
            return self._broken(request)
        return self._answer(method, fields, (status, answer))

    def _meets(self, method: str, fields: Json) -> Trouble | None:
        chat = str(fields.get("chat_id"))
        found = next((each for each in self._troubles if each.concerns(method, chat)), None)
        if found:
            found.times -= 1
        return found

    def _broken(self, request: web.Request) -> web.StreamResponse:
        if request.transport is not None:  # else the client has gone already
            request.transport.abort()
        return web.Response()

    def _answer(self, method: str, fields: Json, outcome: tuple[int, Json]) -> web.Response:
        status, answer = outcome
        if not self.quiet:
            self.calls.append(Call(method, fields, status, time.monotonic()))
            self._notify()
        return web.Response(
            status=status, body=json.dumps(answer, separators=(",", ":")).encode(), content_type="application/json"
        )

    async def _perform(self, method: str, fields: Json, is_json: bool) -> tuple[int, Json]:
        wrong = list(complaints(method, fields, is_json))
        if wrong:
            self.violations += wrong
            return _refusal(400, f"Bad Request: {wrong[0]}")
        if method.startswith("send"):
            return self._send(method, fields)
        if method == "getUpdates":
            return await self._get_updates(fields)
        return {
            "getMe": lambda _: _ok(self.me),
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._webhook_info,
            "editMessageText": self._edit,
            "deleteMessage": self._delete,
            "answerCallbackQuery": self._answer_callback,
            "setMyCommands": self._set_commands,
        }[method](fields)

    def _send(self, method: str, fields: Json) -> tuple[int, Json]:
        chat = str(fields["chat_id"])
        wait = self._rates.wait(chat) if self._rates else 0
        if wait:
            return _refusal(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait})
        self.sends += 1
        message = Sent(self.next_message(), int(chat), method, fields, time.monotonic())
        if not self.quiet:
            self.sent.append(message)
            self._notify()
        return _ok(self.shown(message))

    def shown(self, message: Sent) -> Json:
        """A message of the bot as Telegram describes it."""
        shown: Json = {
            "message_id": message.message_id,
            "from": self.me,
            "chat": chat_of(message.chat),
            "date": int(time.time()),
        }
        return shown | {"text" if message.method == "sendMessage" else "caption": message.text}

    def _find(self, fields: Json) -> Sent | None:
        wanted = (int(fields["chat_id"]), int(fields["message_id"]))
        return next((each for each in self.sent if (each.chat, each.message_id) == wanted and not each.deleted), None)

    def _edit(self, fields: Json) -> tuple[int, Json]:
        message = self._find(fields)
        if message is None:
            return _refusal(400, "Bad Request: message to edit not found")
        new = {key: fields[key] for key in ("text", "reply_markup") if key in fields}
        if new == {key: message.fields[key] for key in ("text", "reply_markup") if key in message.fields}:
            return _refusal(400, "Bad Request: message is not modified: specified new message content is the same")
        message.fields = {key: message.fields[key] for key in message.fields if key != "reply_markup"} | new
        message.edits += 1
        return _ok(self.shown(message))

    def _delete(self, fields: Json) -> tuple[int, Json]:
        message = self._find(fields)
        if message is None:
            return _refusal(400, "Bad Request: message to delete not found")
        message.deleted = True
        return _ok(True)

    def _answer_callback(self, fields: Json) -> tuple[int, Json]:
        self.answered.append(fields["callback_query_id"])
        return _ok(True)

    def _set_commands(self, fields: Json) -> tuple[int, Json]:
        listed = json.loads(fields["commands"]) if isinstance(fields["commands"], str) else fields["commands"]
        self.commands[fields.get("language_code", "")] = {each["command"]: each["description"] for each in listed}
        return _ok(True)

    # ---- updates

    async def _get_updates(self, fields: Json) -> tuple[int, Json]:
        if self.webhook:
            return _refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        self._poller += 1
        mine = self._poller
        if "allowed_updates" in fields:
            self._allow(fields)
        offset = int(fields.get("offset", 0))
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        patience = float(fields.get("timeout", 0))
        with contextlib.suppress(TimeoutError):
            await self.until(lambda: self._updates or self._poller != mine or self._closing, patience)
        if self._poller != mine:
            return _refusal(*REFUSALS["conflict"])
        return _ok(self._updates[: int(fields.get("limit", 100))])

    def _allow(self, fields: Json) -> None:
        asked = fields["allowed_updates"]
        self._allowed = json.loads(asked) if isinstance(asked, str) else asked

    def _set_webhook(self, fields: Json) -> tuple[int, Json]:
        self._allow(fields)
        self.webhook = fields
        if self._postman is None:
            self._postman = asyncio.create_task(self._deliver())
        self._notify()
        return _ok(True)

    def _delete_webhook(self, _: Json) -> tuple[int, Json]:
        self.webhook = {}
        return _ok(True)

    def _webhook_info(self, _: Json) -> tuple[int, Json]:
        info: Json = {"url": self.webhook.get("url", ""), "has_custom_certificate": False}
        info["pending_update_count"] = len(self._updates)
        if self.delivery_error:
            info |= {"last_error_message": self.delivery_error, "last_error_date": int(time.time())}
        return _ok(info)

    async def _deliver(self) -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                await self.until(lambda: self.webhook and self._updates, 10**6)
                update = self._updates[0]
                self.delivery_error = await self._post(session, update)
                self._notify()
                if self.delivery_error:
                    await asyncio.sleep(self.retry_pause)
                elif self._updates and self._updates[0] is update:
                    self._updates.pop(0)
                    self._notify()

    async def _post(self, session: aiohttp.ClientSession, update: Json) -> str:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook.get("secret_token", "")}
        try:
            async with session.post(self.webhook["url"], json=update, headers=headers) as response:
                return "" if response.ok else f"Wrong response from the webhook: {response.status}"
        except aiohttp.ClientError:
            return "Connection refused"

    @property
    def me(self) -> Json:
        """The bot as getMe tells it."""
        return {"id": self.account, "is_bot": True, "first_name": "Nhịp Cầu", "username": self.username}


async def _fields(request: web.Request) -> tuple[Json, bool]:
    if request.content_type == "application/json":
        return await request.json(), True
    if request.content_type == "multipart/form-data":
        return {name: _upload(value) for name, value in (await request.post()).items()}, False
    body = await request.text()
    return dict(parse_qsl(body or request.query_string, keep_blank_values=True)), False


def _upload(value: Any) -> Any:
    """Text as it is; a file as (name, content), because aiohttp closes it after the request."""
    return (value.filename, value.file.read()) if isinstance(value, web.FileField) else value


def _ok(result: Any) -> tuple[int, Json]:
    return 200, {"ok": True, "result": result}


def _refusal(status: int, description: str, parameters: Json | None = None) -> tuple[int, Json]:
    answer: Json = {"ok": False, "error_code": status, "description": description}
    return status, answer | ({"parameters": parameters} if parameters else {})


async def _main() -> None:
    async with TelegramApi(quiet=True, port=18181) as api:
        print(api.base_url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main())

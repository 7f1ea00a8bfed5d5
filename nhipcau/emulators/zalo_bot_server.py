"""One bot of the emulated Zalo Bot Platform: what people do, and what its methods answer."""

import asyncio
import contextlib
import json
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web

from nhipcau.emulators.zalo_bot_clock import Clock
from nhipcau.emulators.zalo_bot_methods import CHECKS, complaint, is_public
from nhipcau.emulators.zalo_bot_people import Person, Sent, new_id
from nhipcau.emulators.zalo_bot_postman import Postman
from nhipcau.emulators.zalo_bot_trouble import NO_ANSWER, PAGES, REFUSALS, SENDS, SILENCE, Trouble

Json = dict[str, Any]
Outcome = tuple[int, Json]

BOT_ID = "1459232241454765289"  # above 2**53


@dataclass
class Call:
    """One request, whatever became of it."""

    method: str
    fields: Json
    status: int


class ZaloBotServer:
    """One bot's account. Public attributes may be changed while it runs.

    `monthly` and `users` are the plan's limits (0: none); `loopback` lets webhooks lie on this computer.
    """

    def __init__(self, token: str = "", *, loopback: bool = True) -> None:
        self.token = token or f"{BOT_ID}:{secrets.token_urlsafe(24)}"
        self.clock = Clock()
        self.updates: deque[Json] = deque()
        self.postman = Postman(self.clock, self.updates)
        self.loopback = loopback
        self.photo_field = "photo_url"
        self.http_errors = True  # False: refusals come with HTTP status 200, as one client expects
        self.monthly = 0
        self.users = 0
        self.calls: list[Call] = []
        self.sent: list[Sent] = []
        self.actions: list[tuple[str, str]] = []  # chat, action
        self.violations: list[str] = []
        self.api_url = ""
        self._people: dict[str, Person] = {}
        self._troubles: list[Trouble] = []
        self._pollers = 0
        self._changed = asyncio.Event()
        self._closing = False

    # ---- people's side

    def person(self, id: str = "", *, name: str = "H'Hen Niê", group: str = "") -> Person:  # noqa: A002
        """Somebody new, or the one who is known by this id; with `group` (an id like zgr-1) as its member."""
        person = Person(self, id or new_id(), name, group)
        return self._people.setdefault(person.chat if not group else f"{group} {person.id}", person)

    def trouble(self, code: int | str, method: str = "", times: int = 1) -> None:
        """The next `times` calls of `method` ("": those that send) meet this trouble: see zalo_bot_trouble."""
        self._troubles.append(Trouble(code, method, times))

    def heal(self) -> None:
        """Takes back all troubles."""
        self._troubles.clear()

    def push(self, update: Json) -> None:
        """Puts an update in the bot's way."""
        self.updates.append(update)
        self._notify()

    async def probe(self) -> int:
        """Asks the webhook with an empty body; gives its status."""
        async with aiohttp.ClientSession() as session:
            return await self.postman.post(session, b"")

    def milliseconds(self) -> int:
        return self.clock.milliseconds()

    async def until(self, condition: Callable[[], Any], patience: float = 10) -> None:
        """Waits until something in here makes `condition()` true. Raises TimeoutError."""
        async with asyncio.timeout(patience):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def close(self) -> None:
        """Ends the polls that wait."""
        self._closing = True
        self._notify()

    def _notify(self) -> None:
        self._changed.set()
        self.postman.changed.set()

    # ---- the bot's side

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Every method of the Bot API."""
        method = request.match_info["method"]
        fields = await _fields(request)
        if request.match_info["token"] != self.token:
            return self._answer(method, {}, self._refuse(401, f"{method}: a token nobody has"))
        if method not in CHECKS:
            return self._answer(method, fields or {}, self._refuse(400, f"there is no method {method}"))
        if fields is None:
            return self._answer(method, {}, self._refuse(400, f"{method}: the body cannot be read"))
        trouble = self._meets(method)
        if trouble is None or trouble.code in (NO_ANSWER, SILENCE):
            outcome = await self._perform(method, fields)
            return self._answer(method, fields, outcome) if trouble is None else await self._no_answer(request, trouble)
        if isinstance(trouble.code, int):
            return self._answer(method, fields, _refusal(trouble.code))
        if trouble.code in PAGES:
            status, page = PAGES[trouble.code]
            return web.Response(status=status, body=page, content_type="text/html")
        return _broken(request)

    def _meets(self, method: str) -> Trouble | None:
        found = next((one for one in self._troubles if one.concerns(method)), None)
        if found:
            found.times -= 1
        return found

    async def _no_answer(self, request: web.Request, trouble: Trouble) -> web.StreamResponse:
        if trouble.code == SILENCE:
            with contextlib.suppress(TimeoutError):
                await self.until(lambda: self._closing, 3600)
        return _broken(request)

    async def _perform(self, method: str, fields: Json) -> Outcome:
        if wrong := complaint(method, fields):
            return self._refuse(400, f"{method}: {wrong}")
        if method in SENDS:
            return self._send(method, fields)
        if method == "getUpdates":
            return await self._get_updates(float(fields.get("timeout", 30)))
        return {
            "getMe": self._get_me,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._webhook_info,
            "sendChatAction": self._act,
        }[method](fields)

    def _refuse(self, status: int, why: str) -> Outcome:
        """A refusal that a sound bot never meets."""
        self.violations.append(why)
        return _refusal(status, why)

    def _answer(self, method: str, fields: Json, outcome: Outcome) -> web.Response:
        status, answer = outcome
        self.calls.append(Call(method, fields, status))
        self._notify()
        return web.json_response(answer, status=status if self.http_errors else 200)

    def _get_me(self, _: Json) -> Outcome:
        account = self.token.partition(":")[0]
        me = {"id": account, "account_name": "bot.NhipCau", "account_type": "BASIC", "can_join_groups": False}
        return _ok(me)

    # ---- sending

    def _send(self, method: str, fields: Json) -> Outcome:
        chat = fields["chat_id"]
        if not self._knows(chat):
            return self._refuse(400, f"{method}: nobody with the id {chat} wrote to this bot")
        if self._used_up(chat):
            return _refusal(429)
        message = Sent(new_id(), chat, method, fields, self.clock.now())
        self.sent.append(message)
        self._notify()
        return _ok({"message_id": message.message_id, "date": self.milliseconds()})

    def _knows(self, chat: str) -> bool:
        return any(person.chat == chat for person in self._people.values())

    def _used_up(self, chat: str) -> bool:
        month = self.clock.month()
        this_month = [one for one in self.sent if self.clock.month_of(one.at) == month]
        reached = {one.chat for one in self.sent}
        over_users = 0 < self.users <= len(reached) and chat not in reached
        return over_users or 0 < self.monthly <= len(this_month)

    def _act(self, fields: Json) -> Outcome:
        self.actions.append((fields["chat_id"], fields["action"]))
        return 200, {"ok": True}  # without a result, as seen live

    # ---- updates

    async def _get_updates(self, patience: float) -> Outcome:
        if self.postman.url:
            return self._refuse(400, "getUpdates: a webhook is set")
        if self._pollers:
            self.violations.append("getUpdates: two polls at once steal each other's updates")
        self._pollers += 1
        try:
            await self.until(lambda: self.updates or self._closing, patience)
            return _ok(self.updates.popleft()) if self.updates else _refusal(408)
        except TimeoutError:
            return _refusal(408)
        finally:
            self._pollers -= 1

    def _set_webhook(self, fields: Json) -> Outcome:
        if not self.loopback and not is_public(fields["url"]):
            return self._refuse(400, "setWebhook: url must be a public https address")
        self.postman.url, self.postman.secret = fields["url"], fields["secret_token"]
        self.postman.updated_at = self.milliseconds()
        return _ok(self._webhook())

    def _delete_webhook(self, _: Json) -> Outcome:
        self.postman.url, self.postman.updated_at = "", self.milliseconds()
        return _ok(self._webhook())

    def _webhook_info(self, _: Json) -> Outcome:
        return _ok(self._webhook()) if self.postman.url else _refusal(404)

    def _webhook(self) -> Json:
        return {"url": self.postman.url, "updated_at": self.postman.updated_at}


async def _fields(request: web.Request) -> Json | None:
    """The parameters, in whichever of the four ways they came; None for a body that cannot be read."""
    fields: Json = dict(request.query)
    if request.content_type == "multipart/form-data":
        return fields | dict(await request.post())
    body = await request.read()
    if request.content_type == "application/json" and body.strip():
        try:
            told = json.loads(body)
        except ValueError:
            return None
        return fields | told if isinstance(told, dict) else None
    return fields | dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))


def _broken(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:  # else the client has gone already
        request.transport.abort()
    return web.Response()


def _ok(result: Any) -> Outcome:
    return 200, {"ok": True, "result": result}


def _refusal(status: int, description: str = "") -> Outcome:
    return status, {"ok": False, "description": description or REFUSALS[status], "error_code": status}

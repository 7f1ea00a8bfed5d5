"""The Zalo Bot Platform: one object serves one bot. No buttons, no edits, no files but by public address."""

import asyncio
import logging
import re
from collections.abc import Callable, Sequence
from typing import Any, Literal

from aiohttp import web

from nhipcau.channels import zalo_bot_events, zalo_bot_messages
from nhipcau.channels.contract import Limits, Receive
from nhipcau.channels.failures import InDoubt, Misconfigured, SendFailure, Throttled, Unreachable
from nhipcau.channels.message import Outgoing, Receipt
from nhipcau.channels.vault import Vault
from nhipcau.channels.zalo_bot_api import Answered, BotApi
from nhipcau.channels.zalo_bot_events import Unreadable
from nhipcau.channels.zalo_bot_failures import failure
from nhipcau.channels.zalo_bot_polling import Polling
from nhipcau.channels.zalo_bot_usage import Gauge, Usage
from nhipcau.channels.zalo_bot_webhook import Webhook

log = logging.getLogger(__name__)

API_URL = "https://bot-api.zaloplatforms.com"
LONG_POLL = 30  # seconds
TEXT = 2000  # UTF-16 units: never more than Zalo's 2,000 characters, however it counts them

_TOKEN = re.compile(r"(\d+):[\w-]+", re.ASCII)
_SECRET = re.compile(r"[\x21-\x7e]{8,256}")
_PART_TRIES = 3
_PART_WAIT = 30.0  # seconds: the longest wait between two parts of one text


class ZaloBot:
    """One bot. `public_url` is this server's public address; the webhook lies at /zalo-bot/<bot id> below it.

    `monthly` and `users` are the plan's limits, 0 for none; reaching them is told, Zalo itself refuses.
    Raises Misconfigured, with what to do, for a token, secret or address which cannot work.
    """

    name = "zalo_bot"
    repeatable = False

    def __init__(
        self,
        *,
        token: str,
        vault: Vault,
        mode: Literal["polling", "webhook"] = "polling",
        public_url: str = "",
        secret: str = "",
        api_url: str = API_URL,
        overall_rate: float = 10,
        chat_rate: float = 1,
        chat_burst: int = 3,
        monthly: int = 0,
        users: int = 0,
        count: Callable[[str], None] = lambda name: None,
        gauge: Gauge = lambda limit, share: None,
    ) -> None:
        _require_sound(token, mode, public_url, secret, api_url)
        self.account = token.partition(":")[0]
        self.secrets: tuple[str, ...] = (token, secret) if secret else (token,)
        self.limits = Limits(
            text=TEXT, buttons=0, overall_rate=overall_rate, chat_rate=chat_rate, chat_burst=chat_burst
        )
        self.usage = Usage(vault, monthly=monthly, users=users, gauge=gauge)
        self._mode = mode
        self._secret = secret
        self._webhook = Webhook(secret, self._store, count)
        self._path = f"/zalo-bot/{self.account}"
        self._address = public_url.rstrip("/") + self._path
        self._count = count
        self._api = BotApi(api_url, token)
        self._receive: Receive | None = None
        self.polling = Polling(self._fetch, self._store)
        self._work: asyncio.Task[None] | None = None

    # ---- receiving

    async def start(self, receive: Receive) -> None:
        """Introduces the bot and begins to receive. While Zalo is unreachable, it keeps trying."""
        self._receive = receive
        await self.usage.load()
        problem = await self._connect()
        if problem is not None and problem.ours:
            await self.stop()
            raise Misconfigured(f"Zalo bot {self.account} cannot start: {problem}") from problem
        if problem is not None:
            log.warning("Zalo cannot be reached, trying again: %s", problem)
        if self._mode == "polling" or problem is not None:
            self._work = asyncio.create_task(self._serve(connected=problem is None))

    async def stop(self, within: float = 5.0) -> None:
        """Stops receiving, lets what came be stored, closes the connections."""
        if self._work is not None:
            self.polling.end()
            _done, late = await asyncio.wait([self._work], timeout=within if self.polling.busy else 0)
            for task in late:
                task.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
            self._work = None
        self._receive = None
        await self._api.close()

    def routes(self) -> Sequence[web.RouteDef]:
        """The webhook; nothing when polling."""
        return [web.post(self._path, self._webhook.deliver)] if self._mode == "webhook" else []

    async def _serve(self, *, connected: bool) -> None:
        pause = self.polling.first_pause
        while not connected:
            await asyncio.sleep(pause)
            pause = min(2 * pause, self.polling.last_pause)
            problem = await self._connect()
            connected = problem is None
            if problem is not None:
                log.warning("Zalo cannot be reached, trying again: %s", problem)
        if self._mode == "polling":
            await self.polling.run()

    async def _connect(self) -> SendFailure | None:
        """Why the bot cannot begin, or None when it can."""
        try:
            await self._ask("getMe")
            if self._mode == "webhook":
                await self._ask("setWebhook", url=self._address, secret_token=self._secret)
            else:
                await self._remove_webhook()
        except SendFailure as problem:
            return problem
        return None

    async def _remove_webhook(self) -> None:
        try:
            await self._api.call("deleteWebhook")
        except Answered as error:
            if error.code not in (400, 404):  # there was none
                raise failure(error) from error

    async def _ask(self, method: str, **fields: Any) -> Any:
        """The result of what sends nothing. Raises SendFailure."""
        try:
            return await self._api.call(method, **fields)
        except Answered as error:
            if error.code in (400, 404):
                sentence = f"Zalo refused {method} ({error}): check zalo_bot.api_url, server.public_url and the secret"
                raise Misconfigured(sentence) from error
            raise failure(error) from error

    async def _fetch(self) -> Any:
        return await self._api.call("getUpdates", read=LONG_POLL + 10, timeout=LONG_POLL)

    async def _store(self, update: Any) -> None:
        try:
            event = zalo_bot_events.read(update, self.account)
        except Unreadable as error:
            self._count(error.counter)
            log.warning("A Zalo update was passed over: %s", error.counter)
            return
        if event is None:
            return
        if self._receive is None:
            raise RuntimeError("not started")
        await self._receive([event])

    # ---- sending

    async def send(self, chat: str, message: Outgoing, *, message_id: str) -> Receipt:
        """Sends once. Raises SendFailure; InDoubt when only some parts of a long message went out."""
        planned = zalo_bot_messages.calls(chat, message, self.limits.text)
        sent = [await self._send(chat, *planned[0])]
        for call in planned[1:]:
            try:
                sent.append(await self._send_patiently(chat, *call))
            except SendFailure as error:
                raise InDoubt(f"{len(sent)} of {len(planned)} parts were sent, then: {error}") from error
        return Receipt(message_ids=tuple(sent))

    async def _send(self, chat: str, method: str, fields: dict[str, Any]) -> str:
        try:
            result = await self._api.call(method, **fields)
        except Answered as error:
            raise failure(error, spent=self.usage.spent(chat)) from error
        except InDoubt:
            await self._counted(chat)
            raise
        await self._counted(chat)
        return str(result.get("message_id") or "") if isinstance(result, dict) else ""

    async def _send_patiently(self, chat: str, method: str, fields: dict[str, Any]) -> str:
        for _ in range(_PART_TRIES):
            try:
                return await self._send(chat, method, fields)
            except (Throttled, Unreachable) as error:  # surely not sent
                if error.after > _PART_WAIT:
                    raise
                await asyncio.sleep(error.after or 1.0)
        return await self._send(chat, method, fields)

    async def _counted(self, chat: str) -> None:
        try:
            await self.usage.add(chat)
        except Exception as error:  # a count that is off by one must not make a sent message doubtful
            log.error("A Zalo message could not be counted: %s", type(error).__name__)

    # ---- advice

    async def check(self) -> Sequence[tuple[bool, str]]:
        """Asks Zalo who the bot is and where its updates go; tells what of the plan is used."""
        try:
            await self.usage.load()
            me = await self._ask("getMe")
            named = me.get("account_name", "?") if isinstance(me, dict) else "?"
            told = [(True, f"Zalo Bot: the token belongs to {named}."), await self._whereto()]
        except SendFailure as problem:
            told = [(False, f"Zalo Bot: {problem}")]
        finally:
            if self._receive is None:
                await self._api.close()
        return [*told, *self.usage.sentences()]

    async def _whereto(self) -> tuple[bool, str]:
        wanted = self._address if self._mode == "webhook" else ""
        try:
            info = await self._api.call("getWebhookInfo")
        except Answered as error:
            if error.code not in (400, 404):
                raise failure(error) from error
            info = None  # no webhook is set
        url = str(info.get("url") or "") if isinstance(info, dict) else ""
        if url == wanted:
            return True, f"Zalo Bot: receiving by {self._mode}."
        if not wanted:
            return False, "Zalo Bot: a webhook is set, so polling receives nothing: start the bot, which removes it."
        return False, f"Zalo Bot: updates go to {url or 'no address'}, not to {wanted}: start the bot, which sets it."


def _require_sound(token: str, mode: str, public_url: str, secret: str, api_url: str) -> None:
    if not _TOKEN.fullmatch(token):
        raise Misconfigured(
            "The Zalo bot's token must look like 123456:abc...: copy it from Zalo Bot Manager's message"
        )
    if not api_url.startswith(("https://", "http://")):
        raise Misconfigured(f"zalo_bot.api_url must be an https:// address, not {api_url!r}")
    if mode not in ("polling", "webhook"):
        raise Misconfigured(f"The Zalo bot's mode must be polling or webhook, not {mode!r}")
    if mode == "webhook" and not public_url:
        raise Misconfigured("The Zalo bot's webhook needs the public address of this server")
    if mode == "webhook" and not _SECRET.fullmatch(secret):
        raise Misconfigured("The Zalo bot's webhook needs a secret of 8 to 256 letters, digits or signs")

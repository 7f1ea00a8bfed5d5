"""Telegram, through python-telegram-bot's requests and errors. One object serves one bot."""

import asyncio
import logging
import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Literal

from aiohttp import web
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import BaseRequest

from nhipcau.channels import telegram_messages
from nhipcau.channels.contract import Limits, Receive
from nhipcau.channels.failures import (
    InDoubt,
    Misconfigured,
    Refused,
    SendFailure,
    SlowDown,
    Unreachable,
)
from nhipcau.channels.message import Incoming, Kind, Outgoing, Receipt
from nhipcau.channels.telegram_advice import advice
from nhipcau.channels.telegram_events import ALLOWED_UPDATES, Reader, Unreadable
from nhipcau.channels.telegram_failures import failure
from nhipcau.channels.telegram_http import AioRequest, Form
from nhipcau.channels.telegram_polling import Polling
from nhipcau.channels.telegram_webhook import Webhook

log = logging.getLogger(__name__)

LONG_POLL = 30  # seconds
COMMANDS = {  # by language; "" is for everybody else
    "": {
        "start": "Start",
        "help": "Help",
        "menu": "Menu",
        "calc": "Calculate",
        "payslip": "Check a payslip",
        "language": "Change language",
    },
    "vi": {
        "start": "Bắt đầu",
        "help": "Trợ giúp",
        "menu": "Danh mục",
        "tinh": "Tính thử",
        "phieuluong": "Kiểm tra phiếu lương",
        "language": "Đổi ngôn ngữ",
    },
}

_TOKEN = re.compile(r"(\d+):[\w-]+", re.ASCII)
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_ANSWERS = 256  # taps being answered at once; those above are not answered, the client's wheel stops by itself
_PART_TRIES = 3
_PART_WAIT = 30.0  # seconds: the longest wait between two parts of one text


class Telegram:
    """One bot. `public_url` is this server's public address; the webhook lies at /telegram/<bot id> below it.

    Raises Misconfigured, with what to do, for a token, secret or address which cannot work.
    """

    name = "telegram"
    repeatable = False

    def __init__(
        self,
        *,
        token: str,
        mode: Literal["polling", "webhook"] = "polling",
        public_url: str = "",
        secret: str = "",
        base_url: str = "https://api.telegram.org/bot",
        proxy: str = "",
        overall_rate: float = 25,
        chat_rate: float = 1,
        chat_burst: int = 3,
        group_per_minute: int = 20,
        commands: Mapping[str, Mapping[str, str]] = COMMANDS,
        count: Callable[[str], None] = lambda name: None,
        request_class: Callable[..., BaseRequest] = AioRequest,
    ) -> None:
        _require_sound(token, mode, public_url, secret)
        _silence_the_library()
        self.account = token.partition(":")[0]
        self.secrets: tuple[str, ...] = (token, secret) if secret else (token,)
        self.limits = Limits(
            text=4096,
            buttons=100,
            asks_phone=True,
            overall_rate=overall_rate,
            chat_rate=chat_rate,
            chat_burst=chat_burst,
            group_per_minute=group_per_minute,
        )
        self._mode = mode
        self._webhook = Webhook(secret, self._store, count)
        self._path = f"/telegram/{self.account}"
        self._address = public_url.rstrip("/") + self._path
        self._secret = secret
        self._commands = commands
        self._count = count
        self._request = request_class(proxy=proxy)
        self._long_poll = request_class(pool=2, proxy=proxy)
        self._bot = Bot(token, base_url=base_url, request=self._request, get_updates_request=self._long_poll)
        self._reader = Reader(self.account)
        self.username = ""  # without @; known once Telegram has told it
        self._receive: Receive | None = None
        self.polling = Polling(self._fetch, self._store)
        self._work: asyncio.Task[None] | None = None
        self._answers: set[asyncio.Task[None]] = set()

    # ---- receiving

    async def start(self, receive: Receive) -> None:
        """Introduces the bot and begins to receive. While Telegram is unreachable, it keeps trying."""
        self._receive = receive
        connected = True
        try:
            await self._connect()
        except TelegramError as error:
            problem = failure(error)
            if problem.ours:
                await self.stop()
                raise Misconfigured(f"Telegram bot {self.account} cannot start: {problem}") from error
            log.warning("Telegram cannot be reached, trying again: %s", problem)
            connected = False
        if self._mode == "polling" or not connected:
            self._work = asyncio.create_task(self._serve(connected))

    async def stop(self) -> None:
        """Stops receiving, tells Telegram what is stored, closes the connections."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait([self._work])
            self._work = None
        for answer in tuple(self._answers):
            answer.cancel()
        if self.polling.unconfirmed:
            await self._confirm()
        self._receive = None
        await asyncio.gather(self._request.shutdown(), self._long_poll.shutdown())

    def routes(self) -> Sequence[web.RouteDef]:
        """The webhook; nothing when polling."""
        return [web.post(self._path, self._webhook.deliver)] if self._mode == "webhook" else []

    async def _serve(self, connected: bool) -> None:
        pause = self.polling.first_pause
        while not connected:
            await asyncio.sleep(pause)
            pause = min(2 * pause, self.polling.last_pause)
            try:
                await self._connect()
                connected = True
            except TelegramError as error:
                log.warning("Telegram cannot be reached, trying again: %s", failure(error))
        if self._mode == "polling":
            await self.polling.run()

    async def _connect(self) -> None:
        me = await self._bot.get_me()
        self.username = me.username or ""
        self._reader = Reader(self.account, self.username)
        if self._mode == "polling":
            await self._bot.delete_webhook()
        else:
            await self._call(
                "setWebhook", url=self._address, secret_token=self._secret, allowed_updates=ALLOWED_UPDATES
            )
        try:
            for language, texts in self._commands.items():
                await self._bot.set_my_commands(list(texts.items()), language_code=language or None)
        except TelegramError as error:
            log.warning("Telegram did not take the list of commands: %s", failure(error))

    async def _fetch(self, offset: int) -> Any:
        wanted: dict[str, Any] = {"timeout": LONG_POLL, "allowed_updates": ALLOWED_UPDATES}
        if offset:
            wanted["offset"] = offset
        url = f"{self._bot.base_url}/getUpdates"
        return await self._long_poll.post(url, Form(wanted).as_data(), read_timeout=LONG_POLL + 10)

    async def _confirm(self) -> None:
        fields = Form({"offset": self.polling.unconfirmed, "limit": 1, "timeout": 0})
        try:
            await self._long_poll.post(f"{self._bot.base_url}/getUpdates", fields.as_data(), read_timeout=3)
        except TelegramError as error:  # the updates come again, and the inbox knows them
            log.info("Telegram could not be told what is stored: %s", failure(error))

    async def _store(self, updates: list[Any]) -> None:
        events = [event for update in updates if (event := self._event(update)) is not None]
        if not events:
            return
        if self._receive is None:
            raise RuntimeError("not started")
        await self._receive(events)
        for event in events:
            if event.kind is Kind.TAP and len(self._answers) < _ANSWERS:
                self._in_background(self._answer(event.event_id[1:]))

    def _event(self, update: Any) -> Incoming | None:
        try:
            return self._reader.read(update)
        except Unreadable as error:
            self._count(error.counter)
            log.warning("A Telegram update was passed over: %s", error.counter)
            return None

    async def _answer(self, callback_id: str) -> None:
        try:
            await self._call("answerCallbackQuery", callback_query_id=callback_id)
        except TelegramError as error:  # too late, most often; the tap itself is stored
            log.debug("A tap was not answered: %s", failure(error))

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    # ---- sending

    async def send(self, chat: str, message: Outgoing, *, message_id: str) -> Receipt:
        """Sends once. Raises SendFailure; InDoubt when only some parts of a long message went out."""
        planned = telegram_messages.calls(chat, message, self.limits.text)
        sent = [await self._send(*planned[0])]
        for call in planned[1:]:
            try:
                sent.append(await self._send_patiently(*call))
            except SendFailure as error:
                raise InDoubt(f"{len(sent)} of {len(planned)} parts were sent, then: {error}") from error
        return Receipt(message_ids=tuple(sent))

    async def edit(self, chat: str, message_id: str, message: Outgoing) -> None:
        """Replaces the text and buttons of a message; equal content is well. Raises SendFailure."""
        method, fields = telegram_messages.edit(chat, message_id, message, self.limits.text)
        try:
            await self._send(method, fields)
        except Refused as error:
            if "message is not modified" not in str(error).lower():
                raise

    async def delete(self, chat: str, message_id: str) -> None:
        """Takes a message back (Telegram allows it for 48 hours). Raises SendFailure."""
        await self._send("deleteMessage", {"chat_id": chat, "message_id": int(message_id)})

    async def _send(self, method: str, fields: dict[str, Any]) -> str:
        try:
            result = await self._call(method, **fields)
        except TelegramError as error:
            raise failure(error) from error
        return str(result["message_id"]) if isinstance(result, dict) and "message_id" in result else ""

    async def _send_patiently(self, method: str, fields: dict[str, Any]) -> str:
        for _ in range(_PART_TRIES):
            try:
                return await self._send(method, fields)
            except (SlowDown, Unreachable) as error:  # surely not sent
                if error.after > _PART_WAIT:
                    raise
                await asyncio.sleep(error.after or 1.0)
        return await self._send(method, fields)

    async def _call(self, method: str, /, **fields: Any) -> Any:
        # Past Bot.send_message and its kin: they would build an object of the answer which nobody reads.
        return await self._request.post(f"{self._bot.base_url}/{method}", Form(fields).as_data())

    # ---- advice

    async def ask_name(self) -> str:
        """The bot's name without @, for links; "" where Telegram does not tell. For a channel that is not started."""
        try:
            return (await self._bot.get_me()).username or ""
        except TelegramError:
            return ""
        finally:
            await self._request.shutdown()

    async def check(self) -> Sequence[tuple[bool, str]]:
        """Asks Telegram who the bot is and how its updates fare."""
        try:
            me = await self._bot.get_me()
            webhook = await self._bot.get_webhook_info()
        except TelegramError as error:
            return [(False, f"Telegram: {failure(error)}")]
        finally:
            if self._receive is None:
                await self._request.shutdown()
        wanted = self._address if self._mode == "webhook" else ""
        return [(True, f"Telegram: the token belongs to @{me.username}."), *advice(webhook, wanted=wanted)]


def _require_sound(token: str, mode: str, public_url: str, secret: str) -> None:
    if not _TOKEN.fullmatch(token):
        raise Misconfigured("The Telegram token must look like 123456:ABC...: copy it from @BotFather")
    if mode not in ("polling", "webhook"):
        raise Misconfigured(f"Telegram's mode must be polling or webhook, not {mode!r}")
    if mode == "webhook" and not public_url:
        raise Misconfigured("Telegram's webhook needs the public address of this server")
    if mode == "webhook" and not _SECRET.fullmatch(secret):
        raise Misconfigured("Telegram's webhook needs a secret of 1 to 256 letters, digits, _ or -")


def _silence_the_library() -> None:
    """At DEBUG python-telegram-bot logs what people write, and httpx at INFO addresses with the token."""
    for name in ("telegram", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)

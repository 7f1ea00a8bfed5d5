"""The real program on a free port, and people who use it over each channel in the same words.

async with open_bridge("web", folder, knowledge) as bridge:
    person = await bridge.person()
    said = await person.asks("tang ca chu nhat tinh sao")
    said = await person.taps("Xem kỹ hơn")
"""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import msgspec
import sqlalchemy as sa
from aiohttp import web
from typer.testing import CliRunner

from nhipcau.bot.cli import app
from nhipcau.bot.config import Config, Database, Secrets, Server, Telegram, WebChat
from nhipcau.bot.program import running
from nhipcau.channels import telegram
from nhipcau.channels.telegram_webhook import SECRET_HEADER
from nhipcau.knowledge.answer import Knowledge
from nhipcau.store.store import open_store
from tests.channels.telegram_room import SECRET, free_port
from tests.channels.web_room import served
from tests.conftest import KEY, KEYRING, empty_database
from tests.emulators.independent import EmulatorRequest, IndependentServer, independent_server
from tests.emulators.telegram_api import TelegramApi
from tests.emulators.telegram_people import Person as TelegramPerson
from tests.emulators.telegram_people import Sent
from tests.journeys.said import PATIENCE, Said, matching
from tests.journeys.zalo_bot_people import ZaloBotPerson, zalo_bot
from tests.journeys.zalo_people import ZaloPerson, zalo_oa


class Person(Protocol):
    """Somebody on one channel."""

    async def start(self, parameter: str) -> Said: ...
    async def asks(self, text: str) -> Said: ...
    async def taps(self, label: str) -> Said: ...
    async def hears(self) -> Said: ...


# ---- the web page's side


class WebPerson:
    """A browser with the chat page open: its cookie and its socket."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http, self._url = http, url
        self._payloads: dict[str, str] = {}
        self._news: list[dict[str, Any]] = []

    async def open(self) -> None:
        async with self._http.get(f"{self._url}/chat") as page:
            assert page.status == 200
        self._socket = await self._http.ws_connect(f"{self._url}/chat/ws", headers={"Origin": self._url})

    async def start(self, parameter: str) -> Said:
        return await self._send(kind="start", payload=parameter)

    async def asks(self, text: str) -> Said:
        return await self._send(kind="text", text=text)

    async def taps(self, label: str) -> Said:
        name = matching(list(self._payloads), label)
        return await self._send(kind="tap", text=name, payload=self._payloads[name])

    async def hears(self) -> Said:
        async with asyncio.timeout(PATIENCE):
            while not self._news:
                frame = await self._socket.receive_json()
                assert not frame.keys() & {"no", "error", "again"}, frame
                if "slow" in frame:
                    await asyncio.sleep(frame["after"])  # as the page does: the same frame once more
                    await self._socket.send_json(self._sent)
                self._news += [line for line in frame.get("posts", ()) if not line.get("mine")]
        line = self._news.pop(0)
        buttons = [button for row in line.get("buttons", ()) for button in row]
        self._payloads = {button["label"]: button["payload"] for button in buttons}
        return Said(line["text"], list(self._payloads))

    async def _send(self, **frame: str) -> Said:
        self._sent = {"id": secrets.token_hex(8), **frame}
        await self._socket.send_json(self._sent)
        return await self.hears()


# ---- Telegram, against our emulator


class EmulatedPerson:
    """A person on the emulated Telegram."""

    def __init__(self, person: TelegramPerson) -> None:
        self.person = person
        self._last: Sent | None = None

    async def start(self, parameter: str) -> Said:
        return await self.asks(f"/start {parameter}")

    async def asks(self, text: str) -> Said:
        self.person.write(text)
        return await self.hears()

    @property
    def chat(self) -> str:
        return str(self.person.id)

    async def taps(self, label: str) -> Said:
        await self.tap_only(label)
        return await self.hears()

    async def tap_only(self, label: str) -> None:
        assert self._last is not None
        self.person.tap(self._last, matching(list(self._last.buttons), label))

    async def leaves(self) -> None:
        self.person.block()
        self.person.unblock()

    async def sends(self, **content: Any) -> Said:
        self.person.send(**content)
        return await self.hears()

    async def edits(self, message: int, text: str) -> Said:
        self.person.edit(message, text)
        return await self.hears()

    async def hears(self) -> Said:
        (self._last,) = await self.person.hear(timeout=PATIENCE)
        return Said(self._last.text, list(self._last.buttons))


# ---- Telegram, against telegram-test-api


class IndependentPerson:
    """A person on the independent server."""

    def __init__(self, server: IndependentServer, number: int) -> None:
        self._user = server.user(number)
        self._last: dict[str, Any] = {}

    async def start(self, parameter: str) -> Said:
        return await self.asks(f"/start {parameter}")

    async def asks(self, text: str) -> Said:
        await self._user.write(text)
        return await self.hears()

    async def taps(self, label: str) -> Said:
        await self._user.tap(self._last, matching(self._labels(), label))
        return await self.hears()

    async def hears(self) -> Said:
        (self._last,) = await self._user.hear(timeout=PATIENCE)
        return Said(self._last["text"], self._labels())

    def _labels(self) -> list[str]:
        rows = self._last.get("reply_markup", {}).get("inline_keyboard", [])
        return [button["text"] for row in rows for button in row]


# ---- the program


@dataclass
class Bridge:
    """The running program. `can` names what this channel lets people do."""

    meet: Callable[[int], Awaitable[Person]]
    url: str
    config: Path
    database: str
    can: frozenset[str]
    _met: int = field(default=1000)

    async def person(self) -> Any:
        """Somebody new."""
        self._met += 1
        return await self.meet(self._met)

    async def rows(self, table: sa.Table) -> list[Any]:
        """What the program's database holds."""
        async with open_store(self.database, KEYRING) as store, store.read() as conn:
            return list(await conn.execute(sa.select(table)))

    async def officer_replies(self, question: str, reply: str) -> str:
        """An officer looks at the gaps on the command line, finds the question, and replies."""
        gaps = await self._command("gaps", "--json")
        found = next(gap for line in gaps.splitlines() if question in (gap := json.loads(line))["text"])
        return await self._command("reply", str(found["id"]), reply)

    async def _command(self, *arguments: str) -> str:
        words = ["knowledge", *arguments, "--config", str(self.config)]
        result = await asyncio.to_thread(CliRunner().invoke, app, words)
        assert result.exit_code == 0, result.output
        return result.stdout


OFFICER = frozenset({"officer"})
TELEGRAM = OFFICER | {"kinds", "files", "edit", "block"}
ZALO_OA = OFFICER | {"kinds", "files", "block"}
ZALO_BOT = OFFICER | {"kinds"}
CHANNELS: dict[str, frozenset[str]] = {
    "web": OFFICER,
    "web on postgresql": OFFICER,
    "telegram polling": TELEGRAM,
    "telegram webhook": TELEGRAM,
    "telegram webhook on postgresql": TELEGRAM,
    "zalo_oa": ZALO_OA,
    "zalo_oa on postgresql": ZALO_OA,
    "zalo_bot polling": ZALO_BOT,
    "zalo_bot webhook": ZALO_BOT,
    "zalo_bot webhook wrapped on postgresql": ZALO_BOT,
    "independent polling": frozenset(),
    "independent webhook": frozenset(),
}


@asynccontextmanager
async def open_bridge(channel: str, folder: Path, knowledge: Knowledge) -> AsyncIterator[Bridge]:
    """The program with this channel; on the way out, the emulator must have had no complaint."""
    async with AsyncExitStack() as stack:
        kind = "postgresql" if "postgresql" in channel else "sqlite"
        url = await stack.enter_async_context(empty_database(kind, folder))
        base = Config(database=Database(url=url), server=Server(port=0), web_chat=WebChat(messages_per_minute=600))
        config, tokens, meet = await _OPENED[channel.split()[0]](stack, base, channel)
        address = await stack.enter_async_context(running(config, tokens, knowledge))
        file = folder / "config.toml"
        file.write_text(f'[database]\nurl = "{url}"\n', encoding="utf-8")
        yield Bridge(lambda number: meet(address, number), address, file, url, CHANNELS[channel])


Meet = Callable[[str, int], Awaitable[Person]]


async def _web(stack: AsyncExitStack, config: Config, _channel: str) -> tuple[Config, Secrets, Meet]:
    async def meet(url: str, _number: int) -> Person:
        jar = aiohttp.CookieJar(unsafe=True)
        person = WebPerson(await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar)), url)
        await person.open()
        return person

    return config, Secrets(key=KEY), meet


async def _telegram(stack: AsyncExitStack, config: Config, channel: str) -> tuple[Config, Secrets, Meet]:
    api = await stack.enter_async_context(TelegramApi())
    stack.callback(lambda: _insist(api))

    async def meet(_url: str, number: int) -> Person:
        return EmulatedPerson(api.user(number))

    return _on_telegram(config, channel, api.base_url, free_port()), Secrets(api.token, SECRET, key=KEY), meet


async def _zalo_oa(stack: AsyncExitStack, config: Config, _channel: str) -> tuple[Config, Secrets, Meet]:
    settings, tokens, oa = await zalo_oa(stack, config)
    stack.callback(lambda: _insist(oa))

    async def meet(_url: str, _number: int) -> Person:
        return ZaloPerson(oa.person())

    return settings, tokens, meet


async def _zalo_bot(stack: AsyncExitStack, config: Config, channel: str) -> tuple[Config, Secrets, Meet]:
    settings, tokens, server = await zalo_bot(stack, config, mode=channel)
    stack.callback(lambda: _insist(server))

    async def meet(_url: str, _number: int) -> Person:
        return ZaloBotPerson(server.person())

    return settings, tokens, meet


def _insist(platform: Any) -> None:
    assert platform.violations == []


async def _independent(stack: AsyncExitStack, config: Config, channel: str) -> tuple[Config, Secrets, Meet]:
    server = await stack.enter_async_context(independent_server())
    defaults = telegram.Telegram.__init__.__kwdefaults__
    stack.callback(defaults.update, request_class=defaults["request_class"])
    defaults["request_class"] = EmulatorRequest
    port, relay_port = free_port(), free_port()
    await stack.enter_async_context(served(await _relay(stack, port), port=relay_port))

    async def meet(_url: str, number: int) -> Person:
        return IndependentPerson(server, number)

    settings = _on_telegram(config, channel, server.base_url, port)
    address = msgspec.structs.replace(settings.server, public_url=f"http://127.0.0.1:{relay_port}")
    return msgspec.structs.replace(settings, server=address), Secrets(server.token, SECRET, key=KEY), meet


async def _relay(stack: AsyncExitStack, port: int) -> web.Application:
    """That server knows no secrets: its deliveries get the header on their way to the program."""
    http = await stack.enter_async_context(aiohttp.ClientSession())

    async def forward(request: web.Request) -> web.Response:
        body, headers = await request.read(), {SECRET_HEADER: SECRET, "Content-Type": "application/json"}
        async with http.post(f"http://127.0.0.1:{port}{request.path}", data=body, headers=headers) as answer:
            return web.Response(status=answer.status)

    relay = web.Application()
    relay.router.add_post("/{path:.*}", forward)
    return relay


def _on_telegram(config: Config, channel: str, api_url: str, port: int) -> Config:
    settings = Telegram(
        enabled=True,
        mode="webhook" if "webhook" in channel else "polling",
        api_url=api_url,
        messages_per_second=0,
        messages_per_second_per_chat=0,
    )
    server = Server(port=port, public_url=f"http://127.0.0.1:{port}")
    return msgspec.structs.replace(config, server=server, telegram=settings)


_OPENED = {"web": _web, "telegram": _telegram, "zalo_oa": _zalo_oa, "zalo_bot": _zalo_bot, "independent": _independent}

"""What tests of the Telegram channel share: an inbox, and a web server for webhooks."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from nhipcau.channels.message import Button, Incoming
from nhipcau.channels.telegram import Telegram
from tests.emulators.telegram_api import TelegramApi

SECRET = "only-Telegram_knows"


class Inbox:
    """Stores as the real one does: an event is kept once, however often it comes."""

    def __init__(self) -> None:
        self.events: dict[tuple[str, str, str, str], Incoming] = {}
        self.deliveries: list[Incoming] = []
        self.down = False
        self._changed = asyncio.Event()

    async def receive(self, batch: Sequence[Incoming]) -> None:
        await asyncio.sleep(0)
        if self.down:
            raise ConnectionError("the store is down")
        self.deliveries += batch
        for event in batch:
            self.events.setdefault((event.channel, event.account, event.chat, event.event_id), event)
        self._changed.set()

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events.values()]

    async def get(self, count: int, patience: float = 10) -> list[Incoming]:
        """Waits until `count` different events are stored, gives them all."""
        async with asyncio.timeout(patience):
            while len(self.events) < count:
                self._changed.clear()
                await self._changed.wait()
        return list(self.events.values())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def serving(channel: Telegram, port: int, middlewares: Sequence[Any] = ()) -> AsyncIterator[str]:
    """The channel's routes on this port; gives the server's address."""
    app = web.Application(middlewares=middlewares)
    app.add_routes(channel.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def receiving(channel: Telegram, inbox: Inbox) -> AsyncIterator[Telegram]:
    """The channel from start to stop, with pauses short enough for tests."""
    channel.polling.first_pause = channel.polling.last_pause = channel.polling.conflict_pause = 0.05
    await channel.start(inbox.receive)
    try:
        yield channel
    finally:
        await channel.stop()


def polling(api: TelegramApi, **options: Any) -> Telegram:
    return Telegram(token=api.token, base_url=api.base_url, **options)


def webhook(api: TelegramApi, port: int, **options: Any) -> Telegram:
    address = f"http://127.0.0.1:{port}"
    return polling(api, mode="webhook", public_url=address, secret=SECRET, **options)


def yes_no() -> tuple[tuple[Button, ...], ...]:
    return ((Button(label="Có", payload="v1:có"), Button(label="Không", payload="v1:không")),)

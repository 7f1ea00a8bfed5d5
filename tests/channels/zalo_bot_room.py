"""What tests of the Zalo Bot channel share: a vault in memory, and the channel from start to stop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from nhipcau.channels.vault import NOTHING, Kept
from nhipcau.channels.zalo_bot import ZaloBot
from nhipcau.emulators.zalo_bot import ZaloBotServer
from tests.channels.telegram_room import Inbox

SECRET = "only-Zalo_knows"


class MemoryVault:
    """Keeps what a channel must remember, as long as the test holds it."""

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}
        self.down = False

    async def read(self, name: str) -> Kept:
        if self.down:
            raise ConnectionError("the store is down")
        return self.kept.get(name, NOTHING)

    async def swap(self, name: str, version: int, body: bytes) -> bool:
        if (await self.read(name)).version != version:
            return False
        self.kept[name] = Kept(version + 1, body)
        return True


def polling(server: ZaloBotServer, **options: Any) -> ZaloBot:
    given: dict[str, Any] = {"token": server.token, "api_url": server.api_url, "vault": MemoryVault()}
    return ZaloBot(**(given | options))


def webhook(server: ZaloBotServer, port: int, **options: Any) -> ZaloBot:
    address = f"http://127.0.0.1:{port}"
    return polling(server, **({"mode": "webhook", "public_url": address, "secret": SECRET} | options))


@asynccontextmanager
async def receiving(channel: ZaloBot, inbox: Inbox) -> AsyncIterator[ZaloBot]:
    """The channel from start to stop, with pauses short enough for tests."""
    channel.polling.first_pause = channel.polling.last_pause = 0.05
    await channel.start(inbox.receive)
    try:
        yield channel
    finally:
        await channel.stop()

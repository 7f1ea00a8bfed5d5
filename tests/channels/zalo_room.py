"""What tests of the Zalo OA share: the emulated platform, our channel beside it over a real database, an inbox."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from nhipcau.bot.vault import StoreVault, StoreVisits
from nhipcau.channels.zalo_oa import ZaloOA
from nhipcau.channels.zalo_oa_settings import OaSettings
from nhipcau.channels.zalo_tokens import Granted
from nhipcau.emulators.zalo_oa import zalo_oa_emulator
from nhipcau.emulators.zalo_oa_account import Account
from nhipcau.store.store import Store
from tests.channels.telegram_room import Inbox, free_port, serving


class Room:
    """The platform `oa`, the `channel` under test, the `inbox` that stores for it, and the alarms that ring."""

    def __init__(self, oa: Account, store: Store, **settings: Any) -> None:
        self.oa = oa
        self.store = store
        self.inbox = Inbox()
        self.alarms: dict[str, bool] = {}
        self.counted: list[str] = []
        self.hidden: set[str] = set()
        self.settings = OaSettings(
            oa_id=oa.oa_id,
            app_id=oa.app_id,
            public_url="https://bot.example.vn",
            api_url=oa.api_url,
            oauth_url=oa.oauth_url,
            **{"calls_per_minute": 0, **settings},
        )
        self.opened: list[ZaloOA] = []
        self.channel = self.another()

    def another(self) -> ZaloOA:
        """The same OA as another process would serve it."""
        key = ZaloOA.name, self.oa.oa_id
        channel = ZaloOA(
            self.settings,
            app_secret=self.oa.app_secret,
            oa_secret=self.oa.oa_secret,
            vault=StoreVault(self.store, *key),
            visits=StoreVisits(self.store, *key),
            count=self.counted.append,
            alarm=self.alarms.__setitem__,
            hide=lambda *values: self.hidden.update(values),
            now=self.now,
        )
        self.opened.append(channel)
        return channel

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.oa.clock.now(), UTC)

    async def grant(self) -> None:
        """As after `nhipcau zalo login`."""
        await self.channel.tokens.adopt(Granted(self.oa.access_token, self.oa.refresh_token, 90_000))


@asynccontextmanager
async def opened(store: Store, *, granted: bool = True, **settings: Any) -> AsyncIterator[Room]:
    """The channel started, its webhook reachable for the platform."""
    async with zalo_oa_emulator() as oa:
        room = Room(oa, store, **settings)
        port = free_port()
        async with serving(room.channel, port) as address:
            oa.webhook_url = address + room.settings.hook_path
            if granted:
                await room.grant()
            await room.channel.start(room.inbox.receive)
            try:
                yield room
            finally:
                for channel in room.opened:
                    await channel.stop()

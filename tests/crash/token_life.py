"""A process that renews an OA's tokens without pause until it is killed: see tests/crash/tokens.py.

Started by a fork server, so that a life costs some 50 ms and not a second.
"""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Event
from typing import NamedTuple

from nhipcau.bot.vault import StoreVault
from nhipcau.channels.failures import SendFailure
from nhipcau.channels.zalo_http import ZaloHttp
from nhipcau.channels.zalo_oa_settings import OaSettings
from nhipcau.channels.zalo_oauth import OAuth
from nhipcau.channels.zalo_tokens import TokenKeeper
from nhipcau.store.keyring import Keyring
from nhipcau.store.store import Store, open_store


class World(NamedTuple):
    """Where a life takes place. `later`: so many seconds after the first life, for leases to run out."""

    database: str
    key: str
    oauth_url: str
    app_id: str
    app_secret: str
    log: str
    later: float = 0.0


def keeper_of(world: World, store: Store) -> TokenKeeper:
    """The program's own keeper over the program's own vault."""
    settings = OaSettings(oa_id="388", app_id=world.app_id, oauth_url=world.oauth_url)
    oauth = OAuth(ZaloHttp(), settings, world.app_secret)
    later = timedelta(seconds=world.later)
    vault = StoreVault(store, "zalo_oa", "388")
    return TokenKeeper(vault, oauth.refresh, now=lambda: datetime.now(UTC) + later, vain=timedelta(0))


def live(world: World, begun: Event) -> None:
    """Renews as fast as it can; rests once Zalo has refused."""
    logging.basicConfig(filename=world.log, level=logging.CRITICAL, format="%(levelname)s %(message)s", force=True)
    asyncio.run(_renew(world, begun))


async def _renew(world: World, begun: Event) -> None:
    async with open_store(world.database, Keyring.parse(world.key)) as store:
        keeper = keeper_of(world, store)
        begun.set()
        while True:
            try:
                await keeper.renewed(await keeper.access())
            except SendFailure:
                await asyncio.sleep(0.02)

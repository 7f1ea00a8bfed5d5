"""The database of one running program: opened, migrated, guarded, written by one task."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from nhipcau.store import guard, inbox, key_check, migrate, outbox
from nhipcau.store.engine import Transact, driver_url, reading_engine, transact_on
from nhipcau.store.guard import Guard
from nhipcau.store.ids import ids
from nhipcau.store.keyring import Keyring
from nhipcau.store.writer import Writer


class Store:
    """What the rooms above use: `writer` for changes, `reading` for queries, `keyring` for what no table seals."""

    def __init__(self, transact: Transact, reading: AsyncEngine, keyring: Keyring) -> None:
        self.transact = transact
        self.reading = reading
        self.keyring = keyring
        self.writer = Writer(transact)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A read-only connection."""
        async with self.reading.connect() as conn:
            yield conn


@asynccontextmanager
async def open_store(url: str, keyring: Keyring, *, serve: bool = False) -> AsyncIterator[Store]:
    """Opens and migrates the database at `url`; with `serve` it is held for this process alone.

    Raises BadDatabaseUrl, AlreadyServed when another process holds it, WrongKey or NotRotated when it is not sealed
    under the first key of the keyring.
    """
    address = driver_url(url)
    store = Store(transact_on(address, keyring), reading_engine(address, keyring), keyring)
    held: Guard | None = None
    try:
        held = await guard.hold(store.reading) if serve else None
        await _prepare(store)
        store.writer.start()
        yield store
    finally:
        await store.writer.stop()
        if held is not None:
            await held.release()
        await store.reading.dispose()
        await store.transact.close()


async def _prepare(store: Store) -> None:
    if await store.transact(_migrate):
        await store.transact.compact(migrate.CHANGED_IN_PLACE)
    async with store.read() as conn:
        ids.start_after(max(await inbox.last_id(conn), await outbox.last_id(conn)))


def _migrate(conn: sa.Connection) -> bool:
    """Both in one transaction: under a wrong key nothing is changed."""
    rewritten = migrate.upgrade(conn)
    key_check.check(conn)
    return rewritten

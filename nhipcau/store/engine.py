"""Opens the database: one connection that writes, an engine that only reads.

SQLite: WAL, and BEGIN IMMEDIATE for every writing transaction. A deferred transaction that turns from reading
to writing fails at once with "database is locked" whatever the busy timeout (5,238 failures in 4 s with two
processes, none with BEGIN IMMEDIATE).
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from nhipcau.store.errors import BadDatabaseUrl
from nhipcau.store.keyring import Keyring
from nhipcau.store.sealed import give_keyring

T = TypeVar("T")

PRAGMAS = {
    "journal_mode": "WAL",
    # With WAL, NORMAL survives the death of the process; after a power cut the last commits may be missing.
    "synchronous": "NORMAL",
    "busy_timeout": "5000",
    "foreign_keys": "ON",
    "secure_delete": "ON",  # what is deleted is overwritten, or it would stand in free pages for months
    "temp_store": "MEMORY",
    "cache_size": "-16384",
}
READERS = 4
_DISCREET: dict[str, Any] = {"hide_parameters": True}
"""Errors do not quote the values of a statement: they end in the log, and hold what members wrote."""


def driver_url(url: str) -> sa.URL:
    """The configured address with its driver. Raises BadDatabaseUrl for anything but SQLite and PostgreSQL."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise BadDatabaseUrl from error
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database:
        return parsed.set(drivername="sqlite+aiosqlite")
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+asyncpg")
    raise BadDatabaseUrl


def is_sqlite(url: sa.URL) -> bool:
    return url.get_backend_name() == "sqlite"


class Transact(Protocol):
    """Runs a plain function on a connection, in one transaction, without blocking the event loop."""

    async def __call__(self, work: Callable[[sa.Connection], T]) -> T: ...

    async def compact(self, tables: Sequence[str]) -> None:
        """Writes these tables anew, so that nothing of what was changed or deleted is left in the files."""

    async def scrub(self, tables: Sequence[str]) -> bool:
        """Leaves nothing of rows deleted from these tables in the database's files; False where readers were in the
        way. Far cheaper than `compact`."""

    async def close(self) -> None: ...


class ThreadTransact:
    """SQLite: one thread owns the one writing connection.

    A group of 64 inbox rows costs 48 us a row this way and 79 us through the asynchronous driver, whose every
    statement hops between threads several times; an empty transaction 0.4 ms against 1.5 ms.
    """

    def __init__(self, url: sa.URL, keyring: Keyring) -> None:
        self._engine = sa.create_engine(url.set(drivername="sqlite"), pool_size=1, max_overflow=0, **_DISCREET)
        give_keyring(self._engine, keyring)
        self._thread = ThreadPoolExecutor(1, "store-writer")
        sa.event.listen(self._engine, "connect", _sqlite_writer)
        sa.event.listen(self._engine, "begin", _begin_immediate)

    async def __call__(self, work: Callable[[sa.Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, work)

    def _run(self, work: Callable[[sa.Connection], T]) -> T:
        with self._engine.begin() as conn:
            return work(conn)

    async def compact(self, tables: Sequence[str]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._compact)

    def _compact(self) -> None:
        """SQLite does it for all tables or none."""
        with closing(self._engine.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.close()

    async def scrub(self, tables: Sequence[str]) -> bool:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._scrub)

    def _scrub(self) -> bool:
        """`secure_delete` has overwritten the rows; copies of their pages still stand in the log beside the file."""
        with closing(self._engine.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            row = cursor.fetchone()
            cursor.close()
        return row is not None and not row[0]

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._engine.dispose)
        self._thread.shutdown()


class ServerTransact:
    """PostgreSQL: the same plain functions over asyncpg."""

    def __init__(self, url: sa.URL, keyring: Keyring) -> None:
        self._engine = create_async_engine(
            url, pool_size=1, max_overflow=0, pool_pre_ping=True, connect_args=_server(read_only=False), **_DISCREET
        )
        give_keyring(self._engine, keyring)

    async def __call__(self, work: Callable[[sa.Connection], T]) -> T:
        async with self._engine.begin() as conn:
            return await conn.run_sync(work)

    async def compact(self, tables: Sequence[str]) -> None:
        engine = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        async with engine.connect() as conn:
            await conn.execute(sa.text("SET statement_timeout = 0"))
            for table in tables:
                await conn.execute(sa.text(f'VACUUM (FULL) "{table}"'))
            await conn.execute(sa.text("RESET statement_timeout"))

    async def scrub(self, tables: Sequence[str]) -> bool:
        """On a connection of its own: a large table takes seconds, and the writer must not wait."""
        own = create_async_engine(self._engine.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool, **_DISCREET)
        async with own.connect() as conn:
            for table in tables:
                await conn.execute(sa.text(f'VACUUM "{table}"'))
        await own.dispose()
        return True

    async def close(self) -> None:
        await self._engine.dispose()


def transact_on(url: sa.URL, keyring: Keyring) -> Transact:
    """The way to write to this database."""
    if not is_sqlite(url):
        return ServerTransact(url, keyring)
    path = Path(str(url.database))
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)  # SQLite gives the files beside it the same rights
    return ThreadTransact(url, keyring)


def reading_engine(url: sa.URL, keyring: Keyring) -> AsyncEngine:
    """An engine that cannot write, in autocommit: a reader never holds a snapshot open."""
    engine = _reading_engine(url)
    give_keyring(engine, keyring)
    return engine


def _reading_engine(url: sa.URL) -> AsyncEngine:
    if is_sqlite(url):
        # The connection is in autocommit by itself; a rollback at its return would only cost a hop to its thread.
        engine = create_async_engine(url, pool_size=READERS, max_overflow=0, pool_reset_on_return=None, **_DISCREET)
        sa.event.listen(engine.sync_engine, "connect", _sqlite_reader)
        return engine
    engine = create_async_engine(
        url, pool_size=READERS, max_overflow=0, pool_pre_ping=True, connect_args=_server(read_only=True), **_DISCREET
    )
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _server(read_only: bool) -> dict[str, Any]:
    settings = {"statement_timeout": "60000", "timezone": "UTC"}
    if read_only:
        settings["default_transaction_read_only"] = "on"
    return {"server_settings": settings}


def _sqlite_writer(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN is a deferred one
    _run_pragmas(connection, PRAGMAS)


def _sqlite_reader(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    _run_pragmas(connection, PRAGMAS | {"query_only": "ON"})


def _run_pragmas(connection: Any, pragmas: dict[str, str]) -> None:
    cursor = connection.cursor()
    for name, value in pragmas.items():
        cursor.execute(f"PRAGMA {name}={value}")
    cursor.close()


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")

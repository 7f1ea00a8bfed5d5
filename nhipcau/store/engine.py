"""Opens the database: one connection that writes, an engine that only reads.

SQLite: WAL, and BEGIN IMMEDIATE for every writing transaction. A deferred transaction that turns from reading
to writing fails at once with "database is locked" whatever the busy timeout (5,238 failures in 4 s with two
processes, none with BEGIN IMMEDIATE).
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from nhipcau.store.errors import BadDatabaseUrl

T = TypeVar("T")

PRAGMAS = {
    "journal_mode": "WAL",
    # With WAL, NORMAL survives the death of the process; after a power cut the last commits may be missing.
    "synchronous": "NORMAL",
    "busy_timeout": "5000",
    "foreign_keys": "ON",
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

    async def close(self) -> None: ...


class ThreadTransact:
    """SQLite: one thread owns the one writing connection.

    A group of 64 inbox rows costs 48 us a row this way and 79 us through the asynchronous driver, whose every
    statement hops between threads several times; an empty transaction 0.4 ms against 1.5 ms.
    """

    def __init__(self, url: sa.URL) -> None:
        self._engine = sa.create_engine(url.set(drivername="sqlite"), pool_size=1, max_overflow=0, **_DISCREET)
        self._thread = ThreadPoolExecutor(1, "store-writer")
        sa.event.listen(self._engine, "connect", _sqlite_writer)
        sa.event.listen(self._engine, "begin", _begin_immediate)

    async def __call__(self, work: Callable[[sa.Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, work)

    def _run(self, work: Callable[[sa.Connection], T]) -> T:
        with self._engine.begin() as conn:
            return work(conn)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._engine.dispose)
        self._thread.shutdown()


class ServerTransact:
    """PostgreSQL: the same plain functions over asyncpg."""

    def __init__(self, url: sa.URL) -> None:
        self._engine = create_async_engine(
            url, pool_size=1, max_overflow=0, pool_pre_ping=True, connect_args=_server(read_only=False), **_DISCREET
        )

    async def __call__(self, work: Callable[[sa.Connection], T]) -> T:
        async with self._engine.begin() as conn:
            return await conn.run_sync(work)

    async def close(self) -> None:
        await self._engine.dispose()


def transact_on(url: sa.URL) -> Transact:
    """The way to write to this database."""
    if not is_sqlite(url):
        return ServerTransact(url)
    path = Path(str(url.database))
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)  # SQLite gives the files beside it the same rights
    return ThreadTransact(url)


def reading_engine(url: sa.URL) -> AsyncEngine:
    """An engine that cannot write, in autocommit: a reader never holds a snapshot open."""
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

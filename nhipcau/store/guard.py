"""One process at a time dispatches from a database, so that the messages of a chat stay in order.

Both locks end with their holder, however it dies: the operating system's lock on a file beside the SQLite
database, and PostgreSQL's advisory lock of a connection.
"""

import sys
from pathlib import Path
from typing import IO, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from nhipcau.store.errors import AlreadyServed

ADVISORY_KEY = 7_402_655_001  # any number no other program uses on this database


class Guard(Protocol):
    async def release(self) -> None: ...


class _FileGuard:
    def __init__(self, file: IO[str]) -> None:
        self._file = file

    async def release(self) -> None:
        self._file.close()


class _ServerGuard:
    def __init__(self, conn: AsyncConnection) -> None:
        self._conn = conn

    async def release(self) -> None:
        await self._conn.close()


async def hold(engine: AsyncEngine) -> Guard:
    """Takes the lock of this database, or raises AlreadyServed."""
    if engine.dialect.name == "sqlite":
        return _hold_file(Path(f"{engine.url.database}.lock"))
    conn = await engine.connect()
    query = sa.text("SELECT pg_try_advisory_lock(:key)")
    if (await conn.execute(query, {"key": ADVISORY_KEY})).scalar_one():
        return _ServerGuard(conn)
    await conn.close()
    raise AlreadyServed


def _hold_file(path: Path) -> _FileGuard:
    file = path.open("w")
    try:
        _lock(file)
    except OSError as error:
        file.close()
        raise AlreadyServed from error
    return _FileGuard(file)


if sys.platform == "win32":

    def _lock(file: IO[str]) -> None:
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:

    def _lock(file: IO[str]) -> None:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

"""Somebody who took the database file, or a dump, but not the key: all bytes there are."""

import hashlib
from pathlib import Path

import asyncpg

from nhipcau.store.engine import driver_url, is_sqlite


async def loot(url: str) -> bytes:
    """Every byte of the SQLite file and its log, or every value of every PostgreSQL table."""
    address = driver_url(url)
    if is_sqlite(address):
        file = Path(str(address.database))
        return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))
    return await _dump(url)


async def _dump(url: str) -> bytes:
    conn = await asyncpg.connect(url)
    try:
        names = await conn.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = [row for name in names for row in await conn.fetch(f'SELECT * FROM "{name[0]}"')]
    finally:
        await conn.close()
    return b"\n".join(_bytes(value) for row in rows for value in row.values())


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def traces(stolen: bytes, *secrets: str) -> list[str]:
    """Which of these can be read in it, or guessed: as text, in JSON's writing, as a hash that needs no key."""
    return [one for one in secrets if any(form in stolen for form in _forms(one))]


def _forms(secret: str) -> list[bytes]:
    raw = secret.encode()
    hashes = [hashlib.new(name, raw).digest() for name in ("md5", "sha1", "sha256", "blake2b")]
    plain = [raw, raw.hex().encode(), secret.encode("unicode_escape"), secret.encode("utf-16-le")]
    return [*plain, *(one[:16] for one in hashes), *(one.hex()[:16].encode() for one in hashes)]

"""Supplies what channels declare in `channels/vault.py`: sealed values by name, and when people last turned to us."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from nhipcau.channels.vault import NOTHING, Kept
from nhipcau.store.sealed import Digest, Sealed, SealedText
from nhipcau.store.store import Store
from nhipcau.store.tables import Moment, metadata, upsert
from nhipcau.store.writer import Change

channel_state = sa.Table(
    "channel_state",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),  # "channel:account:name"
    sa.Column("version", sa.BigInteger, nullable=False),  # rises with every change
    sa.Column("body", Sealed("channel_state.body"), nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
)
channel_visit = sa.Table(
    "channel_visit",
    metadata,
    sa.Column("chat_digest", Digest("channel_visit.chat"), primary_key=True),
    sa.Column("chat", SealedText("channel_visit.chat"), nullable=False),  # "channel:account:chat"
    sa.Column("at", Moment, nullable=False),
)
_UPLOAD = ":upload:"


class Visit(NamedTuple):
    """A person turned to us; the key of their chat, and when."""

    chat: str
    at: datetime


class StoreVault:
    """One account's values. Works across processes: a swap is one statement that looks at the version."""

    def __init__(self, store: Store, channel: str, account: str) -> None:
        self._store = store
        self._prefix = f"{channel}:{account}:"

    async def read(self, name: str) -> Kept:
        async with self._store.read() as conn:
            found = await conn.execute(sa.select(channel_state).where(channel_state.c.key == self._prefix + name))
            row = found.one_or_none()
        return Kept(row.version, row.body) if row else NOTHING

    async def swap(self, name: str, version: int, body: bytes) -> bool:
        kept = Kept(version, body)
        done = await self._store.writer.transaction(lambda conn: swap(conn, self._prefix + name, kept))
        if done:
            await self._outlive_a_power_cut()
        return bool(done)

    async def _outlive_a_power_cut(self) -> None:
        """SQLite in WAL mode leaves the last commits to the system's leisure; a checkpoint puts them on the disk."""
        if self._store.reading.dialect.name == "sqlite":
            async with self._store.read() as conn:
                await conn.execute(sa.text("PRAGMA wal_checkpoint(PASSIVE)"))


def swap(conn: sa.Connection, key: str, kept: Kept) -> bool:
    """Writes `kept.body` as the next version where `kept.version` is still the stored one (0: none is stored)."""
    row: dict[str, Any] = {"version": kept.version + 1, "body": kept.body, "changed_at": datetime.now(UTC)}
    table = channel_state.c
    if kept.version:
        same = sa.and_(table.key == key, table.version == kept.version)
        return bool(conn.execute(sa.update(channel_state).where(same).values(row)).rowcount)
    new = upsert(channel_state, conn).values(key=key, **row).on_conflict_do_nothing()
    return bool(conn.execute(new).rowcount)


class StoreVisits:
    """One account's people."""

    def __init__(self, store: Store, channel: str, account: str) -> None:
        self._store = store
        self._prefix = f"{channel}:{account}:"

    async def note(self, visits: Sequence[tuple[str, datetime]]) -> None:
        await self._store.writer.commit(*(Change(note, Visit(self._prefix + chat, at)) for chat, at in visits))

    async def last(self, chat: str) -> datetime | None:
        query = sa.select(channel_visit.c.at).where(channel_visit.c.chat_digest == self._prefix + chat)
        async with self._store.read() as conn:
            found: datetime | None = (await conn.execute(query)).scalar_one_or_none()
        return found


def note(conn: sa.Connection, visits: Sequence[Visit]) -> None:
    """Keeps the latest moment of each person."""
    latest: dict[str, datetime] = {}
    for chat, at in visits:
        latest[chat] = max(at, latest.get(chat, at))
    new = upsert(channel_visit, conn)
    later = channel_visit.c.at < new.excluded.at
    statement = new.on_conflict_do_update(index_elements=["chat_digest"], set_={"at": new.excluded.at}, where=later)
    conn.execute(statement, [{"chat_digest": chat, "chat": chat, "at": at} for chat, at in latest.items()])


def forget_chats(conn: sa.Connection, keys: Sequence[str]) -> None:
    """Deletes when these chats turned to us last."""
    conn.execute(sa.delete(channel_visit).where(channel_visit.c.chat_digest.in_(list(keys))))


def forget(conn: sa.Connection, before: datetime) -> None:
    """Deletes old visits, and uploads that the platform no longer holds. Tokens stay."""
    conn.execute(sa.delete(channel_visit).where(channel_visit.c.at < before))
    old = channel_state.c.key.contains(_UPLOAD) & (channel_state.c.changed_at < before)
    conn.execute(sa.delete(channel_state).where(old))

"""Chats whose last traces wait to be deleted, until the last message to them is sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from nhipcau.store.sealed import Digest, SealedText
from nhipcau.store.tables import Moment, metadata, upsert

erasure = sa.Table(
    "erasure",
    metadata,
    sa.Column("key_digest", Digest("erasure.key"), primary_key=True),
    sa.Column("key", SealedText("erasure.key"), nullable=False),  # the chat's
    sa.Column("asked_at", Moment, nullable=False),
)


class Erasure(NamedTuple):
    """A chat that is to be forgotten, and since when."""

    key: str
    asked_at: datetime


def ask(conn: sa.Connection, wishes: Sequence[Erasure]) -> None:
    rows = [{"key_digest": one.key, "key": one.key, "asked_at": one.asked_at} for one in wishes]
    statement = upsert(erasure, conn)
    conn.execute(statement.on_conflict_do_nothing(index_elements=["key_digest"]), rows)


async def waiting(conn: AsyncConnection) -> list[Erasure]:
    rows = await conn.execute(sa.select(erasure.c.key, erasure.c.asked_at).order_by(erasure.c.asked_at))
    return [Erasure(*row) for row in rows]


def done(conn: sa.Connection, keys: Sequence[str]) -> None:
    conn.execute(sa.delete(erasure).where(erasure.c.key_digest.in_(list(keys))))

"""What a chat is in the middle of: the running conversation's answers, and the subject of the last question."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from nhipcau.store.sealed import Digest, Sealed, SealedText
from nhipcau.store.tables import Moment, metadata, upsert

conversation = sa.Table(
    "conversation",
    metadata,
    sa.Column("key_digest", Digest("conversation.key"), primary_key=True),
    sa.Column("key", SealedText("conversation.key"), nullable=False),
    sa.Column("body", Sealed("conversation.body"), nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
)


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation under way. `run` marks its buttons, so that a tap on an older one is recognised.

    `context` is what it was started with (for instance the question it is about); `answers` by question name.
    """

    name: str
    run: str
    asked: str
    at: datetime
    context: dict[str, str] = {}
    answers: dict[str, Any] = {}


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked last, so that "còn vùng 4?" can be understood."""

    question: str
    entry: str
    at: datetime


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a chat between two messages."""

    running: Running | None = None
    subject: Subject | None = None
    offered: tuple[str, ...] = ()  # payloads of the last message's choices: "2" typed by hand means the second
    labels: tuple[str, ...] = ()  # their words, as `presenting.plain` writes them: typed by hand they mean the same


_decoder = msgspec.json.Decoder(Session)


async def fetch(conn: AsyncConnection, keys: Sequence[str]) -> dict[str, Session]:
    """The sessions of these chats; chats without one are left out, and those that another release wrote."""
    rows = await conn.execute(_BY_KEY, {"keys": list(keys)})
    read = ((row.key, _read(row.body)) for row in rows)
    return {key: session for key, session in read if session is not None}


def _read(body: bytes) -> Session | None:
    """None for what cannot be read: a chat must not end in an apology for every message."""
    try:
        return _decoder.decode(body)
    except msgspec.DecodeError:
        return None


_BY_KEY = sa.select(conversation).where(conversation.c.key_digest.in_(sa.bindparam("keys", expanding=True)))


def save(conn: sa.Connection, sessions: Sequence[tuple[str, Session]]) -> None:
    """Keeps the state of chats, each given as (key, session)."""
    now = datetime.now(UTC)
    statement = upsert(conversation, conn)
    statement = statement.on_conflict_do_update(
        index_elements=["key_digest"],
        set_={"body": statement.excluded.body, "changed_at": statement.excluded.changed_at},
    )
    conn.execute(statement, [_row(key, one, now) for key, one in sessions])


def _row(key: str, one: Session, now: datetime) -> dict[str, Any]:
    return {"key_digest": key, "key": key, "body": msgspec.json.encode(one), "changed_at": now}


def forget_chats(conn: sa.Connection, keys: Sequence[str]) -> None:
    """Deletes the state of these chats."""
    conn.execute(sa.delete(conversation).where(conversation.c.key_digest.in_(list(keys))))


def forget(conn: sa.Connection, before: datetime) -> int:
    """Deletes the state of chats that have been silent since `before`; returns how many."""
    gone: Any = conn.execute(sa.delete(conversation).where(conversation.c.changed_at < before))
    return int(gone.rowcount)

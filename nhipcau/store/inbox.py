"""The durable inbox: what a platform delivered is kept here before the platform gets its 200."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from nhipcau.store.ids import ids
from nhipcau.store.sealed import Digest, Sealed, SealedText
from nhipcau.store.tables import SHOWN, Moment, RowId, index_where, metadata, upsert

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("chat", SealedText("inbox.chat"), nullable=False),
    sa.Column("chat_digest", Digest("inbox.chat"), nullable=False),
    sa.Column(
        "event", SealedText("inbox.event"), nullable=False
    ),  # "channel:account:chat:event id": of a tap on Telegram it holds the person's id
    # One short column makes a delivery unique, for this is the largest index.
    sa.Column("event_digest", Digest("inbox.event"), nullable=False, unique=True),
    sa.Column("body", Sealed("inbox.body"), nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("starts", sa.Integer, nullable=False),  # how often a process took it up again after a restart
    sa.Column("done_at", Moment),
)
index_where("ix_inbox_open", inbox.c.id, where="done_at IS NULL")
index_where("ix_inbox_shown", inbox.c.account, inbox.c.chat_digest, inbox.c.id, where=f"channel = '{SHOWN}'")


class Arrived(NamedTuple):
    """An event on its way in: its unique key, and the event itself as bytes."""

    channel: str
    account: str
    chat: str
    event_id: str
    body: bytes


class Waiting(NamedTuple):
    """A stored event that nobody has dealt with yet."""

    id: int
    body: bytes
    starts: int


def insert(conn: sa.Connection, events: Sequence[Arrived]) -> list[int | None]:
    """Keeps new events. One result each: the row's id, or None where the same event was there before."""
    now = datetime.now(UTC)
    rows = [_row(event, now) for event in events]
    statement = upsert(inbox, conn).on_conflict_do_nothing().returning(inbox.c.id)
    kept = {row.id for row in conn.execute(statement, rows)}
    return [row["id"] if row["id"] in kept else None for row in rows]


def _row(event: Arrived, now: datetime) -> dict[str, Any]:
    whole = ":".join(event[:4])
    return {
        "id": ids.next(),
        "channel": event.channel,
        "account": event.account,
        "chat": event.chat,
        "chat_digest": event.chat,
        "event": whole,
        "event_digest": whole,
        "body": event.body,
        "received_at": now,
        "starts": 0,
    }


def finish(conn: sa.Connection, row_ids: Sequence[int]) -> None:
    """Marks events as dealt with."""
    conn.execute(_FINISH, {"ids": list(row_ids), "now": datetime.now(UTC)})


_FINISH = (
    sa.update(inbox)
    .where(inbox.c.id.in_(sa.bindparam("ids", expanding=True)))
    .values(done_at=sa.bindparam("now", type_=Moment))
)


def resume(conn: sa.Connection) -> list[Waiting]:
    """All events still open, oldest first, and counts this start on each."""
    still_open = inbox.c.done_at.is_(None)
    conn.execute(sa.update(inbox).where(still_open).values(starts=inbox.c.starts + 1))
    rows = conn.execute(sa.select(inbox.c.id, inbox.c.body, inbox.c.starts).where(still_open).order_by(inbox.c.id))
    return [Waiting(*row) for row in rows]


class Received(NamedTuple):
    """A stored event, dealt with or not."""

    id: int
    channel: str
    body: bytes
    received_at: datetime


def of_chat(conn: sa.Connection, address: tuple[str, str, str]) -> list[Received]:
    """All events of a chat; reads the whole inbox, which has no index for it."""
    columns = (inbox.c[name] for name in Received._fields)
    return [Received(*row) for row in conn.execute(sa.select(*columns).where(*_from(address)))]


def is_open(conn: sa.Connection, address: tuple[str, str, str]) -> bool:
    """Whether an event of a chat is still to be dealt with."""
    waiting = sa.select(inbox.c.id).where(inbox.c.done_at.is_(None), *_from(address))
    return conn.execute(waiting.limit(1)).first() is not None


def _from(address: tuple[str, str, str]) -> tuple[sa.ColumnElement[bool], ...]:
    channel, account, chat = address
    return inbox.c.channel == channel, inbox.c.account == account, inbox.c.chat_digest == chat


def delete(conn: sa.Connection, row_ids: Sequence[int]) -> None:
    """Deletes these rows."""
    if row_ids:
        conn.execute(sa.delete(inbox).where(inbox.c.id == sa.bindparam("row")), [{"row": one} for one in row_ids])


async def last_id(conn: AsyncConnection) -> int:
    return int((await conn.execute(sa.select(sa.func.coalesce(sa.func.max(inbox.c.id), 0)))).scalar_one())


def forget(conn: sa.Connection, before: datetime) -> int:
    """Deletes what is older than `before`, dealt with or not: the promise to members knows no exception."""
    gone: Any = conn.execute(sa.delete(inbox).where(inbox.c.received_at < before))
    return int(gone.rowcount)

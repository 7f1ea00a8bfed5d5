"""The durable inbox: what a platform delivered is kept here before the platform gets its 200."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from nhipcau.store.ids import ids
from nhipcau.store.tables import SHOWN, Moment, RowId, index_where, metadata, upsert

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("chat", sa.Text, nullable=False),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("starts", sa.Integer, nullable=False),  # how often a process took it up again after a restart
    sa.Column("done_at", Moment),
    # The event before the chat: a platform numbers its events in order, so new rows meet on few index pages.
    sa.UniqueConstraint("channel", "account", "event_id", "chat"),
)
index_where("ix_inbox_open", inbox.c.id, where="done_at IS NULL")
index_where("ix_inbox_shown", inbox.c.account, inbox.c.chat, inbox.c.id, where=f"channel = '{SHOWN}'")


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
    rows = [dict(event._asdict(), id=ids.next(), received_at=now, starts=0) for event in events]
    statement = upsert(inbox, conn).on_conflict_do_nothing().returning(inbox.c.id)
    kept = {row.id for row in conn.execute(statement, rows)}
    return [row["id"] if row["id"] in kept else None for row in rows]


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


async def last_id(conn: AsyncConnection) -> int:
    return int((await conn.execute(sa.select(sa.func.coalesce(sa.func.max(inbox.c.id), 0)))).scalar_one())


def forget(conn: sa.Connection, before: datetime) -> int:
    """Deletes what is older than `before`, dealt with or not: the promise to members knows no exception."""
    gone: Any = conn.execute(sa.delete(inbox).where(inbox.c.received_at < before))
    return int(gone.rowcount)

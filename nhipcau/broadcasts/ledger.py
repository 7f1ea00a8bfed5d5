"""The ledger: one row per bulletin and member, and what became of it. The truth about every delivery.

A row is found by (bulletin, seq): seq runs from 0 without gaps, so a job is a range of it and never scans for
work (127,000 rows/s on SQLite and 91,000 on PostgreSQL, against 4,300-50,000 where the open rows are searched).
The intent (`CLAIMED`) is committed before the platform is called: after a crash exactly the rows whose fate nobody
knows stand there, and become `IN_DOUBT`.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from nhipcau.broadcasts.bulletin import Stage, bulletin
from nhipcau.store.ids import ids
from nhipcau.store.tables import Moment, RowId, index_where, metadata


class State(IntEnum):
    """Numbers, because a million rows are written at once."""

    PLANNED = 0
    CLAIMED = 1  # being sent
    SENT = 2  # the platform took it
    FAILED = 3
    GONE = 4  # the person blocked us or is no longer there
    IN_DOUBT = 5  # nobody knows whether it arrived
    CANCELLED = 6
    MAILBOX = 7  # shown at the member's next contact
    UNREACHABLE = 8  # the member has no channel


FINAL = frozenset(State) - {State.PLANNED, State.CLAIMED}


class Way(IntEnum):
    """How a copy goes out."""

    NONE = 0
    DIRECT = 1  # free: Telegram, web chat, Zalo Bot
    WINDOW = 2  # Zalo OA, free within the window after the member wrote
    PAID = 3  # Zalo OA, a paid template
    MAILBOX = 4


delivery = sa.Table(
    "delivery",
    metadata,
    sa.Column("bulletin_id", RowId, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("member_id", RowId, nullable=False),
    sa.Column("contact", sa.Text),  # contact.key of the channel chosen
    sa.Column("way", sa.SmallInteger, nullable=False),
    sa.Column("price", sa.Integer, nullable=False),  # VND
    sa.Column("state", sa.SmallInteger, nullable=False),
    sa.Column("attempts", sa.SmallInteger, nullable=False),
    sa.Column("claim", RowId),  # the worker that sends it
    sa.Column("due_at", Moment),  # not before; None: at once
    sa.Column("failure", sa.Text),
    sa.Column("receipt", sa.Text),
    sa.Column("sent_at", Moment),
    sa.Column("delivered_at", Moment),
    sa.Column("seen_at", Moment),
    sa.Column("opened_at", Moment),
    sa.Column("understood_at", Moment),
)
sa.Index("ix_delivery_member", delivery.c.member_id, delivery.c.bulletin_id)
index_where("ix_delivery_claimed", delivery.c.bulletin_id, delivery.c.seq, where="state = 1")
index_where("ix_delivery_mailbox", delivery.c.member_id, where="state = 7")


class Row(NamedTuple):
    """One copy that is to be sent."""

    seq: int
    member_id: int
    contact: str
    attempts: int


class Claim(NamedTuple):
    """The intent to send these rows of a bulletin."""

    bulletin_id: int
    worker: int
    seqs: tuple[int, ...]


class Outcome(NamedTuple):
    """What became of one copy. `state` PLANNED with `due_at`: it is tried again then."""

    bulletin_id: int
    seq: int
    worker: int
    state: State
    at: datetime
    receipt: str | None = None
    failure: str | None = None
    due_at: datetime | None = None


_OPEN = (
    sa.select(delivery.c.seq, delivery.c.member_id, delivery.c.contact, delivery.c.attempts)
    .where(
        delivery.c.bulletin_id == sa.bindparam("bulletin"),
        delivery.c.seq.between(sa.bindparam("first"), sa.bindparam("last")),
        delivery.c.state == State.PLANNED,
        sa.or_(delivery.c.due_at.is_(None), delivery.c.due_at <= sa.bindparam("now", type_=Moment)),
    )
    .order_by(delivery.c.seq)
)


async def open_rows(conn: AsyncConnection, bulletin_id: int, span: range, now: datetime) -> list[Row]:
    """The copies of a range that may be sent at `now`, in order."""
    found = await conn.execute(_OPEN, {"bulletin": bulletin_id, "first": span.start, "last": span.stop - 1, "now": now})
    return [Row(*row) for row in found]


_CLAIM = (
    sa.update(delivery)
    .where(
        delivery.c.bulletin_id == sa.bindparam("bulletin"),
        delivery.c.seq.in_(sa.bindparam("seqs", expanding=True)),
        delivery.c.state == State.PLANNED,
        # In the same statement: once a pause is committed nothing more is begun.
        sa.exists().where(bulletin.c.id == sa.bindparam("bulletin"), bulletin.c.stage == Stage.SENDING),
    )
    .values(state=State.CLAIMED, claim=sa.bindparam("worker"), attempts=delivery.c.attempts + 1)
    .returning(delivery.c.seq)
)


def claim(conn: sa.Connection, claims: Sequence[Claim]) -> list[frozenset[int]]:
    """Commits the intent to send. For each claim the seqs it got: only one worker gets a row, none after a pause."""
    got = []
    for one in claims:
        values = {"bulletin": one.bulletin_id, "worker": one.worker, "seqs": list(one.seqs)}
        got.append(frozenset(conn.execute(_CLAIM, values).scalars()))
    return got


_RECORD = (
    sa.update(delivery)
    .where(
        delivery.c.bulletin_id == sa.bindparam("bulletin"),
        delivery.c.seq == sa.bindparam("row"),
        delivery.c.claim == sa.bindparam("worker"),
        # A worker that slept while its rows were declared in doubt may still tell how they ended.
        sa.or_(delivery.c.state == State.CLAIMED, delivery.c.state == State.IN_DOUBT),
    )
    .values(
        state=sa.bindparam("to"),
        receipt=sa.bindparam("told"),
        failure=sa.bindparam("why"),
        due_at=sa.bindparam("due", type_=Moment),
        sent_at=sa.bindparam("at", type_=Moment),
    )
)


def record(conn: sa.Connection, outcomes: Sequence[Outcome]) -> None:
    """Writes what became of copies; what another worker's hand holds is left alone."""
    conn.execute(_RECORD, [_row(one) for one in outcomes])


def _row(one: Outcome) -> dict[str, Any]:
    sent = one.at if one.state is State.SENT else None
    return {
        "bulletin": one.bulletin_id,
        "row": one.seq,
        "worker": one.worker,
        "to": one.state,
        "told": one.receipt,
        "why": one.failure,
        "due": one.due_at,
        "at": sent,
    }


async def counts(conn: AsyncConnection, bulletin_id: int) -> dict[State, int]:
    """How many copies stand where; together they are the audience, at every moment."""
    rows = await conn.execute(
        sa.select(delivery.c.state, sa.func.count())
        .where(delivery.c.bulletin_id == bulletin_id)
        .group_by(delivery.c.state)
    )
    return {State(state): int(count) for state, count in rows}


def doubt(conn: sa.Connection, bulletin_id: int, workers: Sequence[int]) -> int:
    """What these workers held when they died is in doubt. Returns how many copies."""
    held = delivery.c.bulletin_id == bulletin_id, delivery.c.state == State.CLAIMED, delivery.c.claim.in_(list(workers))
    why = "the program ended while sending"
    changed: Any = conn.execute(sa.update(delivery).where(*held).values(state=State.IN_DOUBT, failure=why))
    return int(changed.rowcount)


# ---- persons


def merge(conn: sa.Connection, gone: int, kept: int) -> None:
    """Two rows of one person become one: of two copies of a bulletin only that of `kept` is still sent."""
    twin = delivery.alias()
    both = sa.exists().where(twin.c.bulletin_id == delivery.c.bulletin_id, twin.c.member_id == kept)
    theirs = delivery.c.member_id == gone
    conn.execute(sa.update(delivery).where(theirs, _UNSENT, both).values(state=State.CANCELLED))
    conn.execute(sa.update(delivery).where(theirs).values(member_id=kept))


def forget(conn: sa.Connection, member_ids: Collection[int]) -> None:
    """The copies of members are an unknown person's, so that counts stay true; what is not sent yet never is.

    A row that is deleted would leave a gap in the ranges of jobs. The number below zero is a new one for each person,
    and leads to nobody.
    """
    for one in member_ids:
        theirs = delivery.c.member_id == one
        conn.execute(sa.update(delivery).where(theirs, _UNSENT).values(state=State.CANCELLED))
        nobody = {"member_id": -ids.next(), "contact": None, "failure": None, "receipt": None}
        conn.execute(sa.update(delivery).where(theirs).values(nobody))


_UNSENT = delivery.c.state.in_([State.PLANNED, State.MAILBOX])

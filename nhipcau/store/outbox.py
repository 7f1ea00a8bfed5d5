"""The durable outbox: every message to a person, and what became of it.

waiting → sending → sent | failed | gone | in_doubt. The intent (`sending`) is committed before the platform is
called, so after a crash exactly the rows whose outcome nobody knows stand in `sending`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from nhipcau.store.ids import ids
from nhipcau.store.sealed import Digest, Sealed, SealedText
from nhipcau.store.tables import SHOWN, Moment, RowId, index_where, metadata


class Lane(StrEnum):
    """Replies overtake bulletins."""

    REPLY = "reply"
    BULK = "bulk"


class State(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    GONE = "gone"
    IN_DOUBT = "in_doubt"


outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("chat", SealedText("outbox.chat"), nullable=False),
    sa.Column("chat_digest", Digest("outbox.chat"), nullable=False),
    sa.Column("lane", sa.Text, nullable=False),
    sa.Column("body", Sealed("outbox.body"), nullable=False),
    sa.Column("about", sa.BigInteger),  # the message in doubt which this one tells of
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("receipt", sa.Text),  # the platform's numbers of the messages; no person's
    sa.Column("failure", SealedText("outbox.failure")),  # the platform's words, which may quote anything
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
)
# Only the web chat reads its history back; on other channels this index would cost a third of each insert.
index_where("ix_outbox_shown", outbox.c.account, outbox.c.chat_digest, outbox.c.id, where=f"channel = '{SHOWN}'")
_open = outbox.c.state.in_([State.WAITING, State.SENDING])
index_where("ix_outbox_open", outbox.c.id, where="state IN ('waiting', 'sending')")


class Draft(NamedTuple):
    """A message to be kept for sending."""

    channel: str
    account: str
    chat: str
    body: bytes
    lane: str = Lane.REPLY
    about: int | None = None


class Letter(NamedTuple):
    """A kept message, ready for the sender."""

    id: int
    channel: str
    account: str
    chat: str
    lane: str
    body: bytes
    about: int | None
    state: str
    attempts: int

    @property
    def address(self) -> tuple[str, str, str]:
        return self.channel, self.account, self.chat


class Ending(NamedTuple):
    """What became of a message. `state` waiting: it will be tried again."""

    id: int
    state: str
    receipt: str | None = None
    failure: str | None = None


def insert(conn: sa.Connection, drafts: Sequence[Draft]) -> list[Letter]:
    """Keeps messages in the order given, and returns them with their ids."""
    now = datetime.now(UTC)
    letters = [
        Letter(ids.next(), *draft[:3], draft.lane, draft.body, draft.about, State.WAITING, 0) for draft in drafts
    ]
    rows = [dict(letter._asdict(), chat_digest=letter.chat, created_at=now) for letter in letters]
    conn.execute(sa.insert(outbox), rows)
    return letters


_INTEND = (
    sa.update(outbox)
    .where(outbox.c.id.in_(sa.bindparam("ids", expanding=True)), outbox.c.state == State.WAITING)
    .values(state=State.SENDING, attempts=outbox.c.attempts + 1)
    .returning(outbox.c.id)
)


def intend(conn: sa.Connection, row_ids: Sequence[int]) -> list[bool]:
    """Commits the intent to send, before sending. True for each row that was waiting: only one caller gets it."""
    claimed = set(conn.execute(_INTEND, {"ids": list(row_ids)}).scalars())
    return [row_id in claimed for row_id in row_ids]


_END = (
    sa.update(outbox)
    .where(outbox.c.id == sa.bindparam("row"))
    .values(
        state=sa.bindparam("to"),
        receipt=sa.bindparam("receipt"),
        failure=sa.bindparam("failure"),
        ended_at=sa.bindparam("at", type_=Moment),
    )
)


def end(conn: sa.Connection, endings: Sequence[Ending]) -> None:
    """Records outcomes."""
    now = datetime.now(UTC)
    conn.execute(_END, [_end_row(ending, now) for ending in endings])


def _end_row(ending: Ending, now: datetime) -> dict[str, Any]:
    at = None if ending.state == State.WAITING else now
    return {
        "row": ending.id,
        "to": ending.state,
        "receipt": ending.receipt,
        "failure": ending.failure,
        "at": at,
    }


_LETTER = (outbox.c[name] for name in Letter._fields)
_SELECT = sa.select(*_LETTER)


async def still_open(conn: AsyncConnection) -> list[Letter]:
    """Messages without an outcome, oldest first: those `sending` were under way when a process died."""
    return [Letter(*row) for row in await conn.execute(_SELECT.where(_open).order_by(outbox.c.id))]


async def letter(conn: AsyncConnection, row_id: int) -> Letter | None:
    row = (await conn.execute(_SELECT.where(outbox.c.id == row_id))).first()
    return Letter(*row) if row else None


async def last_reply(conn: AsyncConnection, address: tuple[str, str, str]) -> Letter | None:
    """The newest answer to a chat; notices about one do not count."""
    channel, account, chat = address
    to_them = outbox.c.channel == channel, outbox.c.account == account, outbox.c.chat_digest == chat
    newest = _SELECT.where(*to_them, outbox.c.lane == Lane.REPLY, outbox.c.about.is_(None))
    row = (await conn.execute(newest.order_by(outbox.c.id.desc()).limit(1))).first()
    return Letter(*row) if row else None


def of_chat(conn: sa.Connection, address: tuple[str, str, str]) -> list[int]:
    """The numbers of all messages to a chat; reads the whole outbox, which has no index for it."""
    return list(conn.execute(sa.select(outbox.c.id).where(*_to(address))).scalars())


def is_open(conn: sa.Connection, address: tuple[str, str, str]) -> bool:
    """Whether a message to a chat has no outcome yet."""
    return conn.execute(sa.select(outbox.c.id).where(_open, *_to(address)).limit(1)).first() is not None


def _to(address: tuple[str, str, str]) -> tuple[sa.ColumnElement[bool], ...]:
    channel, account, chat = address
    return outbox.c.channel == channel, outbox.c.account == account, outbox.c.chat_digest == chat


def delete(conn: sa.Connection, row_ids: Sequence[int]) -> None:
    """Deletes these rows."""
    if row_ids:
        conn.execute(sa.delete(outbox).where(outbox.c.id == sa.bindparam("row")), [{"row": one} for one in row_ids])


async def count_by_state(conn: AsyncConnection) -> dict[str, int]:
    rows = await conn.execute(sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state))
    return {str(state): int(count) for state, count in rows}


async def last_id(conn: AsyncConnection) -> int:
    return int((await conn.execute(sa.select(sa.func.coalesce(sa.func.max(outbox.c.id), 0)))).scalar_one())


def forget(conn: sa.Connection, before: datetime) -> int:
    """Deletes what is older than `before`, dealt with or not: the promise to members knows no exception."""
    gone: Any = conn.execute(sa.delete(outbox).where(outbox.c.created_at < before))
    return int(gone.rowcount)

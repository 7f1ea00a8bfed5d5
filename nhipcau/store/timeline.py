"""A web chat as its member saw it: both directions in one order."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from nhipcau.store.inbox import inbox
from nhipcau.store.outbox import outbox
from nhipcau.store.sealed import keyring_of
from nhipcau.store.tables import SHOWN

Address = tuple[str, str]
"""Account and chat of the web chat."""


class Line(NamedTuple):
    """One message: `number` rises with time within the chat; `body` is an Incoming (mine) or an Outgoing."""

    number: int
    mine: bool
    body: bytes
    at: datetime


async def after(conn: AsyncConnection, address: Address, number: int, limit: int) -> list[Line]:
    """The first `limit` lines above `number`, oldest first."""
    both = _both(address)
    found = sa.select(both).where(both.c.number > number).order_by(both.c.number).limit(limit)
    return _opened(conn, await conn.execute(found))


async def before(conn: AsyncConnection, address: Address, number: int, limit: int) -> list[Line]:
    """The last `limit` lines below `number`, oldest first."""
    both = _both(address)
    found = sa.select(both).where(both.c.number < number).order_by(both.c.number.desc()).limit(limit)
    return sorted(_opened(conn, await conn.execute(found)))


def _opened(conn: AsyncConnection, rows: Iterable[Any]) -> list[Line]:
    """One column of the union holds what two tables sealed, each under its own name."""
    keyring = keyring_of(conn)
    return [
        Line(number, mine, keyring.open(body, "inbox.body" if mine else "outbox.body"), at)
        for number, mine, body, at in rows
    ]


def _both(address: Address) -> sa.Subquery:
    return sa.union_all(_lines(inbox, address, mine=True), _lines(outbox, address, mine=False)).subquery()


def _lines(table: sa.Table, address: Address, *, mine: bool) -> sa.Select[Any]:
    at = table.c.received_at if mine else table.c.created_at
    account, chat = address
    shown = table.c.channel == sa.literal_column(f"'{SHOWN}'")  # literal, or the partial index is not used
    return sa.select(
        table.c.id.label("number"),
        sa.literal(mine).label("mine"),
        sa.type_coerce(table.c.body, sa.LargeBinary).label("body"),
        at.label("at"),
    ).where(shown, table.c.account == account, table.c.chat_digest == chat)

"""What the database holds about the chats, read while no bot is running."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from nhipcau.channels.message import Outgoing
from nhipcau.knowledge.desk import callback, question
from nhipcau.store.engine import driver_url, reading_engine
from nhipcau.store.inbox import inbox
from nhipcau.store.outbox import State, outbox
from nhipcau.union.contacts import contact
from tests.conftest import KEYRING
from tests.crash.people import Look


class Letter(NamedTuple):
    """A row of the outbox, as its reader would see it."""

    id: int
    look: Look
    about: int | None
    state: str
    attempts: int
    receipt: str


class Ledger(NamedTuple):
    """By chat: ids of finished events in order, and letters in order. Then the effects."""

    events: dict[int, list[str]]
    open_events: int
    letters: dict[int, list[Letter]]
    questions: list[Any]
    callbacks: list[Any]
    languages: dict[int, str]
    sound: bool  # SQLite's integrity_check


class Open(NamedTuple):
    """How many events wait for a turn, how many letters wait for sending, how many are half sent."""

    events: int
    waiting: int
    sending: int


async def read_ledger(url: str) -> Ledger:
    """Everything at once."""
    async with _reading(url) as conn:
        return await _read(conn)


async def count_open(url: str) -> Open:
    """What is under way. All 0: at rest."""
    events = sa.select(sa.func.count()).where(inbox.c.done_at.is_(None))
    states = sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state)
    async with _reading(url) as conn:
        by_state = {row[0]: row[1] for row in await conn.execute(states)}
        number = (await conn.execute(events)).scalar_one()
    return Open(number, by_state.get(State.WAITING, 0), by_state.get(State.SENDING, 0))


@asynccontextmanager
async def _reading(url: str) -> AsyncIterator[AsyncConnection]:
    engine = reading_engine(driver_url(url), KEYRING)
    try:
        async with engine.connect() as conn:
            yield conn
    finally:
        await engine.dispose()


async def _read(conn: AsyncConnection) -> Ledger:
    events: dict[int, list[str]] = defaultdict(list)
    letters: dict[int, list[Letter]] = defaultdict(list)
    for row in await conn.execute(sa.select(inbox).where(inbox.c.done_at.is_not(None)).order_by(inbox.c.id)):
        events[int(row.chat)].append(row.event.removeprefix(f"{row.channel}:{row.account}:{row.chat}:"))
    for row in await conn.execute(sa.select(outbox).order_by(outbox.c.id)):
        letters[int(row.chat)].append(_letter(row))
    still_open = sa.select(sa.func.count()).where(inbox.c.done_at.is_(None))
    return Ledger(
        events,
        (await conn.execute(still_open)).scalar_one(),
        letters,
        list(await conn.execute(sa.select(question))),
        list(await conn.execute(sa.select(callback))),
        {int(row.key.rpartition(":")[2]): row.language for row in await conn.execute(sa.select(contact))},
        await _sound(conn),
    )


def _letter(row: Any) -> Letter:
    message = msgspec.json.decode(row.body, type=Outgoing)
    look = message.text, tuple(button.payload for line in message.buttons for button in line)
    return Letter(row.id, look, row.about, row.state, row.attempts, row.receipt or "")


async def _sound(conn: AsyncConnection) -> bool:
    if conn.dialect.name != "sqlite":
        return True
    return (await conn.execute(sa.text("PRAGMA integrity_check"))).scalars().all() == ["ok"]

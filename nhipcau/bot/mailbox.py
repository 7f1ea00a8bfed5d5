"""The web chat's history, read from the inbox and the outbox."""

from collections.abc import Sequence
from typing import Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from nhipcau.channels.message import Incoming, Kind, Outgoing
from nhipcau.channels.web import Posted
from nhipcau.store import timeline
from nhipcau.store.store import Store
from nhipcau.store.timeline import Address, Line


class _Read(Protocol):
    async def __call__(self, conn: AsyncConnection, address: Address, number: int, limit: int) -> list[Line]: ...


class StoreMailbox:
    """Supplies what the web chat declares as its Mailbox."""

    def __init__(self, store: Store, account: str = "web") -> None:
        self._store = store
        self._account = account

    async def after(self, chat: str, number: int, limit: int) -> Sequence[Posted]:
        return await self._lines(timeline.after, chat, number, limit)

    async def before(self, chat: str, number: int, limit: int) -> Sequence[Posted]:
        return await self._lines(timeline.before, chat, number, limit)

    async def _lines(self, read: _Read, chat: str, number: int, limit: int) -> list[Posted]:
        async with self._store.read() as conn:
            found = await read(conn, (self._account, chat), number, limit)
        return [_posted(line) for line in found]


def _posted(line: Line) -> Posted:
    if not line.mine:
        message = msgspec.json.decode(line.body, type=Outgoing)
        return Posted(number=line.number, mine=False, outgoing=message, at=line.at)
    event = msgspec.json.decode(line.body, type=Incoming)
    text = "" if event.kind is Kind.START else event.text
    return Posted(number=line.number, mine=True, text=text, at=line.at, event_id=event.event_id)

"""One member's chat with the whole router on a real database; only the channel is missing.

await room.says("tang ca chu nhat")
assert "200%" in room.last.text
await room.taps("Hữu ích")
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from nhipcau.channels.contract import Limits
from nhipcau.channels.message import FileRef, Incoming, Kind, Outgoing
from nhipcau.handlers import session as sessions
from nhipcau.handlers.all import build_router
from nhipcau.handlers.services import Services, UnionInfo
from nhipcau.handlers.session import Running, Session
from nhipcau.knowledge.answer import Knowledge
from nhipcau.store import outbox
from nhipcau.store.outbox import Letter
from nhipcau.store.store import Store, open_store
from nhipcau.store.writer import Change
from nhipcau.union import contacts
from nhipcau.union.contacts import Contact
from tests.conftest import KEYRING

TODAY = date(2026, 11, 22)
TELEGRAM = Limits(text=4096, buttons=100, asks_phone=True)
NO_BUTTONS = Limits(text=2000, buttons=0)
UNION = UnionInfo("Công đoàn Thử", "0262 000 000", 30)


@dataclass
class Room:
    """A chat. `last` is the newest message of the bot, `replies` all those of the newest turn."""

    store: Store
    knowledge: Knowledge
    chat: str = "7"
    limits: Limits = TELEGRAM
    language: str = ""
    today: date = TODAY
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    replies: list[Outgoing] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.router = build_router(Services(self.knowledge, UNION, self.store, lambda: self.today))

    @property
    def last(self) -> Outgoing:
        return self.replies[-1]

    @property
    def text(self) -> str:
        """All that was said in the newest turn."""
        return "\n".join(message.text for message in self.replies)

    @property
    def labels(self) -> list[str]:
        return [button.label for row in self.last.buttons for button in row]

    @property
    def payloads(self) -> list[str]:
        return [button.payload for row in self.last.buttons for button in row]

    @property
    def key(self) -> str:
        return f"telegram:1:{self.chat}"

    # ---- what a member does

    async def says(self, text: str) -> Outgoing:
        return await self.does(Kind.TEXT, text=text)

    async def edits(self, text: str) -> Outgoing:
        return await self.does(Kind.EDIT, text=text)

    async def taps(self, label: str) -> Outgoing:
        """Taps the button of the newest message whose label holds these words."""
        return await self.taps_payload(self.payload(label))

    async def taps_payload(self, payload: str) -> Outgoing:
        return await self.does(Kind.TAP, payload=payload)

    async def sends(self, kind: str, text: str = "") -> Outgoing:
        return await self.does(Kind.FILES, text=text, files=(FileRef(ref="f1", kind=kind),))

    def payload(self, label: str) -> str:
        buttons = {button.label: button.payload for row in self.last.buttons for button in row}
        return next(payload for name, payload in buttons.items() if label in name)

    async def does(self, kind: Kind, **what: Any) -> Outgoing:
        """One turn, committed as the dispatcher commits it. Gives the last reply, an empty one for silence."""
        event = self.event(kind, **what)
        async with self.store.read() as conn:
            contact = (await contacts.fetch(conn, [self.key])).get(self.key)
            session = (await sessions.fetch(conn, [self.key])).get(self.key)
        turn = await self.router.handle(event, contact, session, self.limits, self.now)
        drafts = [outbox.Draft("telegram", "1", self.chat, msgspec.json.encode(one)) for one in turn.messages]
        changes = [*turn.changes, *(Change(outbox.insert, draft) for draft in drafts)]
        results = await self.store.writer.commit(*changes)
        self.replies = turn.messages
        self.letters = results[len(turn.changes) :]
        return self.replies[-1] if self.replies else Outgoing(text="")

    def event(self, kind: Kind, **what: Any) -> Incoming:
        language = self.language
        where = {"channel": "telegram", "account": "1", "chat": self.chat, "sender": self.chat}
        return Incoming(event_id="1", kind=kind, at=self.now, language=language, **where, **what)

    def waits(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)

    # ---- what the database holds

    async def session(self) -> Session:
        async with self.store.read() as conn:
            return (await sessions.fetch(conn, [self.key])).get(self.key) or Session()

    async def running(self) -> Running | None:
        return (await self.session()).running

    async def contact(self) -> Contact | None:
        async with self.store.read() as conn:
            return (await contacts.fetch(conn, [self.key])).get(self.key)

    async def rows(self, table: sa.Table) -> Sequence[Any]:
        async with self.store.read() as conn:
            return (await conn.execute(sa.select(table))).all()


@asynccontextmanager
async def open_room(url: str, knowledge: Knowledge, **more: Any) -> AsyncIterator[Room]:
    """A room on the database at `url`."""
    async with open_store(url, KEYRING) as store:
        yield Room(store, knowledge, **more)

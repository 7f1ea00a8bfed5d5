"""A web chat on a real server: its mailbox in memory, and someone who answers."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web

from nhipcau.channels.message import Button, Incoming, Kind, Outgoing
from nhipcau.channels.web import Posted, WebChat, WebSettings

CHOICES = ((Button(label="Lương tối thiểu", payload="ask:wage"), Button(label="Nghỉ phép", payload="ask:leave")),)


class MemoryMailbox:
    """Keeps every chat's lines in order."""

    def __init__(self) -> None:
        self.posts: defaultdict[str, list[Posted]] = defaultdict(list)
        self.down = False

    async def after(self, chat: str, number: int, limit: int) -> Sequence[Posted]:
        self._insist()
        return [post for post in self.posts[chat] if post.number > number][:limit]

    async def before(self, chat: str, number: int, limit: int) -> Sequence[Posted]:
        self._insist()
        return [post for post in self.posts[chat] if post.number < number][-limit:]

    def _insist(self) -> None:
        if self.down:
            raise OSError("the database is down")

    def keep(self, chat: str, **line: object) -> None:
        number = len(self.posts[chat]) + 1
        self.posts[chat].append(Posted(number=number, at=datetime.now(UTC), **line))  # type: ignore[arg-type]


class Room:
    """The channel, what it received, and an answer to each message: the same words, with a prefix."""

    def __init__(self, settings: WebSettings) -> None:
        self.mailbox = MemoryMailbox()
        self.chat = WebChat(self.mailbox, settings)
        self.received: list[Incoming] = []
        self.down = False
        self.url = ""

    async def receive(self, events: Sequence[Incoming]) -> None:
        if self.down:
            raise OSError("disk full: secret words of a member")
        for event in events:
            if all((known.chat, known.event_id) != (event.chat, event.event_id) for known in self.received):
                self.received.append(event)
                self.mailbox.keep(event.chat, mine=True, text=event.text, event_id=event.event_id)
                await self.answer(event)

    async def answer(self, event: Incoming) -> None:
        if event.kind is Kind.START:
            await self.say(event.chat, "Chào bạn. Tôi giúp gì được bạn?", buttons=CHOICES)
        else:
            await self.say(event.chat, f"Đã nghe: {event.text}")

    async def say(self, chat: str, text: str, **more: object) -> None:
        outgoing = Outgoing(text=text, **more)  # type: ignore[arg-type]
        self.mailbox.keep(chat, mine=False, outgoing=outgoing)
        await self.chat.send(chat, outgoing, message_id=str(len(self.mailbox.posts[chat])))

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.received if event.kind is not Kind.START]


@asynccontextmanager
async def served(app: web.Application, *, port: int = 0) -> AsyncIterator[str]:
    """The application on a free port of this machine, by its address."""
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def open_room(*, port: int = 0, room: Room | None = None, **settings: object) -> AsyncIterator[Room]:
    """A room that is open until the end of the block; give `room` to open the same one again."""
    room = room or Room(WebSettings(**settings))  # type: ignore[arg-type]
    app = web.Application()
    app.add_routes(room.chat.routes())
    async with served(app, port=port) as room.url:
        await room.chat.start(room.receive)
        try:
            yield room
        finally:
            await room.chat.stop()

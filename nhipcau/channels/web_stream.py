"""How new lines of a chat reach those who wait for them."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Protocol

from nhipcau.channels.web_frames import Batch, Posted, lines

NEWEST = 2**53  # above every number a page can hold
FIRST_LINES = 30  # what a page loads of an old chat
BATCH_LINES = 100
ALIVE_SECONDS = 25  # the page takes a socket for dead after twice this silence


class Mailbox(Protocol):
    """The chat's history, kept by the database. A message of ours is in it before `send` is called for it."""

    async def after(self, chat: str, number: int, limit: int) -> Sequence[Posted]:
        """The first `limit` lines above `number`, ascending."""

    async def before(self, chat: str, number: int, limit: int) -> Sequence[Posted]:
        """The last `limit` lines below `number`, ascending."""


class Doorbell:
    """Wakes whoever waits for news of a chat, in this process."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    @contextmanager
    def listen(self, chat: str) -> Iterator[asyncio.Event]:
        """The event is set at each ring until the end of the block."""
        rung = asyncio.Event()
        self._waiting[chat].add(rung)
        try:
            yield rung
        finally:
            self._waiting[chat].discard(rung)
            if not self._waiting[chat]:
                del self._waiting[chat]

    def ring(self, chat: str) -> None:
        """Wakes the chat's sockets and polls, if there are any."""
        for rung in self._waiting.get(chat, ()):
            rung.set()

    def ring_all(self) -> None:
        """Wakes everyone, for the end."""
        for chat in list(self._waiting):
            self.ring(chat)


async def history(mailbox: Mailbox, chat: str, before: int) -> Batch:
    """The last lines below `before`."""
    posts = await mailbox.before(chat, before, FIRST_LINES)
    return Batch(posts=lines(posts), more=len(posts) == FIRST_LINES, ready=True)


async def follow(
    mailbox: Mailbox, chat: str, after: int | None, rung: asyncio.Event, recheck: float
) -> AsyncIterator[Batch]:
    """Everything above `after` (None: from the last few lines on), then whatever comes, without end.

    The batch that brings the page up to date is `ready`; an empty one says that the line is alive.
    """
    told, ready = 0.0, after is None
    if after is None:
        batch = await history(mailbox, chat, NEWEST)
        yield batch
        told, after = _now(), batch.posts[-1].n if batch.posts else 0
    while True:
        rung.clear()
        posts = await mailbox.after(chat, after, BATCH_LINES)
        caught_up = len(posts) < BATCH_LINES
        after = posts[-1].number if posts else after
        if posts or not ready or _now() - told >= ALIVE_SECONDS:
            yield Batch(posts=lines(posts), ready=caught_up and not ready, alive=not posts)
            told, ready = _now(), ready or caught_up
        if caught_up:
            await _wait(rung, min(recheck, ALIVE_SECONDS))


async def await_news(
    mailbox: Mailbox, chat: str, after: int, rung: asyncio.Event, *, seconds: float, recheck: float
) -> Batch:
    """The lines above `after`, waiting for the first of them at most `seconds`."""
    ends = _now() + seconds
    while True:
        rung.clear()
        posts = await mailbox.after(chat, after, BATCH_LINES)
        left = ends - _now()
        if posts or left <= 0:
            return Batch(posts=lines(posts), ready=True)
        if await _wait(rung, min(left, recheck)):
            ends = _now()  # woken for a line of this chat, or for the end: look once more and answer


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _wait(rung: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        return await asyncio.wait_for(rung.wait(), seconds)
    return False

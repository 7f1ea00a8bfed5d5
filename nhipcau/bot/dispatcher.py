"""Takes stored messages to their conversations: strictly in order within a chat, many chats at once."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from nhipcau.bot import metrics
from nhipcau.bot.sender import Sender
from nhipcau.channels.contract import Channel
from nhipcau.channels.message import Incoming, Outgoing
from nhipcau.handlers import again
from nhipcau.handlers import session as sessions
from nhipcau.handlers.i18n import known
from nhipcau.handlers.router import Router, Turn
from nhipcau.store import inbox, outbox
from nhipcau.store.errors import is_outage
from nhipcau.store.inbox import Arrived, Waiting
from nhipcau.store.loader import Loader
from nhipcau.store.store import Store
from nhipcau.store.writer import Change, Writer
from nhipcau.union import contacts

log = logging.getLogger(__name__)

AT_ONCE = 256  # turns under way at the same time
STARTS_ALLOWED = 20  # restarts a message may live through; one that kills the process must not do so for ever

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Incoming).decode


class Task(NamedTuple):
    """A stored message: the inbox row's id, and the message."""

    id: int
    event: Incoming


class Dispatcher:
    """One per database. `receive` is what channels call; it returns when the events are on disk."""

    def __init__(
        self, store: Store, router: Router, sender: Sender, channels: Mapping[tuple[str, str], Channel]
    ) -> None:
        self._writer: Writer = store.writer
        self._router = router
        self._sender = sender
        self._channels = channels
        self._contacts = Loader(store.reading, contacts.fetch)
        self._sessions = Loader(store.reading, sessions.fetch)
        self._queues: dict[str, deque[Task]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._stopping = False

    async def receive(self, events: Sequence[Incoming]) -> None:
        """Stores events, then has them dealt with. Duplicates are dropped. Raises when nothing was stored."""
        if not events:
            return
        kept = await self._writer.commit(*(Change(inbox.insert, _arrived(event)) for event in events))
        for row_id, event in zip(kept, events, strict=True):
            if row_id is not None:
                metrics.received.labels(event.channel).inc()
                self._enqueue(Task(row_id, event))

    async def resume(self) -> None:
        """Takes up the messages an earlier process stored and did not finish.

        Those of a channel that is switched off stay in the inbox until it is on again.
        """
        for row in await self._writer.transaction(inbox.resume):
            task = _task(row)
            if task is None or (task.event.channel, task.event.account) not in self._channels:
                continue
            if row.starts < STARTS_ALLOWED:
                self._enqueue(task)
            else:
                log.error("Message %d outlived %d restarts and is given up.", row.id, row.starts)
                await self._commit(task, _sorry(task.event))

    async def stop(self, within: float = 10.0) -> None:
        """Lets turns under way end; what waits stays in the inbox."""
        self._stopping = True
        if self._tasks:
            _done, late = await asyncio.wait(self._tasks, timeout=within)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _enqueue(self, task: Task) -> None:
        metrics.waiting.inc()
        key = task.event.key
        queue = self._queues.get(key)
        if queue is not None:
            queue.append(task)
            return
        self._queues[key] = deque([task])
        running = asyncio.create_task(self._drain(key), name="dispatch-chat")
        self._tasks.add(running)
        running.add_done_callback(self._tasks.discard)

    async def _drain(self, key: str) -> None:
        queue = self._queues[key]
        while queue and not self._stopping:
            async with self._places:
                await self._deal_with(queue[0])
            queue.popleft()
            metrics.waiting.dec()
        del self._queues[key]

    async def _deal_with(self, task: Task) -> None:
        """One turn, committed. While the database does not answer, the message stays first in its chat."""
        wait = 0.1
        began = time.monotonic()
        while not await self._dealt_with(task):
            await asyncio.sleep(wait)
            wait = min(wait * 2, 5.0)
        metrics.turn_seconds.observe(time.monotonic() - began)
        metrics.answered.labels(task.event.channel).inc()

    async def _dealt_with(self, task: Task) -> bool:
        """One try. False when the database is out of reach; a fault of ours becomes an apology, never silence.

        Where even that cannot be kept, the chat goes on, and the message is taken up again at the next start.
        """
        try:
            try:
                await self._commit(task, await self._turn(task.event))
            except Exception as error:
                if is_outage(error):
                    raise
                metrics.faults.inc()
                log.exception("A message of kind %s could not be handled", task.event.kind)
                await self._commit(task, _sorry(task.event))
        except Exception as error:
            if is_outage(error):
                log.error("The database does not answer (%s); trying again.", type(error).__name__)
                return False
            log.exception("A message of kind %s could not be dealt with and stays in the inbox", task.event.kind)
        return True

    async def _turn(self, event: Incoming) -> Turn:
        """What the conversations make of it."""
        asked_contact, asked_session = self._contacts.get(event.key), self._sessions.get(event.key)
        contact, session = await asked_contact, await asked_session
        limits = self._channels[event.channel, event.account].limits
        return await self._router.handle(event, contact, session, limits, datetime.now(UTC))

    async def _commit(self, task: Task, turn: Turn) -> None:
        event = task.event
        drafts = [_draft(event, message) for message in turn.messages]
        changes = [
            *turn.changes,
            *(Change(outbox.insert, draft) for draft in drafts),
            Change(inbox.finish, task.id),
        ]
        results = await self._writer.commit(*changes)
        first = len(turn.changes)
        self._sender.offer(results[first : first + len(drafts)])


def _task(row: Waiting) -> Task | None:
    """What stands in the inbox; None for what another release wrote, which must not keep this one from starting."""
    try:
        return Task(row.id, decode(row.body))
    except msgspec.DecodeError:
        log.error("Message %d cannot be read by this release and stays in the inbox.", row.id)
        return None


def _arrived(event: Incoming) -> Arrived:
    return Arrived(event.channel, event.account, event.chat, event.event_id, encode(event))


def _draft(event: Incoming, message: Outgoing) -> outbox.Draft:
    return outbox.Draft(event.channel, event.account, event.chat, encode(message))


def _sorry(event: Incoming) -> Turn:
    code = known(event.language)
    return Turn([], [again.apology(code)], code)

"""Takes letters from the outbox to their channels: in order within a chat, many chats at once.

The intent is committed before each send and the outcome after it, so a letter found in `sending` after a crash
is in doubt: on a channel that shows a repeated message once it is sent again, elsewhere its reader is asked.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from nhipcau.bot import metrics
from nhipcau.bot.pacer import Pacer
from nhipcau.channels.contract import Channel
from nhipcau.channels.failures import InDoubt, Moved, Refused, SendFailure, SlowDown, Throttled
from nhipcau.channels.message import Outgoing, Receipt
from nhipcau.handlers.presenting import fitted
from nhipcau.store import outbox
from nhipcau.store.errors import is_outage
from nhipcau.store.outbox import Ending, Letter, State
from nhipcau.store.store import Store
from nhipcau.store.writer import Change

log = logging.getLogger(__name__)

LONGEST_WAIT = 3600.0  # seconds between two tries
NOTICE_TRIES = 5  # of a notice whose fate is unknown: twice does no harm, and nothing else tells of the reply

T = TypeVar("T")

Address = tuple[str, str, str]
Aftermath = Callable[[Letter, str], Awaitable[Sequence[Change]]]
"""What else is committed when a letter ends in a state: a notice to its reader, a contact that is lost."""


class Sender:
    """One per process. `offer` hands over letters that are already committed."""

    def __init__(self, store: Store, channels: Mapping[tuple[str, str], Channel], aftermath: Aftermath) -> None:
        self._store = store
        self._channels = channels
        self._pacers = {name: Pacer(channel.limits) for name, channel in channels.items()}
        self._places = {name: asyncio.Semaphore(channel.limits.concurrency) for name, channel in channels.items()}
        self._queues: dict[Address, deque[Letter]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._aftermath = aftermath
        self._stopping = asyncio.Event()

    def offer(self, letters: Sequence[Letter]) -> None:
        """Sends these, each behind the earlier ones of its chat."""
        for letter in letters:
            queue = self._queues.get(letter.address)
            if queue is None:
                self._queues[letter.address] = deque([letter])
                self._start(letter.address)
            else:
                queue.append(letter)

    async def resume(self) -> None:
        """Takes up what an earlier process left: the waiting is sent, the half-sent is settled."""
        for letter in await self._open_letters():
            await self._take_up(letter)

    async def _take_up(self, letter: Letter) -> None:
        died = "process died while sending"
        channel = self._channels.get(letter.address[:2])
        if letter.state == State.WAITING or (channel is not None and channel.repeatable):
            self.offer([letter])
        elif letter.about is not None and letter.attempts < NOTICE_TRIES:
            await self._commit(Change(outbox.end, Ending(letter.id, State.WAITING, failure=died)))
            self.offer([letter._replace(state=State.WAITING)])
        else:
            await self._end(letter, Ending(letter.id, State.IN_DOUBT, failure=died))

    async def sweep(self, every: float = 3.0) -> None:
        """Finds letters that other processes put into the outbox, such as an officer's reply. Never returns."""
        while True:
            await asyncio.sleep(every)
            letters = await self._patiently(self._open_letters)
            mine = {letter.id for queue in self._queues.values() for letter in queue}
            self.offer([one for one in letters if self._is_due(one) and one.id not in mine])

    def _is_due(self, letter: Letter) -> bool:
        return letter.state == State.WAITING and letter.address[:2] in self._channels

    async def stop(self, within: float = 10.0) -> None:
        """Lets sends under way finish; what still waits stays in the outbox for the next start."""
        self._stopping.set()
        if self._tasks:
            _done, late = await asyncio.wait(self._tasks, timeout=within)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _open_letters(self) -> list[Letter]:
        async with self._store.read() as conn:
            return await outbox.still_open(conn)

    def _start(self, address: Address) -> None:
        task = asyncio.create_task(self._drain(address), name="sender-chat")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, address: Address) -> None:
        """Sends a chat's letters one after another; a letter that must be tried again holds the later ones."""
        queue = self._queues[address]
        while queue and not self._stopping.is_set():
            if await self._settled(queue[0]):
                queue.popleft()
        del self._queues[address]

    async def _settled(self, letter: Letter) -> bool:
        """One try. After a fault of ours the letter stays as it stands on disk, and its chat goes on."""
        try:
            return await self._deliver(letter)
        except Exception:
            metrics.faults.inc()
            log.exception("A letter could not be settled")
            return True

    async def _deliver(self, letter: Letter) -> bool:
        """One try. True when the letter has ended; False when it must be tried again."""
        name = letter.address[:2]
        channel = self._channels.get(name)
        if channel is None:
            return True  # its channel is switched off; it waits in the outbox until it is on again
        await self._wait_for_turn(letter, self._pacers[name])
        if self._stopping.is_set():
            return False
        if letter.state == State.WAITING and not (await self._commit(Change(outbox.intend, letter.id)))[0]:
            return True  # another hand has it
        try:
            async with self._places[name]:
                receipt = await _send(channel, letter)
        except SendFailure as failure:
            return await self._failed(letter, failure)
        await self._end(letter, Ending(letter.id, State.SENT, receipt=" ".join(receipt.message_ids)))
        return True

    async def _wait_for_turn(self, letter: Letter, pacer: Pacer) -> None:
        await self._rest_until(pacer.for_chat(letter.chat, time.monotonic(), group=_is_group(letter)))
        while (pause := pacer.paused(letter.chat, time.monotonic())) and not self._stopping.is_set():
            await self._rest(pause)
        await self._rest_until(pacer.for_account(time.monotonic()))
        while pacer.is_stopped(time.monotonic()) and not self._stopping.is_set():
            await self._rest_until(pacer.for_account(time.monotonic()))

    async def _rest_until(self, moment: float) -> None:
        delay = moment - time.monotonic()
        if delay > 0:
            await self._rest(delay)

    async def _rest(self, seconds: float) -> None:
        """Waits, but not past the call to stop."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    async def _failed(self, letter: Letter, failure: SendFailure) -> bool:
        """Records a failure. True when it is final."""
        if isinstance(failure, Moved):
            return await self._move(letter, failure)
        if letter.attempts + 1 < _tries(letter, failure):
            return await self._again(letter, failure)
        state = State.IN_DOUBT if failure.sent is None else State.GONE if failure.gone else State.FAILED
        if failure.ours:
            log.error("A message was refused: %s", failure)
        await self._end(letter, Ending(letter.id, state, failure=str(failure)))
        return True

    async def _again(self, letter: Letter, failure: SendFailure) -> bool:
        """Puts the letter back and waits as long as the failure asks."""
        await self._commit(Change(outbox.end, Ending(letter.id, State.WAITING, failure=str(failure))))
        wait = failure.after or min(2.0**letter.attempts, LONGEST_WAIT)
        if isinstance(failure, Throttled):
            self._pacers[letter.address[:2]].stop_all(time.monotonic(), wait)
        elif isinstance(failure, SlowDown):
            self._pacers[letter.address[:2]].slow_down(letter.chat, time.monotonic(), wait)
        elif failure.ours:
            log.error("%s", failure)
        later = letter._replace(state=State.WAITING, attempts=letter.attempts + 1)
        self._queues[letter.address][0] = later
        await self._rest(wait)
        return False

    async def _move(self, letter: Letter, failure: Moved) -> bool:
        """The group has a new id: the letter ends here and a copy goes there."""
        ending = Ending(letter.id, State.FAILED, failure="moved")
        draft = outbox.Draft(letter.channel, letter.account, failure.new_chat, letter.body, letter.lane, letter.about)
        kept, _ = await self._commit(Change(outbox.insert, draft), Change(outbox.end, ending))
        self.offer([kept])
        return True

    async def _end(self, letter: Letter, ending: Ending) -> None:
        metrics.sent.labels(letter.channel, ending.state).inc()
        changes = [Change(outbox.end, ending)]
        if ending.state != State.SENT:
            changes += await self._patiently(lambda: self._aftermath(letter, ending.state))
        results = await self._commit(*changes)
        self.offer([one for one in results if isinstance(one, Letter)])

    async def _commit(self, *changes: Change) -> list[Any]:
        """Commits, and does not give up: an outcome that is not recorded would be told wrongly after a restart."""
        return await self._patiently(lambda: self._store.writer.commit(*changes))

    async def _patiently(self, work: Callable[[], Awaitable[T]]) -> T:
        """Does what needs the database, again and again while it is out of reach."""
        wait = 0.1
        while True:
            try:
                return await work()
            except Exception as error:
                if not is_outage(error):
                    raise
                log.error("The database does not answer (%s); trying again.", type(error).__name__)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 5.0)


def _tries(letter: Letter, failure: SendFailure) -> int:
    """How often a letter is tried that fails like this."""
    if failure.retry:
        return failure.tries
    return NOTICE_TRIES if failure.sent is None and letter.about is not None else 0


def _is_group(letter: Letter) -> bool:
    return letter.channel == "telegram" and letter.chat.startswith("-")


async def _send(channel: Channel, letter: Letter) -> Receipt:
    try:
        message = fitted(msgspec.json.decode(letter.body, type=Outgoing), channel.limits)
        return await channel.send(letter.chat, message, message_id=str(letter.id))
    except SendFailure:
        raise
    except msgspec.DecodeError as error:
        raise Refused from error
    except Exception as error:
        log.exception("A channel failed in a way it should not")
        raise InDoubt from error

"""A crash or an outage in an awkward moment must not silence a chat."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from nhipcau.bot.aftermath import build_aftermath
from nhipcau.bot.dispatcher import Dispatcher, encode
from nhipcau.bot.sender import NOTICE_TRIES, Sender
from nhipcau.channels.contract import Limits
from nhipcau.channels.failures import InDoubt, Refused, SendFailure
from nhipcau.channels.message import Incoming, Kind, Outgoing, Receipt
from nhipcau.handlers import session as sessions
from nhipcau.handlers.session import Session
from nhipcau.store import inbox, outbox
from nhipcau.store.inbox import Arrived
from nhipcau.store.outbox import Draft, Ending, Letter, State
from nhipcau.store.store import Store
from nhipcau.store.writer import Change

CHAT = ("telegram", "1", "7")
AWAY = sa.exc.OperationalError("SELECT", {}, ConnectionError("the server closed the connection"))


class Line:
    """A channel that notes what it was given, and fails as often as it is told to."""

    name, account, repeatable, secrets = "telegram", "1", False, ()
    limits = Limits(text=4096, buttons=100)

    def __init__(self, *failures: SendFailure) -> None:
        self.failures = list(failures)
        self.sent: list[str] = []
        self.news = asyncio.Event()

    async def send(self, chat: str, message: Outgoing, *, message_id: str) -> Receipt:
        self.sent.append(message.text)
        self.news.set()
        if self.failures:
            raise self.failures.pop(0)
        return Receipt(message_ids=(message_id,))

    async def until(self, count: int) -> list[str]:
        async with asyncio.timeout(10):
            while len(self.sent) < count:
                self.news.clear()
                await self.news.wait()
        return self.sent


class Failing:
    """Fails so many times with AWAY, then does what it stands for."""

    def __init__(self, work: Any, times: int = 1) -> None:
        self.work, self.times = work, times

    def __call__(self, *arguments: Any) -> Any:
        if self.times:
            self.times -= 1
            raise AWAY
        return self.work(*arguments)


@asynccontextmanager
async def sending(store: Store, line: Line, aftermath: Any = None) -> AsyncIterator[Sender]:
    sender = Sender(store, {CHAT[:2]: line}, aftermath or build_aftermath(store))
    yield sender
    await sender.stop()


async def kept(store: Store, *texts: str, about: int | None = None) -> list[Letter]:
    drafts = [Draft(*CHAT, msgspec.json.encode(Outgoing(text=text)), about=about) for text in texts]
    return await store.writer.commit(*(Change(outbox.insert, draft) for draft in drafts))


async def states(store: Store) -> dict[str, int]:
    async with store.read() as conn:
        return await outbox.count_by_state(conn)


async def test_a_reply_caught_by_the_crash_is_told_of_and_not_repeated(store: Store) -> None:
    (reply,) = await kept(store, "the answer")
    await store.writer.commit(Change(outbox.intend, reply.id))
    line = Line()
    async with sending(store, line) as sender:
        await sender.resume()
        (notice,) = await line.until(1)
    assert notice != "the answer"
    assert await states(store) == {"in_doubt": 1, "sent": 1}


async def test_a_notice_caught_by_the_crash_is_sent_again(store: Store) -> None:
    """It is the last word about a reply: in doubt, too, nobody would ever hear of that reply."""
    (notice,) = await kept(store, "did it reach you?", about=1)
    await store.writer.commit(Change(outbox.intend, notice.id))
    line = Line()
    async with sending(store, line) as sender:
        await sender.resume()
        assert await line.until(1) == ["did it reach you?"]
    assert await states(store) == {"sent": 1}


async def test_a_notice_that_meets_a_crash_each_time_is_left_at_last(store: Store) -> None:
    (notice,) = await kept(store, "did it reach you?", about=1)
    await store.writer.commit(Change(outbox.intend, notice.id))
    for _ in range(NOTICE_TRIES - 1):
        await store.writer.commit(Change(outbox.end, Ending(notice.id, State.WAITING)))
        await store.writer.commit(Change(outbox.intend, notice.id))
    async with sending(store, Line()) as sender:
        await sender.resume()
    assert await states(store) == {"in_doubt": 1}


async def test_a_notice_whose_connection_broke_is_tried_again_but_not_for_ever(store: Store) -> None:
    line = Line(*(InDoubt(after=0.01) for _ in range(NOTICE_TRIES)))
    async with sending(store, line) as sender:
        sender.offer(await kept(store, "did it reach you?", about=1))
        await line.until(NOTICE_TRIES)
    assert len(line.sent) == NOTICE_TRIES
    assert await states(store) == {"in_doubt": 1}


async def test_a_chat_goes_on_when_the_database_was_away_while_a_failure_was_recorded(store: Store) -> None:
    async def aftermath(_letter: Letter, _state: str) -> Sequence[Change]:
        return []

    line = Line(Refused())
    async with sending(store, line, Failing(aftermath)) as sender:
        sender.offer(await kept(store, "refused", "the next"))
        assert await line.until(2) == ["refused", "the next"]
    assert await states(store) == {"failed": 1, "sent": 1}


async def test_the_sweep_goes_on_when_the_database_was_away(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "read", Failing(store.read))
    line = Line()
    async with sending(store, line) as sender:
        sweeping = asyncio.create_task(sender.sweep(every=0.02))
        await kept(store, "an officer's reply")
        assert await line.until(1) == ["an officer's reply"]
        sweeping.cancel()
        await asyncio.gather(sweeping, return_exceptions=True)


async def test_a_switched_off_channel_is_left_alone_by_the_sweep(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line()
    sender = Sender(store, {("web", "web"): line}, build_aftermath(store))
    await kept(store, "for another day")
    offered: list[Letter] = []
    monkeypatch.setattr(sender, "offer", offered.extend)
    sweeping = asyncio.create_task(sender.sweep(every=0.01))
    await asyncio.sleep(0.1)
    sweeping.cancel()
    await asyncio.gather(sweeping, return_exceptions=True)
    assert offered == []
    assert await states(store) == {"waiting": 1}


async def test_a_fault_of_ours_in_one_letter_does_not_silence_the_chat(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    async def aftermath(_letter: Letter, _state: str) -> Sequence[Change]:
        raise ValueError("a fault")

    line = Line(Refused())
    async with sending(store, line, aftermath) as sender:
        sender.offer(await kept(store, "refused", "the next"))
        assert await line.until(2) == ["refused", "the next"]
    assert await states(store) == {"sending": 1, "sent": 1}
    assert "A letter could not be settled" in caplog.text


class Faulty:
    """A router with a fault of ours."""

    async def handle(self, *_: Any) -> Any:
        raise ValueError("a fault")


def event(event_id: str) -> Incoming:
    return Incoming(
        channel="telegram",
        account="1",
        chat="7",
        sender="7",
        event_id=event_id,
        kind=Kind.TEXT,
        at=datetime.now(UTC),
    )


async def test_an_apology_waits_for_the_database(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = store.writer.commit
    line = Line()
    async with sending(store, line) as sender:
        dispatcher = Dispatcher(store, Faulty(), sender, {CHAT[:2]: line})  # type: ignore[arg-type]
        await dispatcher.receive([event("1")])
        monkeypatch.setattr(store.writer, "commit", Failing(commit))
        (apology,) = await line.until(1)
        await dispatcher.stop()
    assert apology


async def test_an_apology_that_cannot_be_kept_does_not_silence_the_chat(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    line = Line()
    async with sending(store, line) as sender:
        dispatcher = Dispatcher(store, Faulty(), sender, {CHAT[:2]: line})  # type: ignore[arg-type]
        keep = dispatcher._commit
        refusals = [ValueError("refused")]

        async def commit(*arguments: Any) -> None:
            if refusals:
                raise refusals.pop()
            await keep(*arguments)

        monkeypatch.setattr(dispatcher, "_commit", commit)
        await dispatcher.receive([event("1")])
        await dispatcher.receive([event("2")])
        await line.until(1)
        await dispatcher.stop()
    assert "could not be dealt with and stays in the inbox" in caplog.text


async def test_what_an_other_release_wrote_stops_neither_the_start_nor_the_chat(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    unread = Arrived(*CHAT, "0", b'{"kind": "of tomorrow"}')
    await store.writer.commit(Change(inbox.insert, unread))
    await store.writer.commit(Change(inbox.insert, Arrived(*CHAT, "1", encode(event("1")))))
    line = Line()
    async with sending(store, line) as sender:
        dispatcher = Dispatcher(store, Faulty(), sender, {CHAT[:2]: line})  # type: ignore[arg-type]
        await dispatcher.resume()
        assert await line.until(1)
        await dispatcher.stop()
    assert "cannot be read by this release" in caplog.text


async def test_a_session_of_another_release_is_begun_anew(store: Store) -> None:
    key, other = "telegram:1:7", "telegram:1:8"
    session = Session(offered=("menu",))
    await store.writer.commit(Change(sessions.save, (key, session)), Change(sessions.save, (other, session)))
    table = sessions.conversation
    broken = sa.update(table).where(table.c.key_digest == key).values(body=b'{"offered": 1}')
    await store.writer.transaction(lambda conn: conn.execute(broken))
    async with store.read() as conn:
        assert await sessions.fetch(conn, [key, other]) == {other: session}

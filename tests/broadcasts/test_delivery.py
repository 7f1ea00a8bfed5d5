"""Sending a range of the ledger."""

import asyncio
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from nhipcau.broadcasts import ledger
from nhipcau.broadcasts.bulletin import Stage
from nhipcau.broadcasts.delivery import Delivery, Span
from nhipcau.broadcasts.ledger import Claim, Row, State, delivery
from nhipcau.channels.failures import Gone, InDoubt, Refused, SendFailure, SlowDown, Unreachable
from nhipcau.channels.message import Receipt
from nhipcau.store.store import Store
from nhipcau.store.writer import Change
from tests.broadcasts.room import BULLETIN, found, join_many, start, turn_to

SPAN = Span(BULLETIN.id, "telegram:1", 0, 10)


class Open:
    """A gate that lets `at_once` messages through at a time."""

    def __init__(self, at_once: int = 64) -> None:
        self.at_once = at_once
        self.slowed: list[float] = []

    async def take(self, account: str, wanted: int) -> int:
        return min(wanted, self.at_once)

    def slow_down(self, account: str, seconds: float) -> None:
        self.slowed.append(seconds)


class Platform:
    """Takes messages; fails for the members named."""

    def __init__(self, failing: dict[int, SendFailure] | None = None, meanwhile: Callable[[int], None] | None = None):
        self.got: list[int] = []
        self.failing = failing or {}

    async def send(self, row: Row) -> Receipt:
        self.got.append(row.member_id)
        if row.member_id in self.failing:
            raise self.failing[row.member_id]
        return Receipt(message_ids=(f"m{row.member_id}",))


async def counts(store: Store) -> dict[State, int]:
    async with store.read() as conn:
        return await ledger.counts(conn, BULLETIN.id)


async def ready(store: Store, members: int = 3) -> None:
    await found(store)
    await join_many(store, members)
    await start(store)


async def test_each_gets_one_copy_and_the_ledger_knows(store: Store) -> None:
    await ready(store)
    platform = Platform()
    assert await Delivery(store, Open(), 1).work(SPAN, platform.send) is None
    assert sorted(platform.got) == [1, 2, 3]
    assert await counts(store) == {State.SENT: 3}


ENDS = [
    (Gone(), State.GONE, False),
    (Refused(), State.FAILED, False),
    (InDoubt(), State.IN_DOUBT, False),
    (Unreachable(after=5), State.PLANNED, True),
    (SlowDown(after=35), State.PLANNED, True),
]


@pytest.mark.parametrize(("failure", "state", "again"), ENDS)
async def test_one_bad_recipient_stops_nobody(store: Store, failure: SendFailure, state: State, again: bool) -> None:
    await ready(store)
    due = await Delivery(store, Open(), 1).work(SPAN, Platform({2: failure}).send)
    assert await counts(store) == {State.SENT: 2, state: 1}
    assert (due is not None) is again


async def test_the_platforms_wish_to_wait_reaches_the_gate(store: Store) -> None:
    await ready(store)
    gate = Open()
    await Delivery(store, gate, 1).work(SPAN, Platform({2: SlowDown(after=35)}).send)
    assert gate.slowed == [35]


async def test_what_waits_is_not_sent_before_its_time(store: Store) -> None:
    await ready(store)
    platform = Platform({2: SlowDown(after=35)})
    for _ in range(2):
        await Delivery(store, Open(), 1).work(SPAN, platform.send)
    assert platform.got.count(2) == 1


async def test_two_workers_on_one_range_send_one_copy_each(store: Store) -> None:
    await ready(store, 10)
    platform = Platform()
    await asyncio.gather(*(Delivery(store, Open(2), worker).work(SPAN, platform.send) for worker in (1, 2, 3)))
    await Delivery(store, Open(), 4).work(SPAN, platform.send)
    assert sorted(platform.got) == list(range(1, 11))


async def test_after_a_pause_nothing_more_is_begun(store: Store) -> None:
    await ready(store)
    await turn_to(store, Stage.PAUSED)
    platform = Platform()
    await Delivery(store, Open(), 1).work(SPAN, platform.send)
    assert platform.got == []
    await turn_to(store, Stage.SENDING)
    await Delivery(store, Open(), 1).work(SPAN, platform.send)
    assert await counts(store) == {State.SENT: 3}


async def test_what_a_dead_worker_held_is_in_doubt_and_not_sent_again(store: Store) -> None:
    await ready(store)
    await store.writer.commit(Change(ledger.claim, Claim(BULLETIN.id, 1, (0, 1))))
    assert await store.writer.transaction(lambda conn: ledger.doubt(conn, BULLETIN.id, workers=[1])) == 2
    platform = Platform()
    await Delivery(store, Open(), 2).work(SPAN, platform.send)
    assert platform.got == [3]
    assert await counts(store) == {State.IN_DOUBT: 2, State.SENT: 1}


async def test_a_worker_that_slept_may_still_tell_how_it_ended(store: Store) -> None:
    await ready(store)
    await store.writer.commit(Change(ledger.claim, Claim(BULLETIN.id, 1, (0,))))
    await store.writer.transaction(lambda conn: ledger.doubt(conn, BULLETIN.id, workers=[1]))
    told = ledger.Outcome(BULLETIN.id, 0, 1, State.SENT, BULLETIN.changed_at, receipt="m1")
    await store.writer.commit(Change(ledger.record, told), Change(ledger.record, told._replace(seq=1)))
    assert await counts(store) == {State.SENT: 1, State.PLANNED: 2}
    async with store.read() as conn:
        assert (await conn.execute(sa.select(delivery.c.receipt).where(delivery.c.seq == 0))).scalar() == "m1"

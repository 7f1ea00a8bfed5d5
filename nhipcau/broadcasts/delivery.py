"""Sends a range of the ledger: waits for its turn, commits the intent, sends, commits what became of it.

Rows are claimed only when the platform's rate lets them go at once, so what is claimed is what is in flight: a
crash leaves no more in doubt than that. Outcomes of one group and the intent of the next are one transaction.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

from nhipcau.broadcasts import ledger
from nhipcau.broadcasts.ledger import Claim, Outcome, Row, State
from nhipcau.channels.failures import SendFailure, SlowDown
from nhipcau.channels.message import Receipt
from nhipcau.store.store import Store
from nhipcau.store.writer import Change

GROUP = 64  # sends begun together at most
TRIES = 10
LONGEST_WAIT = 3600.0  # seconds


class Span(NamedTuple):
    """Part of a bulletin's ledger, all of one account: `first` up to, not including, `end`."""

    bulletin_id: int
    account: str
    first: int
    end: int


class Gate(Protocol):
    """The rate of an account, shared by all that send."""

    async def take(self, account: str, wanted: int) -> int:
        """Waits until at least one message may go now; returns how many of `wanted` may."""

    def slow_down(self, account: str, seconds: float) -> None:
        """The platform asked the account to wait."""


Send = Callable[[Row], Awaitable[Receipt]]
"""Sends one copy. Raises SendFailure."""


class Delivery:
    """One worker's hand. `worker` tells its claims from those of others."""

    def __init__(self, store: Store, gate: Gate, worker: int) -> None:
        self._store = store
        self._gate = gate
        self._worker = worker

    async def work(self, span: Span, send: Send) -> datetime | None:
        """Sends what is open in a range. Returns when something of it is due again, None when all is settled."""
        rows = await self._open(span)
        ended: list[Outcome] = []
        due: list[datetime] = []
        while rows:
            allowed = await self._gate.take(span.account, min(GROUP, len(rows)))
            group, rows = rows[:allowed], rows[allowed:]
            mine = await self._claim(span, group, ended)
            ended = list(await asyncio.gather(*(self._one(span, row, send) for row in group if row.seq in mine)))
            due += [one.due_at for one in ended if one.due_at is not None]
            if not mine:
                break  # paused or cancelled, or another worker is at it
        await self._store.writer.commit(*(Change(ledger.record, one) for one in ended))
        return min(due, default=None)

    async def _open(self, span: Span) -> list[Row]:
        async with self._store.read() as conn:
            return await ledger.open_rows(conn, span.bulletin_id, range(span.first, span.end), datetime.now(UTC))

    async def _claim(self, span: Span, group: Sequence[Row], ended: Sequence[Outcome]) -> frozenset[int]:
        claim = Claim(span.bulletin_id, self._worker, tuple(row.seq for row in group))
        *_, mine = await self._store.writer.commit(
            *(Change(ledger.record, one) for one in ended), Change(ledger.claim, claim)
        )
        return mine  # type: ignore[no-any-return]

    async def _one(self, span: Span, row: Row, send: Send) -> Outcome:
        try:
            receipt = await send(row)
        except SendFailure as failure:
            if isinstance(failure, SlowDown):
                self._gate.slow_down(span.account, failure.after)
            return _failed(span, row, failure, self._worker, datetime.now(UTC))
        told = " ".join(receipt.message_ids)
        return Outcome(span.bulletin_id, row.seq, self._worker, State.SENT, datetime.now(UTC), receipt=told)


def _failed(span: Span, row: Row, failure: SendFailure, worker: int, now: datetime) -> Outcome:
    """What a failure makes of a copy: tried again later, in doubt, gone, or failed for good."""
    outcome = Outcome(span.bulletin_id, row.seq, worker, State.FAILED, now, failure=str(failure))
    if failure.retry and row.attempts + 1 < TRIES:
        wait = failure.after or min(2.0**row.attempts, LONGEST_WAIT)
        return outcome._replace(state=State.PLANNED, due_at=now + timedelta(seconds=wait))
    if failure.sent is None:
        return outcome._replace(state=State.IN_DOUBT)
    return outcome._replace(state=State.GONE if failure.gone else State.FAILED)

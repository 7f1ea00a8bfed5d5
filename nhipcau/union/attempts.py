"""Wrong tries, so that nobody can guess codes or cards: who (as a digest), at what, when. Deleted after a day."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from nhipcau.store.ids import ids
from nhipcau.store.sealed import Digest
from nhipcau.store.tables import Moment, RowId, metadata

attempt = sa.Table(
    "attempt",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=False),
    sa.Column("who", Digest("attempt.key"), nullable=False, index=True),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False, index=True),
)

KEPT = timedelta(days=1)


class Allowance(NamedTuple):
    """How many wrong tries a chat has in a time, and how many all chats have together."""

    what: str
    tries: int
    within: timedelta
    altogether: int


LINKING = Allowance("link", 5, timedelta(hours=1), 100)
"""A code has six digits and lives ten minutes: 100 tries an hour find one of ten open codes once in 1,000 hours."""

PROVING = Allowance("prove", 5, timedelta(days=1), 1000)


class Attempt(NamedTuple):
    """One wrong try of a chat, given by its key."""

    key: str
    what: str


def note(conn: sa.Connection, attempts: Sequence[Attempt]) -> None:
    now = datetime.now(UTC)
    rows = [{"id": ids.next(), "who": one.key, "what": one.what, "at": now} for one in attempts]
    conn.execute(sa.insert(attempt), rows)


def used_up(conn: sa.Connection, key: str, allowance: Allowance, now: datetime) -> bool:
    """Whether this chat, or all together, tried wrongly too often."""
    recent = attempt.c.what == allowance.what, attempt.c.at > now - allowance.within
    own = sa.func.count(sa.case((attempt.c.who == key, 1)))
    mine, all_ = conn.execute(sa.select(own, sa.func.count()).where(*recent)).one()
    return bool(mine >= allowance.tries or all_ >= allowance.altogether)


def forget(conn: sa.Connection, before: datetime) -> None:
    """Deletes old tries."""
    conn.execute(sa.delete(attempt).where(attempt.c.at < before))


def forget_chats(conn: sa.Connection, keys: Sequence[str]) -> None:
    conn.execute(sa.delete(attempt).where(attempt.c.who.in_(list(keys))))

"""Checked payslips that members asked us to keep: the report as they read it, sealed, theirs to delete."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from nhipcau.store.ids import ids
from nhipcau.store.sealed import Digest, SealedText
from nhipcau.store.tables import Moment, RowId, metadata

LONGEST = timedelta(days=730)
"""Claims about wages may be brought to court for a year (45/2019/QH14, Article 190); two years leave time for them."""

kept_payslip = sa.Table(
    "kept_payslip",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=False),
    sa.Column("key_digest", Digest("kept_payslip.key"), nullable=False, index=True),
    sa.Column("key", SealedText("kept_payslip.key"), nullable=False),  # the chat's
    sa.Column("report", SealedText("kept_payslip.report"), nullable=False),
    sa.Column("kept_at", Moment, nullable=False),
)


class Kept(NamedTuple):
    """One kept report."""

    id: int
    report: str
    kept_at: datetime


def keep(conn: sa.Connection, reports: Sequence[tuple[str, str]]) -> None:
    """Keeps reports, each given as (the chat's key, text)."""
    now = datetime.now(UTC)
    rows = [{"id": ids.next(), "key_digest": key, "key": key, "report": text, "kept_at": now} for key, text in reports]
    conn.execute(sa.insert(kept_payslip), rows)


async def fetch(conn: AsyncConnection, key: str) -> list[Kept]:
    """What is kept for this chat, newest first."""
    columns = (kept_payslip.c.id, kept_payslip.c.report, kept_payslip.c.kept_at)
    found = sa.select(*columns).where(kept_payslip.c.key_digest == key).order_by(kept_payslip.c.id.desc())
    return [Kept(*row) for row in await conn.execute(found)]


def drop(conn: sa.Connection, keys: Sequence[str]) -> None:
    """Deletes all that is kept for these chats."""
    conn.execute(sa.delete(kept_payslip).where(kept_payslip.c.key_digest.in_(list(keys))))


def forget(conn: sa.Connection, now: datetime) -> int:
    """Deletes what has been kept too long; returns how many."""
    gone: Any = conn.execute(sa.delete(kept_payslip).where(kept_payslip.c.kept_at < now - LONGEST))
    return int(gone.rowcount)

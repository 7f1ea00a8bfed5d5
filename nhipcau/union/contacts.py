"""Who can be reached where: one row per chat, with its language and whether the person still lets us in."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from nhipcau.store.tables import Moment, metadata, upsert

contact = sa.Table(
    "contact",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),  # "channel:account:chat"
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("met_at", Moment, nullable=False),
    sa.Column("gone_at", Moment),  # since when the person blocks us or is no longer there
)


class Contact(NamedTuple):
    """`language`: "vi" or "en". `reachable` is False between "blocked" and the person's next message."""

    key: str
    language: str
    reachable: bool = True


async def fetch(conn: AsyncConnection, keys: Sequence[str]) -> dict[str, Contact]:
    """The contacts of these keys; unknown keys are left out."""
    rows = await conn.execute(_BY_KEY, {"keys": list(keys)})
    return {row.key: Contact(row.key, row.language, row.gone_at is None) for row in rows}


_BY_KEY = sa.select(contact).where(contact.c.key.in_(sa.bindparam("keys", expanding=True)))


def save(conn: sa.Connection, contacts: Sequence[Contact]) -> None:
    """Adds contacts or changes them; the day we met stays."""
    now = datetime.now(UTC)
    statement = upsert(contact, conn)
    statement = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={"language": statement.excluded.language, "gone_at": statement.excluded.gone_at},
    )
    conn.execute(statement, [_row(one, now) for one in contacts])


def _row(one: Contact, now: datetime) -> dict[str, object]:
    gone_at = None if one.reachable else now
    return {"key": one.key, "language": one.language, "met_at": now, "gone_at": gone_at}


def lose(conn: sa.Connection, keys: Sequence[str]) -> None:
    """Marks people as out of reach: blocked, deleted, or gone. Their next message undoes it."""
    now = datetime.now(UTC)
    conn.execute(sa.update(contact).where(contact.c.key.in_(list(keys))).values(gone_at=now))

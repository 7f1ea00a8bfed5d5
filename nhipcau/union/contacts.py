"""Who can be reached where: one row per chat, with its language and whether the person still lets us in."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from nhipcau.store.sealed import Digest, SealedText
from nhipcau.store.tables import Moment, RowId, metadata, upsert
from nhipcau.union.members import member

contact = sa.Table(
    "contact",
    metadata,
    sa.Column("key_digest", Digest("contact.key"), primary_key=True),
    sa.Column("key", SealedText("contact.key"), nullable=False),  # "channel:account:chat"
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("met_at", Moment, nullable=False),
    sa.Column("gone_at", Moment),  # since when the person blocks us or is no longer there
    sa.Column("account", sa.Text, nullable=False),  # ours: "channel:account", the beginning of the key
    sa.Column("heard_at", Moment),  # the person's last message, to about ten minutes; platforms count windows from it
    sa.Column("member_id", RowId, index=True),  # None until the person agreed to be known as a member
)


class Contact(NamedTuple):
    """`language`: "vi" or "en". `reachable` is False between "blocked" and the person's next message.

    `member` is read only: `belong` changes it. `consent`: the version of the text that the member agreed to.
    """

    key: str
    language: str
    reachable: bool = True
    heard_at: datetime | None = None
    member: int | None = None
    consent: str = ""


async def fetch(conn: AsyncConnection, keys: Sequence[str]) -> dict[str, Contact]:
    """The contacts of these keys; unknown keys are left out."""
    rows = await conn.execute(_BY_KEY, {"keys": list(keys)})
    return {row.key: _contact(row) for row in rows}


_FOUND = sa.select(contact, member.c.consent).outerjoin_from(contact, member, member.c.id == contact.c.member_id)
_BY_KEY = _FOUND.where(contact.c.key_digest.in_(sa.bindparam("keys", expanding=True)))


def save(conn: sa.Connection, contacts: Sequence[Contact]) -> None:
    """Adds contacts or changes them; the day we met stays."""
    now = datetime.now(UTC)
    statement = upsert(contact, conn)
    statement = statement.on_conflict_do_update(
        index_elements=["key_digest"],
        set_={name: statement.excluded[name] for name in ("account", "language", "gone_at", "heard_at")},
    )
    conn.execute(statement, [_row(one, now) for one in contacts])


def _row(one: Contact, now: datetime) -> dict[str, object]:
    return {
        "key_digest": one.key,
        "key": one.key,
        "account": one.key.rpartition(":")[0],
        "language": one.language,
        "met_at": now,
        "gone_at": None if one.reachable else now,
        "heard_at": one.heard_at,
    }


def _contact(row: sa.Row[Any]) -> Contact:
    return Contact(row.key, row.language, row.gone_at is None, row.heard_at, row.member_id, row.consent or "")


class Belonging(NamedTuple):
    """This chat is a channel of that member; None: of nobody we know."""

    key: str
    member: int | None


def belong(conn: sa.Connection, belongings: Sequence[Belonging]) -> None:
    """Ties contacts to members, or loosens them. One that is met in this very turn may not be saved yet."""
    now = datetime.now(UTC)
    statement = upsert(contact, conn)
    tie = statement.on_conflict_do_update(
        index_elements=["key_digest"], set_={"member_id": statement.excluded.member_id}
    )
    rows = [_row(Contact(one.key, "vi", heard_at=now), now) | {"member_id": one.member} for one in belongings]
    conn.execute(tie, rows)


def languages(conn: sa.Connection, keys: Sequence[str]) -> dict[str, str]:
    """The language of each of these contacts; unknown keys are left out."""
    found = sa.select(contact.c.key, contact.c.language).where(contact.c.key_digest.in_(list(keys)))
    return {row.key: row.language for row in conn.execute(found)}


def lose(conn: sa.Connection, keys: Sequence[str]) -> None:
    """Marks people as out of reach: blocked, deleted, or gone. Their next message undoes it."""
    now = datetime.now(UTC)
    conn.execute(sa.update(contact).where(contact.c.key_digest.in_(list(keys))).values(gone_at=now))


def newest_of(conn: sa.Connection, member_id: int) -> Contact | None:
    """Where a member wrote to us last and can still be reached; None where nowhere."""
    reachable = _FOUND.where(contact.c.member_id == member_id, contact.c.gone_at.is_(None))
    row = conn.execute(reachable.order_by(contact.c.heard_at.desc()).limit(1)).one_or_none()
    return None if row is None else _contact(row)


def of_member(conn: sa.Connection, member_id: int) -> list[Contact]:
    """All channels of a member, the one they wrote on last first."""
    rows = conn.execute(_FOUND.where(contact.c.member_id == member_id).order_by(contact.c.heard_at.desc()))
    return [_contact(row) for row in rows]


def hand_over(conn: sa.Connection, gone: int, kept: int) -> None:
    """Two rows of one person become one: the channels of `gone` are those of `kept`."""
    conn.execute(sa.update(contact).where(contact.c.member_id == gone).values(member_id=kept))


def part(conn: sa.Connection, member_id: int) -> None:
    """The channels of a member are nobody's."""
    conn.execute(sa.update(contact).where(contact.c.member_id == member_id).values(member_id=None))


def forget(conn: sa.Connection, keys: Sequence[str]) -> None:
    """Deletes these contacts."""
    conn.execute(sa.delete(contact).where(contact.c.key_digest.in_(list(keys))))


def address(key: str) -> tuple[str, str, str]:
    """Channel, account and chat of a contact's key."""
    channel, _, rest = key.partition(":")
    account, _, chat = rest.rpartition(":")
    return channel, account, chat

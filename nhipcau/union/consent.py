"""Consent: its text in versions, who agreed to which, when and where.

A text that was shown is never changed: a new one is a new pair of files in `consent_texts/`, named by its month.
Law 91/2025/QH15, Article 9; Decree 356/2025/NĐ-CP, Article 6.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from nhipcau.store.ids import ids
from nhipcau.union import contacts
from nhipcau.union.contacts import Belonging
from nhipcau.union.members import consent_log, member

TEXTS = Path(__file__).parent / "consent_texts"


class Text(NamedTuple):
    """What is agreed to: two sentences, and the whole. `{union}`, `{contact}` and `{days}` are still to be filled."""

    version: str
    title: str
    summary: str
    full: str


@cache
def versions() -> tuple[str, ...]:
    """All versions, the newest last."""
    return tuple(sorted({path.name.partition(".")[0] for path in TEXTS.glob("*.md")}))


def current() -> str:
    return versions()[-1]


@cache
def text(version: str, language: str) -> Text:
    """Raises OSError for a version that does not exist."""
    head, _, full = (TEXTS / f"{version}.{language}.md").read_text(encoding="utf-8").partition("\n---\n")
    title, _, summary = head.strip().partition("\n")
    return Text(version, title.removeprefix("# "), summary.strip(), full.strip())


class Agreement(NamedTuple):
    """Somebody agrees, on the chat `key`. `member`: who writes there, None for a newcomer."""

    key: str
    member: int | None
    unit_id: int | None
    version: str
    language: str


class Entry(NamedTuple):
    """One line of the log: given, declined, withdrawn, or asked (a newer text was shown)."""

    member_id: int
    version: str
    action: str
    channel: str
    at: datetime


def agree(conn: sa.Connection, agreements: Sequence[Agreement]) -> None:
    """Notes consent; a newcomer becomes a member, a member moves to the unit."""
    now = datetime.now(UTC)
    for one in agreements:
        who = _join(conn, one, now) if one.member is None else _renew(conn, one.member, one, now)
        if who is not None:
            log(conn, [Entry(who, one.version, "given", one.key.partition(":")[0], now)])


def _renew(conn: sa.Connection, who: int, one: Agreement, now: datetime) -> int | None:
    """None for a member who was erased on another channel at this very moment."""
    values = {"consent": one.version, "unit_id": one.unit_id}
    joined = sa.func.coalesce(member.c.joined_at, sa.literal(now, member.c.joined_at.type))
    changed = sa.update(member).where(member.c.id == who).values(**values, joined_at=joined)
    return who if conn.execute(changed).rowcount else None


def _join(conn: sa.Connection, one: Agreement, now: datetime) -> int:
    who = ids.next()
    row = {"id": who, "unit_id": one.unit_id, "language": one.language, "consent": one.version}
    conn.execute(sa.insert(member), [row | {"sex": "", "topics": "[]", "joined_at": now, "created_at": now}])
    contacts.belong(conn, [Belonging(one.key, who)])
    return who


def log(conn: sa.Connection, entries: Sequence[Entry]) -> None:
    conn.execute(sa.insert(consent_log), [{"id": ids.next(), **one._asdict()} for one in entries])


def withdraw(conn: sa.Connection, entries: Sequence[Entry]) -> None:
    """From now on nothing is sent and nothing used; what is kept stays until the member erases it."""
    members = [one.member_id for one in entries]
    conn.execute(sa.update(member).where(member.c.id.in_(members)).values(consent=""))
    log(conn, entries)


def history(conn: sa.Connection, member_id: int) -> list[Entry]:
    """What a member agreed to and declined, oldest first."""
    columns = (consent_log.c[name] for name in Entry._fields)
    found = sa.select(*columns).where(consent_log.c.member_id == member_id).order_by(consent_log.c.id)
    return [Entry(*row) for row in conn.execute(found)]

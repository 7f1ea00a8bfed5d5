"""One person on several channels: a code from one chat, typed in another, makes both the same member's."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from nhipcau.union.members import link_code

LASTS = timedelta(minutes=10)
DIGITS = 6


class CodeGone(Exception):
    """The code was used or has expired meanwhile."""


class Code(NamedTuple):
    """A code that a member asked for."""

    member_id: int
    code: str
    expires_at: datetime


def new_code(conn: sa.Connection, member_id: int, now: datetime) -> Code:
    """A code that no other member holds at this moment."""
    while True:
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        if owner(conn, code, now) is None:
            return Code(member_id, code, now + LASTS)


def owner(conn: sa.Connection, code: str, now: datetime) -> int | None:
    """Whose code it is; None for one that was never given, was used, or has expired."""
    held = sa.select(link_code.c.member_id).where(link_code.c.code_digest == code, link_code.c.expires_at > now)
    found: int | None = conn.execute(held).scalar_one_or_none()
    return found


def issue(conn: sa.Connection, codes: Sequence[Code]) -> None:
    """Keeps codes, one a member: an older one ends."""
    for one in codes:
        same = sa.or_(link_code.c.member_id == one.member_id, link_code.c.code_digest == one.code)
        conn.execute(sa.delete(link_code).where(same))
        row = {"member_id": one.member_id, "code_digest": one.code, "expires_at": one.expires_at}
        conn.execute(sa.insert(link_code), [row])


def take(conn: sa.Connection, code: str, now: datetime) -> int:
    """Uses a code up, and tells whose it was. Raises CodeGone: of two at once, the second finds none."""
    held = link_code.c.code_digest == code, link_code.c.expires_at > now
    found = conn.execute(sa.delete(link_code).where(*held).returning(link_code.c.member_id)).scalar_one_or_none()
    if found is None:
        raise CodeGone
    return int(found)


def forget(conn: sa.Connection, before: datetime) -> None:
    """Deletes codes that expired before a moment."""
    conn.execute(sa.delete(link_code).where(link_code.c.expires_at < before))

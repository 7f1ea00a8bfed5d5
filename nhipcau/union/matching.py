"""Finds the row of an imported list that somebody who joined by chat proves to be.

A proof is a phone number that the platform vouches for, or a card's number and a phone number, both right.
"""

import sqlalchemy as sa

from nhipcau.union.members import member


def by_phone(conn: sa.Connection, phone: str) -> int | None:
    """The row with this number; None where there is none, or several: a family may share a phone."""
    return _only(conn, member.c.phone_digest == phone)


def by_card(conn: sa.Connection, card: str, phone: str) -> int | None:
    """The row with both numbers."""
    return _only(conn, member.c.card_digest == card, member.c.phone_digest == phone)


def _only(conn: sa.Connection, *same: sa.ColumnElement[bool]) -> int | None:
    """Only rows that nobody has joined yet, and that a list brought: a number typed by somebody proves nothing."""
    free = member.c.import_id.is_not(None), member.c.joined_at.is_(None), member.c.left_at.is_(None)
    found = conn.execute(sa.select(member.c.id).where(*same, *free).limit(2)).scalars().all()
    return found[0] if len(found) == 1 else None

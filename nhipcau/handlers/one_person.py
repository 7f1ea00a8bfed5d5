"""Two rows of one person become one, in every room: after linking two chats, or finding oneself on a list."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import sqlalchemy as sa

from nhipcau.broadcasts import ledger
from nhipcau.union import audit, contacts, linking, members, officers
from nhipcau.union.audit import Line
from nhipcau.union.contacts import Belonging
from nhipcau.union.members import Correction

MERGES: tuple[Callable[[sa.Connection, int, int], None], ...] = (
    officers.merge,
    ledger.merge,
    contacts.hand_over,
    members.merge,  # last: it deletes the row
)
"""Each room's (conn, gone, kept)."""


class Merging(NamedTuple):
    """`gone` and `kept` are one person, who belongs to `unit_id`."""

    gone: int
    kept: int
    unit_id: int | None


class Linking(NamedTuple):
    """The chat `key`, of the member `mine` or of nobody known, gives a code; the person belongs to `unit_id`."""

    code: str
    key: str
    mine: int | None
    unit_id: int | None


def merge(conn: sa.Connection, mergings: Sequence[Merging]) -> None:
    audit.record(conn, [_merged(conn, one) for one in mergings])


def _merged(conn: sa.Connection, one: Merging) -> Line:
    for function in MERGES:
        function(conn, one.gone, one.kept)
    members.correct(conn, [Correction(one.kept, {"unit_id": one.unit_id})])
    return Line(one.kept, "member.merge", "member", one.gone, None)


def link(conn: sa.Connection, linkings: Sequence[Linking]) -> None:
    """Uses codes up. Raises CodeGone."""
    lines = []
    for one in linkings:
        kept = linking.take(conn, one.code, datetime.now(UTC))
        contacts.belong(conn, [Belonging(one.key, kept)])
        if one.mine is not None:
            lines.append(_merged(conn, Merging(one.mine, kept, one.unit_id)))
    audit.record(conn, lines)

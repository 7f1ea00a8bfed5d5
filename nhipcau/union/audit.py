"""The audit log: who saw, exported, decided or changed what. Append-only, each line chained to the one before.

The database refuses to change or delete a line (triggers of migration 0008). Whoever gets past it still breaks the
chain, which `audit_trail.verify` finds.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from nhipcau.store.tables import Moment, RowId, metadata

audit_line = sa.Table(
    "audit_line",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=False),  # 1, 2, 3 ... without a gap
    sa.Column("at", Moment, nullable=False),
    sa.Column("actor", RowId),  # member.id of the officer or member; None: the program or the command line
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),  # "member", "bulletin", "case", ...
    sa.Column("subject_id", RowId),
    sa.Column("unit_id", RowId),
    sa.Column("detail", sa.Text, nullable=False),  # JSON without any personal data
    sa.Column("hash", sa.Text, nullable=False),  # SHA-256 over the former hash and this line
)


class Line(NamedTuple):
    """What is to be remembered. `detail` never holds personal data: see `checked`."""

    actor: int | None
    action: str
    subject: str
    subject_id: int | None
    unit_id: int | None
    detail: Mapping[str, Any] = {}


class PersonalData(ValueError):
    """What was to be kept in the audit log may name a person: give the row's number in place of its words."""


_LOCK = sa.text("SELECT pg_advisory_xact_lock(7402655002)")  # of one writer of lines, until its transaction ends


def record(conn: sa.Connection, lines: Sequence[Line]) -> None:
    """Adds lines to the chain, in the transaction of what they tell of; call it last, for others wait meanwhile.

    Raises PersonalData for a line that may name a person; then nothing of the transaction is kept.
    """
    if not lines:
        return
    for line in lines:
        checked(line)
    if conn.dialect.name == "postgresql":
        conn.execute(_LOCK)
    newest = conn.execute(sa.select(audit_line.c.id, audit_line.c.hash).order_by(audit_line.c.id.desc()).limit(1))
    number, former = newest.one_or_none() or (0, "")
    rows, at = [], datetime.now(UTC)
    for line in lines:
        number += 1
        detail = msgspec.json.encode(line.detail, order="sorted").decode()
        row = {"id": number, "at": at, **line._asdict(), "detail": detail}
        former = row["hash"] = chained(former, [number, milliseconds(at), *line[:-1], detail])
        rows.append(row)
    conn.execute(sa.insert(audit_line), rows)


def chained(former: str, values: Sequence[Any]) -> str:
    """The hash of a line: of the former one's hash, and of its values in the order of the columns, as JSON."""
    return hashlib.sha256(former.encode() + msgspec.json.encode(values)).hexdigest()


def milliseconds(at: datetime) -> int:
    """As the column keeps them."""
    return int(at.timestamp() * 1000)


_WORD = re.compile(r"[a-z]+(?:[a-z0-9]|[._:-](?=[a-z0-9]))*")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LONGEST = 40  # characters of a word
_DIGITS = 6  # that a word may hold: a phone number has nine or more
_NUMBERS = range(100_000_000, 10_000_000_000_000)  # 9 to 13 digits: phones, identity cards; our row ids have 15 or 16


def checked(line: Line) -> None:
    """Raises PersonalData unless everything in the line is a number, a day, or one of the program's own words.

    A word is small ASCII letters, with few digits: a name as people write it has capitals, blanks or marks. Numbers
    that are as long as phone numbers and identity cards are refused too.
    """
    words = [line.action, line.subject, *line.detail]
    values = [one for value in line.detail.values() for one in (value if isinstance(value, (list, tuple)) else [value])]
    if not all(map(_is_word, words)) or not all(map(_is_impersonal, values)):
        raise PersonalData(f"{line.action}: {PersonalData.__doc__}")


def _is_impersonal(value: object) -> bool:
    if isinstance(value, str):
        return _is_word(value) or bool(_DAY.fullmatch(value))
    if isinstance(value, int):
        return abs(value) not in _NUMBERS
    return value is None or isinstance(value, (float, date))


def _is_word(text: str) -> bool:
    return len(text) <= _LONGEST and bool(_WORD.fullmatch(text)) and sum(map(str.isdigit, text)) <= _DIGITS

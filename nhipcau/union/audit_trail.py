"""Reading the audit log: whether its chain is whole, and what stands in it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from nhipcau.union.audit import audit_line, chained
from nhipcau.union.units import unit, within

BATCH = 5000  # lines read at once: memory stays the same however long the log is


class Head(NamedTuple):
    """Where the chain stood: the number of its last line, and that line's hash. 0 and "" before the first."""

    id: int
    hash: str


class Verdict(NamedTuple):
    """`head` is the last line that is whole. `broken`: the first line that is not, and why; None for a whole chain."""

    head: Head
    broken: tuple[int, str] | None


class Shown(NamedTuple):
    """A line as it is shown; `detail` is JSON."""

    id: int
    at: datetime
    actor: int | None
    action: str
    subject: str
    subject_id: int | None
    unit_id: int | None
    detail: str


_VALUES = tuple(sa.type_coerce(audit_line.c[name], sa.BigInteger) if name == "at" else audit_line.c[name]
                for name in Shown._fields)  # fmt: skip


def head(conn: sa.Connection) -> Head:
    """Where the chain stands now, without looking whether it is whole."""
    newest = sa.select(audit_line.c.id, audit_line.c.hash).order_by(audit_line.c.id.desc()).limit(1)
    row = conn.execute(newest).one_or_none()
    return Head(0, "") if row is None else Head(*row)


def verify(conn: sa.Connection, kept: Sequence[Head] = ()) -> Verdict:
    """Walks the whole chain. `kept` are heads of former days that were kept outside of the database: without them
    nobody can tell a log whose end was cut off, or which was written anew from some line on, from a whole one."""
    expected = {one.id: one.hash for one in kept if one.id}
    last = Head(0, "")
    for row in _lines(conn):
        number = row[0]
        if number != last.id + 1:
            return Verdict(last, (last.id + 1, "is missing"))
        if row.hash != chained(last.hash, row[:-1]):
            return Verdict(last, (number, "was changed, or does not belong there"))
        if expected.pop(number, row.hash) != row.hash:
            return Verdict(last, (number, "is not the line that was there when its hash was kept"))
        last = Head(number, row.hash)
    cut_off = sorted(number for number in expected if number > last.id)
    return Verdict(last, (last.id + 1, "is missing: the end was cut off") if cut_off else None)


def _lines(conn: sa.Connection) -> Iterator[Any]:
    after: int | None = None
    while True:
        some = sa.select(*_VALUES, audit_line.c.hash).order_by(audit_line.c.id).limit(BATCH)
        rows = conn.execute(some if after is None else some.where(audit_line.c.id > after)).all()
        yield from rows
        if len(rows) < BATCH:
            return
        after = rows[-1][0]


def show(
    conn: sa.Connection, *, path: str = "", action: str = "", since: datetime | None = None, limit: int = 100
) -> list[Shown]:
    """The newest lines, the oldest of them first: of a subtree, of an action ("officer" means all "officer.…"),
    since a moment."""
    query = sa.select(*(audit_line.c[name] for name in Shown._fields))
    if path:
        query = query.where(audit_line.c.unit_id.in_(sa.select(unit.c.id).where(within(path))))
    if action:
        query = query.where(sa.or_(audit_line.c.action == action, audit_line.c.action.startswith(f"{action}.")))
    if since is not None:
        query = query.where(audit_line.c.at >= since.astimezone(UTC))
    rows = conn.execute(query.order_by(audit_line.c.id.desc()).limit(limit)).all()
    return [Shown(*row) for row in reversed(rows)]

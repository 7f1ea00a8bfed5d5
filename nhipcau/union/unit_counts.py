"""How many members a unit and all below it have: as they are known here, and as the units declared.

Counted one by one, 11 million members take seconds; so the database itself keeps `member_count` in the transaction of
every change of `member` (triggers of migration 0007: nobody can forget them). Several rows of a unit add up, because
on PostgreSQL every statement adds rows and none waits for another's; `fold` makes them one again.
"""

from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from nhipcau.store.tables import RowId, metadata
from nhipcau.union import audit
from nhipcau.union.members import member
from nhipcau.union.unit_history import tree
from nhipcau.union.unit_rules import Decision, UnitError
from nhipcau.union.units import Unit, headcount, unit, within

member_count = sa.Table(
    "member_count",
    metadata,
    sa.Column("unit_id", RowId, nullable=False, index=True),
    sa.Column("members", sa.Integer, nullable=False),
    sa.Column("joined", sa.Integer, nullable=False),
)


class Members(NamedTuple):
    """`members`: known here and not left; `joined`: those of them who have talked with us."""

    members: int
    joined: int


class Declared(NamedTuple):
    """`members` as declared; `missing`: units at the bottom for which neither they nor one above declared anything."""

    members: int
    missing: int


def members_below(conn: sa.Connection, one: Unit) -> Members:
    """The members of a unit and of all below it: one range of an index and the counters it leads to."""
    sums = (sa.func.coalesce(sa.func.sum(column), 0) for column in (member_count.c.members, member_count.c.joined))
    query = sa.select(*sums).select_from(unit.join(member_count, member_count.c.unit_id == unit.c.id))
    row = conn.execute(query.where(within(one.path))).one()
    return Members(int(row[0]), int(row[1]))


def declare(conn: sa.Connection, one: Unit, day: date, declared: int, decision: Decision) -> None:
    """Keeps what a unit says of a day; a second figure for the same day replaces the first. Raises UnitError."""
    if declared < 0:
        raise UnitError("A headcount cannot be below zero.")
    if day > decision.today:
        raise UnitError(f"A headcount is of a day that has come; {day} has not.")
    where = headcount.c.unit_id == one.id, headcount.c.day == day
    if not conn.execute(sa.update(headcount).where(*where).values(declared=declared)).rowcount:
        conn.execute(sa.insert(headcount).values(unit_id=one.id, day=day, declared=declared))
    audit.record(conn, [audit.Line(decision.actor, "unit.headcount", "unit", one.id, one.id, {"day": day.isoformat()})])


def declared_by(conn: sa.Connection, unit_id: int, on: date) -> tuple[date, int] | None:
    """A unit's own newest headcount on or before a day, with its day."""
    query = sa.select(headcount.c.day, headcount.c.declared).where(
        headcount.c.unit_id == unit_id, headcount.c.day <= on
    )
    row = conn.execute(query.order_by(headcount.c.day.desc()).limit(1)).one_or_none()
    return None if row is None else (row.day, row.declared)


def declared_below(conn: sa.Connection, unit_id: int, on: date, *, past: bool = False) -> Declared:
    """What a subtree declared, by its newest figures on or before a day; with `past` by the tree of that day.

    A unit's own declaration covers all below it, so nobody counts twice; where a unit declared nothing, those right
    below it are asked, and so on.
    """
    nodes = tree(conn, unit_id, on if past else None)
    other = headcount.alias()
    newest = sa.select(sa.func.max(other.c.day)).where(other.c.unit_id == nodes.c.id, other.c.day <= on)
    told = sa.and_(headcount.c.unit_id == nodes.c.id, headcount.c.day == newest.scalar_subquery())
    query = sa.select(nodes.c.id, nodes.c.parent_id, headcount.c.declared)
    below: dict[int | None, list[int]] = {}
    figures: dict[int, int | None] = {}
    for one, parent, figure in conn.execute(query.select_from(nodes.outerjoin(headcount, told))):
        figures[one] = figure
        below.setdefault(parent, []).append(one)
    return _sum(unit_id, below, figures)


def _sum(root: int, below: dict[int | None, list[int]], figures: dict[int, int | None]) -> Declared:
    members = missing = 0
    waiting = [root] if root in figures else []
    while waiting:
        one = waiting.pop()
        figure, children = figures[one], below.get(one, [])
        if figure is not None:
            members += figure
        elif children:
            waiting += children
        else:
            missing += 1
    return Declared(members, missing)


def fold(conn: sa.Connection) -> None:
    """Makes the rows of each unit one; what others add meanwhile stays."""
    several = sa.select(member_count.c.unit_id).group_by(member_count.c.unit_id).having(sa.func.count() > 1)
    gone = sa.delete(member_count).where(member_count.c.unit_id.in_(several)).returning(*member_count.c)
    sums: dict[int, list[int]] = {}
    for unit_id, members, joined in conn.execute(gone):
        total = sums.setdefault(unit_id, [0, 0])
        total[0] += members
        total[1] += joined
    rows = [{"unit_id": unit_id, "members": n, "joined": joined} for unit_id, (n, joined) in sums.items()]
    if rows:
        conn.execute(sa.insert(member_count), rows)


def _counted() -> sa.Select[Any]:
    """The members counted one by one."""
    columns = member.c.unit_id, sa.func.count(), sa.func.count(member.c.joined_at)
    return sa.select(*columns).where(member.c.unit_id.is_not(None), member.c.left_at.is_(None)).group_by(columns[0])


def differing(conn: sa.Connection) -> list[int]:
    """Units whose counter is not what counting one by one gives; reads every member."""
    kept = sa.select(member_count.c.unit_id, sa.func.sum(member_count.c.members), sa.func.sum(member_count.c.joined))
    nonzero = sa.or_(sa.func.sum(member_count.c.members) != 0, sa.func.sum(member_count.c.joined) != 0)
    known = {tuple(row) for row in conn.execute(kept.group_by(member_count.c.unit_id).having(nonzero))}
    return sorted({row[0] for row in known ^ {tuple(row) for row in conn.execute(_counted())}})


def recount(conn: sa.Connection) -> None:
    """Counts all members one by one and keeps that."""
    if conn.dialect.name == "postgresql":
        conn.execute(sa.text("LOCK TABLE member, member_count IN SHARE ROW EXCLUSIVE MODE"))
    conn.execute(sa.delete(member_count))
    conn.execute(sa.insert(member_count).from_select(["unit_id", "members", "joined"], _counted()))

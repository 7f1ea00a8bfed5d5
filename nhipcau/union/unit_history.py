"""The tree as it was, or will be, on any day.

`unit_history` holds a row for each day on which something about a unit changed: from `since` on the unit is as the
row says, until its next row. `unit` is the same for today, with paths; the two are kept equal by `unit_tree.py`.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from nhipcau.store.ids import ids
from nhipcau.union.unit_rules import Decision, UnitError, check_below
from nhipcau.union.units import unit, unit_history, within

DECIDES = {"rename": "name", "move": "parent_id", "reclassify": "kind", "close": "closed", "merge": "closed"}
"""What a row of the history decides, by its action; all else it repeats from the row before."""


class State(NamedTuple):
    """What a unit is from a day on."""

    since: date
    name: str
    kind: str
    parent_id: int | None
    closed: bool
    merged_into: int | None


_STATE = tuple(unit_history.c[name] for name in State._fields)
_NEWEST = (unit_history.c.since.desc(), unit_history.c.id.desc())


def state_on(conn: sa.Connection, unit_id: int, day: date) -> State | None:
    """What a unit was on a day; None before it was founded."""
    query = sa.select(*_STATE).where(unit_history.c.unit_id == unit_id, unit_history.c.since <= day)
    row = conn.execute(query.order_by(*_NEWEST).limit(1)).one_or_none()
    return None if row is None else State(*row)


def history(conn: sa.Connection, unit_id: int) -> list[sa.Row[Any]]:
    """All rows of a unit, the oldest first: the columns of `unit_history`."""
    query = sa.select(unit_history).where(unit_history.c.unit_id == unit_id)
    return list(conn.execute(query.order_by(unit_history.c.since, unit_history.c.id)))


def _holding(unit_id: sa.ColumnElement[int], day: date) -> sa.ScalarSelect[int]:
    """The id of the row of the history that held for a unit on a day."""
    row = unit_history.alias()
    newest = sa.select(row.c.id).where(row.c.unit_id == unit_id, row.c.since <= day)
    return newest.order_by(row.c.since.desc(), row.c.id.desc()).limit(1).scalar_subquery()


def tree(conn: sa.Connection, unit_id: int, on: date | None = None) -> sa.Subquery | sa.CTE:
    """The open units of a subtree, the unit itself included, as rows (id, parent_id): today's, or those of a day.

    Today's is one range of the paths' index; another day's walks down the history, a probe of its index a unit.
    """
    if on is None:
        path = conn.execute(sa.select(unit.c.path).where(unit.c.id == unit_id)).scalar_one()
        return sa.select(unit.c.id, unit.c.parent_id).where(within(path), unit.c.is_open).subquery()
    row = unit_history.alias()
    chosen = sa.select(row.c.unit_id.label("id"), row.c.parent_id)
    top = row.c.id == _holding(sa.literal(unit_id), on)
    down = chosen.where(top, ~row.c.closed).cte("down", recursive=True)
    below = chosen.join(down, row.c.parent_id == down.c.id)
    below = below.where(row.c.id == _holding(row.c.unit_id, on), ~row.c.closed)
    return down.union_all(below)


def subtree(conn: sa.Connection, unit_id: int, on: date | None = None) -> list[int]:
    """The ids of the open units of a subtree, the unit itself included; `on` a day as the tree was then."""
    return list(conn.execute(sa.select(tree(conn, unit_id, on).c.id)).scalars())


def children_on(conn: sa.Connection, unit_id: int, day: date) -> list[tuple[int, str, str]]:
    """(id, name, kind) of the open units right below a unit on a day."""
    row = unit_history.alias()
    query = sa.select(row.c.unit_id, row.c.name, row.c.kind).where(
        row.c.parent_id == unit_id, ~row.c.closed, row.c.id == _holding(row.c.unit_id, day)
    )
    return [(child, name, kind) for child, name, kind in conn.execute(query)]


def record(conn: sa.Connection, unit_id: int, decision: Decision, action: str, **fields: Any) -> None:
    """Writes a change of a unit from its day on.

    What was decided for later days stands, and what they only repeat follows: a rename of March keeps the parent that
    a move of February gives. Raises UnitError where the unit was not there on that day, or closed, or is so already.
    """
    before = open_on(conn, unit_id, decision.since)
    if all(getattr(before, name) == value for name, value in fields.items()):
        raise UnitError("It is so already; nothing changes.")
    insert(conn, [row_of(unit_id, before._replace(since=decision.since, **fields), decision, action)])
    later = sa.select(unit_history.c.id, unit_history.c.action).where(
        unit_history.c.unit_id == unit_id, unit_history.c.since > decision.since
    )
    for row_id, other in conn.execute(later.order_by(unit_history.c.since, unit_history.c.id)).all():
        if DECIDES[other] == DECIDES[action]:
            return
        conn.execute(sa.update(unit_history).where(unit_history.c.id == row_id).values(fields))


def row_of(unit_id: int, state: State, decision: Decision, action: str = "found") -> dict[str, Any]:
    """A row of the history, ready to insert."""
    return {
        "id": ids.next(),
        "unit_id": unit_id,
        "action": action,
        **state._asdict(),
        "recorded_at": datetime.now(UTC),
        "why": decision.why.strip(),
        "in_force": decision.since <= decision.today,
    }


def insert(conn: sa.Connection, rows: list[dict[str, Any]]) -> None:
    if rows:
        conn.execute(sa.insert(unit_history), rows)


def due(conn: sa.Connection, today: date) -> list[int]:
    """The units of which a change waited for a day that has come; from now on it waits no more."""
    waiting = sa.text("NOT in_force"), unit_history.c.since <= today
    now = sa.update(unit_history).where(*waiting).values(in_force=True)
    return sorted(set(conn.execute(now.returning(unit_history.c.unit_id)).scalars()))


def check(conn: sa.Connection, unit_id: int, since: date) -> None:
    """Raises UnitError where a unit, from a day on, would on any day hang in a loop or break a rule of the tree."""
    for day in days_from(conn, since):
        state = state_on(conn, unit_id, day)
        if state is not None:
            _check_day(conn, unit_id, state, day)


def days_from(conn: sa.Connection, since: date) -> Iterator[date]:
    """The day itself and every later one on which any unit changes: between them the tree stands still."""
    yield since
    later = sa.select(unit_history.c.since).where(unit_history.c.since > since).distinct()
    yield from conn.execute(later.order_by(unit_history.c.since)).scalars().all()


def _check_day(conn: sa.Connection, unit_id: int, state: State, day: date) -> None:
    children = children_on(conn, unit_id, day)
    if state.closed:
        if children:
            raise UnitError(f"On {day} {children[0][1]} stands below it; move, merge or close that one first.")
        return
    for kind in sorted({kind for _, _, kind in children}):
        check_below(kind, state.kind)
    if state.parent_id is not None:
        check_below(state.kind, open_on(conn, state.parent_id, day).kind)
    above(conn, unit_id, day)


def above(conn: sa.Connection, unit_id: int, day: date) -> list[int]:
    """The ids of the units above one on a day, the nearest first. Raises UnitError where it hangs in a loop."""
    found = [unit_id]
    while (state := state_on(conn, found[-1], day)) is not None and state.parent_id is not None:
        if state.parent_id in found:
            raise UnitError("A unit cannot stand below itself or below a unit of its own subtree.")
        found.append(state.parent_id)
    return found[1:]


def open_on(conn: sa.Connection, unit_id: int, day: date) -> State:
    """What a unit is on a day on which it must be open. Raises UnitError where it is not."""
    state = state_on(conn, unit_id, day)
    if state is None:
        found = conn.execute(sa.select(unit.c.code, unit.c.opened_on).where(unit.c.id == unit_id)).one()
        raise UnitError(f"The unit {found.code} did not exist on {day}; it was founded on {found.opened_on}.")
    if state.closed:
        raise UnitError(f"{state.name} is closed since {closed_on(conn, unit_id)}.")
    return state


def closed_on(conn: sa.Connection, unit_id: int) -> date | None:
    """Since when a unit is closed; closing is for ever."""
    rows = unit_history.c.unit_id == unit_id, unit_history.c.closed
    found: date | None = conn.execute(sa.select(sa.func.min(unit_history.c.since)).where(*rows)).scalar()
    return found

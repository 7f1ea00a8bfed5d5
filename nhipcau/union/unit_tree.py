"""Changes of the tree: found, rename, move, merge, close; each with the day it holds from and a reason.

A day that has passed is written into the history, and into today's tree where nothing later stands against it. A day
to come waits in the history; `take_effect`, called every hour and before every change, brings it into today's tree.
The history of every day is a sound tree at all times: what would break one, even next year's, is refused now.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from nhipcau.store.ids import ids
from nhipcau.union import audit, unit_history, unit_search
from nhipcau.union.members import member
from nhipcau.union.unit_history import State, state_on
from nhipcau.union.unit_rules import (
    Decision,
    UnitError,
    check_below,
    check_why,
    checked_code,
    checked_kind,
    checked_name,
)
from nhipcau.union.unit_words import spelled
from nhipcau.union.units import Unit, by_code, by_id, path_of, unit, within


class Founding(NamedTuple):
    """A unit that is to be. `parent` is a code, "" for a unit at the top; `region` I to IV or ""."""

    code: str
    name: str
    kind: str
    parent: str = ""
    sector: str = ""
    commune: str = ""
    region: str = ""
    contact: str = ""


def create(conn: sa.Connection, one: Founding, decision: Decision) -> Unit:
    """Founds a unit. Raises UnitError for an unknown or closed parent, a code twice, or a kind that cannot be there."""
    take_effect(conn, decision.today)
    create_many(conn, [one], decision)
    return find_unit(conn, one.code)


def create_many(conn: sa.Connection, all_: Sequence[Founding], decision: Decision) -> None:
    """Founds units, parents before their children, with a few statements for all. Raises UnitError."""
    check_why(decision)
    parents = _Parents(conn, decision)
    rows, past = [], []
    for one in all_:
        row = _founded(one, parents, decision)
        rows.append(row)
        state = State(decision.since, row["name"], row["kind"], row["parent_id"], False, None)
        past.append(unit_history.row_of(row["id"], state, decision))
    if rows:
        conn.execute(sa.insert(unit), rows)
    unit_history.insert(conn, past)
    unit_search.learn(conn, {row["id"]: row["name"] for row in rows if row["is_open"]})
    _audit(conn, decision, "unit.create", [row["id"] for row in rows])


class _Parent(NamedTuple):
    """A unit that is open from the day of the decision on; `kinds`: what it is then and later."""

    id: int
    path: str
    kinds: frozenset[str]


class _Parents:
    """The units above those that are founded, each examined once; those just founded join them."""

    def __init__(self, conn: sa.Connection, decision: Decision) -> None:
        self._conn = conn
        self._days = list(unit_history.days_from(conn, decision.since))
        self._known: dict[str, _Parent] = {}

    def __getitem__(self, code: str) -> _Parent:
        """Raises UnitError where there is no such unit, or it is or will be closed."""
        if code not in self._known:
            parent = find_unit(self._conn, code)
            kinds = {unit_history.open_on(self._conn, parent.id, day).kind for day in self._days}
            self._known[code] = _Parent(parent.id, parent.path, frozenset(kinds))
        return self._known[code]

    def add(self, row: dict[str, Any]) -> None:
        """Raises UnitError where the code is taken."""
        code = row["code"]
        if code in self._known or by_code(self._conn, code) is not None:
            raise UnitError(f"The code {code} is taken; no two units, not even closed ones, share a code.")
        self._known[code] = _Parent(row["id"], row["path"], frozenset({row["kind"]}))


def _founded(one: Founding, parents: _Parents, decision: Decision) -> dict[str, Any]:
    kind, name, unit_id = checked_kind(one.kind), checked_name(one.name), ids.next()
    above = parents[checked_code(one.parent)] if one.parent else None
    for higher in sorted(above.kinds) if above else ():
        check_below(kind, higher)
    row = {
        "id": unit_id,
        "code": checked_code(one.code),
        "name": name,
        "folded": " ".join(spelled(name)),
        "kind": kind,
        "parent_id": above.id if above else None,
        "path": path_of(unit_id, above.path if above else ""),
        "sector": one.sector,
        "commune": one.commune,
        "region": one.region,
        "contact": one.contact,
        "opened_on": decision.since,
        "is_open": decision.since <= decision.today,
    }
    parents.add(row)
    return row


def rename(conn: sa.Connection, code: str, name: str, decision: Decision) -> Unit:
    """Gives a unit another name from a day on. Raises UnitError."""
    return _change(conn, find_unit(conn, code), decision, "rename", name=checked_name(name))


def move(conn: sa.Connection, code: str, parent: str, decision: Decision) -> Unit:
    """Puts a unit and all below it under another, "" for the top. Raises UnitError for a loop or a closed parent."""
    above = find_unit(conn, parent).id if parent else None
    return _change(conn, find_unit(conn, code), decision, "move", parent_id=above)


def reclassify(conn: sa.Connection, code: str, kind: str, decision: Decision) -> Unit:
    """Makes a unit one of another kind. Raises UnitError where its parent or its children forbid it."""
    return _change(conn, find_unit(conn, code), decision, "reclassify", kind=checked_kind(kind))


def close(conn: sa.Connection, code: str, decision: Decision) -> Unit:
    """Closes a unit with nothing open below it. Its members go to the unit above. Raises UnitError."""
    return _change(conn, find_unit(conn, code), decision, "close", closed=True)


def merge(conn: sa.Connection, code: str, into: str, decision: Decision) -> Unit:
    """Closes a unit; its members and the units below it go over to another, which is returned. Raises UnitError."""
    one, other = find_unit(conn, code), find_unit(conn, into)
    if one.id == other.id:
        raise UnitError("A unit cannot be merged into itself.")
    take_effect(conn, decision.today)
    unit_history.open_on(conn, other.id, decision.since)
    children = [child for child, _, _ in unit_history.children_on(conn, one.id, decision.since)]
    for child in children:
        unit_history.record(conn, child, decision, "move", parent_id=other.id)
    _change(conn, one, decision, "merge", closed=True, merged_into=other.id)
    for child in children:
        unit_history.check(conn, child, decision.since)
    _settle(conn, children, decision.today)
    return find_unit(conn, into)


def amend(conn: sa.Connection, code: str, decision: Decision, **fields: str) -> Unit:
    """Corrects what has no history: sector, commune, region, contact."""
    one = find_unit(conn, code)
    conn.execute(sa.update(unit).where(unit.c.id == one.id).values(fields))
    _audit(conn, decision, "unit.amend", [one.id])
    return find_unit(conn, code)


def find_unit(conn: sa.Connection, code: str) -> Unit:
    """The unit of a code, open or closed. Raises UnitError where there is none."""
    found = by_code(conn, code)
    if found is None:
        raise UnitError(f"There is no unit with the code {code}.")
    return found


def _change(conn: sa.Connection, one: Unit, decision: Decision, action: str, **fields: Any) -> Unit:
    check_why(decision)
    take_effect(conn, decision.today)
    unit_history.record(conn, one.id, decision, action, **fields)
    unit_history.check(conn, one.id, decision.since)
    _settle(conn, [one.id], decision.today)
    _audit(conn, decision, f"unit.{action}", [one.id])
    return find_unit(conn, one.code)


def take_effect(conn: sa.Connection, today: date) -> int:
    """Brings into today's tree what was decided for a day that has come; returns how many units changed."""
    due = unit_history.due(conn, today)
    _settle(conn, due, today)
    return len(due)


def _settle(conn: sa.Connection, unit_ids: Collection[int], today: date) -> None:
    """Makes units in today's tree what the history says of today.

    Those higher in the new tree come first: then the unit above already has its new path, and two units that change
    places never hang below each other.
    """
    for unit_id in sorted(unit_ids, key=lambda one: len(unit_history.above(conn, one, today))):
        state, now = state_on(conn, unit_id, today), by_id(conn, unit_id)
        if state is not None and now is not None:
            _apply(conn, now, state, today)


def _apply(conn: sa.Connection, now: Unit, state: State, today: date) -> None:
    if now.parent_id != state.parent_id:
        _rewrite_paths(conn, now, state.parent_id)
    values = {
        "name": state.name,
        "folded": " ".join(spelled(state.name)),
        "kind": state.kind,
        "parent_id": state.parent_id,
        "is_open": not state.closed,
        "closed_on": unit_history.closed_on(conn, now.id) if state.closed else None,
        "merged_into": state.merged_into,
    }
    conn.execute(sa.update(unit).where(unit.c.id == now.id).values(values))
    if state.closed:
        unit_search.forget(conn, now.id)
        conn.execute(sa.update(member).where(member.c.unit_id == now.id).values(unit_id=_heir(conn, state, today)))
    elif (now.name, now.is_open) != (state.name, True):
        unit_search.forget(conn, now.id)
        unit_search.learn(conn, {now.id: state.name})


def _heir(conn: sa.Connection, closed: State, today: date) -> int | None:
    """The open unit to which the members of a closed one go; None where nothing stood above it."""
    state: State | None = closed
    heir = None
    while state is not None and state.closed:
        heir = state.merged_into or state.parent_id
        state = state_on(conn, heir, today) if heir is not None else None
    return heir


def _rewrite_paths(conn: sa.Connection, now: Unit, parent_id: int | None) -> None:
    """The whole subtree with one statement."""
    above = by_id(conn, parent_id) if parent_id is not None else None
    path = path_of(now.id, above.path if above else "")
    rest = sa.func.substr(unit.c.path, len(now.path) + 1)
    conn.execute(sa.update(unit).where(within(now.path)).values(path=sa.literal(path).concat(rest)))


def _audit(conn: sa.Connection, decision: Decision, action: str, unit_ids: Sequence[int]) -> None:
    detail = {"since": decision.since.isoformat()}
    audit.record(conn, [audit.Line(decision.actor, action, "unit", one, one, detail) for one in unit_ids])

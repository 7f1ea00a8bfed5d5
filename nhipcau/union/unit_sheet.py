"""Units as a list: one row a unit, read and written as CSV or XLSX. What a list does not name stays as it is."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import NamedTuple

import sqlalchemy as sa

from nhipcau.store.sheets import Row
from nhipcau.union import audit, unit_counts, unit_tree
from nhipcau.union.unit_rows import Outcome, Wish, understood
from nhipcau.union.unit_rules import Decision, UnitError
from nhipcau.union.unit_tree import Founding
from nhipcau.union.unit_words import words
from nhipcau.union.units import SHOWN, Unit, headcount, unit

RegionOf = Callable[[str], str | None]
"""The minimum-wage region of a commune, "I" to "IV"; None where it is not known."""


def bring(conn: sa.Connection, rows: Iterable[Row], decision: Decision, region_of: RegionOf) -> list[Outcome]:
    """Makes the tree what the rows say, from the day of the decision on; one outcome a row, in their order.

    Parents may stand below their children. A row that breaks a rule is rejected, and so are those that were to stand
    below it; all others hold. A list brought twice changes nothing.
    """
    unit_tree.take_effect(conn, decision.today)
    wishes, outcomes = understood(rows)
    known = {one.code: one for one in map(Unit._make, conn.execute(sa.select(*SHOWN)))}
    fresh = {wish.code: wish for wish in wishes if wish.code not in known}
    outcomes += _found(conn, fresh, decision, region_of)
    there = _There.of(conn, known)
    for wish in wishes:
        if wish.code not in fresh:
            outcomes.append(_changed(conn, wish, known[wish.code], there, decision, region_of))
    return sorted(outcomes)


# ---- new units


def _found(conn: sa.Connection, fresh: Mapping[str, Wish], decision: Decision, region_of: RegionOf) -> list[Outcome]:
    """Founds what is new, level by level; a row that cannot be is left out with all that hangs on it."""
    outcomes: list[Outcome] = []
    waiting = dict(fresh)
    while waiting:
        ready = [wish for wish in waiting.values() if wish.parent is None or wish.parent not in waiting]
        if not ready:
            outcomes += [_rejected(wish, "The units above it lead back to itself.") for wish in waiting.values()]
            break
        outcomes += _level(conn, ready, decision, region_of)
        for wish in ready:
            del waiting[wish.code]
    return outcomes


def _level(conn: sa.Connection, ready: list[Wish], decision: Decision, region_of: RegionOf) -> list[Outcome]:
    """All of a level at once; only where that is refused, one after another to find which."""
    try:
        with conn.begin_nested():
            return _found_all(conn, ready, decision, region_of)
    except UnitError as error:
        if len(ready) == 1:
            return [_rejected(ready[0], str(error))]
    half = len(ready) // 2
    return [*_level(conn, ready[:half], decision, region_of), *_level(conn, ready[half:], decision, region_of)]


def _found_all(conn: sa.Connection, ready: list[Wish], decision: Decision, region_of: RegionOf) -> list[Outcome]:
    unit_tree.create_many(conn, [_founding(wish, region_of) for wish in ready], decision)
    made = [wish for wish in ready if wish.declared is not None]
    for wish in made:
        _check_day(wish, decision)
    ids = _ids(conn, [wish.code for wish in made])
    rows = [{"unit_id": ids[wish.code], "day": wish.day or decision.since, "declared": wish.declared} for wish in made]
    if rows:
        conn.execute(sa.insert(headcount), rows)
    return [Outcome(wish.number, wish.code, "added", _remark(wish, region_of)) for wish in ready]


def _check_day(wish: Wish, decision: Decision) -> None:
    day = wish.day or decision.since
    if day > decision.today:
        raise UnitError(f"A headcount is of a day that has come; {day} has not.")


def _ids(conn: sa.Connection, codes: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at in range(0, len(codes), 500):
        query = sa.select(unit.c.code, unit.c.id).where(unit.c.code.in_(codes[at : at + 500]))
        found |= {row.code: row.id for row in conn.execute(query)}
    return found


def _founding(wish: Wish, region_of: RegionOf) -> Founding:
    if wish.name is None or wish.kind is None:
        raise UnitError("A new unit needs a name and a kind.")
    return Founding(wish.code, wish.name, wish.kind, wish.parent or "", **_details(wish, region_of))


def _remark(wish: Wish, region_of: RegionOf) -> str:
    if wish.commune and region_of(wish.commune) is None:
        return f"No list knows the commune {wish.commune!r}; the region of the minimum wage stays empty."
    return ""


def _rejected(wish: Wish, why: str) -> Outcome:
    return Outcome(wish.number, wish.code, "rejected", why)


# ---- units that are there


class _There(NamedTuple):
    """What is known of the units that are there."""

    codes: dict[int, str]
    told: dict[int, dict[date, int]]  # headcounts by unit and day

    @classmethod
    def of(cls, conn: sa.Connection, known: Mapping[str, Unit]) -> "_There":
        told: dict[int, dict[date, int]] = {}
        for row in conn.execute(sa.select(headcount)):
            told.setdefault(row.unit_id, {})[row.day] = row.declared
        return cls({one.id: one.code for one in known.values()}, told)


_Step = Callable[[], object]


def _changed(
    conn: sa.Connection, wish: Wish, one: Unit, there: _There, decision: Decision, region_of: RegionOf
) -> Outcome:
    steps = dict(_steps(conn, wish, one, there, decision, region_of))
    if not steps:
        return Outcome(wish.number, wish.code, "unchanged")
    try:
        with conn.begin_nested():
            for step in steps.values():
                step()
    except UnitError as error:
        return _rejected(wish, str(error))
    return Outcome(wish.number, wish.code, "changed", ", ".join(steps))


def _steps(
    conn: sa.Connection, wish: Wish, one: Unit, there: _There, decision: Decision, region_of: RegionOf
) -> Iterator[tuple[str, _Step]]:
    """What differs, each with what makes it so. A move comes before another kind: the new place may allow it."""
    if wish.name is not None and wish.name != one.name:
        yield "name", partial(unit_tree.rename, conn, one.code, wish.name, decision)
    if wish.parent is not None and wish.parent != there.codes.get(one.parent_id or 0):
        yield "parent", partial(unit_tree.move, conn, one.code, wish.parent, decision)
    if wish.kind is not None and wish.kind != one.kind:
        yield "kind", partial(unit_tree.reclassify, conn, one.code, wish.kind, decision)
    amended = {name: value for name, value in _details(wish, region_of).items() if getattr(one, name) != value}
    if amended:
        yield ", ".join(amended), partial(unit_tree.amend, conn, one.code, decision, **amended)
    if wish.declared is not None:
        figures = there.told.get(one.id, {})
        day = wish.day or (max(figures) if figures else decision.since)
        if figures.get(day) != wish.declared:
            day = wish.day or decision.since
            yield "headcount", partial(unit_counts.declare, conn, one, day, wish.declared, decision)


def _details(wish: Wish, region_of: RegionOf) -> dict[str, str]:
    """What has no history, as far as the row names it."""
    named = {"sector": wish.sector, "commune": wish.commune, "contact": wish.contact}
    details = {name: value for name, value in named.items() if value is not None}
    if wish.commune is not None:
        details["region"] = region_of(wish.commune) or ""
    return details


# ---- the list of what is there


def export_rows(conn: sa.Connection, decision: Decision) -> tuple[list[str], Iterator[list[str | int | None]]]:
    """Headings and rows of all open units, those above before those below; `bring` takes the same list unchanged."""
    columns = [words().columns[name][0] for name in Wish._fields if name != "number"]
    rows = conn.execute(sa.select(*SHOWN).where(unit.c.is_open).order_by(sa.func.length(unit.c.path), unit.c.code))
    units = [Unit(*row) for row in rows]
    audit.record(conn, [audit.Line(decision.actor, "unit.export", "unit", None, None, {"rows": len(units)})])
    return columns, _exported(units, _There.of(conn, {one.code: one for one in units}))


def _exported(units: list[Unit], there: _There) -> Iterator[list[str | int | None]]:
    for one in units:
        figures = there.told.get(one.id, {})
        day = max(figures) if figures else None
        above = there.codes.get(one.parent_id or 0, "")
        yield [
            one.code, one.name, above, words().kinds[one.kind][0], None if day is None else figures[day],
            f"{day:%d/%m/%Y}" if day else "", one.sector, one.commune, one.contact,
        ]  # fmt: skip

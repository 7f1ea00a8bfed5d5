"""Random changes on random days, against a model that simply recounts: every day has the tree that was decided."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from nhipcau.store.store import Store, open_store
from nhipcau.union import unit_history, unit_tree
from nhipcau.union.unit_rules import Decision, UnitError
from nhipcau.union.unit_tree import Founding
from nhipcau.union.units import unit
from tests.conftest import KEYRING

START = date(2026, 1, 1)
DAYS = range(10)
TODAY = 4
UNITS = ["A", "B", "C", "D", "E", "F"]  # A is the root, B and C below it, D and E below B, F below C
PARENTS = {"B": "A", "C": "A", "D": "B", "E": "B", "F": "C"}

ACTS = st.tuples(
    st.sampled_from(["move", "merge", "close", "move", "found", "wait"]),
    st.sampled_from(UNITS[1:]),
    st.sampled_from(UNITS),
    st.sampled_from(DAYS),
)


class Model:
    """Facts by unit: (day, order, what, value); on a day the newest fact of each kind holds."""

    def __init__(self) -> None:
        self.facts: list[tuple[str, int, str, Any]] = []
        for code in UNITS:
            self.facts += [(code, 0, "parent", PARENTS.get(code)), (code, 0, "closed", False)]

    def on(self, day: int) -> dict[str, str | None]:
        """The parents of the open units."""
        held: dict[tuple[str, str], Any] = {}
        for code, _, what, value in sorted((f for f in self.facts if f[1] <= day), key=lambda f: f[1]):
            held[code, what] = value
        return {code: held[code, "parent"] for code, what in held if what == "closed" and not held[code, "closed"]}

    def known(self, code: str) -> bool:
        return any(fact[0] == code for fact in self.facts)

    def subtree(self, code: str, day: int) -> set[str]:
        parents = self.on(day)
        found, size = {code} & parents.keys(), -1
        while len(found) != size:
            size = len(found)
            found |= {one for one, above in parents.items() if above in found}
        return found

    def sound(self) -> bool:
        for day in DAYS:
            parents = self.on(day)
            if any(above is not None and above not in parents for above in parents.values()):
                return False
            if self.subtree("A", day) != set(parents):  # what hangs in a loop is not below the root
                return False
        return True

    def tries(self, what: str, code: str, other: str, day: int) -> bool:
        """Whether it can be; if so it is."""
        now, kept = self.on(day), list(self.facts)
        if what == "found":
            if self.known(f"{code}{other}") or other not in now:
                return False
            self.facts += [(f"{code}{other}", day, "parent", other), (f"{code}{other}", day, "closed", False)]
        elif code not in now or (what != "close" and (code == other or other not in now)):
            return False
        elif what == "move":
            if now[code] == other:
                return False
            self.facts.append((code, day, "parent", other))
        else:
            heirs = [one for one, above in now.items() if above == code] if what == "merge" else []
            self.facts += [(heir, day, "parent", other) for heir in heirs]
            self.facts.append((code, day, "closed", True))
        if self.sound():
            return True
        self.facts = kept
        return False


class Undo(Exception):
    """Ends the transaction of one example."""


def act(conn: sa.Connection, what: str, code: str, other: str, decision: Decision) -> bool:
    try:
        with conn.begin_nested():
            if what == "move":
                unit_tree.move(conn, code, other, decision)
            elif what == "merge":
                unit_tree.merge(conn, code, other, decision)
            elif what == "close":
                unit_tree.close(conn, code, decision)
            else:
                unit_tree.create(conn, Founding(f"{code}{other}", "x", "team", other), decision)
    except UnitError:
        return False
    return True


def example(conn: sa.Connection, acts: list[Any]) -> None:
    model, today = Model(), TODAY
    plan = [Founding(code, code, "team", PARENTS.get(code, "")) for code in UNITS]
    unit_tree.create_many(conn, plan, Decision(START, "x", START + timedelta(days=today)))
    for what, code, other, day in acts:
        if what == "wait":
            today = min(today + 1, DAYS[-1])
            unit_tree.take_effect(conn, START + timedelta(days=today))
            continue
        decision = Decision(START + timedelta(days=day), "x", START + timedelta(days=today))
        assert act(conn, what, code, other, decision) == model.tries(what, code, other, day), (what, code, other, day)
    compare(conn, model, today)
    raise Undo


def compare(conn: sa.Connection, model: Model, today: int) -> None:
    rows = conn.execute(sa.select(unit.c.id, unit.c.code)).all()
    codes = {row.id: row.code for row in rows}
    for unit_id, code in codes.items():
        for day in DAYS:
            found = unit_history.subtree(conn, unit_id, START + timedelta(days=day))
            assert len(found) == len(set(found))
            assert {codes[one] for one in found} == model.subtree(code, day), (code, day)
        if code in model.on(today):
            assert {codes[one] for one in unit_history.subtree(conn, unit_id)} == model.subtree(code, today), code


async def run(store: Store, acts: list[Any]) -> None:
    try:
        await store.writer.transaction(lambda conn: example(conn, acts))
    except Undo:
        return
    raise AssertionError("the example did not come to its end")


def test_every_day_has_the_tree_that_was_decided(database_url: str) -> None:
    with asyncio.Runner() as runner:

        async def opened() -> Iterator[Any]:
            context = open_store(database_url, KEYRING)
            return iter([context, await context.__aenter__()])

        context, store = runner.run(opened())

        @settings(max_examples=30)
        @given(acts=st.lists(ACTS, max_size=9))
        def check(acts: list[Any]) -> None:
            runner.run(run(store, acts))

        try:
            check()
        finally:
            runner.run(context.__aexit__(None, None, None))

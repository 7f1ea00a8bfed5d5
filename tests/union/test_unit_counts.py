"""Members are counted by the database itself; declared headcounts cover what lies below."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from nhipcau.store.ids import ids
from nhipcau.store.store import Store, open_store
from nhipcau.union import unit_counts, unit_tree
from nhipcau.union.members import member
from nhipcau.union.unit_counts import Declared, Members, member_count
from nhipcau.union.unit_rules import UnitError
from tests.conftest import KEYRING, now
from tests.union.forest import TODAY, Forest, decided


def enter(conn: sa.Connection, code: str, count: int = 1, **more: Any) -> list[int]:
    """Members of a unit; "" for none."""
    unit_id = unit_tree.find_unit(conn, code).id if code else None
    fixed = {"unit_id": unit_id, "sex": "", "language": "vi", "topics": "[]", "consent": "", "created_at": now()}
    rows = [{"id": ids.next(), **fixed, **more} for _ in range(count)]
    conn.execute(sa.insert(member), rows)
    return [int(row["id"]) for row in rows]


def below(conn: sa.Connection, code: str) -> Members:
    return unit_counts.members_below(conn, unit_tree.find_unit(conn, code))


def change(conn: sa.Connection, member_ids: list[int], **values: Any) -> None:
    conn.execute(sa.update(member).where(member.c.id.in_(member_ids)).values(values))


async def test_members_are_counted_wherever_they_stand(forest: Forest) -> None:
    await forest.does(enter, "DL-MAY", 3)
    await forest.does(enter, "DL-MAY-1", 2, joined_at=now())
    await forest.does(enter, "DL-MAY-1", 1, left_at=now())
    await forest.does(enter, "", 5)
    assert await forest.sees(below, "DL-MAY") == Members(5, 2)
    assert await forest.sees(below, "DL") == Members(5, 2)
    assert await forest.sees(below, "DL-MAY-1") == Members(2, 2)
    assert await forest.sees(below, "DL-GD") == Members(0, 0)


async def test_every_change_of_a_member_is_counted(forest: Forest) -> None:
    some = await forest.does(enter, "DL-MAY", 4)
    gd = (await forest.sees(unit_tree.find_unit, "DL-GD")).id
    for values, expected in [
        ({"joined_at": now()}, [Members(4, 4), Members(0, 0)]),
        ({"language": "en"}, [Members(4, 4), Members(0, 0)]),
        ({"unit_id": gd}, [Members(0, 0), Members(4, 4)]),
        ({"left_at": now()}, [Members(0, 0), Members(0, 0)]),
        ({"left_at": None, "joined_at": None}, [Members(0, 0), Members(4, 0)]),
        ({"unit_id": None}, [Members(0, 0), Members(0, 0)]),
        ({"unit_id": gd}, [Members(0, 0), Members(4, 0)]),
    ]:
        await forest.does(change, some, **values)
        assert [await forest.sees(below, code) for code in ("DL-MAY", "DL-GD")] == expected, values
    await forest.does(lambda conn: conn.execute(sa.delete(member).where(member.c.id.in_(some[:1]))))
    assert await forest.sees(below, "DL") == Members(3, 0)
    assert await forest.sees(unit_counts.differing) == []


async def test_counts_follow_moves_and_mergers(forest: Forest) -> None:
    await forest.does(enter, "DL-MAY-1", 2)
    await forest.does(unit_tree.move, "DL-MAY", "DL-GD", decided())
    assert [await forest.sees(below, code) for code in ("DL-GD", "DL-KCN")] == [Members(2, 0), Members(0, 0)]
    await forest.does(unit_tree.merge, "DL-MAY-1", "DL-CAO-SU", decided())
    assert [await forest.sees(below, code) for code in ("DL-GD", "DL-KCN")] == [Members(0, 0), Members(2, 0)]


async def test_what_is_undone_is_not_counted(forest: Forest) -> None:
    def fail(conn: sa.Connection) -> None:
        enter(conn, "DL-MAY", 3)
        raise ValueError

    with pytest.raises(ValueError):
        await forest.does(fail)
    assert await forest.sees(below, "DL") == Members(0, 0)


async def test_two_processes_count_the_same_units_in_opposite_order(forest: Forest, database_url: str) -> None:
    async def fill(store: Store, codes: list[str]) -> None:
        def write(conn: sa.Connection) -> None:
            for code in codes:
                enter(conn, code, 2)

        for _ in range(15):
            await store.writer.transaction(write)

    async with open_store(database_url, KEYRING) as other:
        ways = ["DL-MAY", "DL-CAO-SU", "DL-GD"]
        await asyncio.gather(fill(forest.store, ways), fill(other, ways[::-1]), forest.does(unit_counts.fold))
    assert await forest.sees(below, "DL") == Members(180, 0)
    assert await forest.sees(unit_counts.differing) == []


async def test_counters_are_made_one_and_keep_their_sum(forest: Forest) -> None:
    for _ in range(3):
        await forest.does(enter, "DL-MAY", 2)
    await forest.does(unit_counts.fold)
    rows = await forest.sees(lambda conn: conn.execute(sa.select(sa.func.count()).select_from(member_count)).scalar())
    assert rows == 1
    assert await forest.sees(below, "DL") == Members(6, 0)


async def test_a_counter_that_differs_is_found_and_mended(forest: Forest) -> None:
    await forest.does(enter, "DL-MAY", 2)
    await forest.does(lambda conn: conn.execute(sa.update(member_count).values(members=9)))
    assert await forest.sees(unit_counts.differing) == [(await forest.sees(unit_tree.find_unit, "DL-MAY")).id]
    await forest.does(unit_counts.recount)
    assert await forest.sees(unit_counts.differing) == []
    assert await forest.sees(below, "DL") == Members(2, 0)


# ---- declared

MARCH, JUNE = date(2026, 3, 1), date(2026, 6, 1)


async def declare(forest: Forest, code: str, day: date, count: int) -> None:
    await forest.does(unit_counts.declare, await forest.sees(unit_tree.find_unit, code), day, count, decided())


async def declared(forest: Forest, code: str, on: date = TODAY, *, past: bool = False) -> Declared:
    one = await forest.sees(unit_tree.find_unit, code)
    found: Declared = await forest.sees(unit_counts.declared_below, one.id, on, past=past)
    return found


async def test_the_newest_figure_on_or_before_a_day_counts(forest: Forest) -> None:
    await declare(forest, "DL-MAY", MARCH, 100)
    await declare(forest, "DL-MAY", JUNE, 130)
    await declare(forest, "DL-MAY", JUNE, 120)
    may = await forest.sees(unit_tree.find_unit, "DL-MAY")
    assert await forest.sees(unit_counts.declared_by, may.id, TODAY) == (JUNE, 120)
    assert await forest.sees(unit_counts.declared_by, may.id, JUNE - timedelta(days=1)) == (MARCH, 100)
    assert await forest.sees(unit_counts.declared_by, may.id, MARCH - timedelta(days=1)) is None
    assert [(await declared(forest, "DL-MAY", day)).members for day in (MARCH, JUNE)] == [100, 120]


async def test_a_units_own_figure_covers_all_below_it(forest: Forest) -> None:
    await declare(forest, "DL-MAY-1", MARCH, 30)
    await declare(forest, "DL-CAO-SU", MARCH, 50)
    assert await declared(forest, "DL-MAY") == Declared(30, 1)
    assert await declared(forest, "DL") == Declared(80, 2)
    await declare(forest, "DL-MAY", MARCH, 100)
    assert await declared(forest, "DL") == Declared(150, 1)
    await declare(forest, "DL", MARCH, 9_000)
    assert await declared(forest, "DL") == Declared(9_000, 0)


async def test_a_day_counts_by_its_own_tree(forest: Forest) -> None:
    await declare(forest, "DL-MAY", MARCH, 100)
    await forest.does(unit_tree.move, "DL-MAY", "DL-GD", decided(JUNE))
    assert await declared(forest, "DL-GD") == Declared(100, 0)
    assert await declared(forest, "DL-GD", MARCH, past=True) == Declared(0, 1)
    assert await declared(forest, "DL-KCN", MARCH, past=True) == Declared(100, 1)
    await forest.does(unit_tree.merge, "DL-MAY", "DL-CAO-SU", decided(TODAY))
    assert (await declared(forest, "DL")).members == 0


@pytest.mark.parametrize(("day", "count"), [(TODAY + timedelta(days=1), 5), (TODAY, -1)])
async def test_a_figure_that_cannot_be_is_refused(forest: Forest, day: date, count: int) -> None:
    with pytest.raises(UnitError):
        await declare(forest, "DL", day, count)

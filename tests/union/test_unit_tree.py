"""Units are founded, renamed, moved, merged and closed; every day keeps its own tree."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from nhipcau.store.ids import ids
from nhipcau.union import unit_history, unit_tree
from nhipcau.union.audit import audit_line
from nhipcau.union.members import member
from nhipcau.union.unit_rules import UnitError
from nhipcau.union.unit_tree import Founding
from nhipcau.union.units import ancestors, by_code, by_ids, unit
from tests.conftest import now
from tests.union.forest import FOUNDED, TODAY, Forest, decided

MARCH, LATER = date(2026, 3, 1), TODAY + timedelta(days=9)


async def codes(forest: Forest, root: str, on: date | None = None) -> list[str]:
    """The codes of a subtree, sorted."""

    def read(conn: sa.Connection) -> list[str]:
        found = unit_history.subtree(conn, unit_tree.find_unit(conn, root).id, on)
        return sorted(one.code for one in by_ids(conn, found).values())

    return list(await forest.sees(read))


async def test_the_subtree_of_today_and_of_a_day(forest: Forest) -> None:
    mine = ["DL-MAY", "DL-MAY-1", "DL-MAY-2"]
    assert await codes(forest, "DL-MAY") == mine
    assert await codes(forest, "DL-MAY", TODAY) == mine
    assert await codes(forest, "DL-MAY", FOUNDED - timedelta(days=1)) == []
    assert len(await codes(forest, "DL")) == 7


async def test_a_move_takes_the_subtree_with_it_and_leaves_yesterday(forest: Forest) -> None:
    await forest.does(unit_tree.move, "DL-MAY", "DL-GD", decided())
    assert await codes(forest, "DL-GD") == ["DL-GD", "DL-MAY", "DL-MAY-1", "DL-MAY-2"]
    assert await codes(forest, "DL-GD", TODAY - timedelta(days=1)) == ["DL-GD"]
    assert "DL-MAY-1" in await codes(forest, "DL-KCN", TODAY - timedelta(days=1))
    team = await forest.sees(by_code, "dl-may-1")
    assert [len(ancestors(team)), ancestors(team)[-1]] == [4, team.id]


async def test_a_day_that_has_passed_is_written_into_history(forest: Forest) -> None:
    await forest.does(unit_tree.rename, "DL-MAY", "Công đoàn cơ sở Công ty May Bình Minh", decided(date(2026, 6, 1)))
    await forest.does(unit_tree.move, "DL-MAY", "DL-GD", decided(MARCH))
    assert "DL-MAY" in await codes(forest, "DL-GD", MARCH)
    assert "DL-MAY" not in await codes(forest, "DL-GD", MARCH - timedelta(days=1))
    assert "DL-MAY" in await codes(forest, "DL-GD")
    may = await forest.sees(by_code, "DL-MAY")
    assert may.name.endswith("Bình Minh")
    spring = await forest.sees(unit_history.state_on, may.id, MARCH)
    assert spring.name.endswith("Hòa Bình")


async def test_what_was_decided_for_later_stands(forest: Forest) -> None:
    await forest.does(unit_tree.move, "DL-MAY", "DL", decided(date(2026, 6, 1)))
    await forest.does(unit_tree.move, "DL-MAY", "DL-GD", decided(MARCH))
    assert "DL-MAY" in await codes(forest, "DL-GD", MARCH)
    assert "DL-MAY" not in await codes(forest, "DL-GD")


async def test_a_day_to_come_takes_effect_on_its_day(forest: Forest) -> None:
    await forest.does(unit_tree.move, "DL-MAY", "DL-GD", decided(LATER))
    await forest.does(unit_tree.create, Founding("DL-NEW", "Tổ mới", "team", "DL-MAY"), decided(LATER))
    assert await codes(forest, "DL-GD") == ["DL-GD"]
    assert await codes(forest, "DL-GD", LATER) == ["DL-GD", "DL-MAY", "DL-MAY-1", "DL-MAY-2", "DL-NEW"]
    assert "DL-NEW" not in await codes(forest, "DL")
    assert await forest.does(unit_tree.take_effect, TODAY) == 0
    assert await forest.does(unit_tree.take_effect, LATER + timedelta(days=3)) == 2
    assert await codes(forest, "DL-GD") == await codes(forest, "DL-GD", LATER)
    assert await forest.does(unit_tree.take_effect, LATER + timedelta(days=3)) == 0


async def test_two_units_change_places_on_one_day(forest: Forest) -> None:
    """In today's tree the one that rises must go first."""
    await forest.does(unit_tree.create, Founding("DL-A", "A", "grassroots", "DL-KCN"), decided(MARCH))
    await forest.does(unit_tree.create, Founding("DL-B", "B", "grassroots", "DL-A"), decided(MARCH))
    await forest.does(unit_tree.move, "DL-B", "DL-KCN", decided(LATER))
    await forest.does(unit_tree.move, "DL-A", "DL-B", decided(LATER))
    await forest.does(unit_tree.take_effect, LATER)
    assert await codes(forest, "DL-B") == ["DL-A", "DL-B"]
    assert await codes(forest, "DL-A") == ["DL-A"]


# ---- merging and closing


async def join(forest: Forest, code: str, count: int = 1) -> None:
    def write(conn: sa.Connection) -> None:
        unit_id = unit_tree.find_unit(conn, code).id
        row = {"unit_id": unit_id, "sex": "", "language": "vi", "topics": "[]", "consent": "", "created_at": now()}
        conn.execute(sa.insert(member), [{"id": ids.next(), **row} for _ in range(count)])

    await forest.does(write)


async def home_of(forest: Forest) -> list[str | None]:
    def read(conn: sa.Connection) -> list[str | None]:
        home = sa.select(unit.c.code).select_from(member.outerjoin(unit, unit.c.id == member.c.unit_id))
        return list(conn.execute(home.order_by(member.c.id)).scalars())

    return list(await forest.sees(read))


async def test_a_merger_takes_members_and_children_over(forest: Forest) -> None:
    await join(forest, "DL-MAY")
    await join(forest, "DL-MAY-1")
    await forest.does(unit_tree.merge, "DL-MAY", "DL-CAO-SU", decided())
    assert await home_of(forest) == ["DL-CAO-SU", "DL-MAY-1"]
    assert await codes(forest, "DL-CAO-SU") == ["DL-CAO-SU", "DL-MAY-1", "DL-MAY-2"]
    gone = await forest.sees(by_code, "DL-MAY")
    assert (gone.is_open, gone.closed_on) == (False, TODAY)
    assert gone.merged_into == (await forest.sees(by_code, "DL-CAO-SU")).id
    assert await codes(forest, "DL-MAY", TODAY - timedelta(days=1)) == ["DL-MAY", "DL-MAY-1", "DL-MAY-2"]


async def test_members_of_a_closed_unit_go_to_the_one_above(forest: Forest) -> None:
    await join(forest, "DL-MAY-1")
    await forest.does(unit_tree.close, "DL-MAY-1", decided())
    assert await home_of(forest) == ["DL-MAY"]
    assert await codes(forest, "DL-MAY") == ["DL-MAY", "DL-MAY-2"]


async def test_members_follow_a_chain_of_mergers_that_fell_due_together(forest: Forest) -> None:
    await join(forest, "DL-MAY-1")
    await forest.does(unit_tree.merge, "DL-MAY-1", "DL-MAY-2", decided(LATER))
    await forest.does(unit_tree.merge, "DL-MAY-2", "DL-CAO-SU", decided(LATER + timedelta(days=1)))
    assert await home_of(forest) == ["DL-MAY-1"]
    await forest.does(unit_tree.take_effect, LATER + timedelta(days=5))
    assert await home_of(forest) == ["DL-CAO-SU"]


# ---- refusals

Act = Callable[[sa.Connection], Any]
REFUSED: list[tuple[str, Act, str]] = [
    ("a loop", lambda conn: unit_tree.move(conn, "DL-KCN", "DL-MAY", decided()), "cannot stand below"),
    ("itself", lambda conn: unit_tree.move(conn, "DL-MAY", "DL-MAY", decided()), "below itself"),
    ("a loop below", lambda conn: unit_tree.move(conn, "DL-MAY", "DL-MAY-1", decided()), "cannot stand below"),
    ("no parent", lambda conn: unit_tree.move(conn, "DL-MAY", "NO", decided()), "no unit with the code NO"),
    ("no unit", lambda conn: unit_tree.rename(conn, "NO", "x", decided()), "no unit with the code NO"),
    ("twice", lambda conn: unit_tree.create(conn, Founding("dl-may", "x", "team"), decided()), "is taken"),
    ("new, no parent", lambda conn: unit_tree.create(conn, Founding("X", "x", "team", "NO"), decided()), "no unit"),
    ("kind above", lambda conn: unit_tree.create(conn, Founding("X", "x", "upper", "DL-MAY"), decided()), "kind upper"),
    ("kind beside", lambda conn: unit_tree.create(conn, Founding("X", "x", "province", "DL"), decided()), "province"),
    ("kind above children", lambda conn: unit_tree.reclassify(conn, "DL-KCN", "team", decided()), "kind"),
    ("unknown kind", lambda conn: unit_tree.reclassify(conn, "DL-KCN", "district", decided()), "not known"),
    ("code", lambda conn: unit_tree.create(conn, Founding("Đ 1", "x", "team"), decided()), "1 to 40"),
    ("no name", lambda conn: unit_tree.rename(conn, "DL", "  ", decided()), "needs a name"),
    ("no reason", lambda conn: unit_tree.rename(conn, "DL", "x", decided(why=" ")), "why"),
    ("same", lambda conn: unit_tree.move(conn, "DL-MAY", "DL-KCN", decided()), "so already"),
    ("children", lambda conn: unit_tree.close(conn, "DL-MAY", decided()), "stands below it"),
    ("merge itself", lambda conn: unit_tree.merge(conn, "DL-MAY", "DL-MAY", decided()), "into itself"),
    ("merge below", lambda conn: unit_tree.merge(conn, "DL-MAY", "DL-MAY-1", decided()), "below itself"),
    ("too early", lambda conn: unit_tree.rename(conn, "DL", "x", decided(date(2025, 1, 1))), "did not exist"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "said"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
async def test_refused_with_a_sentence_and_nothing_changed(forest: Forest, act: Act, said: str) -> None:
    before = await codes(forest, "DL")
    with pytest.raises(UnitError, match=said):
        await forest.does(act)
    assert await codes(forest, "DL") == before == await codes(forest, "DL", LATER)


async def test_a_closed_unit_takes_no_part(forest: Forest) -> None:
    await forest.does(unit_tree.close, "DL-GD", decided(MARCH))
    for act in (
        lambda conn: unit_tree.move(conn, "DL-MAY", "DL-GD", decided()),
        lambda conn: unit_tree.merge(conn, "DL-MAY", "DL-GD", decided()),
        lambda conn: unit_tree.rename(conn, "DL-GD", "x", decided()),
        lambda conn: unit_tree.create(conn, Founding("X", "x", "team", "DL-GD"), decided(MARCH)),
    ):
        with pytest.raises(UnitError, match="closed since 2026-03-01"):
            await forest.does(act)


async def test_tomorrows_tree_is_guarded_today(forest: Forest) -> None:
    """The sector closes next week: nothing may be founded or moved there that would still be open then."""
    await forest.does(unit_tree.close, "DL-GD", decided(LATER))
    with pytest.raises(UnitError, match="closed since"):
        await forest.does(unit_tree.move, "DL-MAY", "DL-GD", decided())
    with pytest.raises(UnitError, match="closed since"):
        await forest.does(unit_tree.create, Founding("X", "x", "team", "DL-GD"), decided())


async def test_a_past_closing_is_refused_where_somebody_moved_in_since(forest: Forest) -> None:
    await forest.does(unit_tree.move, "DL-MAY", "DL-GD", decided(date(2026, 6, 1)))
    with pytest.raises(UnitError, match="stands below it"):
        await forest.does(unit_tree.close, "DL-GD", decided(MARCH))


async def test_every_change_leaves_a_line(forest: Forest) -> None:
    await forest.does(unit_tree.rename, "DL", "Liên đoàn Lao động Đắk Lắk", decided())
    await forest.does(unit_tree.merge, "DL-MAY-1", "DL-MAY-2", decided())
    await forest.does(unit_tree.amend, "DL-MAY-2", decided(), contact="Chị Hoa")

    def read(conn: sa.Connection) -> list[str]:
        return list(conn.execute(sa.select(audit_line.c.action).order_by(audit_line.c.id)).scalars())

    assert (await forest.sees(read))[-3:] == ["unit.rename", "unit.merge", "unit.amend"]
    assert (await forest.sees(read))[:7] == ["unit.create"] * 7

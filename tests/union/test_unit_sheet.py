"""A list of units is brought, again, changed, and written out; each row says what became of it."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from nhipcau.knowledge.calc.regions import known_region
from nhipcau.store.errors import BadSheet
from nhipcau.store.sheets import Row, read_sheet, write_sheet
from nhipcau.union import unit_counts, unit_rows, unit_sheet, unit_tree
from nhipcau.union.unit_rows import Outcome
from nhipcau.union.unit_rules import UnitError
from nhipcau.union.units import by_code
from tests.union.forest import FOUNDED, TODAY, Forest, decided

HEADINGS = ("Mã", "Tên công đoàn", "Cấp trên", "Loại", "Số đoàn viên", "Ngày", "Xã/phường")


def rows(*lines: str) -> list[Row]:
    """Rows from lines with bars between their cells, numbered from 2."""
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [Row(n, dict(zip(HEADINGS, [*row, *[""] * 7][:7], strict=True))) for n, row in enumerate(cells, 2)]


async def brings(forest: Forest, *lines: str, on: date = TODAY) -> list[Outcome]:
    found = await forest.does(unit_sheet.bring, rows(*lines), decided(on), known_region)
    return list(found)


async def told(forest: Forest, *lines: str) -> list[tuple[str, str, str]]:
    return [(one.code, one.what, one.why) for one in await brings(forest, *lines)]


NEW = (
    "dl-x-1|Tổ gỗ 1|DL-X|Tổ công đoàn||",
    "DL-X|Công đoàn cơ sở Gỗ|DL-KCN|CĐCS|1.250|01/10/2026|Phường Tuy Hòa",
)


async def test_new_units_are_founded_whatever_their_order(forest: Forest) -> None:
    assert await told(forest, *NEW) == [("DL-X-1", "added", ""), ("DL-X", "added", "")]
    one, team = await forest.sees(by_code, "DL-X"), await forest.sees(by_code, "DL-X-1")
    assert (one.kind, one.region, one.commune) == ("grassroots", "III", "Phường Tuy Hòa")
    assert team.path.startswith(one.path)
    assert await forest.sees(unit_counts.declared_by, one.id, TODAY) == (date(2026, 10, 1), 1250)


async def test_brought_twice_nothing_changes(forest: Forest) -> None:
    await brings(forest, *NEW, "DL-Y|Công đoàn Y|DL|Cơ sở|30")
    again = await brings(forest, *NEW, "DL-Y|Công đoàn Y|DL|Cơ sở|30", on=date(2026, 11, 21))
    assert {one.what for one in again} == {"unchanged"}


async def test_what_differs_is_changed_and_empty_cells_change_nothing(forest: Forest) -> None:
    assert await told(
        forest,
        "DL-MAY|Công đoàn May Mới|DL-GD||90",
        "DL-CAO-SU|||||",
        "DL-MAY-1||DL-CAO-SU|||",
        "DL-MAY-2||||||Phường Buôn Hồ",
    ) == [
        ("DL-MAY", "changed", "name, parent, headcount"),
        ("DL-CAO-SU", "unchanged", ""),
        ("DL-MAY-1", "changed", "parent"),
        ("DL-MAY-2", "changed", "commune, region"),
    ]
    assert (await forest.sees(by_code, "DL-MAY")).name == "Công đoàn May Mới"
    assert (await forest.sees(by_code, "DL-MAY-2")).region == "IV"


REJECTED = [
    ("|Không mã|DL|Cơ sở", "must be 1 to 40"),
    ("Mã 1|Tên|DL|Cơ sở", "must be 1 to 40"),
    ("DL-1||DL|Cơ sở", "needs a name and a kind"),
    ("DL-1|Tên|DL|", "needs a name and a kind"),
    ("DL-1|Tên|DL|Huyện", "The kind 'Huyện' is not known"),
    ("DL-1|Tên|NO|Cơ sở", "no unit with the code NO"),
    ("DL-1|Tên|DL-1|Cơ sở", "lead back to itself"),
    ("DL-1|Tên|DL-MAY|Cấp trên trực tiếp cơ sở", "cannot stand below"),
    ("DL-1|Tên|DL|Cơ sở|nhiều", "not a number"),
    ("DL-1|Tên|DL|Cơ sở|-5", "not a number"),
    ("DL-1|Tên|DL|Cơ sở|5|31/02/2026", "not a day"),
    ("DL-1|Tên|DL|Cơ sở|5|01/01/2030", "has not"),
    ("DL-KCN||DL-MAY", "cannot stand below"),
    ("DL-MAY||DL-MAY-1", "cannot stand below"),
    (f"DL-1|{'x' * 201}|DL|Cơ sở", "at most 200"),
]


@pytest.mark.parametrize(("line", "said"), REJECTED)
async def test_a_row_that_breaks_a_rule_is_rejected_and_its_neighbours_hold(
    forest: Forest, line: str, said: str
) -> None:
    good, bad, last = await brings(forest, "DL-OK-1|Tốt 1|DL|Cơ sở", line, "DL-OK-2|Tốt 2|DL|Cơ sở")
    assert (good.what, bad.what, last.what) == ("added", "rejected", "added")
    assert bad.number == 3
    assert said in bad.why


async def test_a_code_twice_and_a_loop_in_the_list(forest: Forest) -> None:
    found = await told(forest, "DL-1|A|DL|Tổ", "dl-1|B|DL|Tổ", "DL-2|C|DL-3|Tổ", "DL-3|D|DL-2|Tổ", "DL-4|E|DL-2|Tổ")
    assert [what for _, what, _ in found] == ["added", "rejected", "rejected", "rejected", "rejected"]
    assert found[1][2] == "The code stands in row 2 already."


async def test_an_unknown_commune_is_kept_and_said(forest: Forest) -> None:
    (one,) = await told(forest, "DL-1|A|DL|Cơ sở|||Xã Không Có")
    assert one[1] == "added" and "No list knows the commune" in one[2]


async def test_a_formula_without_a_result_is_rejected(forest: Forest) -> None:
    (row,) = rows("DL-1|A|DL|Cơ sở|")
    found = await forest.does(unit_sheet.bring, [row._replace(broken=("Số đoàn viên",))], decided(), known_region)
    assert (found[0].what, found[0].why) == ("rejected", "The formula in the column Số đoàn viên gives nothing.")


async def test_a_list_without_codes_is_refused_as_a_whole(forest: Forest) -> None:
    with pytest.raises(UnitError, match="No column is called 'Mã'"):
        await forest.does(unit_sheet.bring, [Row(2, {"Tên": "A"})], decided(), known_region)


@pytest.mark.parametrize("name", ["units.csv", "units.xlsx"])
async def test_what_is_exported_is_the_same_list(forest: Forest, tmp_path: Path, name: str) -> None:
    await brings(forest, *NEW)
    await forest.does(unit_tree.amend, "DL-X", decided(), contact="=+84 901", sector="Gỗ")
    path = tmp_path / name

    def write(conn: sa.Connection) -> None:
        write_sheet(path, *unit_sheet.export_rows(conn, decided()))

    await forest.does(write)
    listed = list(read_sheet(path, unit_rows.headings()))
    assert len(listed) == 9
    assert next(row.cells["Liên hệ"] for row in listed if row.cells["Mã"] == "DL-X") == "=+84 901"
    found = await forest.does(unit_sheet.bring, listed, decided(), known_region)
    assert {one.what for one in found} == {"unchanged"}


async def test_an_empty_union_takes_its_first_list_with_a_letterhead(forest: Forest, tmp_path: Path) -> None:
    text = (
        "LIÊN ĐOÀN LAO ĐỘNG;;;\n;;;\nMÃ ĐƠN VỊ;TÊN ĐƠN VỊ;MÃ CẤP TRÊN;CẤP\nPY;Tỉnh khác;;Tỉnh\nPY-1;Cơ sở 1;PY;CĐCS\n"
    )
    (tmp_path / "a.csv").write_bytes(text.encode("utf-16"))
    listed = read_sheet(tmp_path / "a.csv", unit_rows.headings())
    found = await forest.does(unit_sheet.bring, listed, decided(FOUNDED), known_region)
    assert [(one.number, one.what) for one in found] == [(4, "added"), (5, "added")]
    with pytest.raises(BadSheet):
        list(read_sheet(tmp_path / "a.csv", ["Không có"]))


def test_every_heading_and_kind_means_one_thing() -> None:
    table: Mapping[str, Any] = unit_rows.words().columns
    assert all(unit_rows.words().column(name) == field for field, names in table.items() for name in names)
    kinds = unit_rows.words().kinds
    assert all(unit_rows.words().kind(name) == kind for kind, names in kinds.items() for name in names)

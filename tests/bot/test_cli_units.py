"""The commands for units, on both databases: a list in, changes one by one, a list out."""

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from nhipcau.bot.cli import app
from nhipcau.bot.config import Config, Database, Secrets
from nhipcau.bot.doctor import examine
from nhipcau.bot.samples import UNITS, plant
from nhipcau.store.store import open_store
from nhipcau.union.unit_counts import member_count
from tests.conftest import KEY, KEYRING


class Staff:
    """Somebody at the command line."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.config = folder / "config.toml"
        self.config.write_text(f'[database]\nurl = "{url}"\n', encoding="utf-8")

    async def tries(self, *words: object) -> Result:
        line = ["units", *map(str, words), "--config", str(self.config)]
        result = await asyncio.to_thread(CliRunner().invoke, app, line)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        return result

    async def does(self, *words: object) -> str:
        result = await self.tries(*words)
        assert result.exit_code == 0, result.output
        return result.stdout

    async def reads(self, *words: object) -> list[Any]:
        return [json.loads(line) for line in (await self.does(*words, "--json")).splitlines()]

    def list_of(self, *lines: str) -> Path:
        path = self.folder / "units.csv"
        path.write_text("\n".join(["Mã;Tên;Cấp trên;Loại", *lines]), encoding="utf-8")
        return path


@pytest.fixture
async def staff(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Staff:
    monkeypatch.setattr("nhipcau.clock.today", lambda: date(2026, 11, 22))
    one = Staff(tmp_path, database_url)
    await one.does("import", UNITS, "--on", "2026-10-01")
    return one


async def test_the_samples_come_in_whole_and_only_once(staff: Staff) -> None:
    said = await staff.does("import", UNITS)
    assert said == "0 added, 0 changed, 12 unchanged, 0 rejected.\n"
    (shown,) = await staff.reads("show", "mau-kcn")
    assert (shown["above"], shown["below"]) == (["MAU"], ["MAU-CA", "MAU-MAY"])
    assert (shown["region"], shown["units_in_subtree"]) == ("III", 5)
    assert (shown["declared"], shown["undeclared_units"], shown["members"]) == (1570, 0, 0)


async def test_a_dry_run_says_all_and_changes_nothing(staff: Staff) -> None:
    file = staff.list_of("MAU-1;Mới;MAU;Cơ sở", "MAU-MAY;May Mới;;", "MAU-GD;;;", "X Y;Sai;MAU;Cơ sở")
    result = await staff.tries("import", file, "--dry-run")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "row 2: added MAU-1",
        "row 3: changed MAU-MAY: name",
        "row 5: rejected X Y: The code 'X Y' must be 1 to 40 letters A-Z, digits and hyphens, such as DL-TH-0123.",
        "1 added, 1 changed, 1 unchanged, 1 rejected. Nothing was changed: this was a dry run.",
    ]
    assert (await staff.tries("show", "MAU-1")).exit_code == 2
    assert (await staff.tries("import", file)).exit_code == 1
    assert [one["what"] for one in json_lines(await staff.tries("import", file, "--json"))] == [
        "unchanged", "unchanged", "unchanged", "rejected",
    ]  # fmt: skip


def json_lines(result: Result) -> list[Any]:
    return [json.loads(line) for line in result.stdout.splitlines()]


async def test_one_unit_through_its_life(staff: Staff) -> None:
    why = ("--why", "Quyết định 12")
    await staff.does("create", "mau-go", "Công đoàn Gỗ", "--parent", "MAU", "--commune", "Buôn Hồ", *why)
    await staff.does("rename", "MAU-GO", "Công đoàn cơ sở Gỗ", *why)
    await staff.does("move", "MAU-GO", "MAU-XP", *why)
    await staff.does("headcount", "MAU-GO", 75, "--on", "2026-11-01")
    (shown,) = await staff.reads("show", "MAU-GO")
    assert (shown["region"], shown["above"], shown["declared"]) == ("IV", ["MAU-XP", "MAU"], 75)
    (merged,) = await staff.reads("merge", "MAU-GO", "MAU-CS", *why)
    assert merged["code"] == "MAU-CS"
    said = await staff.does("close", "MAU-YT", *why)
    assert said == "MAU-YT Công đoàn cơ sở Trạm Y tế phường (mẫu): closed.\n"
    (gone,) = await staff.reads("show", "MAU-GO")
    assert [one["action"] for one in gone["history"]] == ["found", "rename", "move", "merge"]
    assert not gone["is_open"]


async def test_what_is_for_later_says_so_and_waits(staff: Staff) -> None:
    said = await staff.does("move", "MAU-MAY", "MAU-XP", "--why", "x", "--on", "2026-12-31")
    assert said.endswith(": moved from 2026-12-31 on.\n")
    ((now,), (then,)) = await staff.reads("show", "MAU-MAY"), await staff.reads("show", "MAU-MAY", "--on", "2026-12-31")
    assert (now["above"], then["above"]) == (["MAU-KCN", "MAU"], ["MAU-XP", "MAU"])


async def test_a_unit_as_it_was(staff: Staff) -> None:
    await staff.does("move", "MAU-MAY", "MAU-XP", "--why", "x", "--on", "2026-11-10")
    (then,) = await staff.reads("show", "MAU-KCN", "--on", "2026-11-09")
    (now,) = await staff.reads("show", "MAU-KCN")
    assert (then["declared"], now["declared"]) == (1570, 320)
    assert "MAU-MAY" in then["below"] and "MAU-MAY" not in now["below"]
    assert "history" in then and "  2026-11-10  move" in await staff.does("show", "MAU-MAY")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "NO"), "There is no unit with the code NO."),
        (("move", "MAU", "MAU-KCN", "--why", "x"), "cannot stand below"),
        (("close", "MAU", "--why", "x"), "stands below it"),
        (("close", "MAU-YT", "--why", " "), "Say why"),
        (("headcount", "MAU", "5", "--on", "2027-01-01"), "has not"),
        (("import", "no-such-file.csv"), "No such file"),
    ],
)
async def test_refusals_are_one_sentence(staff: Staff, words: tuple[str, ...], said: str) -> None:
    result = await staff.tries(*words)
    assert result.exit_code == 2
    assert said in result.stderr and len(result.stderr.splitlines()) == 1


async def test_a_list_goes_out_and_comes_back(staff: Staff) -> None:
    out = staff.folder / "out.xlsx"
    assert await staff.reads("export", out) == [{"file": str(out), "units": 12}]
    assert (await staff.tries("export", out)).exit_code == 2
    assert await staff.does("import", out) == "0 added, 0 changed, 12 unchanged, 0 rejected.\n"


async def test_doctor_compares_the_counters_and_recount_mends_them(staff: Staff) -> None:
    async def units() -> tuple[bool, str]:
        found = {one.what: one for one in await examine(staff.config)}
        return found["units"].well, found["units"].sentence

    assert await units() == (True, "the counted members are the members there are.")
    async with open_store(staff.url, KEYRING) as store:
        values = {"unit_id": 1, "members": 3, "joined": 0}
        await store.writer.transaction(lambda conn: conn.execute(sa.insert(member_count).values(values)))
    well, sentence = await units()
    assert not well and "nhipcau units recount" in sentence
    await staff.does("recount")
    assert (await units())[0]


async def test_the_demo_starts_with_sample_units(tmp_path: Path) -> None:
    config = Config(database=Database(url=f"sqlite:///{tmp_path / 'demo.db'}"))
    await plant(config, Secrets(key=KEY))
    await plant(config, Secrets(key=KEY))
    staff = Staff(tmp_path, config.database.url)
    (shown,) = await staff.reads("show", "MAU")
    assert shown["units_in_subtree"] == 12

"""The curators' commands, on both databases: from a draft to those who waited for the answer."""

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner, Result

from nhipcau.bot.cli import app
from nhipcau.bot.doctor import examine
from nhipcau.channels.message import Outgoing
from nhipcau.knowledge import desk
from nhipcau.knowledge.answer import Knowledge
from nhipcau.knowledge.effective import Seed
from nhipcau.knowledge.entries import Entry, load_base, parse_entry, write_entry
from nhipcau.knowledge.translations import Translation, fingerprint
from nhipcau.store import outbox
from nhipcau.store.outbox import Letter
from nhipcau.store.store import open_store
from nhipcau.store.writer import Change
from nhipcau.union import contacts
from nhipcau.union.contacts import Contact
from tests.conftest import KEYRING
from tests.knowledge.samples import DOCUMENTS, FIGURES, entry

SIGNED = ("--by", "Lan", "--why", "luật mới")
SUNDAY = entry()


class Officer:
    """Somebody at the command line."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.config = folder / "config.toml"
        self.config.write_text(f'[database]\nurl = "{url}"\n', encoding="utf-8")

    async def tries(self, *words: object) -> Result:
        """`nhipcau knowledge …`, however it ends."""
        line = ["knowledge", *map(str, words), "--config", str(self.config)]
        result = await asyncio.to_thread(CliRunner().invoke, app, line)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        return result

    async def does(self, *words: object) -> str:
        result = await self.tries(*words)
        assert result.exit_code == 0, result.output
        return result.stdout

    async def reads(self, *words: object) -> list[Any]:
        return [json.loads(line) for line in (await self.does(*words, "--json")).splitlines()]

    async def edits(self, text: Entry, *more: object) -> str:
        file = self.folder / f"{text.id}.md"
        file.write_text(write_entry(text), encoding="utf-8")
        (kept,) = await self.reads("edit", text.id, file, *SIGNED, *more)
        return str(kept["revision"])

    async def serves(self, number: str, *more: object) -> str:
        await self.does("review", number, "--by", "Bình")
        return await self.does("publish", number, "--by", "Lan", *more)


@pytest.fixture
def officer(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Officer:
    entries = {one.id: one for one in (SUNDAY, entry("night", short="Được trả {wage.month}."))}
    shipped = Seed(entries, FIGURES, DOCUMENTS)
    small = Knowledge.of(entries.values(), FIGURES, DOCUMENTS)
    monkeypatch.setattr(Seed, "load", classmethod(lambda _: shipped))
    monkeypatch.setattr(Knowledge, "load", classmethod(lambda _: small))
    monkeypatch.setattr("nhipcau.clock.today", lambda: date(2026, 11, 22))
    return Officer(tmp_path, database_url)


def worded(text: str, **more: Any) -> Entry:
    return msgspec.structs.replace(SUNDAY, short=text, **more)


async def test_from_draft_to_readers_and_its_history(officer: Officer) -> None:
    number = await officer.edits(worded("Được trả {rate.sunday}, luôn luôn."))
    (waiting,) = await officer.reads("drafts")
    assert (waiting["revision"], waiting["entry"], waiting["state"]) == (number, "sunday", "draft")
    refused = await officer.tries("review", number, "--by", "lan")
    assert (refused.exit_code, "another person must review it" in refused.stderr) == (2, True)
    await officer.serves(number)
    assert await officer.reads("drafts") == []
    told = await officer.does("history", "sunday")
    assert "made by Lan" in told and "reviewed by Bình" in told and "luật mới" in told
    assert "-Được trả {rate.sunday} lương giờ.\n+Được trả {rate.sunday}, luôn luôn.\n" in told
    (row,) = await officer.reads("history", "sunday")
    assert (row["state"], row["made_by"], row["reviewed_by"], row["ended_by"]) == ("published", "Lan", "Bình", "Lan")
    assert parse_entry(row["after"], "sunday", "overtime").short == "Được trả {rate.sunday}, luôn luôn."


async def test_it_can_be_asked_on_the_command_line(officer: Officer) -> None:
    await officer.serves(await officer.edits(worded("Được trả {rate.sunday}, sửa.")))
    line = ["ask", SUNDAY.questions[0], "--json"]
    shipped = await asyncio.to_thread(CliRunner().invoke, app, line)
    served = await asyncio.to_thread(CliRunner().invoke, app, [*line, "--config", str(officer.config)])
    assert json.loads(shipped.stdout)["short"] == "Được trả 200% lương giờ."
    assert json.loads(served.stdout)["short"] == "Được trả 200%, sửa."


async def test_a_faulty_draft_is_refused_with_exit_code_one_and_its_findings(officer: Officer) -> None:
    file = officer.folder / "sunday.md"
    file.write_text(write_entry(worded("Nghỉ 12 ngày.")), encoding="utf-8")
    result = await officer.tries("edit", "sunday", file, *SIGNED)
    assert (result.exit_code, "bare-number" in result.stdout) == (1, True)
    assert "1 findings; nothing was kept." in result.stdout
    assert "No drafts." in await officer.does("drafts")


async def test_a_new_entry_says_its_topic(officer: Officer) -> None:
    file = officer.folder / "rest.md"
    file.write_text(write_entry(entry("rest")), encoding="utf-8")
    result = await officer.tries("edit", "rest", file, *SIGNED)
    assert (result.exit_code, "--topic, such as overtime" in result.stderr) == (2, True)
    await officer.serves(await officer.edits(entry("rest", topic="leave"), "--topic", "leave"))
    assert [row["entry"] for row in await officer.reads("list")] == ["sunday", "night", "rest"]


async def test_withdrawn_is_not_listed_any_more(officer: Officer) -> None:
    assert await officer.does("withdraw", "sunday", *SIGNED) == "sunday is withdrawn.\n"
    assert [row["entry"] for row in await officer.reads("list")] == ["night"]
    number = await officer.edits(SUNDAY)
    await officer.does("withdraw", number, *SIGNED)
    assert [row["state"] for row in await officer.reads("history", "sunday")] == ["withdrawn", "withdrawn"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("withdraw", "nowhere", *SIGNED), "readers meet no entry nowhere"),
        (("review", "7", "--by", "Bình"), "there is no revision 7"),
        (("publish", "F7", "--by", "Bình"), "there is no revision F7"),
        (("edit", "sunday", "/nowhere.md", *SIGNED), "/nowhere.md"),
        (("import", "/nowhere", *SIGNED), "holds no entries"),
        (("impact", "1/1900/SL"), "there is no document and no figure 1/1900/SL"),
        (("figure", "wage.month", "x", "--from", "2027-01-01", "--document", "a", *SIGNED), "x is no number"),
        (("figure", "wage.month", "1", "--from", "mai", "--document", "a", *SIGNED), "mai is no day"),
    ],
)
async def test_what_cannot_be_done_is_said_in_one_sentence(officer: Officer, words: tuple[str, ...], said: str) -> None:
    result = await officer.tries(*words)
    assert (result.exit_code, said in result.stderr, result.stderr.count("\n")) == (2, True, 1)


async def test_a_file_that_is_no_entry_is_refused_in_one_sentence(officer: Officer) -> None:
    for content in (b"no head", b"\xff\xfe"):
        (officer.folder / "x.md").write_bytes(content)
        result = await officer.tries("edit", "sunday", officer.folder / "x.md", *SIGNED)
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


async def test_what_is_exported_is_what_is_served_and_comes_back_as_drafts(officer: Officer) -> None:
    await officer.serves(await officer.edits(worded("Một.")))
    folder = officer.folder / "out"
    await officer.does("export", folder)
    base = load_base(folder).entries
    assert base["sunday"] == worded("Một.")
    assert (await officer.tries("export", folder)).exit_code == 2
    assert "Nothing differs" in await officer.does("import", folder, *SIGNED)
    (folder / "overtime" / "sunday.md").write_text(write_entry(worded("Hai.")), encoding="utf-8")
    (folder / "overtime" / "rest.md").write_text(write_entry(entry("rest")), encoding="utf-8")
    kept = await officer.reads("import", folder, *SIGNED)
    assert sorted(row["entry"] for row in kept) == ["rest", "sunday"]


def test_every_shipped_entry_survives_export() -> None:
    for one in load_base().entries.values():
        assert parse_entry(write_entry(one), one.id, one.topic) == one


async def test_a_conflict_is_shown_with_both_texts(officer: Officer, monkeypatch: pytest.MonkeyPatch) -> None:
    await officer.serves(await officer.edits(worded("Của cán bộ.")))
    assert "No conflicts." in await officer.does("conflicts")
    newer = Seed({"sunday": worded("Của bản mới.")}, FIGURES, DOCUMENTS)
    monkeypatch.setattr(Seed, "load", classmethod(lambda _: newer))
    told = await officer.does("conflicts")
    assert "the shipped entry changed since:" in told
    assert "-Của cán bộ.\n+Của bản mới." in told
    (row,) = await officer.reads("conflicts")
    assert (row["entry"], "Của bản mới." in row["shipped"]) == ("sunday", True)
    (said,) = [one.sentence for one in await examine(officer.config) if one.what == "curation"]
    assert "1 entries changed by officers, 0 drafts wait." in said
    assert "run: nhipcau knowledge conflicts" in said


# ---- figures


async def test_a_changed_figure_makes_its_dependants_due(officer: Officer) -> None:
    cited = ("--from", "2027-01-01", "--document", "9/2026/NĐ", "--title", "Nghị định 9/2026", "--confidence", "V2")
    (kept,) = await officer.reads("figure", "wage.month", "4300000", *cited, *SIGNED)
    assert kept == {"revision": "F1", "figure": "wage.month"}
    assert "wage.month = 4300000 from 2027-01-01" in await officer.does("drafts")
    assert "Nothing is due." in await officer.does("due")
    assert (await officer.tries("review", "F1", "--by", "Lan")).exit_code == 2
    await officer.serves("F1")
    (row,) = await officer.reads("due")
    assert row == {"since": "2027-01-01", "kind": "entry", "name": "night", "why": "wage.month"}
    (found,) = await officer.reads("impact", "9/2026/NĐ")
    assert (found["figures"], found["entries"]) == (["wage.month"], {"night": ["wage.month"]})
    assert "0 calculators, 1 figures." in await officer.does("impact", "wage.month")


# ---- those who wait


async def asked(officer: Officer) -> None:
    """Two people wait for a reply to question 11; question 12 asks the same."""
    row = desk.Asked(11, date(2026, 11, 20), "web", "vi", "thuê nhà trọ", "unknown", None, 0.1)
    async with open_store(officer.url, KEYRING) as store:
        await store.writer.commit(Change(desk.log, row), Change(desk.log, row._replace(id=12, text="Thue nha tro?")))
        await store.writer.commit(*(Change(desk.wish, desk.Wish(11, "web", "web", chat)) for chat in "78"))


async def letters(officer: Officer) -> list[Letter]:
    async with open_store(officer.url, KEYRING) as store, store.read() as conn:
        return await outbox.still_open(conn)


async def test_a_published_answer_calls_back_those_who_asked(officer: Officer) -> None:
    await asked(officer)
    number = await officer.edits(entry("rent", topic="life"), "--topic", "life")
    assert "2 person(s) will be told." in await officer.serves(number, "--answers", "12")
    found = await letters(officer)
    assert sorted(letter.chat for letter in found) == ["7", "8"]
    message = msgspec.json.decode(found[0].body, type=Outgoing)
    assert message.text == "Làm chủ nhật rent\n\nĐược trả 200% lương giờ."
    assert [button.payload for row in message.buttons for button in row] == ["pick:rent:0"]
    assert await officer.reads("gaps") == []


async def test_who_reads_english_is_called_back_in_english(officer: Officer, monkeypatch: pytest.MonkeyPatch) -> None:
    await asked(officer)
    async with open_store(officer.url, KEYRING) as store:
        await store.writer.commit(Change(contacts.save, Contact("web:web:8", "en")))
    english = Translation(title="Work on Sunday", short="You get {rate.sunday}.", of=fingerprint(SUNDAY))
    shipped = Seed({"sunday": SUNDAY}, FIGURES, DOCUMENTS, {"sunday": english})
    monkeypatch.setattr(Seed, "load", classmethod(lambda _: shipped))
    number = await officer.edits(msgspec.structs.replace(SUNDAY, questions=(*SUNDAY.questions, "thuê nhà trọ")))
    await officer.serves(number, "--answers", "11")
    texts = {one.chat: msgspec.json.decode(one.body, type=Outgoing).text for one in await letters(officer)}
    assert texts["7"] == f"{SUNDAY.title}\n\nĐược trả 200% lương giờ."
    assert texts["8"].startswith("Work on Sunday\n\nYou get 200%.\n\nThis is a translation")


async def test_nobody_is_told_of_what_was_refused(officer: Officer) -> None:
    await asked(officer)
    number = await officer.edits(entry("rent", topic="life"), "--topic", "life")
    assert (await officer.tries("publish", number, "--by", "Lan", "--answers", "11")).exit_code == 2
    assert await letters(officer) == []
    (gap,) = await officer.reads("gaps")
    assert gap["waiting"] == 2

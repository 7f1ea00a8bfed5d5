"""A translator confirms a text at the command line; what breaks a rule is not confirmed."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from nhipcau.bot.cli import app
from nhipcau.knowledge.effective import Seed
from nhipcau.knowledge.translations import read_translation
from tests.knowledge.samples import DOCUMENTS, FIGURES, entry

FAULTLESS = '+++\ntitle = "Sunday"\n+++\n\n## short\nYou get {rate.sunday}.\n\n## steps\n1. Keep the time sheet.\n'
SEED = Seed({"sunday": entry(), "night": entry("night"), "rent": entry("rent")}, FIGURES, DOCUMENTS)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("sunday", "night"):
        (tmp_path / f"{name}.md").write_text(FAULTLESS, encoding="utf-8")
    files = {path.stem: path for path in tmp_path.iterdir()}
    monkeypatch.setattr("nhipcau.bot.cli_translations.translation_files", lambda: files)
    monkeypatch.setattr(Seed, "load", classmethod(lambda _: SEED))
    return tmp_path


def does(*words: str) -> Result:
    return CliRunner().invoke(app, ["knowledge", "translated", *words])


def confirmed(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.iterdir() if read_translation(path).fits(SEED.entries[path.stem]))


def test_a_text_is_confirmed_once(folder: Path) -> None:
    assert does("sunday").stdout == "sunday: the English text is confirmed.\n"
    assert confirmed(folder) == ["sunday"]
    assert does("sunday").stdout == "sunday: it was confirmed before.\n"


def test_all_that_have_a_text(folder: Path) -> None:
    assert does("--all").exit_code == 0
    assert confirmed(folder) == ["night", "sunday"]


def test_what_breaks_a_rule_is_not_confirmed_nor_is_its_neighbour(folder: Path) -> None:
    (folder / "sunday.md").write_text(FAULTLESS.replace("{rate.sunday}", "200%"), encoding="utf-8")
    done = does("--all")
    assert done.exit_code == 1
    assert "english/sunday.md: translation-figures: write {rate.sunday}" in done.stdout
    assert "nothing was confirmed" in done.stdout
    assert confirmed(folder) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name the entries that were compared, or --all."),
        (("sunday", "--all"), "name the entries that were compared, or --all."),
        (("gone",), "there is no entry gone"),
        (("rent",), "there is no English text of rent"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(folder: Path, words: tuple[str, ...], said: str) -> None:
    done = does(*words)
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_file_that_cannot_be_read_is_one_sentence(folder: Path) -> None:
    (folder / "night.md").write_text("?", encoding="utf-8")
    done = does("--all")
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)

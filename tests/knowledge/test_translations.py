"""English answers are served only while the Vietnamese text is the one they were compared with."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from nhipcau.knowledge.answer import ROOT, Knowledge
from nhipcau.knowledge.effective import Seed
from nhipcau.knowledge.entries import EntryError, entry_files, load_base
from nhipcau.knowledge.figures import Figure, Figures, Value
from nhipcau.knowledge.lint import Bench, lint_base, of_translation
from nhipcau.knowledge.translations import (
    ENGLISH,
    Translation,
    fingerprint,
    load_translations,
    read_translation,
    stamp,
    standing,
)
from tests.knowledge.samples import DOCUMENTS, FIGURES, MARKDOWN, RATE, TODAY, WAGE, entry

WAGE_ENTRY = entry("wage", title="Lương tháng", short="Được trả {wage.month}.", steps=("Hỏi phòng nhân sự.",))
BENCH = Bench(figures=FIGURES, documents=DOCUMENTS, ids=frozenset({"wage"}), on=TODAY)
FILE = '+++\ntitle = "Monthly wage"\n+++\n\n## short\nYou get {wage.month}.\n\n## steps\n1. Ask the office.\n'
IN_ENGLISH = ("Monthly wage", "You get 4,140,000 VND.", ("Ask the office.",))
IN_VIETNAMESE = ("Lương tháng", "Được trả 4.140.000 đồng.", ("Hỏi phòng nhân sự.",))


def english(**changes: object) -> Translation:
    """A faultless translation of WAGE_ENTRY, but for what the test changes."""
    fields = {"title": "Monthly wage", "short": "You get {wage.month}.", "steps": ("Ask the office.",)}
    return Translation(**({"of": fingerprint(WAGE_ENTRY)} | fields | changes))  # type: ignore[arg-type]


def read(knowledge: Knowledge, on: date = TODAY, language: str = "en") -> tuple[str, str, tuple[str, ...]]:
    shown = knowledge.rendered("wage", on, language)
    assert (shown.language == "en") == (shown.title == "Monthly wage")
    return shown.title, shown.short, shown.steps


@pytest.fixture(scope="module")
def small() -> Knowledge:
    return Knowledge.of([WAGE_ENTRY, entry()], FIGURES, DOCUMENTS, {"wage": english(), "gone": english()})


# ---- what readers meet


def test_title_short_and_steps_are_english_the_rest_stays(small: Knowledge) -> None:
    assert read(small) == IN_ENGLISH
    assert read(small, language="vi") == IN_VIETNAMESE
    shown, original = small.rendered("wage", TODAY, "en"), small.rendered("wage", TODAY)
    assert (shown.deep, shown.citations) == (original.deep, original.citations)


def test_an_entry_without_translation_stays_vietnamese(small: Knowledge) -> None:
    assert small.rendered("sunday", TODAY, "en") == small.rendered("sunday", TODAY)


def test_figures_are_those_of_the_day_in_english_writing(small: Knowledge) -> None:
    assert read(small, date(2025, 3, 1))[1] == "You get 3,860,000 VND."
    assert read(small, TODAY)[1] == "You get 4,140,000 VND."


def test_answers_and_titles_to_choose_from_are_english(small: Knowledge) -> None:
    answer = small.ask(WAGE_ENTRY.questions[0], date(2025, 3, 1), language="en")
    assert (answer.outcome, answer.title) == ("answer", "Monthly wage")
    assert answer.rendered is not None
    assert answer.rendered.short == "You get 3,860,000 VND."
    near = small.ask(entry().questions[0], TODAY, language="en")
    assert "Monthly wage" in {one.title for one in near.choices}


@pytest.mark.parametrize("changes", [{"title": "Khác"}, {"short": "Khác {wage.month}."}, {"steps": ("Khác.",)}])
def test_a_changed_text_is_shown_in_vietnamese(small: Knowledge, changes: dict[str, object]) -> None:
    changed = msgspec.structs.replace(WAGE_ENTRY, **changes)
    later = small.revised([changed], FIGURES, DOCUMENTS)
    assert read(later) == read(later, language="vi") != IN_VIETNAMESE
    assert read(later.revised([WAGE_ENTRY], FIGURES, DOCUMENTS)) == IN_ENGLISH, "the text of before is back"


@pytest.mark.parametrize("changes", [{"deep": "Khác."}, {"questions": ("khác",)}, {"review_by": date(2020, 1, 1)}])
def test_what_is_not_translated_may_change(small: Knowledge, changes: dict[str, object]) -> None:
    changed = msgspec.structs.replace(WAGE_ENTRY, **changes)
    assert read(small.revised([changed], FIGURES, DOCUMENTS)) == IN_ENGLISH


def test_a_changed_figure_stands_in_english_too(small: Knowledge) -> None:
    newer = Value(since=date(2026, 7, 1), value=Decimal("4500000.50"), document="2/2025/NĐ")
    figures = Figures([RATE, Figure(name=WAGE.name, title="", unit="VND", series=(*WAGE.series, newer))])
    assert read(small.revised([WAGE_ENTRY], figures, DOCUMENTS))[1] == "You get 4,500,000.5 VND."


def test_nothing_unchecked_is_served() -> None:
    assert standing({"wage": english(of="")}, {"wage": WAGE_ENTRY}) == {}


# ---- files


def test_a_file_is_read_and_stamped_once(tmp_path: Path) -> None:
    path = tmp_path / "wage.md"
    path.write_text(FILE, encoding="utf-8")
    assert read_translation(path) == english(of="")
    assert stamp(path, WAGE_ENTRY)
    assert load_translations(tmp_path) == {"wage": english()}
    assert path.read_text(encoding="utf-8") == FILE.replace('"\n+++', f'"\nof = "{fingerprint(WAGE_ENTRY)}"\n+++')
    assert not stamp(path, WAGE_ENTRY)
    assert stamp(path, entry("wage"))
    assert path.read_text(encoding="utf-8").count("of =") == 1


@pytest.mark.parametrize(
    "text",
    [
        MARKDOWN,
        "no head",
        FILE + "\n## deep\nDetails.\n",
        FILE.replace("+++\n\n", 'questions = ["a"]\n+++\n\n'),
        FILE.replace("title", "name"),
    ],
)
def test_what_cannot_be_read_names_the_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "wage.md").write_text(text, encoding="utf-8")
    with pytest.raises(EntryError, match="wage"):
        load_translations(tmp_path)


# ---- lint


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("no-short", {"short": ""}),
        ("short-too-long", {"short": "a" * 308 + "{wage.month}"}),
        ("translation-steps", {"steps": ()}),
        ("translation-steps", {"steps": ("Ask.", "Ask again.")}),
        ("translation-figures", {"short": "You get your wage."}),
        ("translation-figures", {"title": "Wage and {rate.sunday}"}),
        ("broken-reference", {"title": "Wage of {month"}),
        ("bare-number", {"short": "You get {wage.month} for 12 months."}),
        ("bare-number", {"steps": ("Ask within 30 days.",)}),
        ("bare-number", {"title": "4,140,000 VND a month"}),
        ("translation-unchecked", {"of": ""}),
        ("translation-stale", {"of": "0123456789abcdef"}),
    ],
)
def test_each_breach_is_found(rule: str, changes: dict[str, object]) -> None:
    assert rule in {found for found, _ in of_translation(WAGE_ENTRY, english(**changes), BENCH)}


@pytest.mark.parametrize(
    "words",
    [
        "From 01/07/2025 on.",
        "The 13th-month salary.",
        "Between 10 p.m. and 6 a.m., or 22:00 and 06:00.",
        "On 24 November, since 2026.",
        "Call 1900 9068. Region IV. Decree 145/2020/NĐ-CP.",
    ],
)
def test_names_and_dates_are_no_bare_numbers(words: str) -> None:
    assert list(of_translation(WAGE_ENTRY, english(title=words), BENCH)) == []


def test_a_figure_may_move_between_title_short_and_steps() -> None:
    moved = english(short="You get this.", steps=("Ask for {wage.month}.",))
    assert list(of_translation(WAGE_ENTRY, moved, BENCH)) == []


def test_the_base_is_linted_with_its_translations(tmp_path: Path) -> None:
    files = {"base/overtime/sunday.md": MARKDOWN, "english/gone.md": FILE, "english/sunday.md": "?"}
    for name, text in {"law/documents.toml": "", **files}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = {(one.file, one.rule) for one in lint_base(tmp_path, TODAY)}
    assert {("english/gone.md", "unknown-entry"), ("english/sunday.md", "unreadable")} <= found


# ---- what is shipped


def test_a_hundred_answers_are_shipped_in_english_and_none_is_stale() -> None:
    entries, translations = load_base().entries, load_translations()
    assert len(standing(translations, entries)) == len(translations) >= 100


def test_translations_are_no_entries(knowledge: Knowledge) -> None:
    assert not [path for path in entry_files() if path.is_relative_to(ENGLISH)]
    assert len(knowledge.entries) == len(list((ROOT / "base").rglob("*.md")))
    assert Seed.load().translations == knowledge.translations


def test_every_english_answer_fills_its_figures(knowledge: Knowledge) -> None:
    for name in knowledge.translations:
        shown = knowledge.rendered(name, TODAY, "en")
        assert shown.language == "en"
        assert "{" not in "".join((shown.title, shown.short, *shown.steps))
        assert not re.search(r"\d đồng|\d\.\d{3}\b", shown.short), name

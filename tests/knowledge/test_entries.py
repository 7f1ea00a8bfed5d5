from datetime import date
from pathlib import Path

import pytest

from nhipcau.knowledge.answer import Knowledge
from nhipcau.knowledge.entries import CalculatorLink, Citation, EntryError, load_base, parse_entry, write_entry
from nhipcau.knowledge.figures import FigureUnknown
from tests.knowledge.samples import DOCUMENTS, FIGURES, MARKDOWN, TODAY, entry


def test_an_entry_is_read_from_markdown() -> None:
    read = parse_entry(MARKDOWN, "sunday", "overtime")
    assert read.short == "Anh/chị được trả ít nhất {rate.sunday} lương giờ."
    assert read.steps == ("Giữ bảng chấm công.", "Hỏi phòng nhân sự.")
    assert read.citations == (Citation(document="1/2019/QH", article="98", clause="1"),)
    assert read.figures() == ("rate.sunday",)


def test_figures_are_filled_in_and_sources_named() -> None:
    rendered = parse_entry(MARKDOWN, "sunday", "overtime").render(FIGURES, TODAY, DOCUMENTS)
    assert rendered.short == "Anh/chị được trả ít nhất 200% lương giờ."
    source = rendered.citations[0]
    assert (source.document, source.article, source.clause, source.title) == (
        "1/2019/QH",
        "98",
        "1",
        "Bộ luật 2019",
    )


@pytest.mark.parametrize(
    ("on", "short", "document"),
    [
        (date(2024, 12, 1), "3.860.000 đồng", "2/2024/NĐ"),
        (TODAY, "4.140.000 đồng", "2/2025/NĐ"),
    ],
)
def test_number_and_source_are_those_of_the_day(on: date, short: str, document: str) -> None:
    cited = (Citation(document="2/2025/NĐ", article="3"),)
    rendered = entry(short="{wage.month}", deep="", citations=cited).render(FIGURES, on, DOCUMENTS)
    assert rendered.short == short
    assert [source.document for source in rendered.citations] == [document]


def test_without_a_figure_for_the_day_there_is_no_answer() -> None:
    with pytest.raises(FigureUnknown, match=r"wage\.month"):
        entry(short="{wage.month}").render(FIGURES, date(2020, 1, 1), DOCUMENTS)


@pytest.mark.parametrize(
    ("on", "valid", "expired"),
    [(date(2020, 12, 31), False, False), (date(2021, 1, 1), True, False), (date(2026, 1, 1), False, True)],
)
def test_validity_has_two_ends(on: date, valid: bool, expired: bool) -> None:
    ended = entry(valid_to=date(2025, 12, 31))
    assert (ended.valid(on), ended.expired(on)) == (valid, expired)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no head", "TOML head"),
        ("+++\ntitle = \n+++\n", "sunday"),
        ("+++\ntitle = 'x'\ntilte = 'y'\n+++\n", "tilte"),
        ("+++\nquestions = []\n+++\n", "title"),
        ("+++\ntitle = 'x'\n+++\nlost\n## short\na", "## short"),
        ("+++\ntitle = 'x'\n+++\n## short\na\n## short\nb", "each once"),
    ],
)
def test_a_broken_entry_says_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(EntryError, match=said):
        parse_entry(text, "sunday", "overtime")


def test_windows_line_ends_are_read() -> None:
    assert parse_entry(MARKDOWN.replace("\n", "\r\n"), "s", "t") == parse_entry(MARKDOWN, "s", "t")


def test_one_id_stands_in_one_topic_only(tmp_path: Path) -> None:
    for topic in ("wages", "overtime"):
        (tmp_path / topic).mkdir()
        (tmp_path / topic / "sunday.md").write_text(MARKDOWN, encoding="utf-8")
    with pytest.raises(EntryError, match="sunday"):
        load_base(tmp_path)


def test_export_gives_the_same_entry_back() -> None:
    inputs = {"rate": 2, "kind": "ngày nghỉ", "night": True}
    linked = entry(calculator=CalculatorLink(name="overtime", inputs=inputs), title='Nói "không" \\ có')
    assert parse_entry(write_entry(linked), linked.id, linked.topic) == linked


def test_every_shipped_entry_survives_export(knowledge: Knowledge) -> None:
    for one in knowledge.entries.values():
        assert parse_entry(write_entry(one), one.id, one.topic) == one


def test_every_shipped_entry_can_be_read_today(knowledge: Knowledge) -> None:
    for name in knowledge.entries:
        rendered = knowledge.rendered(name, TODAY)
        assert rendered.citations
        assert "{" not in f"{rendered.title}{rendered.short}{rendered.steps}{rendered.deep}"

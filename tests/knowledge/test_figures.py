from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from nhipcau.knowledge.documents import DocumentError, Documents
from nhipcau.knowledge.figures import FigureError, Figures, FigureUnknown, written
from tests.knowledge.samples import DOCUMENTS, FIGURES, TODAY

SERIES = """
[pay.rate]
name = "Mức"
unit = "percent"
series = [
  {from = 2021-01-01, value = 10.5, document = "1/2019/QH", article = "98", clause = "1.a", confidence = "V2"},
  {from = 2024-01-01, value = 12, document = "1/2019/QH", article = "98", to = 2024-12-31, confidence = "V1"},
]
"""


def read(folder: Path, text: str) -> Figures:
    (folder / "some.toml").write_text(text, encoding="utf-8")
    return Figures.load(folder)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("4140000", "VND", "4.140.000 đồng"),
        ("150", "percent", "150%"),
        ("10.5", "percent", "10,5%"),
        ("10.50", "percent", "10,5%"),
        ("0", "VND", "0 đồng"),
        ("100", "hours", "100"),
        ("1.5", "months", "1,5"),
        ("15500000", "VND", "15.500.000 đồng"),
    ],
)
def test_numbers_are_written_as_vietnamese_readers_write_them(value: str, unit: str, text: str) -> None:
    assert written(Decimal(value), unit) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("1250000", "VND", "1,250,000 VND"),
        ("10.50", "percent", "10.5%"),
        ("1.5", "months", "1.5"),
        ("12", "months", "12"),
    ],
)
def test_numbers_in_english(value: str, unit: str, text: str) -> None:
    assert written(Decimal(value), unit, "en") == text


def test_the_value_is_that_in_force_on_the_day(tmp_path: Path) -> None:
    figures = read(tmp_path, SERIES)
    assert figures.value("pay.rate", date(2023, 12, 31)) == Decimal("10.5")
    assert figures.value("pay.rate", date(2024, 1, 1)) == 12
    assert figures.render("pay.rate", date(2021, 1, 1)) == "10,5%"


def test_a_value_keeps_its_citation_and_confidence(tmp_path: Path) -> None:
    value = read(tmp_path, SERIES).at("pay.rate", date(2022, 5, 1))
    assert (value.document, value.article, value.clause, value.confidence) == ("1/2019/QH", "98", "1.a", "V2")


@pytest.mark.parametrize("on", [date(2020, 12, 31), date(2025, 1, 1)])
def test_no_value_before_the_series_or_after_its_end(tmp_path: Path, on: date) -> None:
    with pytest.raises(FigureUnknown, match=rf"pay\.rate.*{on}"):
        read(tmp_path, SERIES).value("pay.rate", on)


def test_an_unknown_figure_is_named() -> None:
    with pytest.raises(FigureUnknown, match=r"no\.such"):
        FIGURES.value("no.such", TODAY)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[a", "some.toml"),
        ("[a.b]\nseries = [{value = 1}]\nname = ''\nunit = ''", "a.b"),
        ("[a.b]\nseries = []\nname = ''", "unit"),
        ("[a.b]\nseries = [{from = 2021-01-01, valeu = 1}]\nname = ''\nunit = ''", "a.b"),
    ],
)
def test_a_broken_file_is_named_with_its_fault(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(FigureError, match=said):
        read(tmp_path, text)


def test_a_figure_stands_in_one_file_only(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text(SERIES, encoding="utf-8")
    with pytest.raises(FigureError, match=r"other\.toml"):
        read(tmp_path, SERIES)


@pytest.mark.parametrize(
    ("number", "on", "in_force"),
    [
        ("2/2024/NĐ", date(2024, 6, 30), False),
        ("2/2024/NĐ", date(2025, 12, 31), True),
        ("2/2024/NĐ", date(2026, 1, 1), False),
        ("2/2025/NĐ", date(2030, 1, 1), True),
        ("9/9999/NĐ", TODAY, False),
    ],
)
def test_documents_are_in_force_between_their_days(number: str, on: date, in_force: bool) -> None:
    assert DOCUMENTS.in_force(number, on) is in_force


def test_a_broken_register_names_the_document(tmp_path: Path) -> None:
    (tmp_path / "documents.toml").write_text('["1/2020/NĐ"]\ntitle = "x"\n', encoding="utf-8")
    with pytest.raises(DocumentError, match="1/2020/NĐ"):
        Documents.load(tmp_path)

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from nhipcau.knowledge.digits import bare_numbers
from nhipcau.knowledge.entries import CalculatorLink, Citation, Review
from nhipcau.knowledge.figures import Figure, Value
from nhipcau.knowledge.lint import Bench, duplicates, lint_base, of_entry, of_figure
from tests.knowledge.samples import DOCUMENTS, FIGURES, MARKDOWN, TODAY, entry

BENCH = Bench(figures=FIGURES, documents=DOCUMENTS, ids=frozenset({"sunday", "night"}), on=TODAY)


def test_a_faultless_entry_has_no_findings() -> None:
    assert list(of_entry(entry(), BENCH)) == []


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("bare-number", {"short": "Nghỉ 12 ngày."}),
        ("bare-number", {"title": "Nghỉ 12 ngày"}),
        ("bare-number", {"steps": ("Báo trước 45 ngày.",)}),
        ("bare-number", {"deep": "Mỗi 5 năm thêm một ngày."}),
        ("unknown-figure", {"short": "{no.such}"}),
        ("broken-reference", {"short": "{rate.sunday lương."}),
        ("no-citation", {"citations": ()}),
        ("unknown-document", {"citations": (Citation(document="9/9/NĐ"),)}),
        ("superseded-document", {"citations": (Citation(document="2/2024/NĐ"),)}),
        ("no-short", {"short": ""}),
        ("short-too-long", {"short": "a" * 321}),
        ("too-many-steps", {"steps": ("Hỏi.",) * 6}),
        ("few-phrasings", {"questions": ("a", "b", "c", "d", "e")}),
        ("broken-related", {"related": ("nowhere",)}),
        ("broken-related", {"related": ("sunday",)}),
        ("valid-from", {"valid_from": None}),
        ("valid-to", {"valid_to": date(2020, 1, 1)}),
        ("reviewed", {"reviewed": None}),
        ("review-by", {"review_by": None}),
        ("review-by", {"reviewed": Review(date=date(2027, 12, 1), by="x")}),
        ("confidence", {"confidence": None}),
        ("unknown-calculator", {"calculator": CalculatorLink(name="perpetual_motion")}),
        ("unknown-calculator", {"calculator": CalculatorLink(name="sickness", inputs={"luck": 1})}),
    ],
)
def test_each_breach_is_found(rule: str, changes: dict[str, object]) -> None:
    assert rule in {found for found, _ in of_entry(entry(**changes), BENCH)}


def test_a_file_name_is_lower_case_words() -> None:
    assert [rule for rule, _ in of_entry(entry("Sunday_Work"), BENCH)] == ["file-name"]


def test_short_is_measured_with_its_figures_filled_in() -> None:
    """Twelve characters of `{wage.month}` are fourteen of `4.140.000 đồng`."""
    assert [rule for rule, _ in of_entry(entry(short="a" * 307 + "{wage.month}"), BENCH)] == ["short-too-long"]


def test_a_sure_entry_rests_on_sure_figures() -> None:
    doubtful = Value(since=date(2021, 1, 1), value=Decimal(2), document="1/2019/QH", article="1", confidence="V1")
    figures = type(FIGURES)([Figure(name="rate.sunday", title="", unit="days", series=(doubtful,))])
    bench = Bench(figures=figures, documents=DOCUMENTS, ids=BENCH.ids, on=TODAY)
    assert [rule for rule, _ in of_entry(entry(), bench)] == ["confidence"]


@pytest.mark.parametrize(
    "text",
    [
        "Ngày 24/11/2026 và ngày 24/11 là ngày lễ.",
        "Từ năm 2026, tháng 7/2026, ngày 2 tháng 9.",
        "Ban đêm là từ 22 giờ đến 6 giờ sáng.",
        "Lương tháng 13 còn gọi là tháng lương 13.",
        "Đắk Lắk thuộc vùng III và vùng 4.",
        "Theo Nghị định 145/2020/NĐ-CP và Bộ luật Lao động 2019.",
        "Gọi 1900 9068 hoặc 0262.3852 361.",
        "Lấy mẫu C65-HD1.",
        "Được {rate.sunday} lương.",
    ],
)
def test_names_and_dates_may_be_digits(text: str) -> None:
    assert list(bare_numbers(text, examples=False)) == []


@pytest.mark.parametrize(
    "text", ["Nghỉ 12 ngày.", "Được 150%.", "Phạt 50.000.000 đồng.", "Sau 8 giờ làm.", "đủ 15 năm"]
)
def test_statutory_numbers_may_not(text: str) -> None:
    assert list(bare_numbers(text, examples=True))


def test_worked_examples_are_free_in_deep_only() -> None:
    example = "- Ví dụ: 30.000 đồng x 8 giờ."
    assert not list(bare_numbers(example, examples=True))
    assert list(bare_numbers(example, examples=False))


def test_a_phrasing_belongs_to_one_entry() -> None:
    entries = {"a.md": entry(questions=("Nghỉ đẻ?",)), "b.md": entry(questions=("nghi  de", "x", "X!"))}
    assert [file for file, _ in duplicates(entries)] == ["b.md", "b.md"]


def value(since: int, **fields: object) -> Value:
    known: dict[str, object] = {"document": "1/2019/QH", "article": "1", "confidence": "V2"}
    return Value(since=date(since, 1, 1), value=Decimal(1), **(known | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "series"),
    [
        ("figure-empty", ()),
        ("figure-citation", (value(2021, document=""),)),
        ("figure-document", (value(2021, document="9/9/NĐ"),)),
        ("figure-confidence", (value(2021, confidence=None),)),
        ("figure-order", (value(2022), value(2021))),
        ("figure-order", (value(2021, to=date(2023, 1, 1)), value(2022))),
    ],
)
def test_each_breach_of_a_figure_is_found(rule: str, series: tuple[Value, ...]) -> None:
    figure = Figure(name="a.b", title="", unit="days", series=series)
    assert [found for found, _ in of_figure(figure, DOCUMENTS)] == [rule]


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("base/wages/a.md", "no head", "unreadable"),
        ("law/a.toml", "[", "unreadable"),
        ("law/documents.toml", "[", "unreadable"),
        ("law/a.toml", "# nghi\u0303", "not-nfc"),
    ],
)
def test_each_unreadable_file_is_one_finding_and_hides_no_other(
    tmp_path: Path, name: str, text: str, rule: str
) -> None:
    write(tmp_path, "law/documents.toml", "")
    write(tmp_path, "base/overtime/sunday.md", MARKDOWN)
    write(tmp_path, name, text)
    found = lint_base(tmp_path, TODAY)
    assert rule in {finding.rule for finding in found}
    assert "unknown-document" in {finding.rule for finding in found}


def test_two_files_of_one_name_are_found(tmp_path: Path) -> None:
    write(tmp_path, "law/documents.toml", "")
    for topic in ("a", "b"):
        write(tmp_path, f"base/{topic}/sunday.md", MARKDOWN)
    assert "duplicate-id" in {finding.rule for finding in lint_base(tmp_path, TODAY)}


def test_the_shipped_base_is_clean() -> None:
    assert lint_base(on=TODAY) == []

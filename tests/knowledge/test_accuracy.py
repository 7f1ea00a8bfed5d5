"""The published test set: floors a little below what was measured, so that a loss is seen."""

from pathlib import Path

import pytest

from nhipcau.knowledge.answer import Knowledge
from nhipcau.knowledge.evaluate import Report, Row, evaluate
from tests.knowledge.samples import TODAY

QUESTIONS = Path(__file__).with_name("questions.jsonl")


@pytest.fixture(scope="module")
def report(knowledge: Knowledge) -> Report:
    return evaluate(QUESTIONS, knowledge, TODAY)


def share(report: Report, style: str, field: str) -> float:
    row: Row = next(row for row in report.rows if row.style == style)
    value: tuple[float, float, float] = getattr(row, field)
    return value[0]


@pytest.mark.parametrize(
    ("style", "field", "floor"),
    [
        ("all", "top1", 0.87),
        ("all", "top3", 0.95),
        ("clean", "top1", 0.85),
        ("nodia", "top1", 0.89),
        ("teencode", "top1", 0.86),
        ("typo", "top1", 0.84),
        ("mix", "top1", 0.88),
        ("keywords", "top3", 0.90),
        ("all", "answered_right", 0.68),
        ("all", "refused_far", 0.97),
        ("all", "refused_near", 0.92),
        ("all", "precision", 0.93),
    ],
)
def test_at_least(report: Report, style: str, field: str, floor: float) -> None:
    assert share(report, style, field) >= floor


@pytest.mark.parametrize(("field", "ceiling"), [("wrong", 0.04), ("outside_answered", 0.04), ("refused", 0.07)])
def test_at_most(report: Report, field: str, ceiling: float) -> None:
    assert share(report, "all", field) <= ceiling

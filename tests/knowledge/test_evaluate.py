import json
from pathlib import Path

import pytest

from nhipcau.knowledge.answer import Knowledge
from nhipcau.knowledge.evaluate import evaluate
from tests.knowledge.samples import TODAY

LINES = [
    {"id": "1", "question": "nghỉ thai sản được mấy tháng", "expect": "maternity-leave-length"},
    {"id": "2", "question": "luong toi thieu vung 3", "expect": ["minimum-wage-region-3"], "style": "nodia"},
    {"id": "3", "question": "nghỉ thai sản được mấy tháng", "expect": ["strike"]},
    {"id": "4", "question": "giá vàng hôm nay", "expect": [], "scope": "far"},
    {"id": "5", "question": "thủ tục ly hôn", "expect": None, "scope": "near", "extra": 1},
]


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n\n".join(json.dumps(line) for line in LINES), encoding="utf-8")
    return path


def test_shares_are_counted_by_style(questions: Path, knowledge: Knowledge) -> None:
    every, clean, nodia = evaluate(questions, knowledge, TODAY).rows
    assert (every.inside, every.outside, every.style) == (3, 2, "all")
    assert every.top1 is not None
    assert every.top1[0] == pytest.approx(0.6667)
    assert (every.wrong or ())[0] == pytest.approx(0.3333)
    assert (clean.wrong or ())[0] == 0.5
    assert every.refused_far is not None
    assert every.refused_far[0] == 1.0
    assert nodia.refused_outside is None


def test_the_interval_holds_the_share(questions: Path, knowledge: Knowledge) -> None:
    share = evaluate(questions, knowledge, TODAY).rows[0].top1
    assert share is not None
    assert share[1] <= share[0] <= share[2]


def test_the_report_is_a_table_and_plain_values(questions: Path, knowledge: Knowledge) -> None:
    report = evaluate(questions, knowledge, TODAY)
    assert json.dumps(report.as_dict())
    lines = report.format().splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[0].split() == ["all", "clean", "nodia"]


def test_a_broken_line_is_refused(tmp_path: Path, knowledge: Knowledge) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_text('{"id": 1}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="id"):
        evaluate(path, knowledge, TODAY)

"""What holds for every calculator: checked input, cited results, no number of the law outside the figures."""

import contextlib
import os
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhipcau.knowledge.calc import cases
from nhipcau.knowledge.calc.registry import BadInput, UnknownCalculator, calculators, run
from nhipcau.knowledge.documents import Documents
from nhipcau.knowledge.figures import Figures, FigureUnknown
from tests.knowledge.calc.conftest import TODAY

SHARED = os.environ.get("NHIPCAU_CASES", "")
NAMES = sorted(calculators())

values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**13), 10**13),
    st.floats(),
    st.sampled_from(["2026-11-24", "2026-03", "III", "weekday", "6tr5", "34(3)", "indefinite", "normal", ""]),
    st.text(max_size=8),
    st.lists(st.one_of(st.integers(0, 3000), st.sampled_from(["2026-03", "degree", "indefinite"])), max_size=3),
)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15)
@given(data=st.data())
def test_any_input_gives_a_result_or_a_sentence(name: str, data: st.DataObject, figures: Figures) -> None:
    fields = sorted(calculators()[name].fields)
    inputs = data.draw(st.dictionaries(st.sampled_from([*fields, "stray"]), values, max_size=len(fields)))
    with contextlib.suppress(BadInput, FigureUnknown):
        assert msgspec.json.encode(run(name, inputs, TODAY, figures))


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_computes_and_takes(name: str) -> None:
    one = calculators()[name]
    assert one.summary.endswith(".")
    assert one.inputs.__doc__
    with pytest.raises(BadInput, match="stray: no such field"):
        run(name, {"stray": 1}, TODAY, Figures(()))


def test_a_calculator_that_does_not_exist() -> None:
    with pytest.raises(UnknownCalculator):
        run("perpetual_motion", {}, TODAY, Figures(()))


def test_citations_are_registered_documents(figures: Figures) -> None:
    documents = Documents.load()
    result = run("overtime_day", {"hourly_wage": 40_000, "hours": 2}, TODAY, figures)
    assert [one.document for one in result.citations if one.document not in documents] == []
    assert [(one.document, one.article, one.clause) for one in result.citations] == [
        ("145/2020/NĐ-CP", "55", None),
        ("45/2019/QH14", "98", "1"),
    ]


def written(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "cases.json"
    path.write_bytes(msgspec.json.encode({"meta": {}, "cases": list(rows)}))
    return path


def test_a_file_of_cases_in_both_forms(tmp_path: Path, figures: Figures) -> None:
    overtime = {"hourly_wage": 50_000, "hours": 2}
    path = written(
        tmp_path,
        {"id": "A", "topic": "overtime_day", "input": overtime, "expected": {"pay": 150_001}, "tolerance_vnd": 1},
        {"id": "B", "topic": "overtime_day", "input": overtime, "expected": {"pay": 150_002}, "tolerance_vnd": 1},
        {
            "id": "C",
            "calculator": "minimum_wage",
            "input": {"region": "III"},
            "expected": {"minimum": 3_860_000},
            "valid": "2024-07-01..2025-12-31",
        },
        {"id": "D", "topic": "perpetual_motion", "input": {}, "expected": {}},
        {"id": "E", "topic": "overtime_day", "input": {"hours": 2}, "expected": {"pay": 1}},
        {"id": "F", "topic": "overtime_day", "input": overtime, "expected": {"rate_percent": True}},
    )
    outcomes = list(cases.check(path, figures, TODAY))
    assert [one.line() for one in outcomes] == [
        "ok A",
        "differs B pay 150002 150000",
        "ok C",
        "unsupported D",
        "unsupported E",
        "differs F rate_percent true 150",
    ]
    assert cases.summary(outcomes) == "2 ok, 2 differ, 2 unsupported"


@pytest.mark.parametrize(
    ("case", "first", "last"),
    [
        ({"valid": "2026-07-01.."}, date(2026, 7, 1), date.max),
        ({"valid": "2026-01-01..2026-06-30"}, date(2026, 1, 1), date(2026, 6, 30)),
        ({"valid": "tax year 2026"}, date(2026, 1, 1), date(2026, 12, 31)),
        ({"valid": "tax year 2026.."}, date(2026, 1, 1), date.max),
        ({"valid_from": "2021-02-01", "valid_to": None}, date(2021, 2, 1), date.max),
        ({}, date.min, date.max),
    ],
)
def test_when_a_case_is_valid(case: dict[str, Any], first: date, last: date) -> None:
    assert cases.validity(case) == (first, last)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"cases": [1]}', b'{"cases": [{"id": "A"}]}'])
def test_another_file_is_refused_with_a_sentence(tmp_path: Path, figures: Figures, content: bytes) -> None:
    path = tmp_path / "cases.json"
    path.write_bytes(content)
    with pytest.raises(cases.CasesError, match="cases.json"):
        list(cases.check(path, figures, TODAY))


if SHARED:  # a folder of worked cases that the project does not hold; without it there is no such test

    @pytest.mark.parametrize("file", sorted(Path(SHARED).glob("*.json")), ids=lambda path: path.name)
    def test_the_shared_cases_agree(file: Path, figures: Figures) -> None:
        assert [one.line() for one in cases.check(file, figures, TODAY) if one.verdict != "ok"] == []

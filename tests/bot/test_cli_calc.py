"""`nhipcau calc` as people and scripts call it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nhipcau.bot.cli import app

OVERTIME = ["calc", "overtime_day", "hourly_wage=40k", "hours=8 tiếng", "day_type=weekly_rest"]


@pytest.fixture
def cli() -> CliRunner:
    return CliRunner()


def test_json_for_scripts(cli: CliRunner) -> None:
    said = cli.invoke(app, [*OVERTIME, "--json"])
    found = json.loads(said.stdout)
    assert sorted(found) == ["amounts", "calculator", "citations", "inputs", "steps", "warnings"]
    assert found["inputs"] == {"hourly_wage": 40_000, "hours": 8, "day_type": "weekly_rest"}
    assert found["amounts"] == {"rate_percent": 200, "pay": 640_000}
    assert {"document": "45/2019/QH14", "article": "98", "clause": "1"} in found["citations"]


def test_steps_for_people(cli: CliRunner) -> None:
    said = cli.invoke(app, OVERTIME).stdout
    assert "40.000 × 200% × 8 = 640.000 VND" in said
    assert "Bộ luật Lao động 2019" in said


def test_lists_and_records_are_understood(cli: CliRunner) -> None:
    said = cli.invoke(app, ["calc", "notice_period", "--json", "cases=indefinite,unpaid wages"])
    assert json.loads(said.stdout)["amounts"] == {"notice": ["45 days", "none"]}
    work = 'work=[{"date": "2026-04-27", "hours": 8}]'
    said = cli.invoke(app, ["calc", "overtime_holiday_on_rest_day", "--json", "hourly_wage=30k", work])
    assert json.loads(said.stdout)["amounts"]["pay_27_04"] == 480_000


def test_the_law_of_another_day(cli: CliRunner) -> None:
    said = cli.invoke(app, ["calc", "minimum_wage", "region=III", "--on", "2025-06-01", "--json"])
    assert json.loads(said.stdout)["amounts"]["minimum"] == 3_860_000


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["overtime_dya"], "did you mean overtime_day?"),
        (["overtime_day", "hours"], "key=value"),
        (["overtime_day", "hourly_wage=40k", "hours=800"], "hours: expected hours from 0 to 744"),
        (["overtime_day", "hourly_wage=-1", "hours=8"], "hourly_wage: expected an amount in VND"),
        (["overtime_day", "hourly_wage=40k", "hours=8", "day_type=sunday"], "day_type: expected one of weekday"),
        (["settlement_deadline", "end=31/2/2026"], "end: expected a day"),
        (["overtime_night", "hourly_wage=40k", "segments=[{"], "is not JSON"),
        (["sanction", "violation=late wages", "workers=5", "--on", "2020-01-01"], "no value in force"),
        (["severance", "--on", "yesterday"], "is no day"),
        (["--cases", "missing.json"], "missing.json cannot be read"),
        ([], "Name a calculator"),
    ],
)
def test_a_mistake_ends_with_one_sentence(cli: CliRunner, arguments: list[str], sentence: str) -> None:
    said = cli.invoke(app, ["calc", *arguments])
    assert said.exit_code == 2
    assert sentence in said.stderr
    assert said.stderr.count("\n") == 1


def test_the_list_names_fields(cli: CliRunner) -> None:
    assert "overtime_day: Pay for overtime" in cli.invoke(app, ["calc", "--list"]).stdout
    rows = [json.loads(line) for line in cli.invoke(app, ["calc", "--list", "--json"]).stdout.splitlines()]
    assert {"calculator", "summary", "fields"} == set(rows[0])


def test_a_file_of_cases(cli: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "cases.json"
    case = {"id": "A", "topic": "overtime_day", "input": {"hourly_wage": 1000, "hours": 1}, "expected": {"pay": 1500}}
    path.write_text(json.dumps({"cases": [case]}), encoding="utf-8")
    said = cli.invoke(app, ["calc", "--cases", str(path)])
    assert (said.exit_code, said.stdout) == (0, "ok A\n1 ok, 0 differ, 0 unsupported\n")


def test_help_shows_an_example(cli: CliRunner) -> None:
    assert "nhipcau calc overtime_day" in cli.invoke(app, ["calc", "--help"]).stdout

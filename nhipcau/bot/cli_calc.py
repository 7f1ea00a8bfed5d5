"""`nhipcau calc`: one calculation, the list of them, or a file of worked cases."""

import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, NoReturn, get_args, get_origin, get_type_hints

import msgspec
import typer

from nhipcau import clock
from nhipcau.knowledge.calc import cases
from nhipcau.knowledge.calc.registry import BadInput, Calculator, calculators, own_day, read, run, understood
from nhipcau.knowledge.calc.result import Result, Step
from nhipcau.knowledge.documents import Documents
from nhipcau.knowledge.figures import Figures, FigureUnknown, grouped


def calc(
    name: Annotated[str, typer.Argument(help="Which calculator; see --list.")] = "",
    pairs: Annotated[list[str] | None, typer.Argument(metavar="KEY=VALUE...", help="Its input.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    on: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="The law of this day.")] = "",
    listed: Annotated[bool, typer.Option("--list", help="List the calculators and their input.")] = False,
    cases_file: Annotated[str, typer.Option("--cases", metavar="FILE.json", help="Run worked cases.")] = "",
) -> None:
    """Compute an amount of labour, insurance or tax law, step by step, with its sources.

    Values are JSON or plain words: 6tr5, 450k, 1.250.000đ, 2026-11-22, true; lists are separated by commas.
    Without --on, the law is that of the day which the input names, else of today.

    Examples: nhipcau calc overtime_day hourly_wage=40k hours=8 day_type=weekly_rest
    · nhipcau calc severance --json avg_wage_6_months=8tr total_months_worked=120 countable_months=30
    """
    if listed:
        _list(as_json)
    elif cases_file:
        _check(cases_file)
    elif name:
        _compute(name, pairs or [], date_of(on) if on else None, as_json)
    else:
        _refuse("Name a calculator: nhipcau calc overtime_day hourly_wage=40k hours=2, or see nhipcau calc --list.")


def date_of(text: str) -> date:
    """The day of an option, or the end of the command with a sentence."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        _refuse(f"{text} is no day; write it like 2026-11-22.")


def _compute(name: str, pairs: list[str], on: date | None, as_json: bool) -> None:
    chosen = _chosen(name)
    try:
        record = read(chosen, _inputs(chosen, pairs))
        day = on or own_day(chosen, record) or clock.today()
        result = run(name, _inputs(chosen, pairs), day, Figures.load())
    except (BadInput, FigureUnknown) as error:
        _refuse(f"{error}.")
    if as_json:
        print(msgspec.json.encode(_object(name, understood(record), result)).decode())
    else:
        print(_readable(chosen, result, day))


def _object(name: str, inputs: Mapping[str, Any], result: Result) -> dict[str, Any]:
    return {"calculator": name, "inputs": inputs, **msgspec.structs.asdict(result)}


def _chosen(name: str) -> Calculator:
    found = calculators().get(name)
    if found is None:
        near = get_close_matches(name, calculators(), n=1)
        hint = f"did you mean {near[0]}?" if near else "see nhipcau calc --list."
        _refuse(f"there is no calculator {name}; {hint}")
    return found


def _inputs(chosen: Calculator, pairs: list[str]) -> dict[str, Any]:
    hints = get_type_hints(chosen.inputs)
    inputs: dict[str, Any] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals:
            _refuse(f"write {pair} as key=value; {chosen.name} takes {', '.join(chosen.fields)}.")
        inputs[key] = _value(text, hints.get(key))
    return inputs


def _value(text: str, hint: Any) -> Any:
    if text[:1] in {"[", "{", '"'} or text in {"true", "false", "null"}:
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError as error:
            _refuse(f"{text} is not JSON: {error}.")
    many = tuple in {get_origin(hint), *map(get_origin, get_args(hint))}
    return [one.strip() for one in text.split(",") if one.strip()] if many else text


def _readable(chosen: Calculator, result: Result, day: date) -> str:
    documents = Documents.load()
    amounts = [f"{name}: {_shown(value)}" for name, value in result.amounts.items()]
    steps = [f"{place}. {_step(step)}" for place, step in enumerate(result.steps, 1)]
    basis = [
        f"- {documents.short(one.document)} {one.article or ''}{f'({one.clause})' if one.clause else ''}".rstrip()
        for one in result.citations
    ]
    warnings = [f"! {warning}" for warning in result.warnings]
    parts = (chosen.summary, "\n".join(steps), "\n".join(amounts), "\n".join(warnings), "\n".join(basis))
    return "\n\n".join([*(part for part in parts if part), f"As of {day}"])


def _step(step: Step) -> str:
    told = f"{step.label}: {step.formula}" if step.formula else step.label
    if step.value is None:
        return told
    amount = f"{_shown(step.value)}{'%' if step.unit == 'percent' else f' {step.unit}'.rstrip()}"
    return f"{told} = {amount}" if step.formula else f"{told}: {amount}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return grouped(Decimal(str(value)))
    if isinstance(value, list | tuple):
        return ", ".join(map(_shown, value))
    return str(value)


def _list(as_json: bool) -> None:
    for one in calculators().values():
        if as_json:
            row = {"calculator": one.name, "summary": one.summary, "fields": one.fields}
            print(msgspec.json.encode(row).decode())
            continue
        fields = ", ".join(field if needed else f"[{field}]" for field, needed in one.fields.items())
        print(f"{one.name}: {one.summary}\n    {fields}")


def _check(file: str) -> None:
    outcomes = []
    try:
        for outcome in cases.check(Path(file), Figures.load(), clock.today()):
            print(outcome.line())
            outcomes.append(outcome)
    except cases.CasesError as error:
        _refuse(f"{error}.")
    print(cases.summary(outcomes))
    raise typer.Exit(1 if any(one.verdict == "differs" for one in outcomes) else 0)


def _refuse(sentence: str) -> NoReturn:
    print(f"nhipcau calc: {sentence}", file=sys.stderr)
    raise typer.Exit(2)

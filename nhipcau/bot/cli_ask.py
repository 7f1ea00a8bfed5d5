"""`nhipcau ask`: one question, or a file of them."""

import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from nhipcau import clock
from nhipcau.bot.curators import ServedOption, known
from nhipcau.bot.sentences import refuse
from nhipcau.knowledge.answer import Answer, Knowledge
from nhipcau.knowledge.translations import LANGUAGE

NAME = "nhipcau ask"


def ask(
    text: Annotated[str | None, typer.Argument(help="The question, as people type it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    on: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="The law of this day; default today.")] = "",
    batch: Annotated[str, typer.Option(metavar="FILE.jsonl", help="Objects with id, question, on; - is stdin.")] = "",
    language: Annotated[str, typer.Option(help="vi, or en where a checked translation is at hand.")] = "vi",
    config: ServedOption = None,
) -> None:
    """Answer a question from the knowledge base, without a server.

    Examples: nhipcau ask "tang ca chu nhat tinh sao" · nhipcau ask --batch questions.jsonl
    """
    day = _day(on) if on else clock.today()
    if text is None and not batch:
        refuse(NAME, 'Give a question: nhipcau ask "tang ca chu nhat tinh sao", or --batch FILE.jsonl.')
    if language not in ("vi", LANGUAGE):
        refuse(NAME, f"There are no answers in {language!r}; give vi or {LANGUAGE}.")
    knowledge = known(config)
    if batch:
        for line in _answers(knowledge, batch, day, language):
            print(msgspec.json.encode(line).decode(), flush=False)
        return
    answer = knowledge.ask(text or "", day, language=language)
    print(msgspec.json.encode(answer_object(answer)).decode() if as_json else _readable(answer))


def answer_object(answer: Answer) -> dict[str, Any]:
    """The object that scripts rely on."""
    shown = answer.rendered
    return {
        "outcome": answer.outcome,
        "entry": answer.entry,
        "title": answer.title,
        "confidence": round(answer.confidence, 4),
        "short": shown.short if shown else None,
        "steps": list(shown.steps) if shown else [],
        "deep": shown.deep if shown else None,
        "citations": [
            {"document": one.document, "article": one.article, "clause": one.clause}
            for one in (shown.citations if shown else ())
        ],
        "choices": [{"entry": one.entry, "title": one.title} for one in answer.choices],
        "as_of": answer.as_of.isoformat(),
    }


class _Asked(msgspec.Struct, frozen=True):
    """One line of a batch; other keys are passed over."""

    question: str
    id: Any = None
    on: str | None = None


def _answers(knowledge: Knowledge, batch: str, day: date, language: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_lines(batch), 1):
        where = f"{batch}, line {number}: "
        try:
            asked = msgspec.json.decode(line, type=_Asked)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            refuse(NAME, f'{where}give one JSON object a line, like {{"id": "1", "question": "..."}} ({error}).')
        on = _day(asked.on, where) if asked.on else day
        began = time.perf_counter()
        answer = knowledge.ask(asked.question, on, language=language)
        elapsed = round((time.perf_counter() - began) * 1000, 3)
        yield {"id": asked.id, **answer_object(answer), "elapsed_ms": elapsed}


def _lines(batch: str) -> Iterator[bytes]:
    if batch == "-":
        yield from (line for line in sys.stdin.buffer if line.strip())
        return
    try:
        with Path(batch).open("rb") as file:
            yield from (line for line in file if line.strip())
    except OSError as error:
        refuse(NAME, f"{batch} cannot be read: {error.strerror}.")


def _readable(answer: Answer) -> str:
    if answer.outcome == "choose":
        return "\n".join(["Which one is meant?", *(f"- {one.title}  ({one.entry})" for one in answer.choices)])
    if answer.rendered is None:
        return f"No sure answer (confidence {answer.confidence:.2f})."
    shown = answer.rendered
    steps = [f"{place}. {step}" for place, step in enumerate(shown.steps, 1)]
    basis = [f"- {one.title} ({one.document}) {one.article or ''}".rstrip() for one in shown.citations]
    note = "This is a translation; the Vietnamese text is authoritative." if shown.language == LANGUAGE else ""
    parts = [shown.title, shown.short, "\n".join(steps), "\n".join(basis), f"As of {answer.as_of}", note]
    return "\n\n".join(part for part in parts if part)


def _day(text: str, where: str = "") -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse(NAME, f"{where}{text} is no day; write it like 2026-11-22.")

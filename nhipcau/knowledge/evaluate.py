"""How well the base answers a labelled set of questions, by style, with intervals."""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from nhipcau.knowledge.answer import Answer, Knowledge

RESAMPLES = 400

Share = tuple[float, float, float]  # the share, and the ends of its 95 % interval


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One labelled line. `expect`: ids which are right (none: out of scope); `scope`: near or far, if outside."""

    id: str
    question: str
    expect: list[str] | str | None = None
    style: str = "clean"
    scope: str | None = None
    on: date | None = None

    @property
    def right(self) -> frozenset[str]:
        """The entries which count as right."""
        return frozenset([self.expect] if isinstance(self.expect, str) else self.expect or ())


class Judged(msgspec.Struct, frozen=True):
    """One question asked: its place among the candidates (99: not among them), what was said, how long it took."""

    question: Question
    answer: Answer
    rank: int
    seconds: float


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one style. Shares are of the questions inside, `refused_*` of those outside."""

    style: str
    inside: int
    outside: int
    top1: Share | None
    top3: Share | None
    answered_right: Share | None
    choice_holds_right: Share | None
    wrong: Share | None
    wrong_choice: Share | None
    refused: Share | None
    refused_outside: Share | None
    refused_far: Share | None
    refused_near: Share | None
    outside_answered: Share | None
    precision: Share | None
    median_us: float
    p95_us: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Figures for all questions and for each style."""

    rows: tuple[Row, ...]

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values, for JSON."""
        built: dict[str, Any] = msgspec.to_builtins(self)
        return built

    def format(self) -> str:
        """The report as a table for a console: percentages, with half the width of the 95 % interval."""
        head = ["", *(row.style for row in self.rows)]
        lines = [[name.replace("_", " "), *(_cell(getattr(r, name)) for r in self.rows)] for name in _SHOWN]
        table = [head, *lines]
        widths = [max(len(line[n]) for line in table) for n in range(len(head))]
        return "\n".join("  ".join(c.rjust(w) for c, w in zip(line, widths, strict=True)) for line in table)


_SHOWN = [name for name in Row.__struct_fields__ if name != "style"]


def evaluate(path: Path | str, knowledge: Knowledge, on: date | None = None) -> Report:
    """Ask every line of a labelled JSON-lines file, each as by a new person, on the day `on` (default: today).

    msgspec.ValidationError or DecodeError tells which field of a line cannot be read.
    """
    day = on or date.today()  # noqa: DTZ011 - the operator's own calendar day
    lines = Path(path).read_bytes().splitlines()
    questions = [msgspec.json.decode(line, type=Question) for line in lines if line.strip()]
    judged = [_judge(question, knowledge, question.on or day) for question in questions]
    styles = dict.fromkeys(q.style for q in questions)
    rows = [_row("all", judged), *(_row(s, [j for j in judged if j.question.style == s]) for s in styles)]
    return Report(rows=tuple(rows))


def _judge(question: Question, knowledge: Knowledge, on: date) -> Judged:
    began = time.perf_counter()
    answer = knowledge.ask(question.question, on)
    seconds = time.perf_counter() - began
    ranked = knowledge.ranking(question.question)
    rank = next((n for n, entry in enumerate(ranked) if entry in question.right), 99)
    return Judged(question, answer, rank, seconds)


def _row(style: str, judged: Sequence[Judged]) -> Row:
    inside = [j for j in judged if j.question.right]
    outside = [j for j in judged if not j.question.right]
    times = sorted(j.seconds for j in judged) or [0.0]
    return Row(
        style=style,
        inside=len(inside),
        outside=len(outside),
        top1=_share(inside, lambda j: j.rank == 0),
        top3=_share(inside, lambda j: j.rank < 3),
        answered_right=_share(inside, lambda j: j.answer.entry in j.question.right),
        choice_holds_right=_share(inside, lambda j: _chose(j) and _offered(j)),
        wrong=_share(inside, _answered_wrong),
        wrong_choice=_share(inside, lambda j: _chose(j) and not _offered(j)),
        refused=_share(inside, _refused),
        refused_outside=_share(outside, _refused),
        refused_far=_share([j for j in outside if j.question.scope == "far"], _refused),
        refused_near=_share([j for j in outside if j.question.scope == "near"], _refused),
        outside_answered=_share(outside, _answered_wrong),
        precision=_share([j for j in judged if j.answer.outcome == "answer"], lambda j: not _answered_wrong(j)),
        median_us=round(times[len(times) // 2] * 1e6, 1),
        p95_us=round(times[int(len(times) * 0.95)] * 1e6, 1),
    )


def _answered_wrong(judged: Judged) -> bool:
    return judged.answer.entry is not None and judged.answer.entry not in judged.question.right


def _refused(judged: Judged) -> bool:
    return judged.answer.outcome == "unknown"


def _chose(judged: Judged) -> bool:
    return judged.answer.outcome == "choose"


def _offered(judged: Judged) -> bool:
    return any(choice.entry in judged.question.right for choice in judged.answer.choices)


def _share(judged: Iterable[Judged], passes: Callable[[Judged], bool]) -> Share | None:
    """The share which passes, with a bootstrap interval; None of nothing."""
    passed = [passes(j) for j in judged]
    if not passed:
        return None
    random = Random(0)
    size = len(passed)
    shares = sorted(sum(random.choices(passed, k=size)) / size for _ in range(RESAMPLES))
    low, high = shares[int(RESAMPLES * 0.025)], shares[int(RESAMPLES * 0.975)]
    return round(sum(passed) / size, 4), round(low, 4), round(high, 4)


def _cell(value: Share | float | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, tuple):
        return f"{value[0]:.1%} ±{(value[2] - value[1]) * 50:.0f}"
    return f"{value:g}"

"""What rests on a document or a figure: the entries and calculators to look at when the law changes.

Which figures a calculator reads is found in the calculators' own source: the function and every function, class and
constant of that folder it names, however deep. A name made from parts, such as `minimum_wage.monthly.{region}`, counts
for all the figures it may become. So a calculator may be shown that reads the figure in other cases only, but none is
missed.
"""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import msgspec

from nhipcau.knowledge.calc.registry import calculators
from nhipcau.knowledge.effective import Effective
from nhipcau.knowledge.entries import Entry
from nhipcau.knowledge.figures import Figures

CALC = "nhipcau.knowledge.calc"
ROOT_MODULES = frozenset({f"{CALC}.registry", f"{CALC}.cases", f"{CALC}.sheet"})  # they name no figure of their own

Place = tuple[str, str]  # module, name


class Impact(msgspec.Struct, frozen=True, kw_only=True):
    """What rests on the subject; beside each entry and calculator stands how: "cites it", or figures' names."""

    subject: str
    figures: tuple[str, ...]
    entries: dict[str, tuple[str, ...]]
    calculators: dict[str, tuple[str, ...]]


CITES = "cites it"


def impact(subject: str, base: Effective) -> Impact | None:
    """What rests on a document's number or a figure's name; None where there is no such document or figure."""
    figures = (subject,) if subject in base.figures else _figures_citing(subject, base.figures)
    if not figures and subject not in base.documents:
        return None
    entries = {entry.id: _reasons(subject, entry, figures) for entry in base.entries.values()}
    read = {name: _read_by(name, subject, figures) for name in calculators()}
    return Impact(
        subject=subject,
        figures=figures,
        entries={name: why for name, why in entries.items() if why},
        calculators={name: why for name, why in read.items() if why},
    )


class Due(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """An entry or calculator to be compared with the law, since when, and why: "review" or a figure's name."""

    since: date
    kind: str
    name: str
    why: str


def due_list(base: Effective, on: date) -> list[Due]:
    """Entries past their review or resting on a changed figure, and calculators that read one; the oldest first.

    A calculator is on the list until a release ships the figure's value, and with it the worked cases that prove it.
    """
    late = [entry for entry in base.entries.values() if entry.overdue(on) and entry.review_by]
    found = [Due(kind="entry", name=one.id, since=one.review_by or on, why="review") for one in late]
    for name, causes in base.due.items():
        found += [Due(kind="entry", name=name, since=one.since, why=one.figure) for one in causes]
    for change in base.changes:
        reading = (name for name in calculators() if mentions(name).names(change.figure))
        found += [Due(kind="calculator", name=name, since=change.since, why=change.figure) for name in reading]
    return sorted(found)


def _figures_citing(document: str, figures: Figures) -> tuple[str, ...]:
    return tuple(name for name, one in figures.items() if any(value.document == document for value in one.series))


def _reasons(subject: str, entry: Entry, figures: Iterable[str]) -> tuple[str, ...]:
    cites = (CITES,) if any(one.document == subject for one in entry.citations) else ()
    used = set(entry.figures())
    return (*cites, *(name for name in figures if name in used))


def _read_by(calculator: str, subject: str, figures: Sequence[str]) -> tuple[str, ...]:
    words = mentions(calculator)
    cites = (CITES,) if subject in words.texts and subject not in figures else ()
    return (*cites, *(name for name in figures if words.names(name)))


class Mentions(msgspec.Struct, frozen=True):
    """The texts a calculator's source holds, and patterns for those it makes from parts."""

    texts: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]

    def names(self, figure: str) -> bool:
        """Whether a text is the figure's name, or its beginning up to a point or underscore, or a pattern makes it."""
        cuts = [end for found in re.finditer(r"[._]", figure) for end in found.span()]
        heads = {figure[:end] for end in cuts if "." in figure[:end].rstrip(".")}
        return not self.texts.isdisjoint({figure, *heads}) or any(one.fullmatch(figure) for one in self.patterns)


@cache
def mentions(calculator: str) -> Mentions:
    """Everything that a calculator's source says, its helpers' included."""
    start = calculators()[calculator].compute
    seen: set[Place] = set()
    waiting: list[Place] = [(start.__module__, start.__name__)]
    texts: set[str] = set()
    patterns: set[str] = set()
    while waiting:
        place = waiting.pop()
        if place in seen or place[0] in ROOT_MODULES:
            continue
        seen.add(place)
        module = _module(place[0])
        for node in module.defined.get(place[1], ()):
            texts |= _texts(node)
            patterns |= _patterns(node)
            waiting += [module.place(one) for one in _named(node) if module.knows(one)]
    return Mentions(frozenset(texts), tuple(map(re.compile, sorted(patterns))))


class _Module(msgspec.Struct, frozen=True):
    """One source file: what it defines at its top, and what it takes from its neighbours."""

    name: str
    defined: Mapping[str, list[ast.stmt]]
    imported: Mapping[str, Place]

    def knows(self, name: str) -> bool:
        return name in self.defined or name in self.imported

    def place(self, name: str) -> Place:
        return self.imported.get(name, (self.name, name))


@cache
def _module(name: str) -> _Module:
    spec = find_spec(name)
    source = Path(spec.origin).read_text(encoding="utf-8") if spec and spec.origin else ""
    defined: dict[str, list[ast.stmt]] = {}
    imported: dict[str, Place] = {}
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith(f"{CALC}."):
            imported |= {one.asname or one.name: (str(statement.module), one.name) for one in statement.names}
        for target in _targets(statement):
            defined.setdefault(target, []).append(statement)
    return _Module(name, defined, imported)


def _targets(statement: ast.stmt) -> set[str]:
    """The names that a statement at the top of a file defines."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    stored = (node for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    return {node.id for node in stored}


def _named(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _texts(node: ast.AST) -> set[str]:
    inside = {id(part) for one in ast.walk(node) if isinstance(one, ast.JoinedStr) for part in one.values}
    constants = (one for one in ast.walk(node) if isinstance(one, ast.Constant) and id(one) not in inside)
    return {one.value for one in constants if isinstance(one.value, str)}


def _patterns(node: ast.AST) -> set[str]:
    return {pattern for one in ast.walk(node) if isinstance(one, ast.JoinedStr) if (pattern := _pattern(one))}


def _pattern(made: ast.JoinedStr) -> str:
    """`a.{b}.c` as a pattern; "" for one so open that it could become nearly any figure."""
    fixed = [part.value if isinstance(part, ast.Constant) else None for part in made.values]
    told = "".join(str(part) for part in fixed if part is not None)
    if told.count(".") < (1 if fixed[0] is not None else 2):
        return ""
    return "".join(r"[\w.]+" if part is None else re.escape(str(part)) for part in fixed)

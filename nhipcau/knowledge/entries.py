"""Entries: one question of working life each, read from Markdown with a TOML head."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from nhipcau.knowledge.documents import Documents
from nhipcau.knowledge.figures import Confidence, Figures

BASE = Path(__file__).parent / "base"

T = TypeVar("T")

REFERENCE = re.compile(r"\{([A-Za-z][\w.]*)\}")
_PART = re.compile(r"^## (short|steps|deep)[ \t]*$", re.MULTILINE)
_STEP = re.compile(r"^(?:\d+[.)]|-)\s+")


class EntryError(ValueError):
    """An entry cannot be read: the message names the entry and the fault."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The common shape of everything in an entry's head: frozen, and no misspelt key passes."""


class Citation(_Part, frozen=True, kw_only=True):
    """Where the law says it. `clause` may hold the point too, such as `1.a`."""

    document: str
    article: str | None = None
    clause: str | None = None


class Source(Citation, frozen=True, kw_only=True):
    """A citation with the short Vietnamese title of its document."""

    title: str


class Review(_Part, frozen=True, kw_only=True):
    """Who last compared the entry with the law, and when."""

    date: date
    by: str


class CalculatorLink(_Part, frozen=True, kw_only=True):
    """A calculator which goes on from this answer, with inputs already filled in."""

    name: str
    inputs: dict[str, Any] = {}


class Head(_Part, frozen=True, kw_only=True):
    """The TOML head of an entry. What is missing is for lint to say, so that an entry can be drafted."""

    title: str
    questions: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    reviewed: Review | None = None
    review_by: date | None = None
    related: tuple[str, ...] = ()
    confidence: Confidence | None = None
    calculator: CalculatorLink | None = None


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as read on one day: figures filled in, sources named.

    `language` is that of title, short and steps; `deep` is Vietnamese in any case.
    """

    language: str = "vi"
    title: str
    short: str
    steps: tuple[str, ...]
    deep: str
    citations: tuple[Source, ...]


class Entry(Head, frozen=True, kw_only=True):
    """A curated answer. Its texts still hold `{figure}` references; `render` fills them for a day."""

    id: str
    topic: str
    short: str = ""
    steps: tuple[str, ...] = ()
    deep: str = ""

    def texts(self) -> tuple[str, ...]:
        """Everything a reader may see, in reading order."""
        return (self.title, self.short, *self.steps, self.deep)

    def figures(self) -> tuple[str, ...]:
        """The figures the entry rests on, in order of first mention."""
        return tuple(dict.fromkeys(REFERENCE.findall("\n".join(self.texts()))))

    def valid(self, on: date) -> bool:
        """Whether the answer, as worded, is right on the day `on`."""
        return not self.expired(on) and (self.valid_from is None or self.valid_from <= on)

    def expired(self, on: date) -> bool:
        """Whether the answer ended before the day `on`."""
        return self.valid_to is not None and self.valid_to < on

    def overdue(self, on: date) -> bool:
        """Whether the answer should have been compared with the law again before the day `on`."""
        return self.review_by is not None and self.review_by < on

    def render(self, figures: Figures, on: date, documents: Documents | None = None) -> Rendered:
        """The entry as of `on`. FigureUnknown if one of its figures has no value on that day."""
        return Rendered(
            title=filled(self.title, figures, on),
            short=filled(self.short, figures, on),
            steps=tuple(filled(step, figures, on) for step in self.steps),
            deep=filled(self.deep, figures, on),
            citations=self._sources(figures, on, documents or Documents(())),
        )

    def _sources(self, figures: Figures, on: date, documents: Documents) -> tuple[Source, ...]:
        """The entry's citations in force on `on`, then those of its figures which they do not cover."""
        own = [c for c in self.citations if c.document not in documents or documents.in_force(c.document, on)]
        covered = {(citation.document, citation.article) for citation in own}
        for name in self.figures():
            value = figures.at(name, on)
            if (value.document, value.article) not in covered:
                covered.add((value.document, value.article))
                own.append(Citation(document=value.document, article=value.article, clause=value.clause))
        return tuple(
            Source(document=c.document, article=c.article, clause=c.clause, title=documents.short(c.document))
            for c in own
        )


def filled(text: str, figures: Figures, on: date, language: str = "vi") -> str:
    """The text with its figures as of `on`. FigureUnknown if one has no value on that day."""
    return REFERENCE.sub(lambda match: figures.render(match[1], on, language), text) if "{" in text else text


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """Entries by id, and the file each came from."""

    entries: dict[str, Entry]
    paths: dict[str, Path]


def load_base(folder: Path = BASE) -> Base:
    """Read every entry of a folder. EntryError names the first file which cannot be read."""
    entries: dict[str, Entry] = {}
    paths: dict[str, Path] = {}
    for path in entry_files(folder):
        entry = read_entry(path)
        if entry.id in entries:
            raise EntryError(f"{path}: the id {entry.id} stands already in {paths[entry.id]}")
        entries[entry.id], paths[entry.id] = entry, path
    return Base(entries=entries, paths=paths)


def entry_files(folder: Path = BASE) -> Iterator[Path]:
    """The entry files of a folder, in a stable order."""
    return iter(sorted(folder.glob("*/*.md")))


def read_entry(path: Path) -> Entry:
    """One file: its name is the id, its folder the topic."""
    try:
        return parse_entry(path.read_text(encoding="utf-8"), path.stem, path.parent.name)
    except UnicodeDecodeError as error:
        raise EntryError(f"{path.stem}: the file is not UTF-8: {error}") from error


def parse_entry(markdown: str, entry_id: str, topic: str) -> Entry:
    """Markdown with a TOML head between `+++` lines -> Entry. EntryError says what cannot be read."""
    return parse(markdown, entry_id, Entry, id=entry_id, topic=topic)


def parse(markdown: str, entry_id: str, shape: type[T], **more: str) -> T:
    """A file of an entry's form -> a record of its head, its parts and `more`. EntryError as `parse_entry`."""
    pieces = markdown.replace("\r\n", "\n").lstrip("\ufeff").split("+++\n", 2)
    if len(pieces) != 3 or pieces[0].strip():
        raise EntryError(f"{entry_id}: begin the file with a TOML head between two lines of +++")
    try:
        return msgspec.convert(tomllib.loads(pieces[1]) | more | _parts(entry_id, pieces[2]), shape)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise EntryError(f"{entry_id}: {error}") from error


def _parts(entry_id: str, body: str) -> dict[str, Any]:
    before, *pieces = _PART.split(body)
    names = pieces[::2]
    if before.strip() or len(names) != len(set(names)):
        raise EntryError(f"{entry_id}: write the body as ## short, ## steps, ## deep, each once")
    parts: dict[str, Any] = dict(zip(names, (piece.strip() for piece in pieces[1::2]), strict=True))
    if "steps" in parts:
        parts["steps"] = tuple(_STEP.sub("", line.strip()) for line in parts["steps"].splitlines() if line.strip())
    return parts


def write_entry(entry: Entry) -> str:
    """The entry as its file: `parse_entry` of it gives the same entry back."""
    lines = ["+++", f"title = {_toml(entry.title)}", "questions = ["]
    lines += [f"  {_toml(question)}," for question in entry.questions]
    lines += ["]", "citations = [", *(f"  {_toml(citation)}," for citation in entry.citations), "]"]
    for name in ("valid_from", "valid_to", "reviewed", "review_by", "related", "confidence", "calculator"):
        if value := getattr(entry, name):
            lines.append(f"{name} = {_toml(value)}")
    lines += ["+++", "", "## short", entry.short, ""]
    if entry.steps:
        lines += ["## steps", *(f"{n}. {step}" for n, step in enumerate(entry.steps, 1)), ""]
    if entry.deep:
        lines += ["## deep", entry.deep, ""]
    return "\n".join(lines)


def _toml(value: Any) -> str:
    """A value on one line of TOML: text, date, number, list, or record as an inline table."""
    if isinstance(value, str):
        return msgspec.json.encode(value).decode()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.asdict(value)
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key} = {_toml(item)}' for key, item in value.items() if item is not None)}}}"
    return str(value).lower() if isinstance(value, bool) else str(value)

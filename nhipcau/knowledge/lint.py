"""What is wrong with the knowledge base, in sentences which say what to do."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path

import msgspec

from nhipcau.knowledge.calc.registry import calculators
from nhipcau.knowledge.digits import bare_numbers
from nhipcau.knowledge.documents import DocumentError, Documents
from nhipcau.knowledge.entries import REFERENCE, Entry, EntryError, entry_files, filled, read_entry, write_entry
from nhipcau.knowledge.figures import DOCUMENTS_FILE, Figure, FigureError, Figures, FigureUnknown, Value
from nhipcau.knowledge.normalise import folded
from nhipcau.knowledge.translations import LANGUAGE, Translation, read_translation, references, translation_files

ROOT = Path(__file__).parent

SHORT_LIMIT = 320  # characters, after figures are filled in
STEPS_LIMIT = 5
PHRASINGS_LEAST = 6
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Finding(msgspec.Struct, frozen=True, order=True):
    """One breach: the file, the rule's name, and a sentence which says what to do."""

    file: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.rule}: {self.message}"


class Bench(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules compare an entry with."""

    figures: Figures
    documents: Documents
    ids: frozenset[str]
    on: date


Said = Iterator[tuple[str, str]]  # rule, message


def lint_base(root: Path = ROOT, on: date | None = None) -> list[Finding]:
    """Every finding about the base and the law of a folder, sorted by file; an empty list is a clean base.

    `on` is the day for which figures and documents are checked (default: today).
    """
    on = on or date.today()  # noqa: DTZ011 - the operator's own calendar day
    findings = [Finding(*row) for row in _files_not_nfc(root)]
    figures, documents = _law(root / "law", findings)
    entries = _entries(root, findings)
    bench = Bench(figures=figures, documents=documents, ids=frozenset(e.id for e in entries.values()), on=on)
    findings += [
        Finding(f"law/{f.file}", rule, said) for f in figures.values() for rule, said in of_figure(f, documents)
    ]
    findings += [Finding(file, rule, said) for file, entry in entries.items() for rule, said in of_entry(entry, bench)]
    findings += [Finding(file, "duplicate-phrasing", said) for file, said in duplicates(entries)]
    findings += [Finding(file, "duplicate-id", said) for file, said in _same_ids(entries)]
    findings += _of_translations(root, {entry.id: entry for entry in entries.values()}, bench)
    return sorted(findings)


def lint_entry(
    entry: Entry, others: Mapping[str, Entry], figures: Figures, documents: Documents, on: date
) -> list[Finding]:
    """Every finding about one entry beside the `others` (by id; itself may be among them), on the day `on`."""
    file = f"{entry.topic}/{entry.id}.md"
    bench = Bench(figures=figures, documents=documents, ids=frozenset({*others, entry.id}), on=on)
    said = list(of_entry(entry, bench))
    if not ID.fullmatch(entry.topic):
        said.append(("file-name", "name the topic in lower-case English words joined by hyphens"))
    if not unicodedata.is_normalized("NFC", write_entry(entry)):
        said.append(("not-nfc", "save the file in Unicode form NFC"))
    shelf = {one: other for one, other in others.items() if one != entry.id} | {entry.id: entry}
    said += [("duplicate-phrasing", message) for at, message in duplicates(shelf) if at == entry.id]
    return sorted(Finding(file, rule, message) for rule, message in said)


def lint_translation(
    entry: Entry, translation: Translation, figures: Figures, documents: Documents, on: date
) -> list[Finding]:
    """Every finding about the form of a translation, whether or not it was compared with the entry."""
    bench = Bench(figures=figures, documents=documents, ids=frozenset({entry.id}), on=on)
    return [Finding(f"english/{entry.id}.md", rule, said) for rule, said in _form(entry, translation, bench)]


def of_entry(entry: Entry, bench: Bench) -> Said:
    """Everything wrong with one entry."""
    for rule in RULES:
        yield from rule(entry, bench)


def of_figure(figure: Figure, documents: Documents) -> Said:
    """Everything wrong with one figure's series."""
    if not figure.series:
        yield "figure-empty", f"give {figure.name} at least one dated value"
    for value in figure.series:
        if not value.document:
            yield "figure-citation", f"{figure.name} from {value.since}: name the document it stands in"
        elif value.document not in documents:
            yield "figure-document", f"{figure.name}: register {value.document} in {DOCUMENTS_FILE}"
        if value.confidence is None:
            yield "figure-confidence", f"{figure.name} from {value.since}: say confidence V1 or V2"
    for before, after in pairwise(figure.series):
        if before.since >= after.since or (before.to is not None and before.to >= after.since):
            yield (
                "figure-order",
                f"{figure.name}: put {after.since} after {before.since}, oldest first, no overlap",
            )


def of_translation(entry: Entry, translation: Translation, bench: Bench) -> Said:
    """Everything wrong with a translation beside the Vietnamese entry, and whether it was compared with it."""
    yield from _form(entry, translation, bench)
    if not translation.of:
        yield "translation-unchecked", f"compare it with the entry, then run nhipcau knowledge translated {entry.id}"
    elif not translation.fits(entry):
        yield (
            "translation-stale",
            f"the Vietnamese text is another one; correct it, then run nhipcau knowledge translated {entry.id}",
        )


def _form(entry: Entry, translation: Translation, bench: Bench) -> Said:
    yield from _same_parts(entry, translation)
    for text in (translation.title, translation.short, *translation.steps):
        for number in bare_numbers(text, examples=False):
            yield "bare-number", f"write {number!r} as the {{figure}} of the Vietnamese entry"
        if "{" in (rest := REFERENCE.sub("", text)) or "}" in rest:
            yield "broken-reference", "write figure references as {name} with both braces"
    yield from _length(translation.short, bench, LANGUAGE)


def _same_parts(entry: Entry, translation: Translation) -> Said:
    if not translation.short:
        yield "no-short", "write the answer under ## short"
    if len(translation.steps) != len(entry.steps):
        yield (
            "translation-steps",
            f"write {len(entry.steps)} steps, as the entry has; there are {len(translation.steps)}",
        )
    expected, named = references(entry), references(translation)
    for name in sorted(expected - named):
        yield "translation-figures", f"write {{{name}}}, as the entry does"
    for name in sorted(named - expected):
        yield "translation-figures", f"remove {{{name}}}: title, short and steps of the entry do not name it"


def duplicates(entries: Mapping[str, Entry]) -> Iterator[tuple[str, str]]:
    """Phrasings which two entries (or one, twice) share once case, marks and punctuation are gone."""
    seen: dict[str, str] = {}
    for file, entry in entries.items():
        for question in entry.questions:
            first = seen.setdefault(" ".join(folded(question).split()), file)
            if first != file:
                yield file, f"reword {question!r}: it stands already in {first}"
        for question, count in Counter(" ".join(folded(q).split()) for q in entry.questions).items():
            if count > 1:
                yield file, f"reword {question!r}: it stands {count} times in this entry"


def _texts(entry: Entry) -> dict[str, str]:
    return {"title": entry.title, "short": entry.short, "steps": "\n".join(entry.steps), "deep": entry.deep}


def _bare_numbers(entry: Entry, bench: Bench) -> Said:
    for part, text in _texts(entry).items():
        for number in bare_numbers(text, examples=part == "deep"):
            yield "bare-number", f"write {number!r} in {part} as a {{figure}} from law/*.toml"


def _figures_known(entry: Entry, bench: Bench) -> Said:
    for name in entry.figures():
        if name not in bench.figures:
            yield "unknown-figure", f"define {{{name}}} in law/*.toml or correct its name"
    for part, text in _texts(entry).items():
        if "{" in (rest := REFERENCE.sub("", text)) or "}" in rest:
            yield "broken-reference", f"write figure references in {part} as {{name}} with both braces"


def _citations(entry: Entry, bench: Bench) -> Said:
    if not entry.citations:
        yield "no-citation", "cite at least one document"
    for citation in entry.citations:
        document = bench.documents.get(citation.document)
        if document is None:
            yield (
                "unknown-document",
                f"register {citation.document} in law/{DOCUMENTS_FILE} or correct its number",
            )
        elif not document.in_force(bench.on):
            instead = f", cite {document.replaced_by}" if document.replaced_by else ""
            yield "superseded-document", f"{citation.document} is not in force on {bench.on}{instead}"


def _lengths(entry: Entry, bench: Bench) -> Said:
    if not entry.short:
        yield "no-short", "write the answer under ## short"
    if len(entry.steps) > STEPS_LIMIT:
        yield "too-many-steps", f"keep {STEPS_LIMIT} steps of the {len(entry.steps)}"
    if any(name not in bench.figures for name in entry.figures()):
        return
    try:
        entry.render(bench.figures, bench.on)
    except FigureUnknown as unknown:
        yield "figure-not-in-force", f"{unknown}: end the entry with valid_to, or extend the figure"
        return
    yield from _length(entry.short, bench, "vi")


def _length(short: str, bench: Bench, language: str) -> Said:
    try:
        length = len(filled(short, bench.figures, bench.on, language))
    except FigureUnknown:  # said where the entry itself is looked at
        return
    if length > SHORT_LIMIT:
        yield "short-too-long", f"cut short from {length} to {SHORT_LIMIT} characters"


def _file_name(entry: Entry, bench: Bench) -> Said:
    if not ID.fullmatch(entry.id):
        yield "file-name", "name the file in lower-case English words joined by hyphens"


def _phrasings(entry: Entry, bench: Bench) -> Said:
    if len(entry.questions) < PHRASINGS_LEAST:
        yield "few-phrasings", f"give at least {PHRASINGS_LEAST} questions, it has {len(entry.questions)}"


def _related(entry: Entry, bench: Bench) -> Said:
    for other in entry.related:
        if other not in bench.ids or other == entry.id:
            yield (
                "broken-related",
                f"remove or correct related {other!r}: there is no other entry of that name",
            )


def _dates(entry: Entry, bench: Bench) -> Said:
    if entry.valid_from is None:
        yield "valid-from", "say valid_from, the day from which this answer is right"
    elif entry.valid_to is not None and entry.valid_to < entry.valid_from:
        yield "valid-to", "put valid_to after valid_from"
    if entry.reviewed is None:
        yield "reviewed", "say who reviewed the entry and when"
    if entry.review_by is None:
        yield "review-by", "say review_by, the day by which the law is compared again"
    elif entry.reviewed is not None and entry.review_by < entry.reviewed.date:
        yield "review-by", f"put review_by after the review of {entry.reviewed.date}"


def _confidence(entry: Entry, bench: Bench) -> Said:
    if entry.confidence is None:
        yield "confidence", "say confidence V1 or V2"
    if entry.confidence != "V2":
        return
    for name in entry.figures():
        if name in bench.figures and any(v.confidence == "V1" for v in _current(bench.figures[name], bench.on)):
            yield "confidence", f"{{{name}}} is only V1 on {bench.on}: the entry cannot be V2"


def _calculator(entry: Entry, bench: Bench) -> Said:
    link = entry.calculator
    if link is None:
        return
    chosen = calculators().get(link.name)
    if chosen is None:
        yield "unknown-calculator", f"correct the calculator's name {link.name!r}; nhipcau calc --list shows them all"
        return
    for name in link.inputs:
        if name not in chosen.fields:
            yield "unknown-calculator", f"{link.name} takes no {name!r}; it takes {', '.join(chosen.fields)}"


def _current(figure: Figure, on: date) -> Iterator[Value]:
    try:
        yield figure.at(on)
    except FigureUnknown:
        return


RULES: tuple[Callable[[Entry, Bench], Said], ...] = (
    _file_name,
    _bare_numbers,
    _figures_known,
    _citations,
    _lengths,
    _phrasings,
    _related,
    _dates,
    _confidence,
    _calculator,
)


def _law(folder: Path, findings: list[Finding]) -> tuple[Figures, Documents]:
    figures, documents = Figures(()), Documents(())
    try:
        figures = Figures.load(folder)
    except FigureError as error:
        findings.append(Finding("law", "unreadable", f"mend {error}"))
    try:
        documents = Documents.load(folder)
    except DocumentError as error:
        findings.append(Finding(f"law/{DOCUMENTS_FILE}", "unreadable", f"mend {error}"))
    return figures, documents


def _entries(root: Path, findings: list[Finding]) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for path in entry_files(root / "base"):
        file = path.relative_to(root).as_posix()
        try:
            entries[file] = read_entry(path)
        except EntryError as error:
            findings.append(Finding(file, "unreadable", f"mend {error}"))
    return entries


def _of_translations(root: Path, entries: Mapping[str, Entry], bench: Bench) -> Iterator[Finding]:
    for entry_id, path in translation_files(root / "english").items():
        file = path.relative_to(root).as_posix()
        try:
            translation = read_translation(path)
        except EntryError as error:
            yield Finding(file, "unreadable", f"mend {error}")
            continue
        if entry_id not in entries:
            yield Finding(file, "unknown-entry", f"rename or remove the file: there is no entry {entry_id}")
            continue
        yield from (Finding(file, rule, said) for rule, said in of_translation(entries[entry_id], translation, bench))


def _same_ids(entries: dict[str, Entry]) -> Iterator[tuple[str, str]]:
    seen: dict[str, str] = {}
    for file, entry in entries.items():
        if (first := seen.setdefault(entry.id, file)) != file:
            yield file, f"rename the file: the id {entry.id} belongs to {first}"


def _files_not_nfc(root: Path) -> Iterable[tuple[str, str, str]]:
    for path in sorted([*root.glob("base/*/*.md"), *root.glob("english/*.md"), *root.glob("law/*.toml")]):
        text = path.read_text(encoding="utf-8", errors="replace")
        if not unicodedata.is_normalized("NFC", text):
            yield path.relative_to(root).as_posix(), "not-nfc", "save the file in Unicode form NFC"

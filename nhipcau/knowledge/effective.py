"""What is served: the shipped entries and figures with the officers' published changes in their place."""

import hashlib
import logging
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

import msgspec

from nhipcau.knowledge.answer import ROOT, Knowledge
from nhipcau.knowledge.documents import Document, Documents
from nhipcau.knowledge.entries import Entry, EntryError, load_base, parse_entry, write_entry
from nhipcau.knowledge.figures import Figure, Figures, Value
from nhipcau.knowledge.revisions import EntryRevision, FigureRevision, Served, State
from nhipcau.knowledge.translations import Translation, load_translations

log = logging.getLogger(__name__)

ONE_DAY = timedelta(days=1)


class Seed(msgspec.Struct, frozen=True):
    """What a release ships."""

    entries: Mapping[str, Entry]
    figures: Figures
    documents: Documents
    translations: Mapping[str, Translation] = {}

    @classmethod
    def load(cls, root: Path = ROOT) -> "Seed":
        """The shipped files, without an index for searching. Raises what `Knowledge.load` raises."""
        law, english = root / "law", load_translations(root / "english")
        return cls(load_base(root / "base").entries, Figures.load(law), Documents.load(law), english)

    @classmethod
    def of(cls, knowledge: Knowledge) -> "Seed":
        return cls(knowledge.entries, knowledge.figures, knowledge.documents, knowledge.translations)

    def hash(self, entry: str) -> str | None:
        """What tells whether a later release ships another text; None where none is shipped."""
        shipped = self.entries.get(entry)
        return hashlib.sha256(write_entry(shipped).encode()).hexdigest() if shipped else None


class Effective(msgspec.Struct, frozen=True, kw_only=True):
    """The base as readers meet it. `due`: entries that rest on figures changed since they were written, and which.

    `changes`: the figures' values that stand in place of the shipped ones or beside them. `unreadable`: changed
    entries that this release cannot read; they are not served.
    """

    entries: dict[str, Entry]
    figures: Figures
    documents: Documents
    changes: tuple[FigureRevision, ...]
    due: dict[str, tuple[FigureRevision, ...]]
    unreadable: tuple[str, ...] = ()

    def knowledge(self, seed: Knowledge) -> Knowledge:
        """Ready to be asked, with the weights of the shipped one. Readers of an entry that is due are told so."""
        return seed.revised(map(self._dated, self.entries.values()), self.figures, self.documents)

    def _dated(self, entry: Entry) -> Entry:
        since = min((one.since for one in self.due.get(entry.id, ())), default=None)
        if since is None or (entry.review_by and entry.review_by < since):
            return entry
        return msgspec.structs.replace(entry, review_by=since - ONE_DAY)


def effective(seed: Seed, served: Served) -> Effective:
    """The shipped base with everything published in its place."""
    entries, unreadable = _entries(seed, served.entries)
    published = [one for one in served.figures.values() if one.life.state == State.PUBLISHED]
    figures = _figures(seed.figures, published)
    return Effective(
        entries=entries,
        figures=figures,
        documents=with_documents(seed.documents, published),
        changes=tuple(one for one in published if not shipped(seed, one)),
        due=_due(seed, entries, served.entries, published),
        unreadable=unreadable,
    )


def shipped(seed: Seed, change: FigureRevision) -> bool:
    """Whether the release holds this very value: then its entries and calculators were checked with it."""
    series = seed.figures[change.figure].series if change.figure in seed.figures else ()
    return any((one.since, one.value, one.document) == (change.since, change.value, change.document) for one in series)


def conflicts(seed: Seed, served: Served) -> list[EntryRevision]:
    """Changes that readers meet and whose shipped entry is another one since: somebody must compare the two."""
    return [one for one in served.entries.values() if one.seed != seed.hash(one.entry)]


def _entries(seed: Seed, changed: Mapping[str, EntryRevision]) -> tuple[dict[str, Entry], tuple[str, ...]]:
    entries, unreadable = dict(seed.entries), []
    for name, one in changed.items():
        if one.after is None:
            entries.pop(name, None)
            continue
        try:
            entries[name] = parse_entry(one.after, name, one.topic)
        except EntryError as error:
            # Better no answer than the shipped one, which an officer found wanting.
            log.error("Revision %s cannot be read and is not served: %s", one.number, error)
            entries.pop(name, None)
            unreadable.append(name)
    return entries, tuple(unreadable)


def _figures(figures: Figures, changes: Iterable[FigureRevision]) -> Figures:
    merged = {name: figures[name] for name in figures}
    for one in changes:
        if one.figure in merged:
            merged[one.figure] = with_change(merged[one.figure], one)
    return Figures(merged.values())


def with_change(figure: Figure, change: FigureRevision) -> Figure:
    """The figure with one more value, in place of the one that began on the same day."""
    value = Value(
        since=change.since,
        value=change.value,
        document=change.document,
        article=change.article,
        clause=change.clause,
        confidence=change.confidence,
    )
    kept = [one for one in figure.series if one.since != change.since]
    series = sorted([*(_cut(one, change.since) for one in kept), value], key=lambda one: one.since)
    return msgspec.structs.replace(figure, series=tuple(series))


def _cut(value: Value, since: date) -> Value:
    """An earlier value which said its own end, past the day on which the new one begins."""
    overlaps = value.since < since and value.to is not None and value.to >= since
    return msgspec.structs.replace(value, to=None) if overlaps else value


def with_documents(documents: Documents, changes: Iterable[FigureRevision]) -> Documents:
    """The register, with the new documents that changed figures cite."""
    added: dict[str, Document] = {}
    for one in changes:
        if one.title and one.document not in documents:
            since = min(one.since, (added[one.document].valid_from if one.document in added else None) or one.since)
            added[one.document] = Document(title=one.title, short=one.title, valid_from=since)
    return Documents((dict(documents) | added).items())


def _due(
    seed: Seed, entries: Mapping[str, Entry], changed: Mapping[str, EntryRevision], changes: Iterable[FigureRevision]
) -> dict[str, tuple[FigureRevision, ...]]:
    """Entries that rest on a figure which changed after they were last compared with the law."""
    due: dict[str, tuple[FigureRevision, ...]] = {}
    for change in changes:
        for name, entry in entries.items():
            if change.figure in entry.figures() and not _compared(seed, changed.get(name), change):
                due[name] = (*due.get(name, ()), change)
    return due


def _compared(seed: Seed, revision: EntryRevision | None, change: FigureRevision) -> bool:
    """Whether the entry was written knowing of the changed figure."""
    if revision is not None:
        return revision.life.seen >= (change.life.served or 0)
    return shipped(seed, change)

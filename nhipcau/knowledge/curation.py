"""The curators' rules: a change is linted when it arrives, reviewed by a second person, and then published.

Every function here works in one transaction of its caller.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import NamedTuple

import sqlalchemy as sa

from nhipcau.knowledge import revisions
from nhipcau.knowledge.effective import Effective, Seed, conflicts, effective, with_change, with_documents
from nhipcau.knowledge.entries import Entry, EntryError, parse_entry, write_entry
from nhipcau.knowledge.lint import Finding, lint_entry, of_figure
from nhipcau.knowledge.revisions import (
    EntryRevision,
    FigureRevision,
    Made,
    Served,
    State,
    entry_revision,
    figure_revision,
)

Revision = EntryRevision | FigureRevision


class CurationError(ValueError):
    """The change cannot be made: the message says why and what to do."""


class Faulty(CurationError):
    """The change breaks rules of the base; `findings` say which."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, findings)))


class NewValue(NamedTuple):
    """A figure's value from a day on. `title` names a document which the register does not hold yet."""

    figure: str
    since: date
    value: Decimal
    document: str
    article: str | None
    clause: str | None
    confidence: str
    title: str | None = None


class Draft(NamedTuple):
    """What became of a new text."""

    revision: int
    entry: str


def edit(conn: sa.Connection, seed: Seed, entry: Entry, made: Made, on: date) -> Draft:
    """Keeps a draft of one entry. Faulty when it breaks a rule.

    The same text again is welcome where it settles something: a conflict with the release, or a review that is due.
    """
    made, served, now = _begin(conn, seed, made)
    open_matter = entry.id in now.due or entry.id in {one.entry for one in conflicts(seed, served)}
    if not open_matter and not _differs(now, entry):
        raise CurationError(f"this is the text of {entry.id} that readers meet already; change it first")
    return _keep(conn, seed, now, [entry], made, on)[0]


def bring(conn: sa.Connection, seed: Seed, entries: Iterable[Entry], made: Made, on: date) -> list[Draft]:
    """Keeps a draft of every entry that differs from what is served; they may name one another as related.

    Faulty when one breaks a rule: then none is kept.
    """
    made, _, now = _begin(conn, seed, made)
    return _keep(conn, seed, now, [one for one in entries if _differs(now, one)], made, on)


def _begin(conn: sa.Connection, seed: Seed, made: Made) -> tuple[Made, Served, Effective]:
    made = _signed(made)
    revisions.alone(conn)
    served = revisions.served(conn)
    return made, served, effective(seed, served)


def _differs(now: Effective, entry: Entry) -> bool:
    current = now.entries.get(entry.id)
    return current is None or (write_entry(current), current.topic) != (write_entry(entry), entry.topic)


def _keep(
    conn: sa.Connection, seed: Seed, now: Effective, entries: Sequence[Entry], made: Made, on: date
) -> list[Draft]:
    others = _others(conn, now) | {one.id: one for one in entries}
    if findings := [found for one in entries for found in _linted(one, others, now, on)]:
        raise Faulty(findings)
    return [_kept(conn, seed, now, one, made) for one in entries]


def _kept(conn: sa.Connection, seed: Seed, now: Effective, entry: Entry, made: Made) -> Draft:
    before = _file(now, entry.id)
    what = {"entry": entry.id, "topic": entry.topic, "before": before, "after": write_entry(entry)}
    return Draft(revisions.add(conn, entry_revision, made, seed=seed.hash(entry.id), **what), entry.id)


def change_figure(conn: sa.Connection, seed: Seed, new: NewValue, made: Made) -> int:
    """Keeps a draft of a figure's value; returns its id. Faulty when the series would break a rule."""
    made, _, now = _begin(conn, seed, made)
    if new.figure not in seed.figures:
        near = get_close_matches(new.figure, seed.figures, n=1)
        hint = f"did you mean {near[0]}?" if near else "figures are in law/*.toml"
        raise CurationError(f"there is no figure {new.figure}; {hint}")
    if not new.value.is_finite() or new.value < 0:
        raise CurationError(f"{new.value} is no value of a figure; give a number such as 4140000 or 10.5")
    known = {(one.since, one.value, one.document) for one in now.figures[new.figure].series}
    if (new.since, new.value, new.document) in known:
        raise CurationError(f"{new.figure} is {new.value} from {new.since} already")
    row = new._asdict() | {"since": new.since.isoformat(), "value": str(new.value)}
    kept = revisions.add(conn, figure_revision, made, **row)
    draft = revisions.figure_row(conn, kept)
    if draft is not None:
        _lint_figure(now, draft)
    return kept


def review(conn: sa.Connection, number: str, by: str) -> Revision:
    """A second person finds a draft right."""
    by = _name(by)
    revisions.alone(conn)
    found = find(conn, number)
    _expect(found, State.DRAFT)
    if _same(by, found.life.made_by):
        raise CurationError(f"{found.life.made_by} made revision {found.number}; another person must review it")
    revisions.mark_reviewed(conn, _table(found), found.id, by)
    return found


def publish(conn: sa.Connection, seed: Seed, number: str, by: str, on: date) -> Revision:
    """What was reviewed reaches the readers. Refused where they meet another text since the draft was made."""
    by = _name(by)
    revisions.alone(conn)
    found = find(conn, number)
    if found.life.state == State.DRAFT:
        raise CurationError(
            f"revision {found.number} must first be reviewed by another person than {found.life.made_by}"
        )
    _expect(found, State.REVIEWED)
    served = revisions.served(conn)
    if isinstance(found, EntryRevision):
        _still_fits(conn, effective(seed, served), found, on)
    else:
        _still_newest(served, found)
        _lint_figure(effective(seed, served), found)
    revisions.mark_ended(conn, _table(found), found.id, State.PUBLISHED, by, serve=True)
    return found


def withdraw(conn: sa.Connection, seed: Seed, what: str, made: Made) -> None:
    """Takes an entry, or a figure's published value, from the readers at once; or turns a draft down.

    `what` is the name of an entry or the number of a revision.
    """
    made, _, now = _begin(conn, seed, made)
    if _is_number(what):
        return _turn_down(conn, find(conn, what), made)
    before = _file(now, what)
    if before is None:
        raise CurationError(f"readers meet no entry {what}; see nhipcau knowledge list")
    gone = {"entry": what, "topic": "", "before": before, "after": None, "seed": seed.hash(what)}
    row = revisions.add(conn, entry_revision, made, **gone)
    return revisions.mark_ended(conn, entry_revision, row, State.WITHDRAWN, made.by, serve=True)


def _turn_down(conn: sa.Connection, found: Revision, made: Made) -> None:
    if found.life.state in (State.DRAFT, State.REVIEWED):
        return revisions.mark_ended(conn, _table(found), found.id, State.WITHDRAWN, made.by, serve=False, why=made.why)
    if isinstance(found, EntryRevision) or found.life.state == State.WITHDRAWN:
        raise CurationError(f"revision {found.number} is {found.life.state}; to take an entry away, give its name")
    newest = revisions.served(conn).figures.get((found.figure, found.since))
    if newest is None or newest.id != found.id:
        raise CurationError(f"revision {found.number} is not what readers meet any more")
    copy = {name: getattr(found, name) for name in NewValue._fields} | {"since": found.since.isoformat()}
    row = revisions.add(conn, figure_revision, made, **(copy | {"value": str(found.value)}))
    return revisions.mark_ended(conn, figure_revision, row, State.WITHDRAWN, made.by, serve=True)


def find(conn: sa.Connection, number: str) -> Revision:
    """A revision by its number: 12 of an entry, F12 of a figure."""
    found: Revision | None = None
    if _is_number(number):
        row = int(number.lstrip("Ff"))
        found = revisions.figure_row(conn, row) if number[0] in "Ff" else revisions.entry_row(conn, row)
    if found is None:
        raise CurationError(f"there is no revision {number}; see nhipcau knowledge drafts")
    return found


def outdated(now: Effective, draft: EntryRevision) -> bool:
    """Whether readers meet another text than the one the draft was made from. What was withdrawn may come back."""
    current = _file(now, draft.entry)
    return current is not None and current != draft.before


def _is_number(text: str) -> bool:
    digits = text[1:] if text[:1] in ("F", "f") else text
    return digits.isascii() and digits.isdecimal() and len(digits) <= 15


def _table(found: Revision) -> sa.Table:
    return entry_revision if isinstance(found, EntryRevision) else figure_revision


def _expect(found: Revision, state: State) -> None:
    if found.life.state != state:
        raise CurationError(f"revision {found.number} is {found.life.state} already")


def _still_fits(conn: sa.Connection, now: Effective, found: EntryRevision, on: date) -> None:
    if outdated(now, found):
        raise CurationError(
            f"{found.entry} changed since revision {found.number} was made; "
            f"make the draft again from the newest text (nhipcau knowledge export)"
        )
    entry = _parsed(found)
    if findings := _linted(entry, _others(conn, now), now, on):
        raise Faulty(findings)


def _still_newest(served: Served, found: FigureRevision) -> None:
    newest = served.figures.get((found.figure, found.since))
    if newest is not None and (newest.life.served or 0) > found.life.seen:
        raise CurationError(f"{found.figure} from {found.since} changed since {found.number} was made; draft it again")


def _parsed(found: EntryRevision) -> Entry:
    try:
        return parse_entry(found.after or "", found.entry, found.topic)
    except EntryError as error:
        raise CurationError(f"revision {found.number} cannot be read: {error}") from error


def _others(conn: sa.Connection, now: Effective) -> dict[str, Entry]:
    """All entries that an entry may name as related: those served, and those that are still drafts."""
    waiting: dict[str, Entry] = {}
    for one in revisions.drafts(conn):
        if isinstance(one, EntryRevision) and one.entry not in now.entries:
            with suppress(CurationError):
                waiting[one.entry] = _parsed(one)
    return waiting | now.entries


def _linted(entry: Entry, others: Mapping[str, Entry], now: Effective, on: date) -> list[Finding]:
    return lint_entry(entry, others, now.figures, now.documents, on)


def _lint_figure(now: Effective, draft: FigureRevision) -> None:
    said = of_figure(with_change(now.figures[draft.figure], draft), with_documents(now.documents, [draft]))
    if findings := [Finding(draft.figure, rule, message) for rule, message in said]:
        raise Faulty(findings)


def _file(now: Effective, entry: str) -> str | None:
    current = now.entries.get(entry)
    return write_entry(current) if current else None


def _signed(made: Made) -> Made:
    if not made.why.strip():
        raise CurationError("say why: those who read the history later will ask")
    return Made(_name(made.by), made.why.strip())


def _name(by: str) -> str:
    if not by.strip():
        raise CurationError("say by whom: give a name that colleagues know")
    return unicodedata.normalize("NFC", " ".join(by.split()))


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()

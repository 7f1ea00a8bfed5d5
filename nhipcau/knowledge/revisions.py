"""Officers' changes of entries and figures as rows: who, when, why, before and after. No row is ever deleted.

draft → reviewed → published; a draft that is turned down is withdrawn. What is published, and every withdrawal of
something published, takes the next number of `served`: its highest tells every process whether something changed.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa

from nhipcau.knowledge.figures import Confidence
from nhipcau.store.sealed import SealedText
from nhipcau.store.tables import Moment, RowId, metadata


class State(StrEnum):
    DRAFT = "draft"
    REVIEWED = "reviewed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


def _life(table: str) -> list[sa.Column[Any]]:
    """What a change of an entry and one of a figure have in common."""
    return [
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("made_by", SealedText(f"{table}.made_by"), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),  # the highest `served` when it was made
        sa.Column("reviewed_by", SealedText(f"{table}.reviewed_by")),
        sa.Column("reviewed_at", Moment),
        sa.Column("ended_by", SealedText(f"{table}.ended_by")),  # who published it, or turned it down
        sa.Column("ended_at", Moment),
        sa.Column("ended_why", sa.Text),  # why it was turned down
        sa.Column("served", sa.BigInteger, unique=True),
    ]


entry_revision = sa.Table(
    "entry_revision",
    metadata,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("entry", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("before", sa.Text),  # the entry's file as served when the change was made; none for a new one
    sa.Column("after", sa.Text),  # none for a withdrawal
    sa.Column("seed", sa.Text),  # hash of the shipped entry at that time
    *_life("entry_revision"),
    sa.Index("ix_entry_revision_entry", "entry"),
)

figure_revision = sa.Table(
    "figure_revision",
    metadata,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("figure", sa.Text, nullable=False),
    sa.Column("since", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("article", sa.Text),
    sa.Column("clause", sa.Text),
    sa.Column("confidence", sa.Text, nullable=False),
    sa.Column("title", sa.Text),  # of the document, where the shipped register does not hold it
    *_life("figure_revision"),
)


class _Life(NamedTuple):
    state: str
    made_by: str
    made_at: datetime
    why: str
    seen: int
    reviewed_by: str | None
    reviewed_at: datetime | None
    ended_by: str | None
    ended_at: datetime | None
    ended_why: str | None
    served: int | None


class EntryRevision(NamedTuple):
    """One change of one entry. `after` is the entry's file, none for a withdrawal."""

    id: int
    entry: str
    topic: str
    before: str | None
    after: str | None
    seed: str | None
    life: _Life

    @property
    def number(self) -> str:
        """What the commands call it."""
        return str(self.id)


class FigureRevision(NamedTuple):
    """One value of one figure from one day on."""

    id: int
    figure: str
    since: date
    value: Decimal
    document: str
    article: str | None
    clause: str | None
    confidence: Confidence
    title: str | None
    life: _Life

    @property
    def number(self) -> str:
        """What the commands call it."""
        return f"F{self.id}"


class Made(NamedTuple):
    """Who makes a change, and why."""

    by: str
    why: str


def alone(conn: sa.Connection) -> None:
    """Until the transaction ends nobody else changes a revision. On SQLite there is one writing transaction anyway."""
    if conn.dialect.name == "postgresql":
        conn.execute(sa.text("LOCK TABLE entry_revision, figure_revision IN SHARE ROW EXCLUSIVE MODE"))


_NEWEST = sa.select(
    *(sa.select(sa.func.max(table.c.served)).scalar_subquery() for table in (entry_revision, figure_revision))
)


def newest(conn: sa.Connection) -> int:
    """The number of the last change that reached the readers; 0 for none."""
    return max(number or 0 for number in conn.execute(_NEWEST).one())


def add(conn: sa.Connection, table: sa.Table, made: Made, **what: Any) -> int:
    """Keeps a draft; returns its id."""
    row = {"state": State.DRAFT, "made_by": made.by, "made_at": datetime.now(UTC), "why": made.why}
    inserted = conn.execute(sa.insert(table).values({**row, **what, "seen": newest(conn)}))
    return int(inserted.inserted_primary_key[0])  # type: ignore[index]


def mark_reviewed(conn: sa.Connection, table: sa.Table, row: int, by: str) -> None:
    """A second person found the draft right."""
    change = {"state": State.REVIEWED, "reviewed_by": by, "reviewed_at": datetime.now(UTC)}
    conn.execute(sa.update(table).where(table.c.id == row).values(change))


def mark_ended(
    conn: sa.Connection, table: sa.Table, row: int, state: State, by: str, *, serve: bool, why: str | None = None
) -> None:
    """Published, withdrawn, or turned down; with `serve` every process takes notice."""
    change: dict[str, Any] = {"state": state, "ended_by": by, "ended_at": datetime.now(UTC), "ended_why": why}
    if serve:
        change["served"] = newest(conn) + 1
    conn.execute(sa.update(table).where(table.c.id == row).values(change))


def entry_row(conn: sa.Connection, row: int) -> EntryRevision | None:
    return next(iter(_entries(conn, entry_revision.c.id == row)), None)


def figure_row(conn: sa.Connection, row: int) -> FigureRevision | None:
    return next(iter(_figures(conn, figure_revision.c.id == row)), None)


def history(conn: sa.Connection, entry: str) -> list[EntryRevision]:
    """Every change of an entry, oldest first."""
    return _entries(conn, entry_revision.c.entry == entry)


def drafts(conn: sa.Connection) -> list[EntryRevision | FigureRevision]:
    """What waits for a review or for publication, oldest first."""
    return [*_entries(conn, _waits(entry_revision)), *_figures(conn, _waits(figure_revision))]


class DraftCount(NamedTuple):
    """Changes that wait for a review, and those that were reviewed and wait for publication."""

    drafts: int
    reviewed: int


def count_drafts(conn: sa.Connection) -> DraftCount:
    found: dict[str, int] = dict.fromkeys((State.DRAFT, State.REVIEWED), 0)
    for table in (entry_revision, figure_revision):
        counted = sa.select(table.c.state, sa.func.count()).where(_waits(table)).group_by(table.c.state)
        for state, count in conn.execute(counted):
            found[state] += count
    return DraftCount(found[State.DRAFT], found[State.REVIEWED])


def _waits(table: sa.Table) -> sa.ColumnElement[bool]:
    return table.c.state.in_([State.DRAFT, State.REVIEWED])


class Served(NamedTuple):
    """The newest change of each entry, and of each figure's value from each day on, that reached the readers."""

    entries: dict[str, EntryRevision]
    figures: dict[tuple[str, date], FigureRevision]


def served(conn: sa.Connection) -> Served:
    """What stands in place of the shipped base now, in the order in which it was published."""
    entries = _entries(conn, entry_revision.c.served.is_not(None), entry_revision.c.served)
    figures = _figures(conn, figure_revision.c.served.is_not(None), figure_revision.c.served)
    return Served({one.entry: one for one in entries}, {(one.figure, one.since): one for one in figures})


_LIFE = len(_Life._fields)


def _entries(
    conn: sa.Connection, where: sa.ColumnElement[bool], order: Any = entry_revision.c.id
) -> list[EntryRevision]:
    rows = conn.execute(sa.select(entry_revision).where(where).order_by(order))
    return [EntryRevision._make([*row[:-_LIFE], _Life._make(row[-_LIFE:])]) for row in rows]


def _figures(
    conn: sa.Connection, where: sa.ColumnElement[bool], order: Any = figure_revision.c.id
) -> list[FigureRevision]:
    rows = conn.execute(sa.select(figure_revision).where(where).order_by(order))
    return [_figure(row) for row in rows]


def _figure(row: sa.Row[Any]) -> FigureRevision:
    number, figure, since, value, *cited = row[:-_LIFE]
    day, life = date.fromisoformat(since), _Life._make(row[-_LIFE:])
    return FigureRevision._make([number, figure, day, Decimal(value), *cited, life])

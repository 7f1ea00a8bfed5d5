"""A bulletin and its life: who may do what to it, and when.

draft → submitted → approved → sending → sent. Also paused, cancelled, recalled. An edit takes it back to draft:
what was approved is what is sent.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
import sqlalchemy as sa

from nhipcau.store.tables import Moment, RowId, metadata


class Stage(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"  # with `send_at` it waits for that hour, else for the word "send"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    CANCELLED = "cancelled"
    RECALLED = "recalled"


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """A picture, film, sound or document: `ref` is "file:<id>" or an https address."""

    kind: str
    ref: str
    name: str = ""


class Citation(msgspec.Struct, frozen=True, kw_only=True):
    """The law a bulletin speaks of."""

    document: str
    article: str = ""
    clause: str = ""


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What is said. `who`, `when` and `do` together are the part called "clear"; `deep` opens by a button."""

    headline: str
    short: str
    who: str
    when: str
    do: str
    deep: str = ""
    topic: str = "union-news"
    media: tuple[Media, ...] = ()
    citations: tuple[Citation, ...] = ()


class Audience(msgspec.Struct, frozen=True, kw_only=True):
    """To whom: units with everything below them, less exceptions, narrowed by what is not empty."""

    units: tuple[str, ...]  # codes
    except_units: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()  # of the minimum wage, I to IV
    sectors: tuple[str, ...] = ()
    sex: str = ""  # "f" or "m"
    languages: tuple[str, ...] = ()


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """How it is sent. `budget` in VND for paid messages; times carry a zone."""

    send_at: datetime | None = None
    spread_until: datetime | None = None  # sends are spread evenly up to then
    emergency: bool = False  # skips quiet hours, never approval
    repeat_in_doubt: bool = False  # send again where nobody knows whether it arrived
    remind: bool = False  # once more to those who were not reached
    budget: int = 0


class Bulletin(msgspec.Struct, frozen=True, kw_only=True):
    """One bulletin as it stands. `author` and `approved_by` are member ids; `version` counts edits."""

    id: int
    unit_id: int
    author: int
    stage: Stage
    version: int
    content: Content
    audience: Audience
    wishes: Wishes = Wishes()
    approved_by: int | None = None
    changed_at: datetime


class NotNow(Exception):
    """This cannot be done to the bulletin as it stands; the message says why and what can."""


_MOVES: dict[str, tuple[frozenset[Stage], Stage]] = {
    "edit": (frozenset({Stage.DRAFT, Stage.SUBMITTED, Stage.APPROVED}), Stage.DRAFT),
    "submit": (frozenset({Stage.DRAFT}), Stage.SUBMITTED),
    "approve": (frozenset({Stage.SUBMITTED}), Stage.APPROVED),
    "refuse": (frozenset({Stage.SUBMITTED}), Stage.DRAFT),
    "send": (frozenset({Stage.APPROVED}), Stage.SENDING),
    "pause": (frozenset({Stage.SENDING}), Stage.PAUSED),
    "resume": (frozenset({Stage.PAUSED}), Stage.SENDING),
    "finish": (frozenset({Stage.SENDING}), Stage.SENT),
    "cancel": (
        frozenset({Stage.DRAFT, Stage.SUBMITTED, Stage.APPROVED, Stage.SENDING, Stage.PAUSED}),
        Stage.CANCELLED,
    ),
    "recall": (frozenset({Stage.SENDING, Stage.PAUSED, Stage.SENT, Stage.CANCELLED}), Stage.RECALLED),
}


def moved(bulletin: Bulletin, action: str, officer: int | None, now: datetime) -> Bulletin:
    """The bulletin after `action`. Raises NotNow; rights are asked elsewhere (`union.permissions`).

    Nobody approves their own bulletin, and nobody approves a version they have not seen: the caller compares
    `version` in the same transaction.
    """
    allowed, after = _MOVES[action]
    if bulletin.stage not in allowed:
        raise NotNow(f"A bulletin that is {bulletin.stage} cannot be changed by {action!r}.")
    if action == "approve" and officer == bulletin.author:
        raise NotNow("Nobody approves their own bulletin: ask another speaker of the unit.")
    if action == "approve":
        return msgspec.structs.replace(bulletin, stage=after, approved_by=officer, changed_at=now)
    if action in ("edit", "refuse"):
        version = bulletin.version + (action == "edit")
        return msgspec.structs.replace(bulletin, stage=after, version=version, approved_by=None, changed_at=now)
    return msgspec.structs.replace(bulletin, stage=after, changed_at=now)


bulletin = sa.Table(
    "bulletin",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=False),
    sa.Column("unit_id", RowId, nullable=False, index=True),
    sa.Column("author", RowId, nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),  # JSON of Content
    sa.Column("audience", sa.LargeBinary, nullable=False),
    sa.Column("wishes", sa.LargeBinary, nullable=False),
    sa.Column("approved_by", RowId),
    sa.Column("send_at", Moment),
    sa.Column("total", sa.Integer),  # rows of the ledger, once the audience is resolved
    sa.Column("started_at", Moment),
    sa.Column("ended_at", Moment),
    sa.Column("changed_at", Moment, nullable=False),
)


def insert(conn: sa.Connection, bulletins: Sequence[Bulletin]) -> None:
    """Keeps new bulletins."""
    conn.execute(sa.insert(bulletin), [_row(one) for one in bulletins])


def _row(one: Bulletin) -> dict[str, Any]:
    row = {name: getattr(one, name) for name in ("id", "unit_id", "author", "stage", "version", "approved_by")}
    parts = {name: msgspec.json.encode(getattr(one, name)) for name in ("content", "audience", "wishes")}
    return row | parts | {"send_at": one.wishes.send_at, "changed_at": one.changed_at}

"""Units: the tree of the union, as it is today. How it was on other days: `unit_history.py`."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from nhipcau.store.tables import Moment, RowId, index_where, metadata

BYTEWISE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Text that is compared byte by byte, as SQLite always does: so a path's range is the same on both databases."""

unit = sa.Table(
    "unit",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=False),
    sa.Column("code", sa.Text, nullable=False, unique=True),  # as in the deep link u_<code>: A-Z, 0-9 and -
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("folded", sa.Text, nullable=False),  # the name without marks, to be found by
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("parent_id", RowId, index=True),
    sa.Column("path", BYTEWISE, nullable=False, unique=True),  # the ids from the root down, "1/k3/9f/"
    sa.Column("sector", sa.Text, nullable=False),
    sa.Column("commune", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),  # of the minimum wage, I to IV, from the commune; "" unknown
    sa.Column("contact", sa.Text, nullable=False),  # how members reach the unit's officers
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("closed_on", sa.Date),
    sa.Column("merged_into", RowId),
    sa.Column("is_open", sa.Boolean, nullable=False, server_default=sa.true()),  # founded, and not closed, by today
)

unit_history = sa.Table(
    "unit_history",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=False),
    sa.Column("unit_id", RowId, nullable=False),
    sa.Column("since", sa.Date, nullable=False, index=True),  # from this day on the unit is as this row says
    sa.Column(
        "action", sa.Text, nullable=False, server_default="found"
    ),  # found, rename, move, reclassify, merge, close
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("parent_id", RowId, index=True),
    sa.Column("closed", sa.Boolean, nullable=False),
    sa.Column("merged_into", RowId),
    sa.Column("recorded_at", Moment, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("in_force", sa.Boolean, nullable=False, server_default=sa.true()),  # False until its day has come
)
sa.Index("ix_unit_history_unit", unit_history.c.unit_id, unit_history.c.since)
index_where("ix_unit_history_waiting", unit_history.c.since, where="NOT in_force")

headcount = sa.Table(
    "headcount",
    metadata,
    sa.Column("unit_id", RowId, primary_key=True, autoincrement=False),
    sa.Column("day", sa.Date, primary_key=True),  # the day the figure speaks of
    sa.Column("declared", sa.Integer, nullable=False),  # members, as the unit declared
)


class Unit(NamedTuple):
    """One unit as it is today; the columns of `unit`."""

    id: int
    code: str
    name: str
    kind: str
    parent_id: int | None
    path: str
    sector: str
    commune: str
    region: str
    contact: str
    opened_on: date
    closed_on: date | None
    merged_into: int | None
    is_open: bool


SHOWN = tuple(unit.c[name] for name in Unit._fields)


def by_code(conn: sa.Connection, code: str) -> Unit | None:
    """The unit of a code, open or closed; case does not matter."""
    row = conn.execute(sa.select(*SHOWN).where(unit.c.code == code.strip().upper())).one_or_none()
    return None if row is None else Unit(*row)


def by_id(conn: sa.Connection, unit_id: int) -> Unit | None:
    row = conn.execute(sa.select(*SHOWN).where(unit.c.id == unit_id)).one_or_none()
    return None if row is None else Unit(*row)


def by_ids(conn: sa.Connection, unit_ids: Collection[int]) -> dict[int, Unit]:
    """The units of these ids; unknown ones are left out."""
    rows = conn.execute(sa.select(*SHOWN).where(unit.c.id.in_(list(unit_ids))))
    return {row.id: Unit(*row) for row in rows}


def ancestors(one: Unit) -> list[int]:
    """The ids from the root down to the unit itself."""
    return [int(part, 36) for part in one.path.split("/")[:-1]]


def path_of(unit_id: int, above: str = "") -> str:
    """The path of a unit whose parent has the path `above`."""
    return f"{above}{_base36(unit_id)}/"


def within(path: str) -> sa.ColumnElement[bool]:
    """That `unit.path` lies in the subtree of `path`, itself included: one range of the index ("0" follows "/")."""
    return sa.and_(unit.c.path >= path, unit.c.path < f"{path[:-1]}0")


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"

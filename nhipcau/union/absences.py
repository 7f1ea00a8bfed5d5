"""Officers who are away, and who stands in for them until they are back."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import sqlalchemy as sa

from nhipcau.store.tables import upsert
from nhipcau.union import audit
from nhipcau.union.audit import Line
from nhipcau.union.officers import Held, Listed, NotAllowed, Officer, OfficerError, absence, officer, officers_at
from nhipcau.union.permissions import Relation, relation

MOST = 8  # officers offered as deputies


class Absence(NamedTuple):
    """`deputy` has the roles of `officer` until then; None: nobody stands in."""

    officer: int
    until: datetime
    deputy: int | None


def of(conn: sa.Connection, officer_id: int, now: datetime) -> Absence | None:
    """Whether an officer is away now."""
    columns = (absence.c.officer_id, absence.c.until, absence.c.deputy_id)
    row = conn.execute(
        sa.select(*columns).where(absence.c.officer_id == officer_id, absence.c.until > now)
    ).one_or_none()
    return None if row is None else Absence(*row)


def begin(conn: sa.Connection, absences: Sequence[Absence]) -> None:
    """Officers go away; what was said before is replaced. Raises OfficerError for somebody who cannot stand in."""
    now, lines = datetime.now(UTC), []
    for one in absences:
        _check(conn, one, now)
        row = {"officer_id": one.officer, "until": one.until, "deputy_id": one.deputy}
        statement = upsert(absence, conn)
        statement = statement.on_conflict_do_update(
            index_elements=["officer_id"],
            set_={name: statement.excluded[name] for name in ("until", "deputy_id")},
        )
        conn.execute(statement, [row])
        lines.append(Line(one.officer, "officer.absent", "member", one.deputy, None, {"until": one.until.date()}))
    audit.record(conn, lines)


def end(conn: sa.Connection, officer_ids: Sequence[int]) -> None:
    """Officers are back: their deputies' rights end now."""
    conn.execute(sa.delete(absence).where(absence.c.officer_id.in_(list(officer_ids))))
    audit.record(conn, [Line(one, "officer.back", "member", one, None) for one in officer_ids])


def candidates(conn: sa.Connection, one: Officer) -> list[Listed]:
    """Who may stand in: officers of the same units, or else of units right above; each once."""
    found: dict[int, Listed] = {}
    paths = {held.path for held in _own(one)}
    for path in sorted(paths, key=len, reverse=True):
        while path and len(found) < MOST:
            for listed in officers_at(conn, path, below=False, limit=4 * MOST):
                if listed.held.officer_id != one.id:
                    found.setdefault(listed.held.officer_id, listed)
            path = path[:-1].rpartition("/")[0] + "/" if path.count("/") > 1 else ""
    return list(found.values())[:MOST]


def _check(conn: sa.Connection, one: Absence, now: datetime) -> None:
    away = officer(conn, one.officer, now)
    if not away.held:
        raise NotAllowed
    if one.until <= now:
        raise OfficerError("The day of return must lie ahead.")
    if one.deputy is None:
        return
    deputy = officer(conn, one.deputy, now)
    if one.deputy == one.officer or not _stand_together(away, deputy):
        raise OfficerError("Only an officer of the same unit, or of one above or below it, can stand in.")


def _stand_together(one: Officer, other: Officer) -> bool:
    """Nobody's rights pass to another branch of the union."""
    places = [(mine.path, theirs.path) for mine in _own(one) for theirs in _own(other)]
    return any(relation(mine, theirs) is not Relation.OTHER for mine, theirs in places)


def _own(one: Officer) -> list[Held]:
    return [held for held in one.held if held.until is None]

"""Officers: members with a role on a unit and everything below it.

What an officer may do is read from the database at every act, inside the transaction that acts: nothing is kept
between acts, so whoever is removed can do nothing from that moment on, in any process.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from nhipcau.store.sealed import Digest, SealedText
from nhipcau.store.tables import Moment, RowId, metadata
from nhipcau.union import audit
from nhipcau.union.audit import Line
from nhipcau.union.members import member
from nhipcau.union.permissions import WHOLE, Action, Grant, Role, may
from nhipcau.union.units import unit, within

_HELD = "revoked_at IS NULL"

role_grant = sa.Table(
    "role_grant",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=False),
    sa.Column("officer_id", RowId, nullable=False, index=True),  # member.id
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("unit_id", RowId, nullable=False, index=True),
    sa.Column("granted_by", RowId),  # None: from the command line
    sa.Column("granted_at", Moment, nullable=False),
    sa.Column("revoked_at", Moment),
)
sa.Index(
    "ix_role_grant_held",
    *(role_grant.c[name] for name in ("officer_id", "role", "unit_id")),
    unique=True,
    sqlite_where=sa.text(_HELD),
    postgresql_where=sa.text(_HELD),
)

absence = sa.Table(
    "absence",
    metadata,
    sa.Column("officer_id", RowId, primary_key=True, autoincrement=False),
    sa.Column("until", Moment, nullable=False),
    sa.Column("deputy_id", RowId, index=True),
)

invitation = sa.Table(
    "invitation",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=False),
    sa.Column("token_digest", Digest("invitation.token"), nullable=False, unique=True),
    sa.Column("name", SealedText("invitation.name"), nullable=False),  # whom it was meant for, as the inviter wrote
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("unit_id", RowId, nullable=False),
    sa.Column("invited_by", RowId, index=True),  # None: from the command line
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("opener", SealedText("invitation.opener")),  # the chat that opened it first, as "channel:account:chat"
    sa.Column("opener_digest", Digest("invitation.opener")),
    sa.Column("opened_at", Moment),
    sa.Column("called", SealedText("invitation.called")),  # the name that the invited person gave
    sa.Column("accepted_at", Moment),
)


class OfficerError(Exception):
    """An act on officers is refused; the message says why, in a sentence."""


class NotAllowed(OfficerError):
    """Your role does not allow this, or no longer does."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class Held(NamedTuple):
    """A role that an officer holds. `until`: it is another's, who is absent till then."""

    id: int
    officer_id: int
    role: Role
    unit_id: int
    code: str
    unit: str
    path: str
    until: datetime | None

    @property
    def grant(self) -> Grant:
        return Grant(self.role, self.path, self.until)


class Officer(NamedTuple):
    """A member and the roles held now; without any it is no officer."""

    id: int
    held: tuple[Held, ...]

    def may(self, action: Action, path: str, now: datetime) -> bool:
        return may((one.grant for one in self.held), action, path, now)

    def has(self, role: Role) -> bool:
        return any(one.role == role for one in self.held)


_SHOWN = (
    role_grant.c.id,
    role_grant.c.officer_id,
    role_grant.c.role,
    role_grant.c.unit_id,
    unit.c.code,
    unit.c.name,
    unit.c.path,
)
_GRANTS = (
    sa.select(*_SHOWN)
    .select_from(role_grant.join(unit, unit.c.id == role_grant.c.unit_id))
    .where(role_grant.c.revoked_at.is_(None), unit.c.is_open)
)


def officer(conn: sa.Connection, officer_id: int | None, now: datetime) -> Officer:
    """The roles of a member: their own, and those of officers for whom they stand in. Who has none of their own
    stands in for nobody. Closed units give no role."""
    own = _held(conn, [officer_id]) if officer_id is not None else []
    if officer_id is None or not own:
        return Officer(officer_id or 0, ())
    absent = sa.select(absence.c.officer_id, absence.c.until)
    away = {
        row[0]: row[1] for row in conn.execute(absent.where(absence.c.deputy_id == officer_id, absence.c.until > now))
    }
    others = [one._replace(until=away[one.officer_id]) for one in _held(conn, list(away))] if away else []
    return Officer(officer_id, (*own, *others))


def _held(conn: sa.Connection, officer_ids: Sequence[int]) -> list[Held]:
    rows = conn.execute(
        _GRANTS.where(role_grant.c.officer_id.in_(officer_ids)).order_by(unit.c.path, role_grant.c.role)
    )
    return [_read(row) for row in rows]


def _read(row: Any) -> Held:
    number, officer_id, role, unit_id, code, name, path = row
    return Held(number, officer_id, Role(role), unit_id, code, name, path, None)


def require(conn: sa.Connection, officer_id: int | None, action: Action, path: str, now: datetime) -> None:
    """Raises NotAllowed unless the officer may; None stands for the command line, which may everything."""
    if officer_id is not None and not officer(conn, officer_id, now).may(action, path, now):
        raise NotAllowed


class Listed(NamedTuple):
    """An officer as other officers see them. `name` may be None where none was given."""

    held: Held
    name: str | None


def officers_at(conn: sa.Connection, path: str, *, below: bool = True, limit: int = 1000) -> list[Listed]:
    """Who holds a role on a unit, with `below` also on the units below it; at "" anywhere. Audit it: names are seen."""
    everywhere = sa.true() if path == WHOLE else within(path)
    place = everywhere if below else unit.c.path == path
    named = _GRANTS.add_columns(member.c.name).outerjoin_from(
        role_grant, member, member.c.id == role_grant.c.officer_id
    )
    rows = conn.execute(named.where(place).order_by(unit.c.path, role_grant.c.role, role_grant.c.id).limit(limit))
    return [Listed(_read(row[:-1]), row[-1]) for row in rows]


class Removal(NamedTuple):
    """A role to be taken away. `by`: member.id; None: the command line."""

    grant: int
    by: int | None


def remove(conn: sa.Connection, removals: Sequence[Removal]) -> None:
    """Takes roles away, at once and everywhere. Raises OfficerError."""
    now = datetime.now(UTC)
    lines = [_removed(conn, one, now) for one in removals]
    audit.record(conn, lines)


def _removed(conn: sa.Connection, one: Removal, now: datetime) -> Line:
    row = conn.execute(_GRANTS.where(role_grant.c.id == one.grant)).one_or_none()
    if row is None:
        raise OfficerError("This role is held no longer.")
    held = _read(row)
    if one.by != held.officer_id:
        require(conn, one.by, Action.OFFICER_REMOVE, held.path, now)
    conn.execute(sa.update(role_grant).where(role_grant.c.id == one.grant).values(revoked_at=now))
    return Line(one.by, "officer.remove", "member", held.officer_id, held.unit_id, {"role": held.role.value})


def forget(conn: sa.Connection, officer_ids: Collection[int]) -> None:
    """Deletes what is kept of members as officers; other officers' rows lose only the number."""
    ids = list(officer_ids)
    conn.execute(sa.delete(role_grant).where(role_grant.c.officer_id.in_(ids)))
    conn.execute(sa.update(role_grant).where(role_grant.c.granted_by.in_(ids)).values(granted_by=None))
    conn.execute(sa.delete(absence).where(absence.c.officer_id.in_(ids)))
    conn.execute(sa.update(absence).where(absence.c.deputy_id.in_(ids)).values(deputy_id=None))
    conn.execute(sa.delete(invitation).where(invitation.c.invited_by.in_(ids)))


def forget_chats(conn: sa.Connection, keys: Collection[str]) -> None:
    """Deletes invitations that these chats opened, and nobody confirmed yet."""
    conn.execute(sa.delete(invitation).where(invitation.c.opener_digest.in_(list(keys))))


def merge(conn: sa.Connection, gone: int, kept: int) -> None:
    """Two rows of one person become one: what was held by `gone` is held by `kept`."""
    twice = role_grant.alias()
    same = sa.exists().where(
        twice.c.officer_id == kept,
        twice.c.role == role_grant.c.role,
        twice.c.unit_id == role_grant.c.unit_id,
        twice.c.revoked_at.is_(None),
    )
    held = role_grant.c.officer_id == gone, role_grant.c.revoked_at.is_(None)
    conn.execute(sa.update(role_grant).where(*held, same).values(revoked_at=datetime.now(UTC)))
    for column in (role_grant.c.officer_id, role_grant.c.granted_by, absence.c.deputy_id, invitation.c.invited_by):
        conn.execute(sa.update(column.table).where(column == gone).values({column.name: kept}))
    away = conn.execute(sa.select(absence.c.officer_id).where(absence.c.officer_id.in_([gone, kept]))).scalars().all()
    if kept in away:
        conn.execute(sa.delete(absence).where(absence.c.officer_id == gone))
    else:
        conn.execute(sa.update(absence).where(absence.c.officer_id == gone).values(officer_id=kept))
    conn.execute(sa.update(absence).where(absence.c.deputy_id == absence.c.officer_id).values(deputy_id=None))

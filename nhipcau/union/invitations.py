"""How somebody becomes an officer: a link that works once, bound to the first who opens it, accepted there, and
confirmed by the inviter, who sees name and channel. A row lives until then; what became of it stands in the audit log.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from nhipcau.store.ids import ids
from nhipcau.union import audit, contacts
from nhipcau.union.audit import Line
from nhipcau.union.contacts import Belonging, contact
from nhipcau.union.members import member
from nhipcau.union.officers import NotAllowed, OfficerError, absence, invitation, officer, require, role_grant
from nhipcau.union.permissions import Action, Role
from nhipcau.union.units import Unit, by_id, by_ids

LASTS = timedelta(hours=72)
"""From the invitation until it is accepted, and from then until it is confirmed."""

LONGEST_NAME = 80  # characters
PREFIX = "o_"  # of the deep link's parameter


class Invited(NamedTuple):
    """An invitation that still holds. `opener` is the chat that opened it, `called` the name given there."""

    id: int
    name: str
    role: Role
    unit: Unit
    by: int | None
    expires_at: datetime
    opener: str | None
    called: str | None
    accepted_at: datetime | None


class Invite(NamedTuple):
    """Somebody is to become an officer. `by`: member.id; None: the command line."""

    token: str
    name: str
    role: Role
    unit_id: int
    by: int | None
    id: int = 0


class Opening(NamedTuple):
    """A chat opens an invitation; `member` is who writes there, if known."""

    invitation: int
    chat: str
    member: int | None


class Acceptance(NamedTuple):
    """The chat that opened it says yes, and who it is."""

    invitation: int
    chat: str
    called: str


class Decision(NamedTuple):
    """The inviter confirms or refuses. `by`: member.id; None: the command line."""

    invitation: int
    by: int | None


def new_token() -> str:
    """128 random bits, in letters that may stand in a deep link."""
    return secrets.token_urlsafe(16)


def checked_name(name: str) -> str:
    """The name on one line. Raises OfficerError where it is empty or too long."""
    wanted = " ".join(name.split())
    if not 2 <= len(wanted) <= LONGEST_NAME:
        raise OfficerError(f"A name has 2 to {LONGEST_NAME} characters.")
    return wanted


# ---- reading


_ROW = sa.select(
    invitation.c.id,
    invitation.c.name,
    invitation.c.role,
    invitation.c.unit_id,
    invitation.c.invited_by,
    invitation.c.expires_at,
    invitation.c.opener,
    invitation.c.called,
    invitation.c.accepted_at,
)


def by_token(conn: sa.Connection, token: str, now: datetime) -> Invited | None:
    """The invitation of a link; None where there is none, or none any more."""
    return _one(conn, invitation.c.token_digest == token, now)


def by_number(conn: sa.Connection, invitation_id: int, now: datetime) -> Invited | None:
    return _one(conn, invitation.c.id == invitation_id, now)


def _one(conn: sa.Connection, where: sa.ColumnElement[bool], now: datetime) -> Invited | None:
    return next(iter(_holding(conn, conn.execute(_ROW.where(where, invitation.c.expires_at > now)).all())), None)


def _holding(conn: sa.Connection, rows: Sequence[Any]) -> list[Invited]:
    """Those whose unit is open, and whose inviter may still invite there."""
    now = datetime.now(UTC)
    units = by_ids(conn, {row.unit_id for row in rows})
    inviters = {one: officer(conn, one, now) for one in {row.invited_by for row in rows} if one is not None}
    found = []
    for number, name, role, unit_id, by, *rest in rows:
        where = units.get(unit_id)
        if where is None or not where.is_open:
            continue
        if by is None or inviters[by].may(Action.OFFICER_INVITE, where.path, now):
            found.append(Invited(number, name, Role(role), where, by, *rest))
    return found


def waiting(conn: sa.Connection, officer_id: int | None, now: datetime) -> list[Invited]:
    """Accepted invitations which this officer, or one they stand in for, has to confirm; None: the command line's."""
    if officer_id is None:
        mine: sa.ColumnElement[bool] = invitation.c.invited_by.is_(None)
    else:
        absent = sa.select(absence.c.officer_id).where(absence.c.deputy_id == officer_id, absence.c.until > now)
        mine = sa.or_(invitation.c.invited_by == officer_id, invitation.c.invited_by.in_(absent))
    open_ = _ROW.where(mine, invitation.c.accepted_at.is_not(None), invitation.c.expires_at > now)
    return _holding(conn, conn.execute(open_.order_by(invitation.c.id)).all())


# ---- acting


def invite(conn: sa.Connection, invites: Sequence[Invite]) -> list[int]:
    """Keeps invitations; returns their numbers. Raises OfficerError."""
    now, lines, made = datetime.now(UTC), [], []
    for one in invites:
        where = by_id(conn, one.unit_id)
        if where is None or not where.is_open:
            raise OfficerError("The unit is closed or unknown; choose another.")
        require(conn, one.by, Action.OFFICER_INVITE, where.path, now)
        row = {
            "id": one.id or ids.next(),
            "token_digest": one.token,
            "name": checked_name(one.name),
            "role": one.role.value,
            "unit_id": one.unit_id,
            "invited_by": one.by,
            "made_at": now,
            "expires_at": now + LASTS,
        }
        conn.execute(sa.insert(invitation), [row])
        made.append(int(row["id"]))  # type: ignore[call-overload]
        lines.append(Line(one.by, "officer.invite", "invitation", made[-1], one.unit_id, {"role": one.role.value}))
    audit.record(conn, lines)
    return made


def bind(conn: sa.Connection, openings: Sequence[Opening]) -> None:
    """Binds invitations to the first chat that opens them. Raises OfficerError for the second."""
    now, lines = datetime.now(UTC), []
    for one in openings:
        found = _expected(conn, one.invitation, now)
        if found.by is not None and found.by == one.member:
            raise OfficerError("Nobody appoints themselves; another administrator can invite you.")
        if found.opener == one.chat:
            continue
        free = sa.update(invitation).where(invitation.c.id == found.id, invitation.c.opener_digest.is_(None))
        taken = {"opener": one.chat, "opener_digest": one.chat, "opened_at": now}
        if not conn.execute(free.values(taken)).rowcount:
            raise OfficerError("This invitation was opened by somebody else.")
        lines.append(Line(one.member, "officer.open", "invitation", found.id, found.unit.id))
    audit.record(conn, lines)


def accept(conn: sa.Connection, acceptances: Sequence[Acceptance]) -> None:
    """The first opener accepts. Raises OfficerError for anybody else."""
    now, lines = datetime.now(UTC), []
    for one in acceptances:
        found = _expected(conn, one.invitation, now)
        if found.opener != one.chat:
            raise OfficerError("This invitation was opened by somebody else.")
        values = {"called": checked_name(one.called), "accepted_at": now, "expires_at": now + LASTS}
        conn.execute(sa.update(invitation).where(invitation.c.id == found.id).values(values))
        lines.append(Line(_member_of(conn, one.chat), "officer.accept", "invitation", found.id, found.unit.id))
    audit.record(conn, lines)


def decline(conn: sa.Connection, openings: Sequence[Opening]) -> None:
    """The first opener says no; the invitation ends."""
    now, lines = datetime.now(UTC), []
    for one in openings:
        found = _expected(conn, one.invitation, now)
        if found.opener != one.chat:
            raise OfficerError("This invitation was opened by somebody else.")
        lines.append(_ended(conn, found, one.member, "officer.decline"))
    audit.record(conn, lines)


def confirm(conn: sa.Connection, decisions: Sequence[Decision]) -> None:
    """Who accepted becomes an officer, and a member if they were none. Raises OfficerError."""
    now, lines = datetime.now(UTC), []
    for one in decisions:
        found = _decidable(conn, one, now)
        if found.opener is None or found.accepted_at is None:
            raise OfficerError("This invitation was not accepted yet.")
        line = _ended(conn, found, one.by, "officer.confirm")
        who = _member_of(conn, found.opener) or _become_member(conn, found, now)
        if who == one.by:
            raise OfficerError("Nobody appoints themselves; another administrator can invite you.")
        _grant(conn, found, who, one.by, now)
        lines.append(line._replace(subject="member", subject_id=who))
    audit.record(conn, lines)


def refuse(conn: sa.Connection, decisions: Sequence[Decision]) -> None:
    """The inviter does not confirm, or takes the invitation back."""
    now = datetime.now(UTC)
    audit.record(conn, [_ended(conn, _decidable(conn, one, now), one.by, "officer.refuse") for one in decisions])


def forget(conn: sa.Connection, before: datetime) -> int:
    """Deletes invitations that have expired before a moment; returns how many."""
    return int(conn.execute(sa.delete(invitation).where(invitation.c.expires_at < before)).rowcount)


def _expected(conn: sa.Connection, invitation_id: int, now: datetime) -> Invited:
    found = by_number(conn, invitation_id, now)
    if found is None:
        raise OfficerError("This invitation holds no longer.")
    return found


def _decidable(conn: sa.Connection, one: Decision, now: datetime) -> Invited:
    """The invitation, if it is this officer's to decide: the inviter's, or their deputy's."""
    found = _expected(conn, one.invitation, now)
    if one.by is not None and found.id not in {mine.id for mine in waiting(conn, one.by, now)}:
        raise NotAllowed
    require(conn, one.by, Action.OFFICER_INVITE, found.unit.path, now)
    return found


def _ended(conn: sa.Connection, found: Invited, actor: int | None, action: str) -> Line:
    """Whoever deletes the row decides: of two at once, the second finds none."""
    if not conn.execute(sa.delete(invitation).where(invitation.c.id == found.id)).rowcount:
        raise OfficerError("This invitation holds no longer.")
    return Line(actor, action, "invitation", found.id, found.unit.id, {"role": found.role.value})


def _member_of(conn: sa.Connection, chat: str) -> int | None:
    return conn.execute(sa.select(contact.c.member_id).where(contact.c.key_digest == chat)).scalar_one_or_none()


def _become_member(conn: sa.Connection, found: Invited, now: datetime) -> int:
    """An officer need not be a member of a unit: the row only says who holds the role."""
    who, chat = ids.next(), str(found.opener)
    spoken = contacts.languages(conn, [chat]).get(chat, "vi")
    row = {"id": who, "name": found.called, "language": spoken, "created_at": now, "joined_at": now}
    conn.execute(sa.insert(member), [row | {"sex": "", "topics": "[]", "consent": ""}])
    contacts.belong(conn, [Belonging(chat, who)])
    return who


def _grant(conn: sa.Connection, found: Invited, who: int, by: int | None, now: datetime) -> None:
    held = sa.select(role_grant.c.id).where(
        role_grant.c.officer_id == who,
        role_grant.c.role == found.role.value,
        role_grant.c.unit_id == found.unit.id,
        role_grant.c.revoked_at.is_(None),
    )
    if conn.execute(held).first() is None:
        row = {"officer_id": who, "role": found.role.value, "unit_id": found.unit.id, "granted_by": by}
        conn.execute(sa.insert(role_grant), [row | {"id": ids.next(), "granted_at": now}])


def inviter_of(conn: sa.Connection, found: Invited, now: datetime) -> list[int]:
    """Who can confirm: the inviter, and while they are absent their deputy. Empty for the command line's."""
    if found.by is None:
        return []
    deputy = sa.select(absence.c.deputy_id).where(absence.c.officer_id == found.by, absence.c.until > now)
    stands_in = conn.execute(deputy).scalar_one_or_none()
    return [one for one in (found.by, stands_in) if one is not None and officer(conn, one, now).held]

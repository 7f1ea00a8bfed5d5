"""Who may do what, decided in one place: a pure function over one table.

An officer holds a role on a unit. What is acted on lies at a unit, too; where that unit stands as seen from the
officer's decides, with the role and the action. What belongs to the union as a whole, as the answers do, lies at WHOLE.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

WHOLE = ""
"""The path of what belongs to no single unit: a unit at the top of the tree stands level with it."""


class Role(StrEnum):
    """What an officer was appointed to; stored by value."""

    AUTHOR = "author"
    SPEAKER = "speaker"
    CASE_OFFICER = "case_officer"
    CURATOR = "curator"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"


class Relation(StrEnum):
    """Where a unit stands as seen from the officer's."""

    SAME = "same"
    BELOW = "below"
    ABOVE = "above"
    OTHER = "other branch"


class Action(StrEnum):
    """What can be allowed. The unit that counts is named where it is not simply the thing's own."""

    BULLETIN_READ = "bulletin.read"  # drafts, and whom a bulletin reached
    BULLETIN_WRITE = "bulletin.write"  # for members of that unit and below
    BULLETIN_APPROVE = "bulletin.approve"
    BULLETIN_STEER = "bulletin.steer"  # pause, resume, cancel, recall
    CASE_LIST = "case.list"  # that there are cases, their state and deadlines; nothing of what they say
    CASE_READ = "case.read"  # the unit where the case lies: the member's, or the one above it was handed to
    CASE_ANSWER = "case.answer"  # as above; also assign, hand over, close
    KNOWLEDGE_GAPS = "knowledge.gaps"  # questions nobody could answer; at WHOLE, as all of knowledge
    KNOWLEDGE_EDIT = "knowledge.edit"
    KNOWLEDGE_REVIEW = "knowledge.review"
    KNOWLEDGE_PUBLISH = "knowledge.publish"
    MEMBER_READ = "member.read"  # names, phones, cards
    MEMBER_IMPORT = "member.import"
    FIGURES_READ = "figures.read"  # counts, never below five persons
    UNIT_CREATE = "unit.create"  # the unit below which the new one stands
    UNIT_CHANGE = "unit.change"  # name, place, closing
    UNIT_AMEND = "unit.amend"  # headcount, contact, sector
    OFFICER_READ = "officer.read"
    OFFICER_INVITE = "officer.invite"
    OFFICER_REMOVE = "officer.remove"
    EXPORT_FIGURES = "export.figures"
    EXPORT_CASES = "export.cases"
    EXPORT_MEMBERS = "export.members"
    AUDIT_READ = "audit.read"


class Grant(NamedTuple):
    """A role on a unit. `until`: it ends then, as a deputy's does; None: it holds until it is taken away."""

    role: Role
    path: str
    until: datetime | None = None


_SAME = frozenset({Relation.SAME})
_DOWN = frozenset({Relation.SAME, Relation.BELOW})
_BELOW = frozenset({Relation.BELOW})
_UP = frozenset({Relation.SAME, Relation.ABOVE})

TABLE: dict[Role, dict[Action, frozenset[Relation]]] = {
    Role.AUTHOR: {
        Action.BULLETIN_READ: _DOWN,
        Action.BULLETIN_WRITE: _DOWN,
    },
    Role.SPEAKER: {
        Action.BULLETIN_READ: _DOWN,
        Action.BULLETIN_APPROVE: _DOWN,
        Action.BULLETIN_STEER: _DOWN,
        Action.FIGURES_READ: _DOWN,
    },
    Role.CASE_OFFICER: {
        Action.CASE_LIST: _DOWN,
        Action.CASE_READ: _SAME,
        Action.CASE_ANSWER: _SAME,
        Action.EXPORT_CASES: _SAME,
    },
    Role.CURATOR: {
        Action.KNOWLEDGE_GAPS: _UP,
        Action.KNOWLEDGE_EDIT: _UP,
        Action.KNOWLEDGE_REVIEW: _SAME,
        Action.KNOWLEDGE_PUBLISH: _SAME,
    },
    Role.ANALYST: {
        Action.FIGURES_READ: _DOWN,
        Action.EXPORT_FIGURES: _DOWN,
    },
    Role.ADMINISTRATOR: {
        Action.MEMBER_READ: _DOWN,
        Action.MEMBER_IMPORT: _DOWN,
        Action.FIGURES_READ: _DOWN,
        Action.UNIT_CREATE: _DOWN,
        Action.UNIT_CHANGE: _BELOW,
        Action.UNIT_AMEND: _DOWN,
        Action.OFFICER_READ: _DOWN,
        Action.OFFICER_INVITE: _DOWN,
        Action.OFFICER_REMOVE: _DOWN,
        Action.EXPORT_FIGURES: _DOWN,
        Action.EXPORT_MEMBERS: _DOWN,
        Action.AUDIT_READ: _DOWN,
    },
}
"""Everything that is allowed; what does not stand here is not. No action on another branch ever is."""

NONE: frozenset[Relation] = frozenset()


def may(grants: Iterable[Grant], action: Action, path: str, now: datetime) -> bool:
    """Whether an officer with these grants may do this to what lies at the unit of this path, or at WHOLE."""
    return any(
        (grant.until is None or now < grant.until) and relation(grant.path, path) in TABLE[grant.role].get(action, NONE)
        for grant in grants
    )


def relation(own: str, other: str) -> Relation:
    """Where `other` stands as seen from `own`, both paths as in `unit.path`: "1/k3/9f/"."""
    if other == own or (other == WHOLE and own.count("/") == 1):
        return Relation.SAME
    if other.startswith(own):
        return Relation.BELOW
    return Relation.ABOVE if own.startswith(other) else Relation.OTHER

"""What is known about the person who asks: to read in the chat, and as data to take along."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from nhipcau.clock import VIETNAM
from nhipcau.handlers import kept_payslips
from nhipcau.handlers.i18n import _, translated
from nhipcau.handlers.officer_words import channel_name, reads, role_name
from nhipcau.handlers.talk import Talk
from nhipcau.knowledge import desk
from nhipcau.knowledge.calc.words import N_
from nhipcau.union import consent, contacts, members, officers, units
from nhipcau.union.consent import Entry
from nhipcau.union.contacts import Contact
from nhipcau.union.members import Member
from nhipcau.union.officers import Held
from nhipcau.union.units import Unit

TOPICS = {
    "wages": N_("wages and working hours"),
    "insurance": N_("insurance"),
    "safety": N_("safety and health at work"),
    "welfare": N_("care and welfare"),
    "training": N_("training and courses"),
    "culture": N_("culture and sports"),
    "union-news": N_("news of the union"),
}
SEXES = {"f": N_("female"), "m": N_("male")}


class Known(NamedTuple):
    """All that is kept of a person. `chats`: their channels; without a member only the one they write on."""

    member: Member | None
    unit: Unit | None
    chats: Sequence[Contact]
    roles: Sequence[Held]
    consents: Sequence[Entry]
    payslips: Sequence[kept_payslips.Kept]
    wishes: int  # replies of an officer that are waited for


async def known(talk: Talk) -> Known:
    """Reads it. Audited nowhere: it is the person's own."""
    found = await reads(talk, lambda conn: _of_member(conn, talk))
    payslips: list[kept_payslips.Kept] = []
    async with talk.services.store.read() as conn:
        for chat in found.chats:
            payslips += await kept_payslips.fetch(conn, chat.key)
    return found._replace(payslips=payslips)


def _of_member(conn: sa.Connection, talk: Talk) -> Known:
    who = talk.contact.member
    member = members.by_id(conn, who) if who is not None else None
    chats = contacts.of_member(conn, member.id) if member else [talk.contact]
    wishes = desk.count_wishes(conn, [contacts.address(one.key) for one in chats])
    if member is None:
        return Known(None, None, chats, (), (), (), wishes)
    unit = units.by_id(conn, member.unit_id) if member.unit_id is not None else None
    held = officers.officer(conn, member.id, talk.now).held
    return Known(member, unit, chats, held, consent.history(conn, member.id), (), wishes)


# ---- to read


def told(talk: Talk, found: Known) -> str:
    """As lines of the chat."""
    lines = [f"{label}: {value}" for label, value in _lines(talk, found) if value]
    return "\n".join(f"- {line}" for line in lines)


def _lines(talk: Talk, found: Known) -> list[tuple[str, str]]:
    chats = ", ".join(dict.fromkeys(channel_name(one.key) for one in found.chats))
    return [
        *(_person(found.member, found.unit) if found.member else []),
        (_("Roles in the union"), "; ".join(f"{role_name(one.role)} ({one.unit})" for one in found.roles)),
        (_("Chats"), chats),
        (_("Language"), {"vi": "Tiếng Việt", "en": "English"}.get(talk.contact.language, "")),
        (_("Checked payslips kept"), str(len(found.payslips) or "")),
        (_("Replies of an officer waited for"), str(found.wishes or "")),
        (_("Messages in this chat"), _("deleted after {days} days").format(days=talk.services.union.keep_days)),
    ]


def _person(member: Member, unit: Unit | None) -> list[tuple[str, str]]:
    given = _("version {version}").format(version=member.consent) if member.consent else _("none, or withdrawn")
    return [
        (_("Name"), member.name or _("not told")),
        (_("Unit"), unit.name if unit else _("without a unit")),
        (_("Sex"), translated(SEXES[member.sex]) if member.sex in SEXES else ""),
        (_("Year of birth"), str(member.birth_year or "")),
        (_("Phone"), member.phone or ""),
        (_("Member's card"), member.card or ""),
        (_("Consent"), given),
        (_("Bulletins"), bulletins_of(member)),
    ]


def bulletins_of(member: Member) -> str:
    """Whether and how bulletins come."""
    if member.stopped_at or not member.consent:
        return _("stopped")
    unwanted = ", ".join(translated(TOPICS[one]) for one in members.TOPICS if one in member.unwanted)
    parts = [_("on"), _("not about: {topics}").format(topics=unwanted) if unwanted else "", quiet_of(member)]
    return "; ".join(part for part in parts if part)


def quiet_of(member: Member) -> str:
    if member.quiet_from is None or member.quiet_to is None:
        return ""
    return _("quiet from {start} to {end}").format(start=clock_time(member.quiet_from), end=clock_time(member.quiet_to))


def clock_time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


# ---- to take along


def as_data(talk: Talk, found: Known) -> dict[str, Any]:
    """All of it, by names that a program can read."""
    member = found.member
    return {
        "made_at": _when(talk.now),
        "kept_by": talk.services.union.name,
        "member": _member_data(member, found.unit) if member else None,
        "chats": [
            {"address": one.key, "language": one.language, "last_message": _when(one.heard_at)} for one in found.chats
        ],
        "roles": [{"role": one.role.value, "unit": one.unit} for one in found.roles],
        "consents": [one._asdict() | {"at": _when(one.at)} for one in found.consents],
        "kept_payslips": [{"kept_at": _when(one.kept_at), "report": one.report} for one in found.payslips],
        "replies_waited_for": found.wishes,
    }


def _member_data(member: Member, unit: Unit | None) -> dict[str, Any]:
    quiet = [clock_time(one) for one in (member.quiet_from, member.quiet_to) if one is not None]
    return {
        **{name: getattr(member, name) for name in _PLAIN},
        "unit": {"code": unit.code, "name": unit.name} if unit else None,
        "from_a_list": member.import_id is not None,
        "unwanted_topics": sorted(member.unwanted),
        "quiet_hours": quiet,
        "bulletins_stopped_at": _when(member.stopped_at),
        "joined_at": _when(member.joined_at),
        "known_since": _when(member.created_at),
    }


_PLAIN = ("name", "phone", "card", "sex", "birth_year", "language", "consent")


def _when(at: datetime | None) -> str | None:
    return at.astimezone(VIETNAM).isoformat(timespec="seconds") if at else None

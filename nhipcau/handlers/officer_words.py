"""What the officers' conversations share: who is talking, the names of roles, letters to other people."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import msgspec
import sqlalchemy as sa

from nhipcau.channels.message import Button, Outgoing
from nhipcau.clock import VIETNAM
from nhipcau.handlers.i18n import _, language, translated
from nhipcau.handlers.talk import NotAnswered, Talk
from nhipcau.knowledge.calc.words import N_
from nhipcau.store import outbox
from nhipcau.union import contacts, invitations, officers
from nhipcau.union.contacts import Contact
from nhipcau.union.officers import Listed, Officer, OfficerError
from nhipcau.union.permissions import Role

T = TypeVar("T")

ROLES = {
    Role.AUTHOR: N_("writes bulletins"),
    Role.SPEAKER: N_("approves bulletins"),
    Role.CASE_OFFICER: N_("answers members' cases"),
    Role.CURATOR: N_("keeps the answers right"),
    Role.ANALYST: N_("reads figures"),
    Role.ADMINISTRATOR: N_("administers"),
}

CHANNELS = {"telegram": "Telegram", "zalo_oa": "Zalo", "zalo_bot": "Zalo Bot", "web": "web"}


async def reads(talk: Talk, job: Callable[[sa.Connection], T]) -> T:
    """What a plain function of the union reads."""
    async with talk.services.store.read() as conn:
        return await conn.run_sync(job)


async def me(talk: Talk) -> Officer:
    """Who is talking, with the roles held at this moment. In a group nobody is an officer: others would read along."""
    if talk.event.group or talk.contact.member is None:
        return Officer(0, ())
    return await reads(talk, lambda conn: officers.officer(conn, talk.contact.member, talk.now))


async def is_officer(talk: Talk) -> bool:
    return bool((await me(talk)).held)


def role_name(role: Role) -> str:
    return translated(ROLES[role])


def listed(one: Listed) -> str:
    """An officer as colleagues see them."""
    name = one.name or _("without a name")
    return f"{name}: {role_name(one.held.role)}"


def named(text: str) -> None:
    """Raises NotAnswered for what is no name."""
    try:
        invitations.checked_name(text)
    except OfficerError as error:
        raise NotAnswered(_("A name has 2 to 80 letters.")) from error


def channel_name(chat: str) -> str:
    """Of a chat's key, as people call it."""
    name = chat.partition(":")[0]
    return CHANNELS.get(name, name)


def moment(at: datetime) -> str:
    return at.astimezone(VIETNAM).strftime("%H:%M %d/%m/%Y")


def write_to(talk: Talk, there: Contact, text: Callable[[], str], *buttons: Button) -> None:
    """A message to somebody else, in their language; sent when this turn is kept."""
    mine = language.get()
    language.set(there.language)
    message = Outgoing(text=text(), buttons=tuple((one,) for one in buttons))
    language.set(mine)
    talk.change(outbox.insert, outbox.Draft(*contacts.address(there.key), msgspec.json.encode(message)))


def officer_row() -> list[list[Button]]:
    """The way to the officer's page."""
    return [[Button(label=_("Officer's page"), payload="officer")]]

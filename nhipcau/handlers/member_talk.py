"""What the members' conversations share: who is talking, and the way to what is known about them."""

from nhipcau.channels.message import Button
from nhipcau.handlers.i18n import _
from nhipcau.handlers.officer_words import reads
from nhipcau.handlers.router import Handler, menu_row
from nhipcau.handlers.talk import Talk
from nhipcau.union import members, units
from nhipcau.union.members import Correction, Member
from nhipcau.union.units import Unit


async def mine(talk: Talk) -> Member | None:
    """Who is talking, as kept; None for somebody of whom only the chat is known."""
    who = talk.contact.member
    return None if who is None else await reads(talk, lambda conn: members.by_id(conn, who))


async def unit_of(talk: Talk, unit_id: int | None) -> Unit | None:
    return None if unit_id is None else await reads(talk, lambda conn: units.by_id(conn, unit_id))


def alone(handler: Handler) -> Handler:
    """For what concerns one person: in a group others would read along."""

    async def guarded(talk: Talk) -> None:
        if talk.event.group:
            return talk.say(_("This is only for you: please write to me alone, not in a group."))
        return await handler(talk)

    return guarded


def correct(talk: Talk, member: Member, **values: object) -> None:
    """An effect: new values of what is kept of the member."""
    talk.change(members.correct, Correction(member.id, values))


def me_button() -> Button:
    return Button(label=_("My information"), payload="me")


def door(talk: Talk) -> Button:
    """The menu's button: into one's union, or to what is known."""
    return Button(label=_("Join my union"), payload="join") if talk.contact.member is None else me_button()


def me_row() -> list[list[Button]]:
    """The ways on, under messages that end something."""
    return [[me_button()], *menu_row()]

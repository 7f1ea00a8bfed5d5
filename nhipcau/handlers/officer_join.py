"""Somebody opens an officer's invitation and accepts it; the inviter then confirms."""

from datetime import UTC, datetime

from nhipcau.channels.message import Button
from nhipcau.handlers.i18n import _, translated
from nhipcau.handlers.officer_words import channel_name, named, reads, role_name, write_to
from nhipcau.handlers.router import menu_row
from nhipcau.handlers.talk import Talk, begin, conversation
from nhipcau.knowledge.calc.words import N_
from nhipcau.union import contacts, invitations
from nhipcau.union.invitations import PREFIX, Acceptance, Invited, Opening


def is_invitation(talk: Talk) -> bool:
    """Whether a start's parameter is an officer's invitation."""
    return _parameter(talk).startswith(PREFIX)


def _parameter(talk: Talk) -> str:
    """Of the link; or typed behind /start, where a channel leaves that as text."""
    return talk.event.payload or talk.event.text.strip().partition(" ")[2].strip()


async def opened(talk: Talk) -> None:
    """Binds the invitation to this chat, if it is the first, and asks."""
    token = _parameter(talk).removeprefix(PREFIX)
    found = await reads(talk, lambda conn: invitations.by_token(conn, token, datetime.now(UTC)))
    if found is None or found.accepted_at is not None or talk.event.group:
        return talk.say(_gone(), menu_row())
    if found.opener not in (None, talk.event.key):
        return talk.say(
            _("This invitation was opened by somebody else first. Please tell who invited you."), menu_row()
        )
    if found.by is not None and found.by == talk.contact.member:
        return talk.say(_("Nobody appoints themselves; another administrator can invite you."), menu_row())
    if found.opener is None:
        talk.change(invitations.bind, Opening(found.id, talk.event.key, talk.contact.member))
    return await begin(talk, "officer-join", invitation=str(found.id))


@conversation("officer-join")
async def join(talk: Talk) -> None:
    number = int(talk.context["invitation"])
    found = await reads(talk, lambda conn: invitations.by_number(conn, number, datetime.now(UTC)))
    if found is None or found.opener not in (None, talk.event.key):
        return talk.say(_gone(), menu_row())
    asked = _(
        "You are invited to be a union officer: {role}, {unit}. If you accept, your name and this chat's address are "
        "kept as long as you hold the role, and what you do as an officer is recorded. Do you accept?"
    )
    if not await talk.confirm("accept", asked.format(role=role_name(found.role), unit=found.unit.name)):
        talk.change(invitations.decline, Opening(number, talk.event.key, talk.contact.member))
        return talk.say(_("The invitation has ended. Nothing of yours was kept."), menu_row())
    called = await talk.value("name", _("Please type your full name, so that the inviter knows it is you."), named)
    talk.change(invitations.accept, Acceptance(number, talk.event.key, called))
    await _tell_inviter(talk, found, " ".join(called.split()))
    return talk.say(_("Thank you. The inviter will confirm; then I will write to you here."), menu_row())


def _gone() -> str:
    return _("This invitation does not hold any more. Please ask for a new one.")


async def _tell_inviter(talk: Talk, found: Invited, called: str) -> None:
    """Nobody to tell where the command line invited: `nhipcau officers confirm` shows it."""
    text = N_("{name} ({channel}) accepted your invitation: {role}, {unit}. Please confirm.")

    def told() -> str:
        channel, role = channel_name(talk.event.key), role_name(found.role)
        return translated(text).format(name=called, channel=channel, role=role, unit=found.unit.name)

    for inviter in await reads(talk, lambda conn: invitations.inviter_of(conn, found, talk.now)):
        there = await reads(talk, lambda conn, inviter=inviter: contacts.newest_of(conn, inviter))  # type: ignore[misc]
        if there is not None:
            write_to(talk, there, told, Button(label="/officer", payload="officer"))

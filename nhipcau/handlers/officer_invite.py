"""An administrator invites an officer: role, unit, name; then confirms who accepted."""

from collections.abc import Sequence

from nhipcau.channels.message import Button
from nhipcau.handlers.answer_text import tag, untag
from nhipcau.handlers.i18n import _
from nhipcau.handlers.officer_units import ask_unit
from nhipcau.handlers.officer_words import (
    ROLES,
    channel_name,
    me,
    moment,
    named,
    officer_row,
    reads,
    role_name,
    write_to,
)
from nhipcau.handlers.router import old_button
from nhipcau.handlers.talk import Option, Talk, begin, conversation
from nhipcau.union import audit, contacts, invitations
from nhipcau.union.audit import Line
from nhipcau.union.contacts import Contact
from nhipcau.union.invitations import PREFIX, Decision, Invite, Invited
from nhipcau.union.permissions import Action, Role


async def command(talk: Talk) -> None:
    await begin(talk, "officer-invite")


@conversation("officer-invite")
async def invite(talk: Talk) -> None:
    officer = await me(talk)
    if not any(officer.may(Action.OFFICER_INVITE, one.path, talk.now) for one in officer.held):
        return talk.say(_("Your role does not allow this, or no longer does."))
    roles = [Option(role.value, role_name(role)) for role in ROLES]
    role = Role(await talk.choose("role", _("What shall the new officer do?"), roles))
    unit = await ask_unit(talk, officer, Action.OFFICER_INVITE, _("For which unit, with all below it?"))
    if unit is None:
        return talk.say(_("No unit was chosen."), officer_row())
    name = await talk.value("name", _("What is the new officer's name?"), named)
    asked = _("Invite {name}: {role}, {unit}?").format(name=name, role=role_name(role), unit=unit.name)
    if not await talk.confirm("sure", asked):
        return talk.say(_("Nobody was invited."), officer_row())
    token = invitations.new_token()
    talk.change(invitations.invite, Invite(token, name, role, unit.id, officer.id))
    return _links(talk, token, name)


def _links(talk: Talk, token: str, name: str) -> None:
    """What is to be passed on stands in a message of its own."""
    parameter = PREFIX + token
    typed = _("Or write to the union's bot: {text}").format(text=f"/start {parameter}")
    talk.say("\n".join([_("You are invited to be a union officer:"), *talk.services.links(parameter), typed]))
    text = _(
        "Pass the message above on to {name} alone. It works once, within 72 hours. "
        "When it was accepted I tell you, and you confirm who it is."
    )
    talk.say(text.format(name=name), officer_row())


async def look(talk: Talk, arguments: Sequence[str]) -> None:
    """Who accepted, before it is confirmed."""
    found = await _mine(talk, arguments)
    if found is None:
        return await old_button(talk, ())
    text = _("You invited: {invited}\nAccepted by: {called}, over {channel}, at {moment}\nRole: {role}\nUnit: {unit}")
    told = text.format(
        invited=found.name,
        called=found.called,
        channel=channel_name(found.opener or ""),
        moment=moment(found.accepted_at or talk.now),
        role=role_name(found.role),
        unit=found.unit.name,
    )
    talk.change(audit.record, Line(talk.contact.member, "invitation.read", "invitation", found.id, found.unit.id))
    advice = _("If you are not sure, ask the person by phone before you confirm.")
    yes = Button(label=_("It is this person"), payload=f"of-yes:{tag(found.id)}")
    no = Button(label=_("I do not know them"), payload=f"of-no:{tag(found.id)}")
    return talk.say(f"{told}\n\n{advice}", [[yes, no], *officer_row()])


async def confirm(talk: Talk, arguments: Sequence[str]) -> None:
    """It is the right person: the role is held from now on."""
    found = await _mine(talk, arguments)
    if found is None:
        return await old_button(talk, ())
    there = await _opener(talk, found)
    if there.member is not None and there.member == talk.contact.member:
        return talk.say(_("Nobody appoints themselves; another administrator can invite you."), officer_row())
    talk.change(invitations.confirm, Decision(found.id, talk.contact.member))
    write_to(
        talk,
        there,
        lambda: _("You are now a union officer: {role}, {unit}.").format(
            role=role_name(found.role), unit=found.unit.name
        ),
        Button(label="/officer", payload="officer"),
    )
    return talk.say(_("{name} is an officer now.").format(name=found.called), officer_row())


async def refuse(talk: Talk, arguments: Sequence[str]) -> None:
    """The wrong person, or a change of mind."""
    found = await _mine(talk, arguments)
    if found is None:
        return await old_button(talk, ())
    talk.change(invitations.refuse, Decision(found.id, talk.contact.member))
    write_to(
        talk, await _opener(talk, found), lambda: _("The invitation was not confirmed. Please ask who invited you.")
    )
    return talk.say(_("Not confirmed; the link works no longer."), officer_row())


async def _mine(talk: Talk, arguments: Sequence[str]) -> Invited | None:
    officer = await me(talk)
    wanted = untag(arguments[0]) if arguments else 0
    found = await reads(talk, lambda conn: invitations.waiting(conn, officer.id, talk.now)) if officer.held else []
    return next((one for one in found if one.id == wanted), None)


async def _opener(talk: Talk, found: Invited) -> Contact:
    chat = found.opener or ""
    async with talk.services.store.read() as conn:
        return (await contacts.fetch(conn, [chat])).get(chat) or Contact(chat, "vi")

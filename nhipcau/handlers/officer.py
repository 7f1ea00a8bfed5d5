"""An officer's page: the roles held, what waits, and what can be done from here."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from nhipcau.channels.message import Button
from nhipcau.clock import VIETNAM
from nhipcau.handlers.answer_text import tag, vietnamese_date
from nhipcau.handlers.i18n import _
from nhipcau.handlers.officer_words import channel_name, me, reads, role_name
from nhipcau.handlers.talk import Talk
from nhipcau.knowledge import desk, revisions
from nhipcau.union import absences, audit, invitations
from nhipcau.union.audit import Line
from nhipcau.union.officers import Held, Officer
from nhipcau.union.permissions import WHOLE, Action

RECENT = timedelta(days=30)
BUTTONS = 3  # of what waits; the rest is named in the text
SHOWN = 10  # roles, and things of one kind that wait


class Item(NamedTuple):
    """One thing that waits for an officer; `button` opens it, where it can be opened here."""

    text: str
    button: Button | None = None


async def home(talk: Talk) -> None:
    """/officer, /canbo."""
    officer = await me(talk)
    items = [item for waiting in WAITING for item in await waiting(talk, officer)]
    parts = [_("You are an officer:") + "\n" + _roles(officer), _waits(items)]
    away = await reads(talk, lambda conn: absences.of(conn, officer.id, talk.now))
    if away is not None:
        parts.append(_("You are away until {day}.").format(day=_day(away.until)))
    buttons = [item.button for item in items if item.button][:BUTTONS]
    talk.say("\n\n".join(parts), [*([one] for one in buttons), _doors(officer, talk)])


async def _invitations(talk: Talk, officer: Officer) -> Sequence[Item]:
    found = await reads(talk, lambda conn: invitations.waiting(conn, officer.id, talk.now))
    found = found[:SHOWN]
    for one in found:
        talk.change(audit.record, Line(officer.id, "invitation.read", "invitation", one.id, one.unit.id))
    text = _("{name} ({channel}) accepted your invitation: {role}, {unit}. Please confirm.")
    return [
        Item(
            text.format(
                name=one.called, channel=channel_name(one.opener or ""), role=role_name(one.role), unit=one.unit.name
            ),
            Button(label=_("Look: {name}").format(name=one.called), payload=f"of-see:{tag(one.id)}"),
        )
        for one in found
    ]


async def _knowledge(talk: Talk, officer: Officer) -> Sequence[Item]:
    items = []
    if officer.may(Action.KNOWLEDGE_REVIEW, WHOLE, talk.now):
        drafts = await reads(talk, revisions.count_drafts)
        if drafts.drafts:
            items.append(Item(_("Changed answers to review: {n}").format(n=drafts.drafts)))
        if drafts.reviewed:
            items.append(Item(_("Changed answers to publish: {n}").format(n=drafts.reviewed)))
    if officer.may(Action.KNOWLEDGE_GAPS, WHOLE, talk.now):
        since = talk.services.today() - RECENT
        gaps = await reads(talk, lambda conn: desk.count_gaps(conn, since))
        if gaps.waiting:
            items.append(Item(_("Members who wait for a reply: {n}").format(n=gaps.waiting)))
        if gaps.open:
            items.append(Item(_("Questions of the last 30 days without a good answer: {n}").format(n=gaps.open)))
    return items


Waiting = Callable[[Talk, Officer], Awaitable[Sequence[Item]]]
WAITING: list[Waiting] = [_invitations, _knowledge]
"""Each room adds what waits there."""


def _roles(officer: Officer) -> str:
    lines = [_held(one) for one in officer.held[:SHOWN]]
    more = len(officer.held) - len(lines)
    return "\n".join([*lines, _("… and {n} more.").format(n=more)] if more else lines)


def _held(one: Held) -> str:
    line = f"- {one.unit}: {role_name(one.role)}"
    if one.until is None:
        return line
    standing_in = _("standing in until {day}").format(day=_day(one.until))
    return f"{line} ({standing_in})"


def _waits(items: Sequence[Item]) -> str:
    if not items:
        return _("Nothing waits for you.")
    return "\n".join([_("Waiting for you:"), *(f"- {item.text}" for item in items)])


def _doors(officer: Officer, talk: Talk) -> list[Button]:
    away = Button(label=_("I am away"), payload="officer-away")
    if not any(officer.may(Action.OFFICER_INVITE, one.path, talk.now) for one in officer.held):
        return [away]
    return [
        Button(label=_("Invite an officer"), payload="officer-invite"),
        Button(label=_("Remove an officer"), payload="officer-remove"),
        away,
    ]


def _day(until: datetime) -> str:
    """The last day of an absence, which ends at the midnight after it."""
    return vietnamese_date((until - timedelta(seconds=1)).astimezone(VIETNAM).date())

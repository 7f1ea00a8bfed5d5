"""Finds the conversation for a message, and turns what it did into one unit to commit."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from nhipcau.channels.contract import Limits
from nhipcau.channels.message import Button, Incoming, Kind, Outgoing
from nhipcau.handlers import session as sessions
from nhipcau.handlers.i18n import _, known, language
from nhipcau.handlers.services import Services
from nhipcau.handlers.session import Running, Session
from nhipcau.handlers.talk import Talk, conversations, resume, step, step_back
from nhipcau.handlers.words import BACK, CANCEL, MENU, number, word, yes_or_no
from nhipcau.knowledge.answer import Knowledge
from nhipcau.store.writer import Change
from nhipcau.union import contacts
from nhipcau.union.contacts import Contact

SILENCE = timedelta(minutes=30)

Handler = Callable[[Talk], Awaitable[None]]
TapHandler = Callable[[Talk, Sequence[str]], Awaitable[None]]


class Turn(NamedTuple):
    """What one message led to."""

    changes: list[Change]
    messages: list[Outgoing]
    language: str


class Router:
    """The table of what a bot understands. Filled by `handlers.all`; the same on every platform."""

    def __init__(self, services: Services) -> None:
        self.services = services  # each turn works with those it began with
        self.commands: dict[str, Handler] = {}
        self.taps: dict[str, TapHandler] = {}
        self.kinds: dict[Kind, Handler] = {}
        self.free_text: Handler
        self.is_question: Callable[[str], bool]

    def learn(self, knowledge: Knowledge) -> None:
        """From the next turn on this is what the bot knows."""
        self.services = self.services._replace(knowledge=knowledge)

    async def handle(
        self, event: Incoming, contact: Contact | None, session: Session | None, limits: Limits, now: datetime
    ) -> Turn:
        """The turn for one message of a chat. Raises whatever a handler raises: the caller apologises."""
        before = session or Session()
        talk = Talk(event, now, self.services, _met(event, contact), before)
        talk.running = _alive(before.running, now)
        language.set(talk.contact.language)
        if event.kind is not Kind.BLOCKED:
            await self._route(talk, _typed_number(event, before.offered))
        messages, offered = _present(talk.messages, limits, in_words=_in_words(talk))
        after = Session(running=talk.running, subject=talk.subject, offered=offered)
        changes = list(talk.changes)
        if talk.contact != contact:
            changes.append(Change(contacts.save, talk.contact))
        if after != before:
            changes.append(Change(sessions.save, (event.key, after)))
        return Turn(changes, messages, talk.contact.language)

    async def _route(self, talk: Talk, event: Incoming) -> None:
        talk.event = event
        typed = word(event.text) if event.kind is Kind.TEXT else event.payload
        if event.kind in (Kind.TEXT, Kind.TAP):
            if typed in MENU:
                return await self._leave_for(talk, self.commands["menu"])
            if typed in CANCEL:
                return await self._cancel(talk)
            if typed in BACK:
                return await self._back(talk)
        command = _command(event)
        if command in self.commands:
            return await self._leave_for(talk, self.commands[command])
        if event.kind is Kind.TAP and event.payload.startswith("again:"):
            return await self._tapped(talk, event)  # who sees the open question once more can still answer it
        if talk.running is not None and not self._leaves(talk.running, event):
            return await resume(talk, event)
        if event.kind is Kind.TAP and event.payload.startswith("c:"):
            return await _old_button(talk, ())  # of a conversation that ended; one that runs now goes on
        return await self._fresh(talk, event)

    async def _fresh(self, talk: Talk, event: Incoming) -> None:
        """A message outside any conversation."""
        talk.running = None
        if event.kind is Kind.TAP:
            return await self._tapped(talk, event)
        if event.kind in (Kind.TEXT, Kind.EDIT):
            return await self.free_text(talk)
        return await self.kinds.get(event.kind, self.kinds[Kind.OTHER])(talk)

    async def _tapped(self, talk: Talk, event: Incoming) -> None:
        name, *arguments = event.payload.split(":")
        await self.taps.get(name, _old_button)(talk, arguments)

    def _leaves(self, running: Running, event: Incoming) -> bool:
        """Whether this message is not for the running conversation: another button, a start, a new question."""
        if event.kind is Kind.TAP:
            return not event.payload.startswith(step(running))
        if event.kind in (Kind.TEXT, Kind.EDIT):
            return yes_or_no(event.text) is None and self.is_question(event.text)
        return event.kind in (Kind.START, Kind.RETURNED)

    async def _leave_for(self, talk: Talk, handler: Handler) -> None:
        talk.running = None
        await handler(talk)

    async def _cancel(self, talk: Talk) -> None:
        was_running = talk.running is not None
        talk.running = None
        done = _("Cancelled. You can ask anything at any time.")
        talk.say(done if was_running else _("There is nothing to cancel."), menu_row())

    async def _back(self, talk: Talk) -> None:
        await step_back(talk)
        if talk.running is None:
            await self.commands["menu"](talk)


def menu_row() -> list[list[Button]]:
    """The way home, under messages that end something."""
    return [[Button(label=_("Menu"), payload="menu")]]


async def _old_button(talk: Talk, _arguments: Sequence[str]) -> None:
    talk.say(_("This button is from an earlier message and no longer works. Please ask again."), menu_row())


def _met(event: Incoming, contact: Contact | None) -> Contact:
    contact = contact or Contact(event.key, known(event.language))
    reachable = event.kind is not Kind.BLOCKED
    return contact if contact.reachable is reachable else contact._replace(reachable=reachable)


def _alive(running: Running | None, now: datetime) -> Running | None:
    """The running conversation, unless the person was silent too long, or a release took it away."""
    known = running is not None and running.name in conversations
    return running if running and known and now - running.at <= SILENCE else None


def _typed_number(event: Incoming, offered: Sequence[str]) -> Incoming:
    """A number typed by hand is a tap on that button of the last message."""
    chosen = number(event.text) if event.kind is Kind.TEXT and offered else None
    if chosen is None or not 1 <= chosen <= len(offered):
        return event
    return msgspec.structs.replace(event, kind=Kind.TAP, payload=offered[chosen - 1])


def _command(event: Incoming) -> str:
    """The command's name: "/help" and "/help@bot words" are "help"."""
    if event.kind is Kind.START:
        return "start"
    if event.kind is Kind.TAP:
        return event.payload
    text = event.text.strip()
    return text[1:].split(maxsplit=1)[0].partition("@")[0].lower() if len(text) > 1 and text[0] == "/" else ""


def _present(messages: Sequence[Outgoing], limits: Limits, *, in_words: bool) -> tuple[list[Outgoing], tuple[str, ...]]:
    """The messages as this channel can show them, and what a typed number will mean afterwards."""
    write = _worded if in_words else _numbered
    shown = [write(message) if _count(message) > limits.buttons else message for message in messages]
    return shown, () if in_words else _payloads(messages)


def _in_words(talk: Talk) -> bool:
    """Whether a conversation waits for words of the person's own: then a number is such a word, not a choice."""
    choice = any(payload.startswith("c:") for payload in _payloads(talk.messages))
    return talk.running is not None and not choice


def _payloads(messages: Sequence[Outgoing]) -> tuple[str, ...]:
    """What the buttons of the last message carry."""
    return tuple(button.payload for row in messages[-1].buttons for button in row) if messages else ()


def _count(message: Outgoing) -> int:
    return sum(len(row) for row in message.buttons)


def _numbered(message: Outgoing) -> Outgoing:
    """Buttons as numbered lines, for channels that have none or too few."""
    lines = "\n".join(f"{place}. {label}" for place, label in enumerate(_labels(message), 1))
    return _unbuttoned(message, f"{lines}\n" + _("Type the number of your choice."))


def _worded(message: Outgoing) -> Outgoing:
    """The ways out of an open question as words to type."""
    return _unbuttoned(message, _("You can also type: {words}.").format(words=", ".join(_labels(message))))


def _labels(message: Outgoing) -> list[str]:
    return [button.label for row in message.buttons for button in row]


def _unbuttoned(message: Outgoing, more: str) -> Outgoing:
    return Outgoing(text=f"{message.text}\n\n{more}", media=message.media, silent=message.silent)

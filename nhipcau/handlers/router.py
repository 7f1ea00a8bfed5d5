"""Finds the conversation for a message, and turns what it did into one unit to commit."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from nhipcau.channels.contract import Limits
from nhipcau.channels.message import UNANSWERED, Button, Incoming, Kind, Outgoing
from nhipcau.handlers import session as sessions
from nhipcau.handlers.i18n import _, known, language
from nhipcau.handlers.presenting import missed, present, typed
from nhipcau.handlers.services import Services
from nhipcau.handlers.session import Running, Session
from nhipcau.handlers.talk import Talk, conversations, resume, step, step_back
from nhipcau.handlers.words import AGAIN, BACK, CANCEL, MENU, word, yes_or_no
from nhipcau.knowledge.answer import Knowledge
from nhipcau.store.writer import Change
from nhipcau.union import contacts
from nhipcau.union.contacts import Contact

SILENCE = timedelta(minutes=30)
HEARD_EVERY = timedelta(minutes=10)

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
        self.officers_commands: dict[str, Handler] = {}  # for anybody else these are no commands at all
        self.is_officer: Callable[[Talk], Awaitable[bool]]
        self.taps: dict[str, TapHandler] = {}
        self.kinds: dict[Kind, Handler] = {}
        self.free_text: Handler
        self.is_question: Callable[[str], bool]
        self.spoken: Callable[[str, bool], str]  # the command that a text without a slash is; in a conversation, or not
        self.afterwards: Handler  # what is added to an answer outside any conversation

    def learn(self, knowledge: Knowledge) -> None:
        """From the next turn on this is what the bot knows."""
        self.services = self.services._replace(knowledge=knowledge)

    async def handle(
        self, event: Incoming, contact: Contact | None, session: Session | None, limits: Limits, now: datetime
    ) -> Turn:
        """The turn for one message of a chat. Raises whatever a handler raises: the caller apologises."""
        if event.kind in UNANSWERED:
            return Turn([], [], contact.language if contact else known(event.language))
        before = session or Session()
        talk = Talk(event, now, self.services, _met(event, contact, now), before)
        talk.running = _alive(before.running, now)
        talk.asks_phone = limits.asks_phone
        language.set(talk.contact.language)
        if event.kind is not Kind.BLOCKED:
            await self._hear(talk, typed(event, before), missed(event, before, limits))
            await self.afterwards(talk)
        messages, offered, labels = present(talk.messages, limits, in_words=_in_words(talk))
        if talk.still_offered:
            offered, labels = before.offered, before.labels
        after = Session(running=talk.running, subject=talk.subject, offered=offered, labels=labels)
        changes = list(talk.changes)
        if talk.contact != contact and (contact or talk.contact.reachable):  # who leaves unknown stays unknown
            changes.append(Change(contacts.save, talk.contact))
        if after != before:
            changes.append(Change(sessions.save, (event.key, after)))
        return Turn(changes, messages, talk.contact.language)

    async def _hear(self, talk: Talk, event: Incoming, missed: int | None) -> None:
        """A number that was not among the choices is no question: the choices stay open."""
        if missed is None or event.kind is Kind.TAP or talk.running is not None:
            return await self._route(talk, event)
        talk.still_offered = True
        return talk.say(_("There is no number {n}. Type one of the numbers shown, or your question.").format(n=missed))

    async def _route(self, talk: Talk, event: Incoming) -> None:
        talk.event = event
        said = word(event.text) if event.kind is Kind.TEXT else event.payload
        if event.kind in (Kind.TEXT, Kind.TAP):
            if said in MENU:
                return await self._leave_for(talk, self.commands["menu"])
            if said in CANCEL:
                return await self._cancel(talk)
            if said in BACK:
                return await self._back(talk)
            if said in AGAIN:
                return await self.taps["again"](talk, ())
        command = _command(event) or self._spoken(talk, event)
        if command in self.commands or (command in self.officers_commands and await self.is_officer(talk)):
            return await self._leave_for(talk, self.commands.get(command) or self.officers_commands[command])
        if event.kind is Kind.TAP and event.payload.startswith("again:"):
            return await self._tapped(talk, event)  # who sees the open question once more can still answer it
        if talk.running is not None and not self._leaves(talk.running, event):
            return await resume(talk, event)
        if event.kind is Kind.TAP and event.payload.startswith("c:"):
            return await old_button(talk, ())  # of a conversation that ended; one that runs now goes on
        return await self._fresh(talk, event)

    def _spoken(self, talk: Talk, event: Incoming) -> str:
        return self.spoken(event.text, talk.running is not None) if event.kind is Kind.TEXT else ""

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
        await self.taps.get(name, old_button)(talk, arguments)

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


async def old_button(talk: Talk, _arguments: Sequence[str]) -> None:
    """For a button that does nothing any more, or is not this person's to tap."""
    talk.say(_("This button is from an earlier message and no longer works. Please ask again."), menu_row())


def _met(event: Incoming, contact: Contact | None, now: datetime) -> Contact:
    contact = contact or Contact(event.key, known(event.language))
    contact = contact._replace(reachable=event.kind is not Kind.BLOCKED)
    heard = contact.heard_at
    # One write in ten minutes, not one a message: windows of platforms are counted in hours.
    return contact if heard and now - heard < HEARD_EVERY else contact._replace(heard_at=now)


def _alive(running: Running | None, now: datetime) -> Running | None:
    """The running conversation, unless the person was silent too long, or a release took it away."""
    known = running is not None and running.name in conversations
    return running if running and known and now - running.at <= SILENCE else None


def _command(event: Incoming) -> str:
    """The command's name: "/help" and "/help@bot words" are "help"."""
    if event.kind is Kind.START:
        return "start"
    if event.kind is Kind.TAP:
        return event.payload
    text = event.text.strip()
    return text[1:].split(maxsplit=1)[0].partition("@")[0].lower() if len(text) > 1 and text[0] == "/" else ""


def _in_words(talk: Talk) -> bool:
    """Whether a conversation waits for words of the person's own: then a number is such a word, not a choice."""
    last = talk.messages[-1].buttons if talk.messages else ()
    choice = any(button.payload.startswith("c:") for row in last for button in row)
    return talk.running is not None and not choice

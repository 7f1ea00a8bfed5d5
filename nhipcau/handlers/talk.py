"""A conversation is an ordinary function that asks and goes on.

Only the answers are stored. When a message arrives the function runs again from the top: an answered question
returns at once, the first one without an answer is sent and ends the run. Effects stand after the last question.
"""

import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, NoReturn

import msgspec

from nhipcau.channels.message import Button, FileRef, Incoming, Kind, Outgoing
from nhipcau.handlers.i18n import _
from nhipcau.handlers.services import Services
from nhipcau.handlers.session import Running, Session
from nhipcau.handlers.words import fold, yes_or_no
from nhipcau.store.writer import Apply, Change
from nhipcau.union.contacts import Contact

LONGEST_CHOICE = 40  # characters; a longer text says more than a choice


class Option(NamedTuple):
    """One choice: `value` is stored and must fit a button (at most 40 ASCII characters), `label` is shown.

    `words`: a pattern over folded words, one of which also means this choice when typed.
    """

    value: str
    label: str
    words: str = ""


class Story(msgspec.Struct, frozen=True):
    """What a person told: text, files, or both."""

    text: str
    files: tuple[FileRef, ...] = ()


class Asked(BaseException):
    """Ends a run after a question was put. Not an Exception, so that no handler swallows it."""


class NotAnswered(Exception):
    """What arrived does not answer the open question; the message says what would."""


Buttons = Sequence[Sequence[Button]]


class Talk:
    """One turn with one person. Knows no platform.

    `changes` and `messages` are committed together with the end of the incoming message.
    """

    def __init__(self, event: Incoming, now: datetime, services: Services, contact: Contact, session: Session) -> None:
        self.event = event
        self.now = now
        self.services = services
        self.contact = contact
        self.running = session.running
        self.subject = session.subject
        self.changes: list[Change] = []
        self.messages: list[Outgoing] = []
        self.asks_phone = False  # whether this platform can hand over the person's own phone number
        self.still_offered = False  # what the message before offered can still be chosen
        self._input: Incoming | None = None

    @property
    def context(self) -> Mapping[str, str]:
        """What the conversation was started with."""
        return self.running.context if self.running else {}

    def change(self, apply: Apply, payload: Any) -> None:
        """An effect, committed together with the replies."""
        self.changes.append(Change(apply, payload))

    def say(self, text: str, buttons: Buttons = (), share_phone: str = "") -> None:
        """A message to the person, with rows of buttons."""
        rows = tuple(tuple(row) for row in buttons if row)
        self.messages.append(Outgoing(text=text, buttons=rows, share_phone=share_phone))

    async def choose(self, name: str, question: str, options: Sequence[Option]) -> str:
        """The value of the option the person chose: by button, by number, or by its words."""
        return str(self._ask(_Question(name, question, lambda event: _chosen(event, options), options)))

    async def confirm(self, name: str, question: str, yes: str = "", no: str = "") -> bool:
        """True when the person agreed. `yes` and `no` label the buttons where "agreed" is not the word."""
        options = [Option("yes", yes or _("Yes")), Option("no", no or _("No"))]
        return bool(self._ask(_Question(name, question, lambda event: _confirmed(event, options), options)) == "yes")

    async def collect(self, name: str, question: str, longest: int = 4000) -> Story:
        """What the person tells: a text of up to `longest` characters, files, or both."""
        answer = self._ask(_Question(name, question, lambda event: _told(event, longest)))
        return msgspec.convert(answer, Story)

    async def value(self, name: str, question: str, read: Callable[[str], object]) -> str:
        """Words of the person's own that `read` understands; it raises NotAnswered with a sentence where not."""
        return str(self._ask(_Question(name, question, lambda event: _read(event, read))))

    async def own_phone(self, name: str, question: str, share: str) -> str:
        """The digits of the person's own number, as the platform vouches for it; `share` labels the button for it."""
        return str(self._ask(_Question(name, question, _shared, share_phone=share)))

    def _ask(self, question: "_Question") -> Any:
        if self.running is None:
            raise RuntimeError("A question can only be asked inside a conversation: start it with begin().")
        if question.name not in self.running.answers:
            self.running = self._answered(self.running, question)
        self.messages.clear()  # what was said before an answered question is not said again
        return self.running.answers[question.name]

    def _answered(self, running: Running, question: "_Question") -> Running:
        """The conversation with what just arrived as this question's answer; else asks and ends the run."""
        event, self._input = self._input, None
        if event is None:
            self._put(running, question)
        try:
            answer = msgspec.to_builtins(question.read(event))
        except NotAnswered as miss:
            self._put(running, question, f"{miss}\n\n")
        return msgspec.structs.replace(running, answers=dict(running.answers, **{question.name: answer}))

    def _put(self, running: Running, question: "_Question", miss: str = "") -> NoReturn:
        """Sends the question and ends the run."""
        self.running = msgspec.structs.replace(running, asked=question.name, at=self.now)
        rows = [[Button(label=one.label, payload=f"{step(running)}{one.value}")] for one in question.options]
        self.say(miss + question.text, [*rows, _way_out(running)], question.share_phone)
        raise Asked


class _Question(NamedTuple):
    """What is asked, and what reads the answer; `read` raises NotAnswered."""

    name: str
    text: str
    read: Callable[[Incoming], Any]
    options: Sequence[Option] = ()
    share_phone: str = ""


def step(running: Running) -> str:
    """How the payloads of the open question begin. A tap on an earlier question's button answers nothing."""
    return f"c:{running.run}-{len(running.answers)}:"


def _way_out(running: Running) -> list[Button]:
    cancel = Button(label=_("Cancel"), payload="cancel")
    return [Button(label=_("Back"), payload="back"), cancel] if running.answers else [cancel]


def _chosen(event: Incoming, options: Sequence[Option]) -> str:
    by_word = {fold(one.label): one.value for one in options}
    typed = "" if event.kind is Kind.TAP else fold(event.text)
    tapped = (
        event.payload.rpartition(":")[2] if event.kind is Kind.TAP else by_word.get(typed) or _meant(typed, options)
    )
    if tapped not in {one.value for one in options}:
        raise NotAnswered(_("Please tap one of the choices below, or type its number."))
    return tapped


def _meant(typed: str, options: Sequence[Option]) -> str:
    """The one choice whose words stand in a short text; "" for none or several."""
    meant = [one.value for one in options if one.words and re.search(rf"\b(?:{one.words})\b", typed)]
    return meant[0] if len(meant) == 1 and len(typed) <= LONGEST_CHOICE else ""


def _confirmed(event: Incoming, options: Sequence[Option]) -> str:
    said = yes_or_no(event.text) if event.kind is Kind.TEXT else None
    return said or _chosen(event, options)


def _told(event: Incoming, longest: int) -> Story:
    if event.kind not in (Kind.TEXT, Kind.EDIT, Kind.FILES, Kind.CONTACT) or not (event.text.strip() or event.files):
        raise NotAnswered(_("Please answer in words; photos, voice messages and files are welcome too."))
    if len(event.text) > longest:
        raise NotAnswered(_("This is too long. Please use at most {n} characters.").format(n=longest))
    return Story(event.text.strip(), event.files)


def _read(event: Incoming, read: Callable[[str], object]) -> str:
    if event.kind not in (Kind.TEXT, Kind.EDIT):
        raise NotAnswered(_("Please type the answer as text."))
    read(event.text)
    return event.text.strip()


def _shared(event: Incoming) -> str:
    if event.kind is not Kind.CONTACT:
        raise NotAnswered(_("Please tap the button that sends your number, or Cancel."))
    if not event.payload:
        raise NotAnswered(_("That is somebody else's number. Only your own one, sent by the button, counts."))
    return event.payload


Conversation = Callable[[Talk], Awaitable[None]]
conversations: dict[str, Conversation] = {}
"""All conversations by name; filled by the decorator."""


def conversation(name: str) -> Callable[[Conversation], Conversation]:
    """Registers a conversation. The name is stored with chats: it must not change between releases."""

    def register(function: Conversation) -> Conversation:
        conversations[name] = function
        return function

    return register


async def begin(talk: Talk, name: str, **context: str) -> None:
    """Starts a conversation in this turn; one that was running is left."""
    talk.running = Running(name=name, run=secrets.token_hex(3), asked="", at=talk.now, context=context)
    await resume(talk, None)


async def resume(talk: Talk, answer: Incoming | None) -> None:
    """Runs the conversation from the top with what just arrived, until it asks or ends."""
    running = talk.running
    if running is None or running.name not in conversations:
        talk.running = None
        return
    talk._input = answer
    try:
        await conversations[running.name](talk)
    except Asked:
        return
    talk.running = None


async def step_back(talk: Talk) -> None:
    """Removes the last answer and asks that question again; without an answer the conversation is left."""
    running = talk.running
    if running is None or not running.answers:
        talk.running = None
        return
    answers = dict(list(running.answers.items())[:-1])
    talk.running = msgspec.structs.replace(running, answers=answers, asked="")
    await resume(talk, None)

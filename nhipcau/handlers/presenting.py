"""Choices as a channel can show them: buttons, or numbered lines; and what somebody means who types one."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from nhipcau.channels.contract import Limits
from nhipcau.channels.message import Button, Incoming, Kind, Outgoing
from nhipcau.handlers.i18n import _
from nhipcau.handlers.session import Session
from nhipcau.handlers.words import BACK, CANCEL, MENU, fold, number

LONG_LIST = 5  # choices


class Shown(NamedTuple):
    """The messages of a turn, and the choices under the last of them: what they carry, and their words."""

    messages: list[Outgoing]
    offered: tuple[str, ...]
    labels: tuple[str, ...]


def present(messages: Sequence[Outgoing], limits: Limits, *, in_words: bool) -> Shown:
    """The messages as this channel shows them. `in_words`: words of the person's own are waited for, so that a
    number is such a word and no choice."""
    write = _worded if in_words else _numbered
    shown = [write(message) if _count(message) > limits.buttons else message for message in messages]
    choices = () if in_words or not messages else tuple(_choices(messages[-1]))
    return Shown(shown, tuple(one.payload for one in choices), tuple(plain(one.label) for one in choices))


def fitted(message: Outgoing, limits: Limits) -> Outgoing:
    """A message that no turn presented, such as a notice: nobody would know later what a number meant."""
    return _worded(message) if _count(message) > limits.buttons else message


def typed(event: Incoming, before: Session) -> Incoming:
    """The number or the words of a choice of the last message, typed by hand, are a tap on it."""
    if event.kind is not Kind.TEXT or not before.offered:
        return event
    place = _place(event.text, before)
    return event if place is None else msgspec.structs.replace(event, kind=Kind.TAP, payload=before.offered[place])


def missed(event: Incoming, before: Session, limits: Limits) -> int | None:
    """A number that no line of the last message had; None for everything else, and where lines have none."""
    numbered = limits.buttons == 0 or len(before.offered) > limits.buttons
    return number(event.text) if numbered and event.kind is Kind.TEXT else None


def plain(label: str) -> str:
    """A label as it would be typed: without marks, signs and capitals."""
    return " ".join("".join(letter if letter.isalnum() else " " for letter in fold(label)).split())


def _place(text: str, before: Session) -> int | None:
    longest = max(map(len, before.labels), default=0)
    said = plain(text) if len(text) <= 2 * longest + 10 else ""
    if said and before.labels.count(said) == 1:
        return before.labels.index(said)
    chosen = number(text)
    return chosen - 1 if chosen is not None and 1 <= chosen <= len(before.offered) else None


def _choices(message: Outgoing) -> Iterable[Button]:
    """What is numbered: all but the ways out, which are words that work everywhere."""
    buttons = [button for row in message.buttons for button in row]
    return (button for button in buttons if not _is_way_out(button)) if buttons else message.choices


def _is_way_out(button: Button) -> bool:
    return fold(button.label) in MENU | CANCEL | BACK


def _count(message: Outgoing) -> int:
    return sum(len(row) for row in message.buttons)


def _numbered(message: Outgoing) -> Outgoing:
    """Brackets, because the answer above often has numbered steps of its own."""
    choices = tuple(_choices(message))
    if not choices:
        return _worded(message)
    words = _words(button for row in message.buttons for button in row if _is_way_out(button))
    alone, both = _("Type the number of your choice."), _("Type the number of your choice, or: {words}.")
    hint = both.format(words=words) if words else alone
    return _unbuttoned(message, f"{_lines(message)}\n\n{hint}", choices)


def _lines(message: Outgoing) -> str:
    """One line a choice; a long list of titles is parted from the short choices below it."""
    lines: list[str] = []
    singles, place = 0, 0
    for row in message.buttons:
        if len(row) > 1 and singles >= LONG_LIST:
            lines.append("")
            singles = 0
        singles += len(row) == 1
        for button in row:
            if not _is_way_out(button):
                place += 1
                lines.append(f"[{place}] {button.label}")
    return "\n".join(lines)


def _worded(message: Outgoing) -> Outgoing:
    """Buttons as words to type."""
    words = _words(button for row in message.buttons for button in row)
    return _unbuttoned(message, _("You can also type: {words}.").format(words=words), ())


def _words(buttons: Iterable[Button]) -> str:
    return ", ".join(one.label.lower() for one in buttons)


def _unbuttoned(message: Outgoing, more: str, choices: tuple[Button, ...]) -> Outgoing:
    return msgspec.structs.replace(message, text=f"{message.text}\n\n{more}", buttons=(), choices=choices)

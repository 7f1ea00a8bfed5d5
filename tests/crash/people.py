"""People who talk without pause: questions in quick succession, thumbs, and conversations with an effect."""

import asyncio
import random
from collections.abc import Callable
from typing import NamedTuple

from tests.crash.town import Town
from tests.emulators.telegram_people import Sent

QUESTIONS = (
    "tăng ca chủ nhật tính sao",
    "một năm được mấy ngày phép",
    "lương tối thiểu ở Buôn Ma Thuột",
    "công ty nợ lương",
    "nghỉ việc báo trước mấy ngày",
    "con voi Bản Đôn nặng bao nhiêu",
)
PATIENCE = 120.0  # seconds: a silence as long as this is a lost reply

Look = tuple[str, tuple[str, ...]]
"""What makes two messages the same to a reader: text, and what the buttons carry."""


class Said(NamedTuple):
    """One thing a person did, with the id under which the bot stores it."""

    event_id: str
    kind: str  # question, command, tap
    what: str  # the text, or what the button carries


def look(message: Sent) -> Look:
    return message.text, tuple(message.buttons.values())


def carried(payloads: tuple[str, ...], *names: str) -> str:
    """What the first button with one of these names carries, "" without such a button."""
    return next((one for one in payloads if one.partition(":")[0] in names), "")


def option(message: Sent, value: str) -> str:
    """The payload of a conversation's option, "" where this message does not offer it."""
    return next((one for one in look(message)[1] if one.startswith("c:") and one.endswith(f":{value}")), "")


class Talker:
    """One person. `said` is what was done, in order; `silences` what stayed without a reply."""

    def __init__(self, town: Town, chat: int) -> None:
        self._town = town
        self._person = town.user(chat)
        self._random = random.Random(chat)
        self._seen: set[Look] = set()
        self._read = 0
        self.chat = chat
        self.said: list[Said] = []
        self.silences: list[str] = []

    async def talk(self, stop: asyncio.Event) -> None:
        """Talks until told to stop; what was begun is brought to its end."""
        while not stop.is_set():
            try:
                await self._once()
            except TimeoutError:
                self.silences.append(f"{self.chat}: {self.said[-1]}")

    def ask_again(self) -> int:
        """Taps all notices that were not read yet; gives how many."""
        new = self._town.heard[self.chat][self._read :]
        self._read += len(new)
        notices = [message for message in new if carried(look(message)[1], "again")]
        for notice in notices:
            self._tap(notice, carried(look(notice)[1], "again"))
        return len(notices)

    async def _once(self) -> None:
        answers = await self._ask(self._random.choice((1, 1, 2, 3)))
        act = self._random.choice((self._praise, self._complain, self._wish, self._switch))
        await act(answers[-1])

    async def _ask(self, count: int) -> list[Sent]:
        for _ in range(count):
            # Letters, because a number would be read as a year or a figure.
            mark = "".join(chr(97 + int(digit)) for digit in f"{self.chat}{len(self.said):04}")
            self._write("question", f"{self._random.choice(QUESTIONS)} {mark}")
        return await self._hear(lambda message: bool(carried(look(message)[1], "up", "call", "none")), count)

    async def _praise(self, answer: Sent) -> None:
        if thumb := carried(look(answer)[1], "up"):
            self._tap(answer, thumb)
            await self._hear_plain()

    async def _complain(self, answer: Sent) -> None:
        if thumb := carried(look(answer)[1], "down"):
            await self._choose(lambda: self._tap(answer, thumb), "wrong")
            await self._hear(lambda message: bool(carried(look(message)[1], "call")))

    async def _wish(self, answer: Sent) -> None:
        if call := carried(look(answer)[1], "call"):
            await self._choose(lambda: self._tap(answer, call), "yes")
            await self._hear_plain()

    async def _switch(self, _answer: Sent) -> None:
        await self._choose(lambda: self._write("command", "/language"), self._random.choice(("vi", "en")))
        await self._hear_plain()

    async def _choose(self, begin: Callable[[], None], value: str) -> None:
        begin()
        (prompt,) = await self._hear(lambda message: bool(option(message, value)))
        self._tap(prompt, option(prompt, value))

    async def _hear_plain(self) -> None:
        while look(await self._next())[1]:
            pass

    async def _hear(self, wanted: Callable[[Sent], bool], count: int = 1) -> list[Sent]:
        """Reads on until `count` messages of this kind came which were not seen before."""
        found: list[Sent] = []
        while len(found) < count:
            message = await self._next()
            if look(message) not in self._seen and wanted(message):
                found.append(message)
            self._seen.add(look(message))
        return found

    async def _next(self) -> Sent:
        """The next message; a notice is tapped at once, and comes back like any other."""
        async with asyncio.timeout(PATIENCE):
            await self._town.until_heard(self.chat, lambda: len(self._town.heard[self.chat]) > self._read)
        message = self._town.heard[self.chat][self._read]
        self._read += 1
        if again := carried(look(message)[1], "again"):
            self._tap(message, again)
        return message

    def _write(self, kind: str, text: str) -> None:
        self.said.append(Said(f"m{self._person.write(text)}", kind, text))

    def _tap(self, message: Sent, payload: str) -> None:
        label = next(label for label, data in message.buttons.items() if data == payload)
        self.said.append(Said(f"c{self._person.tap(message, label)}", "tap", payload))

"""People talk, the bot is killed at random instants and started again; in the end the books are checked."""

import asyncio
import random
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from tests.channels.telegram_room import free_port
from tests.crash.ledger import Ledger, count_open, read_ledger
from tests.crash.people import PATIENCE, Talker
from tests.crash.town import Town
from tests.crash.verdict import Chat, wrong_effects

ROOT = Path(__file__).parents[2]
LONGEST_LIFE = 0.6  # seconds after it is ready
STARTING = 0.15  # share of kills that fall into the start
READY_WITHIN = 30.0  # seconds
SETTLED_WITHIN = PATIENCE + 60.0  # seconds
FAULTS_SHOWN = 20
SENTENCE = 200  # characters of each


class Figures(msgspec.Struct, kw_only=True):
    """What a series showed. `faults` holds the first sentences about whatever is not as it must be."""

    kills: int = 0
    updates: int = 0
    questions: int = 0
    answered: int = 0
    replies: int = 0
    in_doubt: int = 0
    in_doubt_not_arrived: int = 0
    notices_repeated: int = 0
    doubled: int = 0
    lost: int = 0
    misplaced: int = 0
    wrong_effects: int = 0
    not_told: int = 0
    silences: int = 0
    left_open: int = 0
    sound: bool = False
    kills_while_starting: int = 0
    kills_with_open_events: int = 0
    kills_with_waiting_letters: int = 0
    kills_with_half_sent_letters: int = 0
    seconds: float = 0.0
    faults: list[str] = []

    @property
    def good(self) -> bool:
        return self.sound and not self.faults and not self.left_open


class Series:
    """One run. `folder` takes what the bots write to standard error."""

    def __init__(self, url: str, town: Town, folder: Path, *, seed: int, chats: int) -> None:
        self._url = url
        self._town = town
        self._log = folder / "bot.log"
        self._port = free_port()
        self._random = random.Random(seed)
        self._people = [Talker(town, 1000 + number) for number in range(chats)]
        self._talking: list[asyncio.Task[None]] = []
        self._starting = 0.0  # seconds the last start took
        self.figures = Figures()

    async def run(self, kills: int) -> Figures:
        """The whole series, within bounded time. Raises RuntimeError when a bot ends by itself."""
        began = time.monotonic()
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as talking:
            self._talking = [talking.create_task(person.talk(stop)) for person in self._people]
            for number in range(kills):
                await self._live_and_die(number)
            async with self._bot(kills) as bot:
                await _ready(bot)
                stop.set()
                await self._settle()
                await _stop(bot)
        self._judge(await read_ledger(self._url))
        self.figures.kills = kills
        self.figures.seconds = round(time.monotonic() - began, 1)
        return self.figures

    # ---- the bot's lives

    @asynccontextmanager
    async def _bot(self, number: int) -> AsyncIterator[Process]:
        """A bot that surely ends; polling and webhook take turns."""
        mode = ("polling", "webhook")[number % 2]
        arguments = ["-m", "tests.crash.bot", self._url, self._town.base_url, str(self._port), mode]
        with self._log.open("ab") as log:
            bot = await asyncio.create_subprocess_exec(
                sys.executable, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=log
            )
        try:
            yield bot
        finally:
            if bot.returncode is None:
                bot.kill()
                await bot.wait()

    async def _live_and_die(self, number: int) -> None:
        async with self._bot(number) as bot:
            if number and self._random.random() < STARTING:
                self.figures.kills_while_starting += 1
                await asyncio.sleep(self._random.uniform(0, self._starting))
            else:
                began = time.monotonic()
                await _ready(bot)
                self._starting = time.monotonic() - began
                await asyncio.sleep(self._random.uniform(0, LONGEST_LIFE))
            await _kill(bot)
        self._town.died()
        left = await count_open(self._url)
        self.figures.kills_with_open_events += left.events > 0
        self.figures.kills_with_waiting_letters += left.waiting > 0
        self.figures.kills_with_half_sent_letters += left.sending > 0

    async def _settle(self) -> None:
        """Until nobody talks or has a notice to tap, and nothing is under way."""
        try:
            async with asyncio.timeout(SETTLED_WITHIN):
                await asyncio.gather(*self._talking)
                while await self._restless() or sum(person.ask_again() for person in self._people):
                    await asyncio.sleep(0.05)
        except TimeoutError:
            self._note("restless", [f"{self._town.waiting} updates, {await count_open(self._url)}"])

    async def _restless(self) -> bool:
        return self._town.waiting > 0 or any(await count_open(self._url))

    # ---- the books

    def _judge(self, ledger: Ledger) -> None:
        figures = self.figures
        figures.sound = ledger.sound
        figures.left_open = ledger.open_events
        figures.questions = len(ledger.questions)
        texts = {row.id: row.text for row in ledger.questions}
        for person in self._people:
            chat = Chat(person.said, self._town.heard[person.chat], ledger.letters[person.chat])
            self._count(chat)
            figures.lost += self._note("lost", chat.lost())
            figures.doubled += self._note("doubled", chat.doubled())
            figures.misplaced += self._note("misplaced", chat.misplaced(ledger.events[person.chat], texts))
            figures.not_told += self._note("not told", chat.not_told())
            figures.silences += self._note("silence", person.silences)
        said = {person.chat: person.said for person in self._people}
        figures.wrong_effects += self._note("effect", wrong_effects(said, ledger))
        self._note("log", _complaints(self._log))

    def _count(self, chat: Chat) -> None:
        self.figures.updates += len(chat.said)
        self.figures.replies += len(chat.replies)
        self.figures.answered += chat.answered
        self.figures.in_doubt += len(chat.doubtful)
        self.figures.in_doubt_not_arrived += sum(not chat.arrivals[letter.id] for letter in chat.doubtful)
        self.figures.notices_repeated += sum(chat.arrivals[one.id] > 1 for one in chat.notices.values())

    def _note(self, what: str, sentences: Iterable[str]) -> int:
        told = [f"{what}: {sentence}"[:SENTENCE] for sentence in sentences]
        self.figures.faults += told[: max(0, FAULTS_SHOWN - len(self.figures.faults))]
        return len(told)


async def run_series(url: str, folder: Path, *, kills: int, seed: int = 1, chats: int = 20) -> Figures:
    """A series on an empty database."""
    async with Town() as town:
        return await Series(url, town, folder, seed=seed, chats=chats).run(kills)


async def _ready(bot: Process) -> None:
    assert bot.stdout is not None
    async with asyncio.timeout(READY_WITHIN):
        if await bot.stdout.readline() != b"ready\n":
            raise RuntimeError(f"The bot ended with {await bot.wait()} before it was ready: see bot.log.")


async def _kill(bot: Process) -> None:
    if bot.returncode is None:
        bot.kill()
    if await bot.wait() != -signal.SIGKILL:
        raise RuntimeError(f"The bot ended by itself with {bot.returncode}: see bot.log.")


async def _stop(bot: Process) -> None:
    bot.terminate()
    async with asyncio.timeout(READY_WITHIN):
        if await bot.wait():
            raise RuntimeError(f"The bot stopped with {bot.returncode}: see bot.log.")


def _complaints(log: Path) -> list[str]:
    """Errors of the bots' own: a fault that was apologised for, a task that died."""
    lines = log.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith(("ERROR", "CRITICAL", "Traceback"))]

"""Telegram with a network's delays, so that a process can die while its request is under way."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.emulators.telegram_api import TelegramApi
from tests.emulators.telegram_people import Json, Sent


@dataclass
class Town(TelegramApi):
    """Keeps what each chat heard apart: hundreds of people can wait without reading each other's messages.

    A send takes effect somewhere within `delay` seconds, and is answered within another `delay`. When its sender
    dies before it took effect, it is lost or not, as chance will have it.
    """

    quiet: bool = True
    delay: float = 0.03

    def __post_init__(self) -> None:
        super().__post_init__()
        self.heard: dict[int, list[Sent]] = defaultdict(list)
        self._news: dict[int, asyncio.Event] = defaultdict(asyncio.Event)
        self._random = random.Random(1)
        self._deaths = 0

    async def until_heard(self, chat: int, condition: Callable[[], Any]) -> None:
        """Waits until something said in this chat makes `condition()` true."""
        while not condition():
            self._news[chat].clear()
            await self._news[chat].wait()

    def died(self) -> None:
        """The bot is dead: of the requests on their way some will never arrive."""
        self._deaths += 1

    async def _perform(self, method: str, fields: Json, is_json: bool) -> tuple[int, Json]:
        if not method.startswith("send"):
            return await super()._perform(method, fields, is_json)
        deaths = self._deaths
        await asyncio.sleep(self._random.uniform(0, self.delay))
        if deaths != self._deaths and self._random.random() < 0.5:
            return 500, {}
        outcome = await super()._perform(method, fields, is_json)
        await asyncio.sleep(self._random.uniform(0, self.delay))
        return outcome

    def _send(self, method: str, fields: Json) -> tuple[int, Json]:
        status, answer = super()._send(method, fields)
        chat = int(fields["chat_id"])
        self.heard[chat].append(Sent(answer["result"]["message_id"], chat, method, fields, self.sends))
        self._news[chat].set()
        return status, answer

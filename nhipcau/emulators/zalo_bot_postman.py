"""Takes updates to the bot's webhook: one after another, and again after a while where the bot did not answer 2xx.

The platform's own ladder is not documented; this one is `ladder`, in seconds of the emulator's clock.
"""

import asyncio
import json
import random
from collections import deque
from typing import Any

import aiohttp

from nhipcau.emulators.zalo_bot_clock import Clock

Json = dict[str, Any]

SECRET_HEADER = "X-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
TIMEOUT = 10.0  # seconds the bot has to answer


class Postman:
    """One webhook. `duplicates` further copies of each update follow; `shuffled` takes them in any order."""

    def __init__(self, clock: Clock, updates: deque[Json]) -> None:
        self.url = ""
        self.secret = ""
        self.updated_at = 0
        self.wrapped = False
        self.duplicates = 0
        self.shuffled = False
        self.ladder: tuple[float, ...] = (5, 30, 120)
        self.answers: list[int] = []  # statuses the bot gave; 0 where it gave none
        self.lost: list[Json] = []  # updates given up after the ladder's last step
        self.changed = asyncio.Event()
        self._clock = clock
        self._updates = updates
        self._late: list[tuple[float, int, Json]] = []  # when, tries so far, update

    @property
    def idle(self) -> bool:
        """Whether nothing waits, not even for its next try."""
        return not self._updates and not self._late

    async def work(self) -> None:
        """Delivers until cancelled."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as session:
            while True:
                self.changed.clear()
                found = self._next() if self.url else None
                if found is None:
                    next_time = min((when for when, _, _ in self._late), default=self._clock.now() + 3600)
                    await self._clock.until(next_time, self.changed)
                    continue
                await self._deliver(session, *found)

    def _next(self) -> tuple[int, Json] | None:
        due = [one for one in self._late if one[0] <= self._clock.now()]
        if due:
            self._late.remove(due[0])
            return due[0][1:]
        if not self._updates:
            return None
        place = random.randrange(len(self._updates)) if self.shuffled else 0
        update = self._updates[place]
        del self._updates[place]
        return 0, update

    async def _deliver(self, session: aiohttp.ClientSession, tries: int, update: Json) -> None:
        for _ in range(1 + self.duplicates):
            status = await self.post(session, self._body(update))
        if 200 <= status < 300:
            return
        if tries < len(self.ladder):
            self._late.append((self._clock.now() + self.ladder[tries], tries + 1, update))
        else:
            self.lost.append(update)

    def _body(self, update: Json) -> bytes:
        return json.dumps({"ok": True, "result": update} if self.wrapped else update).encode()

    async def post(self, session: aiohttp.ClientSession, body: bytes) -> int:
        """One delivery; the bot's status, 0 for no answer."""
        headers = {SECRET_HEADER: self.secret, "Content-Type": "application/json"}
        try:
            async with session.post(self.url, data=body, headers=headers) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError):
            status = 0
        self.answers.append(status)
        return status

"""Long polling. Zalo hands an update over once and has no way to confirm it: what came is kept until it is stored."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

from nhipcau.channels.failures import SendFailure
from nhipcau.channels.zalo_bot_api import Answered

log = logging.getLogger(__name__)

EMPTY = 408  # the answer where nobody wrote: ordinary
PROMPT = 0.5  # seconds; an empty answer as fast as this must not be asked for again at once


class Polling:
    """The loop, for one bot. `first_pause` and `last_pause` are seconds."""

    def __init__(self, fetch: Callable[[], Awaitable[Any]], take: Callable[[Any], Awaitable[None]]) -> None:
        self._fetch = fetch
        self._take = take
        self._fetching: asyncio.Future[Any] | None = None
        self._stopping = False
        self._failed = 0
        self.busy = False  # something that came is not stored yet
        self.first_pause = 1.0
        self.last_pause = 60.0

    async def run(self) -> None:
        """Goes on until `end`, whatever happens."""
        self._stopping = False
        while not self._stopping:
            began = time.monotonic()
            try:
                self._fetching = asyncio.ensure_future(self._fetch())
                update = await self._fetching
            except asyncio.CancelledError:
                return
            except Exception as error:  # the loop must outlive everything
                if not _is_empty(error):
                    await asyncio.sleep(self._pause(error))
                elif time.monotonic() - began < PROMPT:
                    await asyncio.sleep(self.first_pause)
            else:
                self._failed = 0
                self.busy = True
                await self._keep(update)
                self.busy = False

    def end(self) -> None:
        """Asks no more; what is being stored will be stored."""
        self._stopping = True
        if self._fetching is not None:
            self._fetching.cancel()

    async def _keep(self, update: Any) -> None:
        """Stores; an update that is let go is lost, for it does not come again."""
        wait = self.first_pause
        while True:
            try:
                return await self._take(update)
            except Exception as error:
                log.error("A Zalo update could not be stored, trying again: %s", type(error).__name__)
                await asyncio.sleep(wait)
                wait = min(2 * wait, self.last_pause)

    def _pause(self, error: Exception) -> float:
        self._failed += 1
        if isinstance(error, Answered) and error.code < 429:
            log.error("Zalo refuses polling (%s): see what `nhipcau doctor` says, then restart the bot", error)
        else:
            told = error if isinstance(error, Answered | SendFailure) else type(error).__name__
            log.warning("Zalo's updates could not be received, trying again: %s", told)
        wait = min(self.last_pause, self.first_pause * 2.0 ** min(self._failed - 1, 10))
        return wait * random.uniform(0.8, 1.2)


def _is_empty(error: Exception) -> bool:
    return isinstance(error, Answered) and error.code == EMPTY

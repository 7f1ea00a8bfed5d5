"""Long polling: an update is confirmed to Telegram only when it is stored here."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any

from telegram.error import Conflict, TelegramError

from nhipcau.channels.telegram_failures import failure

log = logging.getLogger(__name__)

Fetch = Callable[[int], Awaitable[Any]]  # offset (0: none) -> the updates from there on
Take = Callable[[list[Any]], Awaitable[None]]  # stores; raises when nothing was stored


class Polling:
    """The loop, for one bot. `first_pause`, `last_pause` and `conflict_pause` are seconds."""

    def __init__(self, fetch: Fetch, take: Take) -> None:
        self._fetch = fetch
        self._take = take
        self._offset = 0
        self._failed = 0
        self.first_pause = 1.0
        self.last_pause = 60.0
        self.conflict_pause = 30.0

    @property
    def unconfirmed(self) -> int:
        """The offset which tells Telegram what is stored; 0 when it knows already."""
        return self._offset

    async def run(self) -> None:
        """Goes on until cancelled, whatever happens."""
        while True:
            try:
                await self._round()
            except Exception as error:  # the loop must outlive everything
                await asyncio.sleep(self._pause(error))
            else:
                self._failed = 0

    async def _round(self) -> None:
        found = await self._fetch(self._offset)
        batch = found if isinstance(found, list) else []
        await self._take(batch)
        # After an empty answer Telegram holds nothing below the offset. Forgetting it lets the bot hear again
        # when Telegram restarts its numbers elsewhere, as it does after a week without updates.
        self._offset = max((_number(update) for update in batch), default=-1) + 1

    def _pause(self, error: Exception) -> float:
        self._failed += 1
        if isinstance(error, Conflict):
            if self._failed == 1:
                log.error("Another program receives this Telegram bot's messages: stop it, or give it its own bot")
            return self.conflict_pause
        known = failure(error) if isinstance(error, TelegramError) else None
        log.warning("Telegram's updates could not be received, trying again: %s", known or type(error).__name__)
        wait = min(self.last_pause, self.first_pause * 2.0 ** min(self._failed - 1, 10))
        return max(known.after if known else 0.0, wait * random.uniform(0.8, 1.2))


def _number(update: Any) -> int:
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) else -1

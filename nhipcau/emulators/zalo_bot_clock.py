"""The emulator's own time: that of the computer, and what was added by hand."""

import asyncio
import contextlib
import time
from datetime import datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))


class Clock:
    """Seconds since 1970. `advance` lets hours pass at once and wakes whoever waits."""

    def __init__(self) -> None:
        self._added = 0.0
        self._moved = asyncio.Event()

    def now(self) -> float:
        return time.time() + self._added

    def milliseconds(self) -> int:
        """As Zalo writes dates."""
        return int(self.now() * 1000)

    def month(self) -> str:
        """The month in Vietnam, for instance "2026-11"."""
        return self.month_of(self.now())

    def month_of(self, moment: float) -> str:
        """The month in Vietnam of a moment of this clock."""
        return f"{datetime.fromtimestamp(moment, VIETNAM):%Y-%m}"

    def advance(self, seconds: float) -> None:
        """Lets time pass."""
        self._added += seconds
        self._moved.set()

    async def until(self, moment: float, changed: asyncio.Event) -> None:
        """Waits for a moment of this clock, or for `changed`, whichever is first; either may come early."""
        self._moved.clear()
        waits = [asyncio.create_task(event.wait()) for event in (self._moved, changed)]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait(waits, timeout=max(0.0, moment - self.now()), return_when=asyncio.FIRST_COMPLETED)
        for one in waits:
            one.cancel()

"""What we know of each person's window: how long ago they turned to the OA, and what may be sent therefore.

Zalo OA, consultation messages: free within 48 hours of the last interaction, billed until the seventh day, then
refused (-230). What is not known here is left to Zalo to judge.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from nhipcau.channels.vault import Visits

_REMEMBERED = 50_000
_SKEW = timedelta(minutes=10)  # between Zalo's clock, which dates visits, and ours, which dates refusals


class Window(StrEnum):
    """What may be sent to a person now."""

    FREE = "free"
    BILLED = "billed"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class Windows:
    """The windows of one OA's people. Hours as [zalo_oa] names them."""

    def __init__(
        self, visits: Visits, *, free_hours: float = 48, open_hours: float = 168, now: Callable[[], datetime]
    ) -> None:
        self._visits = visits
        self._free = timedelta(hours=free_hours)
        self._open = timedelta(hours=open_hours)
        self._now = now
        self._last: OrderedDict[str, datetime] = OrderedDict()
        self._refused: OrderedDict[str, datetime] = OrderedDict()

    async def opened(self, visits: Sequence[tuple[str, datetime]]) -> None:
        """These people turned to us at these moments."""
        for chat, at in visits:
            self._refused.pop(chat, None)
            _remember(self._last, chat, max(at, self._last.get(chat, at)))
        if visits:
            await self._visits.note(visits)

    async def of(self, chat: str) -> Window:
        """The person's window now."""
        window = self._judged(chat, self._last.get(chat))
        if window in (Window.FREE, Window.BILLED):
            return window
        last = await self._visits.last(chat)  # another process may have heard them since
        if last is not None:
            _remember(self._last, chat, last)
        return self._judged(chat, last)

    def closed(self, chat: str) -> None:
        """Zalo says that the window is closed: it is, until the person turns to us again."""
        _remember(self._refused, chat, self._now())

    def _judged(self, chat: str, last: datetime | None) -> Window:
        refused = self._refused.get(chat)
        if refused is not None and (last is None or last <= refused - _SKEW):
            return Window.CLOSED
        if last is None:
            return Window.UNKNOWN
        age = self._now() - last
        return Window.FREE if age <= self._free else Window.BILLED if age <= self._open else Window.CLOSED


def _remember(moments: OrderedDict[str, datetime], chat: str, at: datetime) -> None:
    moments[chat] = at
    moments.move_to_end(chat)
    if len(moments) > _REMEMBERED:
        moments.popitem(last=False)

"""How much of a bot's plan is used: messages sent in this month of Vietnam, and people written to.

Zalo tells neither. The count is ours, sealed in the vault, and survives restarts.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone

import msgspec

from nhipcau.channels.vault import Vault

log = logging.getLogger(__name__)

NAME = "usage"
VIETNAM = timezone(timedelta(hours=7))
WARN_AT = 0.8  # share of a limit
_MANY = 10_000  # people beyond which nobody new is counted

Gauge = Callable[[str, float], None]
"""Shows an operator the share of a limit, "messages" or "users", that is used."""


class Used(msgspec.Struct, frozen=True):
    """What is stored. `people` are digests of chats: enough to know one again, and no address."""

    month: str = ""
    sent: int = 0
    people: tuple[str, ...] = ()


class Usage:
    """The count of one bot. `monthly` and `users` are the plan's limits, 0 for none."""

    def __init__(
        self,
        vault: Vault,
        *,
        monthly: int,
        users: int,
        gauge: Gauge = lambda limit, share: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._vault = vault
        self._limits = {"messages": monthly, "users": users}
        self._gauge = gauge
        self._now = now
        self._version = 0
        self._used = Used()
        self._storing = asyncio.Lock()

    async def load(self) -> None:
        """Reads what earlier processes counted."""
        kept = await self._vault.read(NAME)
        self._version = kept.version
        self._used = msgspec.json.decode(kept.body, type=Used) if kept.body else Used()
        self._show()

    async def add(self, chat: str, messages: int = 1) -> None:
        """Counts messages which Zalo took, or may have taken; on disk when this returns."""
        async with self._storing:
            while True:
                before = self._counts()
                used = self._with(chat, messages)
                if await self._vault.swap(NAME, self._version, msgspec.json.encode(used)):
                    break
                await self.load()  # another process has counted meanwhile
            self._version, self._used = self._version + 1, used
        self._warn(before)
        self._show()

    def spent(self, chat: str) -> bool:
        """Whether a message to this chat is above a limit."""
        counts = self._counts()
        known = _digest(chat) in self._used.people
        return self._over("messages", counts["messages"]) or (not known and self._over("users", counts["users"]))

    def sentences(self) -> Sequence[tuple[bool, str]]:
        """For the doctor: (well?, a sentence)."""
        return [
            (count < WARN_AT * self._limits[limit], f"Zalo Bot: {self._told(limit, count)}.")
            for limit, count in self._counts().items()
            if self._limits[limit]
        ]

    def _with(self, chat: str, messages: int) -> Used:
        month, digest = self._month(), _digest(chat)
        sent = self._used.sent if self._used.month == month else 0
        people = self._used.people
        if digest not in people and len(people) < _MANY:
            people = (*people, digest)
        return Used(month, sent + messages, people)

    def _counts(self) -> dict[str, int]:
        sent = self._used.sent if self._used.month == self._month() else 0
        return {"messages": sent, "users": len(self._used.people)}

    def _over(self, limit: str, count: int) -> bool:
        return 0 < self._limits[limit] <= count

    def _warn(self, before: dict[str, int]) -> None:
        """One line at 80 % and one at 100 % of each limit, whenever that is passed."""
        for limit, count in self._counts().items():
            for share, level in ((WARN_AT, logging.WARNING), (1.0, logging.ERROR)):
                mark = share * self._limits[limit]
                if mark and before[limit] < mark <= count:
                    log.log(level, "Zalo Bot: %s", self._told(limit, count))

    def _told(self, limit: str, count: int) -> str:
        what = "messages sent this month" if limit == "messages" else "people written to"
        of = self._limits[limit]
        told = f"{count} of the plan's {of} {what} ({100 * count // of} %)"
        return told if count < WARN_AT * of else f"{told}: buy a larger plan, or move members to an Official Account"

    def _show(self) -> None:
        for limit, count in self._counts().items():
            if self._limits[limit]:
                self._gauge(limit, count / self._limits[limit])

    def _month(self) -> str:
        return f"{self._now().astimezone(VIETNAM):%Y-%m}"


def _digest(chat: str) -> str:
    return hashlib.sha256(chat.encode()).hexdigest()[:16]

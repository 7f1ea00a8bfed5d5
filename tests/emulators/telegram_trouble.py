"""What can go wrong with Telegram: refusals with their wording, floods, and broken connections."""

import math
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

REFUSALS: dict[str, tuple[int, str, dict[str, Any]]] = {
    "blocked": (403, "Forbidden: bot was blocked by the user", {}),
    "deactivated": (403, "Forbidden: user is deactivated", {}),
    "kicked": (403, "Forbidden: bot was kicked from the supergroup chat", {}),
    "not a member": (403, "Forbidden: bot is not a member of the channel chat", {}),
    "never started": (403, "Forbidden: bot can't initiate conversation with a user", {}),
    "not found": (400, "Bad Request: chat not found", {}),
    "no rights": (400, "Bad Request: not enough rights to send text messages to the chat", {}),
    "moved": (
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        {"migrate_to_chat_id": -1009876543210},
    ),
    "not modified": (400, "Bad Request: message is not modified", {}),
    "markup": (400, "Bad Request: can't parse entities: unclosed tag", {}),
    "too old": (400, "Bad Request: query is too old and response timeout expired", {}),
    "flood": (429, "Too Many Requests: retry after 7", {"retry_after": 7}),
    "short flood": (429, "Too Many Requests: retry after 1", {"retry_after": 1}),
    "long flood": (429, "Too Many Requests: retry after 900", {"retry_after": 900}),
    "unauthorized": (401, "Unauthorized", {}),
    "conflict": (409, "Conflict: terminated by other getUpdates request", {}),
    "too large": (413, "Request Entity Too Large", {}),
    "server": (500, "Internal Server Error", {}),
    "gateway": (502, "Bad Gateway", {}),
}
PAGES = {  # what a proxy in between would say
    "proxy 403": (403, b"<html>Forbidden</html>"),
    "proxy 429": (429, b"slow down"),
    "proxy 502": (502, b"<html>Bad Gateway</html>"),
    "nonsense": (200, b"<html>It works</html>"),
}
CHANGING = ("editMessageText", "deleteMessage")
BREAKS = ("hang after delivering", "drop before delivering", "drop after delivering")


@dataclass
class Trouble:
    """One kind of trouble for the next `times` calls of a method or chat (None: of any)."""

    name: str
    chat: int | None = None
    method: str | None = None
    times: int = 1

    def __post_init__(self) -> None:
        if self.name not in REFUSALS and self.name not in PAGES and self.name not in BREAKS:
            raise ValueError(f"no such trouble: {self.name}")

    def concerns(self, method: str, chat: str) -> bool:
        """Whether this call is hit. A trouble without method hits only what sends."""
        hits = method == self.method if self.method else method.startswith("send") or method in CHANGING
        return self.times > 0 and hits and (self.chat is None or str(self.chat) == chat)


@dataclass
class Bucket:
    """Tokens which come back at a steady rate. `take` gives 0 or the seconds to wait."""

    size: float
    per_second: float
    tokens: float = field(init=False)
    at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.tokens = self.size

    def take(self) -> int:
        now = time.monotonic()
        self.tokens = min(self.size, self.tokens + (now - self.at) * self.per_second)
        self.at = now
        if self.tokens >= 1:
            self.tokens -= 1
            return 0
        return max(1, math.ceil((1 - self.tokens) / self.per_second))


class Rates:
    """Telegram's limits: 30 a second in all, 1 a second in a chat (small bursts pass), 20 a minute in a group."""

    def __init__(self) -> None:
        self._all = Bucket(30, 30)
        self._chats: dict[str, Bucket] = defaultdict(lambda: Bucket(3, 1))
        self._groups: dict[str, Bucket] = defaultdict(lambda: Bucket(20, 20 / 60))

    def wait(self, chat: str) -> int:
        """Seconds this message must wait; 0: it may pass."""
        own = self._groups[chat] if chat.startswith("-") else self._chats[chat]
        return own.take() or self._all.take()

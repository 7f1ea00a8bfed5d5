"""When may the next message go? A pure reckoning: no clock, no waiting, one call per message.

Sends of an account are spaced evenly (a burst compressed by the network would break a limit per second); a chat
has its own pace and a small burst; a group its own per minute. "Slow down" stops one chat until its deadline and
halves the account's pace for a minute; other chats go on, unless the platform stopped the whole account.
"""

from nhipcau.channels.contract import Limits

HALVED_FOR = 60.0  # seconds


class Pacer:
    """Hands out moments, in order, for one account. Times are seconds on one steady clock.

    A message first waits for its chat, and only then takes its place in the account's row: a chat that must
    rest never holds a place which others could use.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._next = 0.0
        self._slow_until = 0.0
        self._stopped_until = 0.0
        self._chats: dict[str, float] = {}  # the moment up to which a chat's allowance is used
        self._pauses: dict[str, float] = {}

    def for_chat(self, chat: str, now: float, group: bool = False) -> float:
        """The moment at which `chat` may have its next message; taken by this call."""
        return max(now, self._chat_moment(chat, now, group), self._pauses.get(chat, 0.0))

    def for_account(self, now: float) -> float:
        """The moment at which the account may send its next message; taken by this call."""
        rate = self._limits.overall_rate
        if not rate:
            return max(now, self._stopped_until)
        moment = max(self._next, now, self._stopped_until)
        self._next = moment + (2 if moment < self._slow_until else 1) / rate
        return moment

    def slow_down(self, chat: str, now: float, seconds: float) -> None:
        """The platform asked to wait `seconds` before writing to `chat` again."""
        self._pauses[chat] = max(self._pauses.get(chat, 0.0), now + seconds)
        self._slow_until = now + HALVED_FOR

    def stop_all(self, now: float, seconds: float) -> None:
        """The platform asked to wait `seconds` before writing to anybody."""
        self._stopped_until = max(self._stopped_until, now + seconds)

    def is_stopped(self, now: float) -> bool:
        """Whether the account was stopped while a message waited for a moment it had been given before."""
        return now < self._stopped_until

    def paused(self, chat: str, now: float) -> float:
        """Seconds this chat must still rest, 0 when it need not."""
        until = self._pauses.get(chat, 0.0)
        if until <= now:
            self._pauses.pop(chat, None)
        return max(0.0, until - now)

    def _chat_moment(self, chat: str, now: float, group: bool) -> float:
        """A virtual schedule: each message uses 1/rate of time, and `burst` of them may run ahead."""
        per_minute = self._limits.group_per_minute if group else 0
        gap = 60 / per_minute if per_minute else (1 / self._limits.chat_rate if self._limits.chat_rate else 0.0)
        if not gap:
            return now
        if len(self._chats) > 10_000:
            self._chats = {one: used for one, used in self._chats.items() if used > now}
        used = max(self._chats.get(chat, 0.0), now) + gap
        self._chats[chat] = used
        return used - gap * self._limits.chat_burst

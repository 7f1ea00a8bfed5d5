"""How much one person or one address may ask of the web chat."""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_SWEEP_AT = 10_000  # keys kept before those without a debt are forgotten for the first time


class Pace:
    """At most `burst` at once and `per_minute` in the long run, for each key.

    Each key holds one number: the moment until which its quota is spent (generic cell rate algorithm).
    """

    def __init__(self, burst: int, per_minute: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = 60 / per_minute
        self._slack = (burst - 1) * self._interval
        self._clock = clock
        self._spent_until: dict[str, float] = {}
        self._sweep_at = _SWEEP_AT

    def wait(self, key: str) -> int:
        """0, and the request counts; or the whole seconds until the next one is welcome."""
        now = self._clock()
        spent = max(self._spent_until.get(key, 0.0), now)
        if spent - now > self._slack:
            return max(1, math.ceil(spent - now - self._slack))
        if len(self._spent_until) >= self._sweep_at:
            self._sweep(now)
        self._spent_until[key] = spent + self._interval
        return 0

    def _sweep(self, now: float) -> None:
        self._spent_until = {key: spent for key, spent in self._spent_until.items() if spent > now}
        self._sweep_at = max(_SWEEP_AT, 2 * len(self._spent_until))  # so that a sweep pays for itself


class Slots:
    """At most `most` held at once for each key."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: Counter[str] = Counter()

    @contextmanager
    def hold(self, key: str) -> Iterator[bool]:
        """Yields whether a slot was free; gives it back at the end."""
        if self._held[key] >= self._most:
            yield False
            return
        self._held[key] += 1
        try:
            yield True
        finally:
            self._held[key] -= 1
            if not self._held[key]:
                del self._held[key]

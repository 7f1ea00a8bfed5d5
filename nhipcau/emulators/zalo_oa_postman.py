"""Takes events to the webhook: signed, within two seconds, and again along the ladder when they are not received."""

import asyncio
import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from nhipcau.emulators.zalo_bot_clock import Clock

Json = dict[str, Any]

SIGNATURE = "X-ZEvent-Signature"
LADDER = (30, 300, 900, 1800, 3600)  # seconds of the emulator's clock: half a minute to an hour
PATIENCE = 2.0  # real seconds in which the webhook must answer 200
QUIET = 0.05  # real seconds without a new event, after which a shuffled heap is dealt out


def signature(app_id: str, body: bytes, timestamp: str, oa_secret: str) -> str:
    """The header's value for a body: a plain SHA-256 over the four, one behind another."""
    told = app_id.encode() + body + timestamp.encode() + oa_secret.encode()
    return f"mac={hashlib.sha256(told).hexdigest()}"


@dataclass
class Delivery:
    """An event on its way."""

    event_name: str
    body: bytes
    headers: dict[str, str]
    due: float
    tries: int = 0


@dataclass
class Attempt:
    """One try: the webhook's status, 0 where there was none in time."""

    event_name: str
    num_retry: int
    status: int
    body: bytes


@dataclass
class Postman:
    """One webhook. `muted`: beginnings of event names whose toggle is off. `only_hash`: texts must begin with #."""

    clock: Clock
    notify: Callable[[], None]
    sign: Callable[[bytes, str], str]
    url: str = ""
    subscribed: bool = True
    patience: float = PATIENCE
    copies: int = 0
    shuffler: random.Random | None = None
    muted: set[str] = field(default_factory=lambda: {"oa_", "user_received_message"})
    only_hash: bool = False
    attempts: list[Attempt] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.changed = asyncio.Event()
        self._heap: list[Delivery] = []
        self._carrying = 0

    @property
    def settled(self) -> bool:
        """Whether nothing is due now. What waits for a later step of the ladder does not count."""
        due = any(one.due <= self.clock.now() for one in self._heap)
        return not self._carrying and not (due and self.url and self.subscribed)

    def put(self, event: Json, headers: dict[str, str] | None = None) -> None:
        """Signs an event and puts it on its way, if its toggle is on."""
        name = event["event_name"]
        text = event.get("message", {}).get("text", "")
        if name.startswith(tuple(self.muted)) or (self.only_hash and not text.startswith("#")):
            return
        body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        signed = {SIGNATURE: self.sign(body, event["timestamp"]), **(headers or {})}
        for _ in range(1 + self.copies):
            self._heap.append(Delivery(name, body, signed, self.clock.now()))
        self.notify()

    async def work(self) -> None:
        """Delivers until cancelled."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self.patience)) as session:
            while True:
                self.changed.clear()
                if found := await self._next():
                    self._carrying += 1
                    await self._deliver(session, found)
                    self._carrying -= 1
                    self.notify()
                    continue
                await self.clock.until(self._next_time(), self.changed)

    def _next_time(self) -> float:
        later = [one.due for one in self._heap if self.url and self.subscribed]
        return min(later, default=self.clock.now() + 3600)

    async def _next(self) -> Delivery | None:
        if not self.url or not self.subscribed:
            return None
        if self.shuffler:
            await self._quiet()
        due = [one for one in self._heap if one.due <= self.clock.now()]
        if not due:
            return None
        found = self.shuffler.choice(due) if self.shuffler else min(due, key=lambda one: one.due)
        self._heap.remove(found)
        return found

    async def _quiet(self) -> None:
        known = -1
        while known != len(self._heap):
            known = len(self._heap)
            await asyncio.sleep(QUIET)

    async def _deliver(self, session: aiohttp.ClientSession, one: Delivery) -> None:
        headers = one.headers | ({"num_retry": str(one.tries)} if one.tries else {})
        status = await self.post(session, one.body, headers)
        self.attempts.append(Attempt(one.event_name, one.tries, status, one.body))
        if status == 200:
            return
        if one.tries < len(LADDER):
            one.due = self.clock.now() + LADDER[one.tries]
            one.tries += 1
            self._heap.append(one)
        else:
            self.subscribed = False

    async def post(self, session: aiohttp.ClientSession, body: bytes, headers: dict[str, str]) -> int:
        """One request to the webhook; its status, 0 for no answer in time."""
        told = {"Content-Type": "application/json", **headers}
        wait = aiohttp.ClientTimeout(total=self.patience)
        try:
            async with session.post(self.url, data=body, headers=told, timeout=wait) as response:
                return response.status
        except (aiohttp.ClientError, TimeoutError):
            return 0

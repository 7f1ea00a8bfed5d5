"""The contract every channel obeys. A new channel is one module with one class; nothing else changes."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import msgspec
from aiohttp import web

from nhipcau.channels.message import Incoming, Outgoing, Receipt

Receive = Callable[[Sequence[Incoming]], Awaitable[None]]
"""Stores events durably. When it returns they are kept (duplicates are dropped silently); only then may the
platform be told 200. Raises when the store is down: then the platform must not be told 200."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What the platform allows. Rates are messages per second; 0 means no limit of ours."""

    text: int  # UTF-16 units in one message; longer texts are cut by the channel at paragraph ends
    buttons: int  # buttons under one message; 0: the kit writes numbered lines instead
    asks_phone: bool = False  # the platform can hand over a person's own phone number at a tap
    overall_rate: float = 0
    chat_rate: float = 0
    chat_burst: int = 1
    group_per_minute: int = 0
    concurrency: int = 64  # sends under way at once


class Channel(Protocol):
    """One account on one platform."""

    name: str  # "telegram", "web", ...
    account: str
    limits: Limits
    repeatable: bool  # sending the same message_id twice shows it once
    secrets: tuple[str, ...]  # values that logs must never show

    async def start(self, receive: Receive) -> None:
        """Begins to receive (routes are already mounted). Raises Misconfigured with what to do."""

    async def stop(self) -> None:
        """Stops receiving, then closes connections. Sends under way are finished by the sender first."""

    def routes(self) -> Sequence[web.RouteDef]:
        """Webhooks and pages this channel serves; empty for a polling channel."""

    async def send(self, chat: str, message: Outgoing, *, message_id: str) -> Receipt:
        """Sends once. `message_id` is our own stable id of this message. Raises SendFailure."""

    async def check(self) -> Sequence[tuple[bool, str]]:
        """For `nhipcau doctor`: (is it well?, a sentence that says what is and what to do)."""

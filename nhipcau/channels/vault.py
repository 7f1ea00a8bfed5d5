"""What a channel must remember over restarts: the port it declares; the roof supplies it over the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol


class Kept(NamedTuple):
    """A value as stored. `version` rises with every change; 0 means that nothing is stored."""

    version: int
    body: bytes


NOTHING = Kept(0, b"")


class Vault(Protocol):
    """Sealed values of one account, by name, shared by all processes."""

    async def read(self, name: str) -> Kept:
        """The value, or NOTHING."""

    async def swap(self, name: str, version: int, body: bytes) -> bool:
        """Stores `body` where the stored version still is `version`; on disk when this returns True."""


class Visits(Protocol):
    """When each person last turned to us."""

    async def note(self, visits: Sequence[tuple[str, datetime]]) -> None:
        """Keeps the latest moment of each chat."""

    async def last(self, chat: str) -> datetime | None:
        """None where it is not known."""

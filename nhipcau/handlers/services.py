"""What conversations may use besides the message itself."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from nhipcau.knowledge.answer import Knowledge
from nhipcau.store.store import Store


class UnionInfo(NamedTuple):
    """The union this bot speaks for, as shown to members."""

    name: str
    contact: str  # how a person reaches an officer: phone, address, hours
    keep_days: int = 30  # how long messages are kept


def no_links(_parameter: str) -> Sequence[str]:
    """Where nobody knows the addresses of the channels."""
    return ()


class Services(NamedTuple):
    """Given to every turn. `today` is the day in Vietnam; `links` the addresses that start a chat with a parameter."""

    knowledge: Knowledge
    union: UnionInfo
    store: Store
    today: Callable[[], date]
    links: Callable[[str], Sequence[str]] = no_links

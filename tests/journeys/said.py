"""What journeys share on every channel."""

from typing import NamedTuple

PATIENCE = 20.0  # seconds until a reply that does not come is a failure


class Said(NamedTuple):
    """A message of the bot as its reader sees it."""

    text: str
    labels: list[str]


def matching(labels: list[str], words: str) -> str:
    return next(label for label in labels if words in label)

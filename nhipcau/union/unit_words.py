"""What lists of units call their columns and kinds, and the short forms in units' names: `unit_words.toml`."""

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from nhipcau.store.folding import folded_words

FILE = Path(__file__).with_name("unit_words.toml")


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`columns` and `kinds`: all names of each; the first is the one that is shown. `short`: short form to words."""

    columns: dict[str, tuple[str, ...]]
    kinds: dict[str, tuple[str, ...]]
    short: dict[str, str]

    def column(self, heading: str) -> str | None:
        """The column that a heading names."""
        return _named(self.columns, heading)

    def kind(self, text: str) -> str | None:
        """The kind that a word of a list, or our own word, means."""
        return text if text in self.kinds else _named(self.kinds, text)


@cache
def words() -> Words:
    """The words that come with the program."""
    return msgspec.convert(tomllib.loads(FILE.read_text(encoding="utf-8")), Words)


def spelled(text: str) -> list[str]:
    """The folded words of a name, short forms written out."""
    short = words().short
    return " ".join(short.get(word, word) for word in folded_words(text).split()).split()


def _named(table: dict[str, tuple[str, ...]], text: str) -> str | None:
    wanted = folded_words(text)
    return next((key for key, names in table.items() if wanted in map(folded_words, names)), None)

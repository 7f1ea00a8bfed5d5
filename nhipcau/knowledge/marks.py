"""Typed tone marks as a tie-break: two entries equal without marks are told apart by them."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from nhipcau.knowledge.normalise import LONGEST, folded

_WORD = re.compile(r"[^\W\d_]+")
_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))


@lru_cache(maxsize=20_000)
def form(word: str) -> str:
    """A word with its tone moved to the end, so that hoà and hòa, NFC and NFD are one."""
    parts = unicodedata.normalize("NFD", word.lower())
    return parts.translate(_TONES) + "".join(c for c in parts if ord(c) in _TONES)


def marked_words(text: str) -> dict[str, str]:
    """Marked form -> bare word, for each word typed with marks."""
    words = _WORD.findall(unicodedata.normalize("NFC", text[:LONGEST]))
    return dict([_forms(word) for word in words if not word.isascii()])


@lru_cache(maxsize=20_000)
def _forms(word: str) -> tuple[str, str]:
    return form(word), folded(word)


class Marks(msgspec.Struct, frozen=True):
    """In which marked forms an entry writes each word."""

    forms: frozenset[str]
    bare: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "Marks":
        """Lines typed without any marks say nothing about marks and are left out."""
        lines = [line for line in text.splitlines() if not line.isascii()]
        words = frozenset(word for line in lines for word in _WORD.findall(line.lower()))
        return cls(frozenset(map(form, words)), frozenset(map(folded, words)))

    def contradicted(self, typed: Mapping[str, str]) -> int:
        """How many typed words (marked form -> bare word) the entry knows, but only with other marks."""
        missing = typed.keys() - self.forms
        return sum([typed[word] in self.bare for word in missing]) if missing else 0

"""One writing for the many ways a question is typed: the same for the base and for the asker."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import msgspec

from nhipcau.knowledge.spelling import Speller
from nhipcau.store.folding import folded as folded  # the rooms above know it from here

WORDS = Path(__file__).with_name("words.toml")

LONGEST = 1_500  # characters read of one question; the rest of a longer text adds nothing to its subject
_MEMO = 50_000  # words remembered; a flood of nonsense starts the memory anew

_NUMBERED = re.compile(r"(\d+)([a-z]+)(\d*)|([a-z]+)(\d+)")
_REPEATS = re.compile(r"(?!iii$)([a-z])\1{2,}")  # but III is a region
_UNITS = {
    "k": "nghin",
    "tr": "trieu",
    "h": "gio",
    "g": "gio",
    "p": "phut",
    "ph": "phut",
    "m": "trieu",
    "t": "tuoi",
}
_COUNTED = {
    "vung",
    "ca",
    "thu",
    "loai",
    "quy",
    "thang",
    "con",
    "dieu",
    "khoan",
    "mau",
    "lan",
    "nam",
    "ngay",
    "buoc",
}


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The word lists of `words.toml`, folded."""

    abbreviations: dict[str, str]
    pairs: dict[str, str]
    synonyms: dict[str, str]
    slots: dict[str, list[str]]
    talk: dict[str, list[str]]


@lru_cache(maxsize=1)
def shipped_words() -> Words:
    """The word lists which lie beside this module."""
    return msgspec.convert(tomllib.loads(WORDS.read_text(encoding="utf-8")), Words)


class Reading(msgspec.Struct, frozen=True):
    """What was understood of a text: its words in order, and what the law calls them."""

    words: list[str]
    added: list[tuple[str, ...]]

    def terms(self) -> list[str]:
        """Single words and neighbouring pairs, each piece for itself."""
        terms = [*self.words, *map(" ".join, pairwise(self.words))]
        for piece in self.added:
            terms += piece
            terms += map(" ".join, pairwise(piece))
        return terms


class Normaliser:
    """Folds, expands and repairs. `vocabulary` (word -> count) is what typing errors are repaired to."""

    def __init__(self, vocabulary: Mapping[str, int] | None = None, words: Words | None = None) -> None:
        words = words or shipped_words()
        self._short = {key: tuple(value.split()) for key, value in words.abbreviations.items()}
        self._pairs = {_pair(key): tuple(value.split()) for key, value in words.pairs.items()}
        self._synonyms = _by_first_word(words.synonyms)
        self._speller = Speller(vocabulary) if vocabulary else None
        self._memo: dict[str, tuple[str, ...]] = {}

    def read(self, text: str, longest: int | None = LONGEST) -> Reading:
        """The words of a text and their synonyms; never fails, whatever the text."""
        words: list[str] = []
        for word in folded(text[:longest]).split():
            words += self._memo.get(word) or self._word(word)
        words = self._paired(words)
        return Reading(words, self._added(words))

    def _word(self, word: str) -> tuple[str, ...]:
        if len(self._memo) >= _MEMO:
            self._memo.clear()
        self._memo[word] = found = self._expanded(_REPEATS.sub(r"\1", word))
        return found

    def _expanded(self, word: str) -> tuple[str, ...]:
        if word in self._short:
            return self._short[word]
        if len(word) > 1 and word[-1] == word[-2] and word[:-1] in self._short:
            return self._short[word[:-1]]
        if not word.isalpha() and (pieces := self._numbered(word)):
            return pieces
        if word.isdigit() or self._speller is None:
            return (word,)
        return tuple(p for piece in self._speller.repair(word) for p in self._short.get(piece, (piece,)))

    def _numbered(self, word: str) -> tuple[str, ...] | None:
        """`5tr5` -> 5 trieu 5; `8h` -> 8 gio; `vung3` -> vung 3. Other mixtures are left to the speller."""
        match = _NUMBERED.fullmatch(word)
        if match is None:
            return None
        if match[1]:
            unit = _UNITS.get(match[2]) or match[2]
            return (match[1], unit, match[3]) if match[3] else (match[1], *self._expanded(unit))
        return (match[4], match[5]) if match[4] in _COUNTED else None

    def _paired(self, words: list[str]) -> list[str]:
        pairs = self._pairs
        if not any(pair in pairs for pair in pairwise(words)):
            return words
        result: list[str] = []
        for word in words:
            settled = pairs.get((result[-1], word)) if result else None
            if settled is None:
                result.append(word)
            else:
                result[-1:] = settled
        return result

    def _added(self, words: list[str]) -> list[tuple[str, ...]]:
        found: dict[tuple[str, ...], None] = {}
        synonyms = self._synonyms
        for at, word in enumerate(words):
            if word in synonyms:
                for phrase, lawful in synonyms[word]:
                    if words[at : at + len(phrase)] == phrase:
                        found[lawful] = None
        return list(found)


def vocabulary_of(texts: Iterable[str]) -> Counter[str]:
    """How often each folded word stands in the texts."""
    return Counter(word for text in texts for word in folded(text).split())


def _pair(key: str) -> tuple[str, str]:
    first, second = key.split()
    return first, second


_Synonyms = dict[str, list[tuple[list[str], tuple[str, ...]]]]


def _by_first_word(synonyms: Mapping[str, str]) -> _Synonyms:
    table: _Synonyms = {}
    for spoken, lawful in synonyms.items():
        phrase = spoken.split()
        table.setdefault(phrase[0], []).append((phrase, tuple(lawful.split())))
    return table

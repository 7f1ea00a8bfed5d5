"""Repair of mistyped Vietnamese syllables: Telex and VNI residue, glued words, one wrong key."""

import re
from collections.abc import Mapping
from functools import lru_cache

from rapidfuzz.distance import OSA

_ONSET = "ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdghklmnprstvx]"
_RIME = (
    "a(?:ch|c|i|m|nh|ng|n|o|p|t|u|y)?|e(?:ch|c|m|nh|ng|n|o|p|t|u)?|i(?:ch|c|m|nh|n|p|t|u|a|e(?:c|m|n|ng|p|t|u))?"
    "|o(?:c|i|m|ng|n|p|t|a(?:ch|c|i|m|nh|ng|n|o|p|t|y)?|e(?:m|n|o|t)?|o(?:ng|c))?"
    "|u(?:c|i|m|ng|n|p|t|u|a(?:n|ng|t|y)?|e(?:ch|nh|n|t)?|o(?:c|i|m|ng|n|p|t|u)?|y(?:a|ch|e(?:n|t)|nh|n|t|u)?)?"
    "|y(?:ch|n|nh|p|t|e(?:m|n|t|u|ng))?"
)
_SYLLABLE = re.compile(f"(?:{_ONSET})?(?:{_RIME})")
_TELEX = (("aa", "a"), ("ee", "e"), ("oo", "o"), ("dd", "d"), ("uw", "u"), ("ow", "o"), ("aw", "a"), ("w", "u"))
_DIGITS = re.compile(r"\d")
_TONE_KEYS = re.compile(r"[sfrxj]")
_LONGEST = 24  # letters; a longer word is a link or noise
_PIECES = 4


@lru_cache(maxsize=20_000)
def is_syllable(word: str) -> bool:
    """Whether an unmarked word can be a Vietnamese syllable, known or not."""
    return _SYLLABLE.fullmatch(word) is not None


class Speller:
    """Repairs what is no syllable to what the vocabulary (word -> count) knows."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        alphabetic = {w: n for w, n in vocabulary.items() if w.isalpha() and len(w) <= _LONGEST}
        self._count = {word: n for word, n in alphabetic.items() if n > 2 or is_syllable(word)}
        self._by_first: dict[str, list[str]] = {}
        for word in self._count:
            self._by_first.setdefault(word[0], []).append(word)

    def repair(self, word: str) -> tuple[str, ...]:
        """The word itself if it is known or could be right, else its most likely repair."""
        if word in self._count or len(word) > _LONGEST or is_syllable(word):
            return (word,)
        if telex := self._telex(word):
            return (telex,)
        return self._unglued(word) or self._one_edit(word)

    def _telex(self, word: str) -> str | None:
        plain = _DIGITS.sub("", word)  # VNI writes marks as digits
        for keys, letter in _TELEX:
            plain = plain.replace(keys, letter)
        candidates = [
            plain,
            *(plain[: m.start()] + plain[m.end() :] for m in _TONE_KEYS.finditer(plain) if m.start()),
        ]
        return max((c for c in candidates if c in self._count), key=self._count.__getitem__, default=None)

    def _unglued(self, word: str) -> tuple[str, ...]:
        """`tangca` -> tang ca: the fewest known syllables, of those the most frequent."""
        best: list[tuple[int, int, tuple[str, ...]] | None] = [(0, 0, ())] + [None] * len(word)
        for end in range(2, len(word) + 1):
            for start in range(max(0, end - 6), end - 1):
                before, piece = best[start], word[start:end]
                if before is None or before[0] == _PIECES or self._count.get(piece, 0) < 3:
                    continue
                found = (before[0] + 1, min(before[1] or 1 << 30, self._count[piece]), (*before[2], piece))
                here = best[end]
                if here is None or (found[0], -found[1]) < (here[0], -here[1]):
                    best[end] = found
        whole = best[-1]
        return whole[2] if whole else ()

    def _one_edit(self, word: str) -> tuple[str, ...]:
        """One wrong, missing, doubled or swapped letter after the first: the most frequent candidate."""
        if len(word) < 3 or not word.isalpha():
            return (word,)
        near = [c for c in self._by_first.get(word[0], ()) if abs(len(c) - len(word)) < 2]
        near = [c for c in near if OSA.distance(word, c, score_cutoff=1) <= 1]
        return (max(near, key=self._count.__getitem__),) if near else (word,)

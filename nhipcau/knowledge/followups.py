"""Follow-ups which keep their subject: after the minimum wage of region III, "còn vùng 4?"."""

from collections.abc import Iterable, Sequence

import msgspec

from nhipcau.knowledge.normalise import Words, shipped_words

LONGEST = 8  # words which say something; a longer text is a question of its own
_IDLE = {
    "ngay",
    "o",
    "lam",
    "vao",
    "la",
    "ma",
    "thi",
    "neu",
    "cho",
    "luong",
    "di",
    "hom",
    "toi",
    "em",
    "anh",
    "voi",
}


class FollowUp(msgspec.Struct, frozen=True):
    """A follow-up joined to the question before it.

    `question`: both as one; `rest`: what it adds; `sure`: it is nothing but a slot ("còn vùng 4?"), so that
    alone it would mean nothing.
    """

    question: str
    rest: tuple[str, ...]
    sure: bool


class FollowUps:
    """Recognises follow-ups by how they open and close, and by the slot they replace."""

    def __init__(self, words: Words | None = None) -> None:
        words = words or shipped_words()
        self._slots = {name: _phrases(slot) for name, slot in words.slots.items()}
        self._open = _phrases(words.talk["follow"])
        self._close = _phrases(words.talk["close"])

    def join(self, words: Sequence[str], before: Sequence[str]) -> FollowUp | None:
        """The words of a text and of the question before it -> their union, or None if it stands alone."""
        rest, opened = self._stripped(list(words))
        if not rest or len(rest) > LONGEST or not before:
            return None
        named = [
            (name, phrase) for name, slot in self._slots.items() for phrase in slot if _find(rest, phrase) >= 0
        ]
        kept = list(before)
        for name, _ in named:
            kept = _without(kept, self._slots[name])
        kept = _without_years(kept) if any(map(_is_year, rest)) else kept
        if not named and len(rest) == 1 and rest[0].isdigit():
            kept = _renumbered(kept, rest[0])
        sure = kept != list(before) and not _beyond(rest, [phrase for _, phrase in named])
        if not sure and not opened:
            return None
        return FollowUp(" ".join((*kept, *rest)), tuple(rest), sure)

    def _stripped(self, words: list[str]) -> tuple[list[str], bool]:
        """Without the opening and closing words; whether it opened as follow-ups do."""
        length = len(words)
        while opening := next((p for p in self._open if tuple(words[: len(p)]) == p), None):
            words = words[len(opening) :]
        opened = len(words) < length
        while closing := next((p for p in self._close if tuple(words[-len(p) :]) == p), None):
            words = words[: -len(closing)]
        return words, opened


def _phrases(phrases: Iterable[str]) -> list[tuple[str, ...]]:
    """Longest first, so that "the con" is taken before "the"."""
    return sorted((tuple(phrase.split()) for phrase in phrases), key=len, reverse=True)


def _find(words: Sequence[str], phrase: tuple[str, ...]) -> int:
    size = len(phrase)
    return next((n for n in range(len(words) - size + 1) if tuple(words[n : n + size]) == phrase), -1)


def _without(words: list[str], phrases: Iterable[tuple[str, ...]]) -> list[str]:
    for phrase in phrases:
        while (at := _find(words, phrase)) >= 0:
            words = words[:at] + words[at + len(phrase) :]
    return words


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isdigit() and word.startswith("20")


def _without_years(words: list[str]) -> list[str]:
    kept = [word for word in words if not _is_year(word)]
    return kept[:-1] if kept and kept[-1] == "nam" else kept


def _renumbered(words: list[str], number: str) -> list[str]:
    """ "còn 4?" after "... vùng 3": the number goes, and the noun before it moves to the end."""
    at = next((n for n, word in enumerate(words) if n and word.isdigit() and word != number), 0)
    return words[: at - 1] + words[at + 1 :] + [words[at - 1]] if at else words


def _beyond(rest: Sequence[str], named: Iterable[tuple[str, ...]]) -> bool:
    """Whether the words say more than slots, years and numbers."""
    left = _without(list(rest), named)
    return any(word not in _IDLE and word != "nam" and not word.isdigit() for word in left)

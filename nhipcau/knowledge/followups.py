"""Follow-ups which keep their subject: after the minimum wage of region III, "còn vùng 4?"."""

from collections.abc import Iterable, Sequence

import msgspec

from nhipcau.knowledge.normalise import Words, shipped_words

LONGEST = 8  # words which say something; a longer text is a question of its own
LONGEST_FOLLOW_UP = LONGEST + 4  # with the words which open and close it; a longer text need not even be read for it
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

    `question`: both as one; `rest`: what it says; `sure`: it is nothing but slots, years or numbers ("còn
    vùng 4?"), so that alone it would mean nothing; `beyond`: how many words say more than that.
    """

    question: str
    rest: tuple[str, ...]
    sure: bool
    beyond: int


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
        kept, said = list(before), rest
        for slot in self._slots.values():
            if phrase := next((p for p in slot if _find(said, p) >= 0), None):
                kept, said = _replaced(kept, slot, phrase), _without(said, [phrase])
        if any(map(_is_year, said)):
            kept = _without_years(kept)
        elif len(rest) == 1 and rest[0].isdigit():
            kept, said = _renumbered(kept, rest[0]), []
        beyond = [word for word in said if word not in _IDLE and not word.isdigit()]
        sure = not beyond and (kept != list(before) or any(map(_is_year, said)))
        if not sure and not opened:
            return None
        return FollowUp(" ".join((*kept, *said)), tuple(rest), sure, len(beyond))

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


def _replaced(words: list[str], slot: Iterable[tuple[str, ...]], phrase: tuple[str, ...]) -> list[str]:
    """The slot's phrase in the place of whichever of the slot stood there first, or at the end."""
    slot = list(slot)
    places = [at for other in slot if (at := _find(words, other)) >= 0]
    if not places:
        return [*words, *phrase]
    first = min(places)
    return [*words[:first], *phrase, *_without(words[first:], slot)]


def _renumbered(words: list[str], number: str) -> list[str]:
    """ "còn 4?" after "... vùng 3 ...": the last number of the question gives way."""
    numbers = [n for n, word in enumerate(words) if word.isdigit() and not _is_year(word)]
    at = numbers[-1] if numbers else None
    return words if at is None else [*words[:at], number, *words[at + 1 :]]

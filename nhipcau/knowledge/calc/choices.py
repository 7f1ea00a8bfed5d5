"""Words of an input which mean one of a few kinds, written in English or Vietnamese."""

import re
from collections.abc import Iterable, Mapping

from nhipcau.knowledge.calc.registry import BadInput
from nhipcau.knowledge.normalise import folded

SEXES = {"M": ("m", "male", "man", "nam"), "F": ("f", "female", "woman", "nu")}

_JOIN = re.compile(r"[\s_/-]+")


def pick(field: str, said: str, kinds: Mapping[str, tuple[str, ...]]) -> str:
    """The first kind whose name or one of whose words begins a word of `said`. BadInput for anything else.

    Kinds are tried in order, so "unlawful" stands before "lawful".
    """
    for kind, words in kinds.items():
        if says(said, (_plain(kind), *words)):
            return kind
    raise BadInput(f"{field}: expected one of {', '.join(kinds)}, got {said[:40]!r}")


def sex(said: str) -> str:
    """ "M" or "F"; whole words only, since one letter begins many."""
    text = _plain(said)
    for kind, words in SEXES.items():
        if text in words:
            return kind
    raise BadInput(f"sex: expected M or F, got {said[:40]!r}")


def says(said: str, words: Iterable[str]) -> bool:
    """Whether one of the words (folded, lower case) begins a word of `said`."""
    text = _plain(said)
    return any(re.search(rf"\b{re.escape(word)}", text) for word in words)


def _plain(text: str) -> str:
    return _JOIN.sub(" ", folded(text).lower()).strip()

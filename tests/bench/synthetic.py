"""How asking scales with the base, real entries among made-up ones: `python -m tests.bench.synthetic 1000`."""

import random
import re

import msgspec

from nhipcau.knowledge.entries import Entry, load_base
from nhipcau.knowledge.fit import OUTSIDE

SENTENCES = 9
PHRASINGS = 10
LINES = 3  # questions of other fields which one unrelated entry is made of


def synthetic(count: int, seed: int = 7) -> list[Entry]:
    """`count` entries: the real ones first, then invented ones of the same size and vocabulary."""
    real = list(load_base().entries.values())
    words = [re.findall(r"\w+", f"{one.title} {one.short} {one.deep}") for one in real]
    dice = random.Random(seed)

    def invented(number: int) -> Entry:
        pool = [*dice.choice(words), *dice.choice(words), f"w{number}"]
        return _invented(f"synthetic-{number}", real[number % len(real)], pool, dice)

    return [*real[:count], *map(invented, range(len(real), count))]


def unrelated(count: int, seed: int = 7) -> list[Entry]:
    """`count` invented entries of other fields: each from the words of a few outside questions, which it answers."""
    real = list(load_base().entries.values())
    lines = [line.strip() for line in OUTSIDE.read_text(encoding="utf-8").splitlines() if line.strip()]
    dice = random.Random(seed)

    def invented(number: int) -> Entry:
        asked = dice.sample(lines, LINES)
        entry = _invented(f"unrelated-{number}", real[number % len(real)], re.findall(r"\w+", " ".join(asked)), dice)
        return msgspec.structs.replace(entry, title=asked[0], questions=(*asked, *entry.questions[LINES:]))

    return [*map(invented, range(count))]


def _invented(name: str, pattern: Entry, pool: list[str], dice: random.Random) -> Entry:
    def sentence(length: int) -> str:
        return " ".join(dice.choices(pool, k=length))

    return msgspec.structs.replace(
        pattern,
        id=name,
        title=sentence(8),
        questions=tuple(sentence(9) for _ in range(PHRASINGS)),
        short=sentence(45),
        steps=tuple(sentence(12) for _ in range(3)),
        deep=". ".join(sentence(14) for _ in range(SENTENCES)),
        related=(),
    )

"""How asking scales with the base, real entries among made-up ones: `python -m tests.bench.synthetic 1000`."""

import random
import re

import msgspec

from nhipcau.knowledge.entries import Entry, load_base

SENTENCES = 9
PHRASINGS = 10


def synthetic(count: int, seed: int = 7) -> list[Entry]:
    """`count` entries: the real ones first, then invented ones of the same size and vocabulary."""
    real = list(load_base().entries.values())
    words = [re.findall(r"\w+", f"{one.title} {one.short} {one.deep}") for one in real]
    dice = random.Random(seed)
    return [*real[:count], *(_invented(n, real[n % len(real)], words, dice) for n in range(len(real), count))]


def _invented(number: int, pattern: Entry, words: list[list[str]], dice: random.Random) -> Entry:
    pool = [*dice.choice(words), *dice.choice(words), f"w{number}"]

    def sentence(length: int) -> str:
        return " ".join(dice.choices(pool, k=length))

    return msgspec.structs.replace(
        pattern,
        id=f"synthetic-{number}",
        title=sentence(8),
        questions=tuple(sentence(9) for _ in range(PHRASINGS)),
        short=sentence(45),
        steps=tuple(sentence(12) for _ in range(3)),
        deep=". ".join(sentence(14) for _ in range(SENTENCES)),
        related=(),
    )

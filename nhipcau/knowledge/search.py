"""Ranking of entries: BM25 over unmarked words and word pairs, of the phrasings and of the texts.

score = BM25(title, all phrasings) + 0.5 * BM25(title, answer, explanation) + what a phrasing nearly equal to the
question adds. Word pairs bring nine points of first places, and unmarked text costs clean questions at most one.
Phrasings and texts are counted apart, each with its own rarity of words: among 375 entries this brought two
points of first places on phrasings left out of the index, and four on questions of another author. The last part
lets a short plain question find the general entry before its finer neighbours.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import chain, islice, pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

from nhipcau.knowledge.entries import REFERENCE, Entry
from nhipcau.knowledge.marks import Marks, marked_words
from nhipcau.knowledge.normalise import Normaliser, vocabulary_of

TITLE_WEIGHT = 2
TEXT_WEIGHT = 0.5
EQUAL_WEIGHT = 1.5  # of a phrasing which equals the question, in shares of the question's weight,
EQUAL_FROM = 0.6  # from this likeness on
K1, B = 1.5, 0.75
CANDIDATES = 6
MARKS_PENALTY = 0.5  # share of a score lost when each marked word stands in the entry with other marks only

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
_Counts = Sequence[Counter[int]]


class Hit(msgspec.Struct, frozen=True):
    """One candidate: its place in the index, its score, how like its nearest phrasing is (0..1), and its weight."""

    at: int
    score: float
    phrasing: float
    nearest: float


class Found(msgspec.Struct, frozen=True):
    """What a search saw: the best entries, and what there is to judge the first of them by (0..1 each).

    `relative`: its score against that of an entry which holds every word; `phrasing`: how like the question its
    nearest phrasing is, `sameness` how much of that phrasing was asked; `coverage`: share of the question's
    weight which the entry knows; `pairs`: share of the word pairs it knows; `known`: share of the weight
    anything knows. `weight`: how much the question says in all, in units of rarity.
    """

    hits: tuple[Hit, ...] = ()
    relative: float = 0.0
    phrasing: float = 0.0
    sameness: float = 0.0
    coverage: float = 0.0
    pairs: float = 0.0
    known: float = 0.0
    weight: float = 0.0
    words: int = 0
    terms: tuple[str, ...] = ()


class Index:
    """A frozen index over entries; it is built anew when an entry changes."""

    def __init__(self, entries: Iterable[Entry], normaliser: Normaliser | None = None) -> None:
        self.entries = tuple(entries)
        self.normaliser = normaliser or Normaliser(vocabulary_of(map(_all_text, self.entries)))
        self._terms: dict[str, int] = {}
        asked = [[self._numbers(q) for q in entry.questions or (entry.title,)] for entry in self.entries]
        titles, texts = zip(*map(self._title_and_texts, self.entries), strict=True) if self.entries else ((), ())
        spoken = [Counter(chain(title, *own)) for title, own in zip(titles, asked, strict=True)]
        written = [Counter(chain(title * TITLE_WEIGHT, text)) for title, text in zip(titles, texts, strict=True)]
        self._knows = tuple(frozenset(a | b) for a, b in zip(spoken, written, strict=True))
        idf = _idf(self._knows, len(self._terms))
        self._idf: list[float] = idf.tolist()
        self._rarest = max(self._idf, default=1.0)
        self._postings = _Postings((spoken, 1.0), (written, TEXT_WEIGHT), size=len(self._terms))
        self._phrasings = _Phrasings([list(map(Counter, own)) for own in asked], idf)
        self._marks: dict[int, Marks] = {}

    def _numbers(self, text: str) -> list[int]:
        number = self._terms
        terms = self.normaliser.read(text, None).terms() or [""]  # no document is without a term
        return [number.setdefault(term, len(number)) for term in terms]

    def _title_and_texts(self, entry: Entry) -> tuple[list[int], list[int]]:
        title, *texts = (self._numbers(_plain(text)) for text in entry.texts())
        return title, list(chain(*texts))

    def _marks_of(self, at: int) -> Marks:
        """Read when first needed: at the start of a large base this would take a quarter of the time."""
        if at not in self._marks:
            self._marks[at] = Marks.of(_all_text(self.entries[at]))
        return self._marks[at]

    def search(self, text: str, limit: int = CANDIDATES) -> Found:
        """The best entries for a text, best first, and how well the first fits."""
        reading = self.normaliser.read(text)
        number = self._terms
        terms = {term: number.get(term) for term in reading.terms()}
        numbers = [n for n in terms.values() if n is not None]
        if not numbers:
            return Found(words=len(reading.words), terms=tuple(terms))
        hits = self._by_marks(text, self._hits(numbers, limit))
        return self._judged(tuple(hits), terms, len(reading.words))

    def _hits(self, numbers: list[int], limit: int) -> list[Hit]:
        scores = self._postings.scores(numbers)
        best = _best(scores, limit)
        whole = sum([self._idf[n] for n in numbers])
        bonus = EQUAL_WEIGHT * whole
        liked = zip(best, scores[best].tolist(), self._phrasings.like(best, numbers, whole), strict=True)
        hits = [Hit(at, s + bonus * max(like - EQUAL_FROM, 0.0), like, own) for at, s, (like, own) in liked]
        return sorted(hits, key=_score, reverse=True)

    @staticmethod
    def _sameness(hit: Hit, whole: float) -> float:
        """How much of its nearest phrasing was asked, from how like the two are."""
        return hit.phrasing * (hit.nearest + whole) / (2 * hit.nearest)

    def knows(self, at: int, words: Iterable[str]) -> bool:
        """Whether an entry holds at least half of the words, by weight."""
        weights = [(n := self._terms.get(word), self._rarest if n is None else self._idf[n]) for word in words]
        held = sum(weight for number, weight in weights if number in self._knows[at])
        return 2 * held >= sum(weight for _, weight in weights)

    def _by_marks(self, text: str, hits: list[Hit]) -> list[Hit]:
        """Typed marks decide between near equals: năm never loses to nam."""
        if text.isascii() or len(hits) < 2 or not (typed := marked_words(text)):
            return hits
        lost = [self._marks_of(hit.at).contradicted(typed) for hit in hits]
        if not any(lost):
            return hits
        part = MARKS_PENALTY / len(typed)
        weighed = [msgspec.structs.replace(h, score=h.score * (1 - part * n)) for h, n in zip(hits, lost, strict=True)]
        return sorted(weighed, key=_score, reverse=True)

    def _judged(self, hits: tuple[Hit, ...], terms: dict[str, int | None], words: int) -> Found:
        """What of the question the first entry holds, by weight. A word nobody knows weighs as the rarest."""
        first = hits[0]
        held, idf = self._knows[first.at], self._idf
        ceiling = covered = known = 0.0
        pairs = pairs_held = 0
        for term, n in terms.items():
            pair = " " in term
            pairs += pair
            if n is None:
                ceiling += 0.0 if pair else self._rarest
                continue
            ceiling += idf[n]
            known += idf[n]
            if n in held:
                covered += idf[n]
                pairs_held += pair
        return Found(
            hits=hits,
            relative=first.score / ceiling,
            phrasing=first.phrasing,
            sameness=self._sameness(first, known),
            coverage=covered / ceiling,
            pairs=pairs_held / pairs if pairs else 0.0,
            known=known / ceiling,
            weight=ceiling,
            words=words,
            terms=tuple(terms),
        )


class _Postings:
    """For each term the entries which hold it, all lists end to end: one count of bins is one search."""

    def __init__(self, *fields: tuple[_Counts, float], size: int) -> None:
        self._size = len(fields[0][0])
        keys, weights = zip(*(_weighed(texts, share, size) for texts, share in fields), strict=True)
        pairs, which = np.unique(np.concatenate(keys), return_inverse=True)
        terms, entries = np.divmod(pairs, max(self._size, 1))
        self._entries: Ints = entries.astype(np.intp)
        self._weights: Floats = np.bincount(which, np.concatenate(weights)).astype(np.float64, copy=False)
        ends = np.searchsorted(terms, np.arange(size + 1)).tolist()
        self._slices = [slice(start, end) for start, end in pairwise(ends)]

    def scores(self, numbers: list[int]) -> Floats:
        """Every entry's score for these terms."""
        slices = [self._slices[number] for number in numbers]
        entries = np.concatenate([self._entries[s] for s in slices])
        weights = np.concatenate([self._weights[s] for s in slices])
        scores: Floats = np.bincount(entries, weights, minlength=self._size).astype(np.float64, copy=False)
        return scores


class _Phrasings:
    """The phrasings of each entry, compared for a few candidates only, so that their number costs nothing."""

    def __init__(self, phrasings: Sequence[_Counts], idf: Floats) -> None:
        every = [asked for group in phrasings for asked in group]
        self._terms, self._lengths = _laid(every)
        self._weights: Floats = idf[self._terms]
        self._size = len(idf)
        ends = np.cumsum([0, *(len(group) for group in phrasings)])
        places = np.concatenate(([0], np.cumsum(self._lengths)))
        self._groups = [slice(a, b) for a, b in pairwise(ends.tolist())]
        self._spans = [slice(*places[[g.start, g.stop]].tolist()) for g in self._groups]
        owners = np.repeat(np.arange(len(every)), self._lengths)
        self._own: Floats = np.maximum(np.bincount(owners, self._weights, minlength=len(every)), 1e-9)

    def like(self, entries: list[int], numbers: list[int], whole: float) -> list[tuple[float, float]]:
        """Of each of these entries the most like phrasing: twice what is shared by what both weigh, and its weight."""
        asked = np.zeros(self._size, dtype=np.bool_)
        asked[numbers] = True
        groups = [self._groups[at] for at in entries]
        spans = [self._spans[at] for at in entries]
        held = asked[np.concatenate([self._terms[s] for s in spans])]
        weights = held * np.concatenate([self._weights[s] for s in spans])
        lengths = np.concatenate([self._lengths[g] for g in groups])
        own = np.concatenate([self._own[g] for g in groups])
        likeness = iter((2 * np.add.reduceat(weights, lengths.cumsum() - lengths) / (own + whole)).tolist())
        pairs = zip(likeness, own.tolist(), strict=True)
        return [max(islice(pairs, g.stop - g.start)) for g in groups]


def _score(hit: Hit) -> float:
    return hit.score


def _laid(documents: _Counts) -> tuple[Ints, Ints]:
    """The terms of all documents end to end, and how many each has."""
    terms = np.array([term for counted in documents for term in counted], dtype=np.intp)
    return terms, np.array([len(counted) for counted in documents], dtype=np.intp)


def _weighed(documents: _Counts, share: float, size: int) -> tuple[Ints, Floats]:
    """One field of all entries: for each (term, entry) its key, and its weight with the field's own rarities."""
    terms, lengths = _laid(documents)
    entries = np.repeat(np.arange(len(documents)), lengths)
    weights = _weights(documents) * _idf(documents, size)[terms] * share
    return terms * len(documents) + entries, weights


def _best(scores: Floats, limit: int) -> list[int]:
    if len(scores) > 4 * limit:
        near = np.argpartition(scores, -limit)[-limit:]
        best = near[np.argsort(-scores[near], kind="stable")].tolist()
    else:
        best = np.argsort(-scores, kind="stable")[:limit].tolist()
    return [at for at in best if scores[at] > 0]


def _plain(text: str) -> str:
    return REFERENCE.sub(" ", text)


def _all_text(entry: Entry) -> str:
    return _plain("\n".join((*entry.texts(), *entry.questions)))


def _idf(known: Sequence[Collection[int]], size: int) -> Floats:
    """How rare a term is among entries, wherever in the entry it stands."""
    seen = np.bincount(np.fromiter((t for terms in known for t in terms), dtype=np.intp), minlength=size)
    return np.log1p((len(known) - seen + 0.5) / (seen + 0.5))


def _weights(documents: _Counts) -> Floats:
    """BM25's share of each term in its document, without the term's rarity."""
    counts = np.array([n for counted in documents for n in counted.values()], dtype=np.float64)
    lengths = np.array([counted.total() for counted in documents], dtype=np.float64)
    norm = K1 * (1 - B + B * lengths / max(float(lengths.mean()) if len(lengths) else 1.0, 1.0))
    return counts * (K1 + 1) / (counts + np.repeat(norm, [len(counted) for counted in documents]))

"""Ranking of entries: BM25 over unmarked words and word pairs, of the texts and of every phrasing.

score = BM25(title, answer, explanation, all phrasings) + 0.5 * best BM25(single phrasing). Word pairs bring
nine points of first places, and unmarked text costs clean questions at most one. Counting the phrasings in the
text too brought ten more on questions of other authors (first places .78 -> .88, 583 questions, 191 entries).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, islice, pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

from nhipcau.knowledge.entries import REFERENCE, Entry
from nhipcau.knowledge.marks import Marks, marked_words
from nhipcau.knowledge.normalise import Normaliser, vocabulary_of

TITLE_WEIGHT = 3
PHRASING_WEIGHT = 0.5
K1, B = 1.2, 0.75
CANDIDATES = 6
MARKS_PENALTY = 0.5  # share of a score lost when each marked word stands in the entry with other marks only

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
_Counts = Sequence[Counter[int]]


class Hit(msgspec.Struct, frozen=True):
    """One candidate: its place in the index and its score; the best of its phrasings' scores, and them all."""

    at: int
    score: float
    phrasing: float
    phrasings: list[float]


class Found(msgspec.Struct, frozen=True):
    """What a search saw: the best entries, and what there is to judge the first of them by (0..1 each).

    `relative`: its score against that of an entry which holds every word; `phrasing`: the same of its nearest
    phrasing, `sameness` how much of that phrasing was asked; `coverage`: share of the question's weight which
    the entry knows; `pairs`: share of the word pairs it knows; `known`: share of the weight anything knows.
    """

    hits: tuple[Hit, ...] = ()
    relative: float = 0.0
    phrasing: float = 0.0
    sameness: float = 0.0
    coverage: float = 0.0
    pairs: float = 0.0
    known: float = 0.0
    words: int = 0
    terms: tuple[str, ...] = ()


class Index:
    """A frozen index over entries; it is built anew when an entry changes."""

    def __init__(self, entries: Iterable[Entry], normaliser: Normaliser | None = None) -> None:
        self.entries = tuple(entries)
        self.normaliser = normaliser or Normaliser(vocabulary_of(map(_all_text, self.entries)))
        self._terms: dict[str, int] = {}
        asked = [[self._numbers(q) for q in entry.questions or (entry.title,)] for entry in self.entries]
        texts = [Counter(self._text(entry, own)) for entry, own in zip(self.entries, asked, strict=True)]
        self._knows = tuple(map(frozenset, texts))
        idf = _idf(self._knows, len(self._terms))
        self._idf: list[float] = idf.tolist()
        self._rarest = max(self._idf, default=1.0)
        self._postings = _Postings(texts, idf)
        self._phrasings = _Phrasings([list(map(Counter, own)) for own in asked], idf)
        self._marks: dict[int, Marks] = {}

    def _numbers(self, text: str) -> list[int]:
        number = self._terms
        terms = self.normaliser.read(text, None).terms() or [""]  # no document is without a term
        return [number.setdefault(term, len(number)) for term in terms]

    def _text(self, entry: Entry, asked: Iterable[list[int]]) -> list[int]:
        title, *texts = (self._numbers(_plain(text)) for text in entry.texts())
        return list(chain(title * TITLE_WEIGHT, *texts, *asked))

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
        asked = self._phrasings.scores(best, numbers)
        found = zip(best, scores[best].tolist(), asked, map(max, asked), strict=True)
        hits = [Hit(at, score + PHRASING_WEIGHT * nearest, nearest, every) for at, score, every, nearest in found]
        return sorted(hits, key=_score, reverse=True)

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
            phrasing=first.phrasing / ceiling,
            sameness=first.phrasing / self._phrasings.own(first.at, first.phrasings.index(first.phrasing)),
            coverage=covered / ceiling,
            pairs=pairs_held / pairs if pairs else 0.0,
            known=known / ceiling,
            words=words,
            terms=tuple(terms),
        )


class _Postings:
    """For each term the entries which hold it, all lists end to end: one count of bins is one search."""

    def __init__(self, texts: _Counts, idf: Floats) -> None:
        terms, lengths = _laid(texts)
        order = np.argsort(terms, kind="stable")
        self._size = len(texts)
        self._entries: Ints = np.repeat(np.arange(self._size), lengths)[order].astype(np.intp)
        self._weights: Floats = (_weights(texts) * idf[terms])[order]
        ends = np.searchsorted(terms[order], np.arange(len(idf) + 1)).tolist()
        self._slices = [slice(start, end) for start, end in pairwise(ends)]

    def scores(self, numbers: list[int]) -> Floats:
        """Every entry's score for these terms."""
        slices = [self._slices[number] for number in numbers]
        entries = np.concatenate([self._entries[s] for s in slices])
        weights = np.concatenate([self._weights[s] for s in slices])
        scores: Floats = np.bincount(entries, weights, minlength=self._size).astype(np.float64, copy=False)
        return scores


class _Phrasings:
    """The phrasings of each entry, scored for a few candidates only, so that their number costs nothing."""

    def __init__(self, phrasings: Sequence[_Counts], idf: Floats) -> None:
        every = [asked for group in phrasings for asked in group]
        self._terms, lengths = _laid(every)
        self._weights: Floats = _weights(every) * idf[self._terms]
        self._lengths = lengths
        self._size = len(idf)
        ends = np.cumsum([0, *(len(group) for group in phrasings)])
        places = np.concatenate(([0], np.cumsum(lengths)))
        self._groups = [slice(a, b) for a, b in pairwise(ends.tolist())]
        self._spans = [slice(*places[[g.start, g.stop]].tolist()) for g in self._groups]
        owners = np.repeat(np.arange(len(every)), lengths)
        self._own: Floats = np.maximum(np.bincount(owners, idf[self._terms], minlength=len(every)), 1e-9)

    def scores(self, entries: list[int], numbers: list[int]) -> list[list[float]]:
        """The score of each phrasing of each of these entries."""
        asked = np.zeros(self._size, dtype=np.bool_)
        asked[numbers] = True
        groups = [self._groups[at] for at in entries]
        spans = [self._spans[at] for at in entries]
        held = asked[np.concatenate([self._terms[s] for s in spans])]
        weights = held * np.concatenate([self._weights[s] for s in spans])
        lengths = np.concatenate([self._lengths[g] for g in groups])
        scores = iter(np.add.reduceat(weights, lengths.cumsum() - lengths).tolist())
        return [list(islice(scores, g.stop - g.start)) for g in groups]

    def own(self, entry: int, place: int) -> float:
        """The whole weight of an entry's phrasing, by its place among them."""
        return float(self._own[self._groups[entry].start + place])


def _score(hit: Hit) -> float:
    return hit.score


def _laid(documents: _Counts) -> tuple[Ints, Ints]:
    """The terms of all documents end to end, and how many each has."""
    terms = np.array([term for counted in documents for term in counted], dtype=np.intp)
    return terms, np.array([len(counted) for counted in documents], dtype=np.intp)


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


def _idf(known: Sequence[frozenset[int]], size: int) -> Floats:
    """How rare a term is among entries, wherever in the entry it stands."""
    seen = np.bincount(np.fromiter((t for terms in known for t in terms), dtype=np.intp), minlength=size)
    return np.log1p((len(known) - seen + 0.5) / (seen + 0.5))


def _weights(documents: _Counts) -> Floats:
    """BM25's share of each term in its document, without the term's rarity."""
    counts = np.array([n for counted in documents for n in counted.values()], dtype=np.float64)
    lengths = np.array([counted.total() for counted in documents], dtype=np.float64)
    norm = K1 * (1 - B + B * lengths / max(float(lengths.mean()) if len(lengths) else 1.0, 1.0))
    return counts * (K1 + 1) / (counts + np.repeat(norm, [len(counted) for counted in documents]))

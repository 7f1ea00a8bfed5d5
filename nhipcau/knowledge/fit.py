"""Fit the weights of `model.json` to the base as it is now: `python -m nhipcau.knowledge.fit`.

Inside are the phrasings of the entries, each asked of an index which has never seen it, clean and noisy;
outside are the lines of `training/outside.txt`, each judged by a scope which has never seen it. The
published test set is not used.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

import msgspec
import numpy as np
from numpy.typing import NDArray

from nhipcau.knowledge import noise
from nhipcau.knowledge.confidence import FEATURES, MODEL, Logistic, Model, Scope, features
from nhipcau.knowledge.entries import Entry, load_base
from nhipcau.knowledge.search import Index

OUTSIDE = Path(__file__).parent / "training" / "outside.txt"
FOLDS = 5
PLAIN = 2  # phrasings of each entry and fold asked just as they stand: many ask in the commonest words
REFUSED = 0.97  # share of outside questions which get no choice,
DOUBTED = 0.95  # and which get no answer however near an entry seems
PRECISE = 0.915  # share of direct answers which are right, of phrasings which the index has never seen
INSIDE_TRAFFIC = 0.8  # share of questions which some entry answers

Floats = NDArray[np.float64]


class Case(msgspec.Struct, frozen=True):
    """One judged question: what the search saw, whether it was right, whether anything could be."""

    seen: tuple[float, ...]
    right: bool
    inside: bool


def fit(entries: Sequence[Entry], outside: Sequence[str], seed: int = 1) -> Model:
    """The weights for these entries, fitted on questions kept out of the index."""
    random = Random(seed)
    cases = [case for fold in range(FOLDS) for case in _fold(entries, outside, fold, random)]
    seen = np.array([case.seen for case in cases])
    right = np.array([case.right for case in cases])
    inside = np.array([case.inside for case in cases])
    share = inside.mean()
    weight = np.where(inside, INSIDE_TRAFFIC / share, (1 - INSIDE_TRAFFIC) / (1 - share))
    models = [logistic(seen, label, weight) for label in (right, inside)]
    sure, within = (np.array([model.of(case.seen) for case in cases]) for model in models)
    return Model(
        scope=fit_scope(Index(entries), _inside_texts(entries), outside, random),
        right=models[0],
        inside=models[1],
        answer_at=round(_threshold(sure, right, weight), 4),
        answer_inside=round(float(np.quantile(within[~inside], DOUBTED)), 4),
        choose_at=round(float(np.quantile(within[~inside], REFUSED)), 4),
    )


def _fold(entries: Sequence[Entry], outside: Sequence[str], fold: int, random: Random) -> Iterator[Case]:
    kept = [_questions(entry, [q for n, q in enumerate(entry.questions) if n % FOLDS != fold]) for entry in entries]
    index = Index(kept)
    known = [line for n, line in enumerate(outside) if n % FOLDS != fold]
    scope = fit_scope(index, _inside_texts(kept), known, random)
    for at, entry in enumerate(entries):
        held = [q for n, q in enumerate(entry.questions) if n % FOLDS == fold]
        near = [noise.shortened(q, random) for q in random.sample(kept[at].questions, min(3, len(kept[at].questions)))]
        for text in (*_varied([*held, *near], random, 2), *random.sample(kept[at].questions, min(PLAIN, len(near)))):
            yield from _case(index, scope, text, at)
    for text in _varied(outside[fold::FOLDS], random, 3):
        yield from _case(index, scope, text, None)


def _case(index: Index, scope: Scope, text: str, at: int | None) -> Iterator[Case]:
    found = index.search(text)
    if found.hits:
        seen = features(found, scope.of(found.terms))
        yield Case(seen, right=found.hits[0].at == at, inside=at is not None)


def _questions(entry: Entry, questions: Iterable[str]) -> Entry:
    return msgspec.structs.replace(entry, questions=tuple(questions))


def _inside_texts(entries: Iterable[Entry]) -> list[str]:
    return [text for entry in entries for text in (entry.title, *entry.questions)]


def _varied(texts: Iterable[str], random: Random, copies: int) -> Iterator[str]:
    """Each text as it stands, and noisy copies of it."""
    for text in texts:
        yield text
        for style in random.sample(noise.STYLES, copies):
            yield style(text, random)


def fit_scope(index: Index, inside: Sequence[str], outside: Sequence[str], random: Random) -> Scope:
    """A linear classifier over words and word pairs, both classes weighing the same."""
    texts = [*_varied(inside, random, 1), *_varied(outside, random, 1)]
    label: Floats = (np.arange(len(texts)) < 2 * len(inside)).astype(np.float64)
    read = [tuple(dict.fromkeys(index.normaliser.read(text).terms())) for text in texts]
    number: dict[str, int] = {}
    columns = np.array([number.setdefault(term, len(number)) for terms in read for term in terms])
    rows = np.repeat(np.arange(len(read)), [len(terms) for terms in read])
    weight = np.where(label, 0.5 / label.mean(), 0.5 / (1 - label.mean()))
    weights, bias = _descend(rows, columns, label, weight, len(number))
    kept = {term: round(float(weights[n]), 3) for term, n in number.items() if abs(weights[n]) > 0.02}
    return Scope(bias=round(bias, 3), weights=kept)


def _descend(
    rows: NDArray[np.intp], columns: NDArray[np.intp], label: Floats, weight: Floats, size: int
) -> tuple[Floats, float]:
    """Ridge logistic regression on sparse 0/1 features, by 200 steps of Adam."""
    w, first, second = np.zeros(size + 1), np.zeros(size + 1), np.zeros(size + 1)
    for step in range(1, 201):
        logit = np.bincount(rows, w[columns], minlength=len(label)) + w[-1]
        error = weight * (1 / (1 + np.exp(-logit)) - label)
        gradient = np.append(np.bincount(columns, error[rows], minlength=size), error.sum()) / len(label)
        gradient[:-1] += 1e-4 * w[:-1]
        first, second = 0.9 * first + 0.1 * gradient, 0.99 * second + 0.01 * gradient**2
        w -= 0.1 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    return w[:-1], float(w[-1])


def logistic(seen: Floats, label: NDArray[np.bool_], weight: Floats) -> Logistic:
    """Ridge logistic regression by Newton's method; weights are given back for unscaled features."""
    mean, spread = seen.mean(axis=0), seen.std(axis=0) + 1e-9
    x = np.column_stack([np.ones(len(seen)), (seen - mean) / spread])
    ridge = np.diag([0.0] + [1.0] * seen.shape[1])
    w = np.zeros(x.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + ridge
        w -= np.linalg.solve(hessian, x.T @ (weight * (p - label)) + ridge @ w)
    scaled = w[1:] / spread
    return Logistic(tuple(round(float(v), 4) for v in (w[0] - scaled @ mean, *scaled)))


def _threshold(sure: Floats, right: NDArray[np.bool_], weight: Floats) -> float:
    """The lowest sureness above which direct answers are PRECISE."""
    order = np.argsort(-sure)
    precision = np.cumsum((weight * right)[order]) / np.cumsum(weight[order])
    fine = np.flatnonzero(precision >= PRECISE)
    return float(sure[order][fine[-1]]) if len(fine) else 0.95


def main(path: Path = MODEL) -> None:
    """Fit the shipped base and write the weights."""
    lines = [line.strip() for line in OUTSIDE.read_text(encoding="utf-8").splitlines() if line.strip()]
    model = fit(list(load_base().entries.values()), lines)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(model), indent=1) + b"\n")
    named = dict(zip(("bias", *FEATURES), model.right.weights, strict=True))
    sys.stdout.write(f"wrote {path.name}: {named}, answer {model.answer_at}, choose {model.choose_at}\n")


if __name__ == "__main__":
    main()

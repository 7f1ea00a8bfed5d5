"""How sure a search is: two small logistic models over what the search saw, with weights kept as data."""

import math
from operator import mul
from pathlib import Path

import msgspec

from nhipcau.knowledge.search import Found

MODEL = Path(__file__).with_name("model.json")

FEATURES = (
    "relative",
    "phrasing",
    "sameness",
    "coverage",
    "pairs",
    "known",
    "margin",
    "margin_to_fourth",
    "scope",
    "length",
    "near_phrasing",
    "lead",
    "weight",
    "equal",
)
_SCOPE_LIMIT = 8.0


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """A linear guess whether a text is about working life at all: a weight for each word and word pair."""

    bias: float = 0.0
    weights: dict[str, float] = {}

    def of(self, terms: tuple[str, ...]) -> float:
        """Log-odds, at most 8 either way: above 0 is inside."""
        known = self.weights
        total = self.bias + sum([known.get(term, 0.0) for term in terms])
        return max(-_SCOPE_LIMIT, min(_SCOPE_LIMIT, total))


class Logistic(msgspec.Struct, frozen=True):
    """A logistic model over FEATURES: the first weight is the bias."""

    weights: tuple[float, ...]

    def of(self, features: tuple[float, ...]) -> float:
        """A probability, 0..1."""
        logit = sum(map(mul, self.weights, (1.0, *features)))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


class Sureness(msgspec.Struct, frozen=True):
    """`right`: that the first candidate answers the question; `inside`: that some entry does."""

    right: float
    inside: float


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """The fitted weights, and from which sureness on to answer, and to offer a choice.

    An answer asks for both: `answer_at` of being right, and `answer_inside` of there being an answer at all.
    """

    scope: Scope
    right: Logistic
    inside: Logistic
    answer_at: float
    answer_inside: float
    choose_at: float

    @classmethod
    def load(cls, path: Path = MODEL) -> "Model":
        """The weights fitted last by `python -m nhipcau.knowledge.fit`."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def answers(self, sure: Sureness) -> bool:
        """Whether to answer straight away."""
        return sure.right >= self.answer_at and sure.inside >= self.answer_inside

    def judge(self, found: Found) -> Sureness:
        """How sure to be of the first candidate."""
        if not found.hits:
            return Sureness(0.0, 0.0)
        seen = features(found, self.scope.of(found.terms))
        return Sureness(self.right.of(seen), self.inside.of(seen))


def features(found: Found, scope: float) -> tuple[float, ...]:
    """What the models look at, in the order of FEATURES. `found` must have a hit."""
    scores = [hit.score for hit in found.hits]
    first = scores[0]
    return (
        found.relative,
        found.phrasing,
        found.sameness,
        found.coverage,
        found.pairs,
        found.known,
        (first - scores[1]) / first if len(scores) > 1 else 1.0,
        (first - scores[3]) / first if len(scores) > 3 else 1.0,
        scope,
        math.log1p(found.words),
        found.phrasing * found.sameness,
        found.phrasing - max([hit.phrasing for hit in found.hits[1:]], default=0.0),
        math.log1p(found.weight),
        5 * max(found.phrasing - 0.8, 0.0),
    )

"""Text and date in, cited answer out."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import msgspec

from nhipcau.knowledge.confidence import MODEL, Model, Sureness
from nhipcau.knowledge.dates import Dated, asked_date
from nhipcau.knowledge.documents import Documents
from nhipcau.knowledge.entries import Entry, Rendered, load_base
from nhipcau.knowledge.figures import Figures, FigureUnknown
from nhipcau.knowledge.followups import LONGEST_FOLLOW_UP, FollowUp, FollowUps
from nhipcau.knowledge.normalise import folded, shipped_words
from nhipcau.knowledge.search import Found, Hit, Index
from nhipcau.knowledge.translations import LANGUAGE, Translation, load_translations, standing

ROOT = Path(__file__).parent

CHOICES = 3
_NEAR = 0.85  # a valid entry this near in score takes the place of one which does not hold on the day
_REMEMBERED = 4_096  # rendered entries, and judged questions, kept
_CONTEXT = 300  # characters of a question kept for the next

Outcome = Literal["answer", "choose", "unknown"]
Why = Literal["empty", "small_talk", "unsure", "figure_unknown", "not_yet_valid", "expired"]


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """An entry offered, by its title."""

    entry: str
    title: str


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """The subject of a chat: the last question understood (follow-ups joined), and the entry it led to."""

    question: str
    entry: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the base has to say to a question.

    `answer`: `entry`, `title` and `rendered` hold it, `choices` its nearest neighbours (at most two);
    `choose`: `choices` (one to three) hold what may be meant; `unknown`: `why` says why nothing is said, and
    `stale` which entry would have answered on another day. `confidence` (0..1) is that of the best candidate.
    `as_of` is the day answered for; `overdue`: the entry should have been reviewed before it.
    """

    outcome: Outcome
    as_of: date
    entry: str | None = None
    title: str | None = None
    confidence: float = 0.0
    choices: tuple[Choice, ...] = ()
    rendered: Rendered | None = None
    why: Why | None = None
    stale: str | None = None
    overdue: bool = False
    context: Context | None = None


class _Judged(msgspec.Struct, frozen=True):
    """One way to understand the text."""

    question: str
    found: Found
    sure: Sureness


class Knowledge:
    """The entries, figures and documents of one moment, ready to be asked. Nothing in it changes."""

    def __init__(
        self,
        entries: Iterable[Entry],
        figures: Figures,
        documents: Documents,
        model: Model,
        translations: Mapping[str, Translation],
    ) -> None:
        self.entries = {entry.id: entry for entry in entries}
        self.figures = figures
        self.documents = documents
        self._index = Index(self.entries.values())
        self._model = model
        self.translations = translations
        self._english = standing(translations, self.entries)
        self._followups = FollowUps()
        talk = shipped_words().talk
        self._greetings = tuple(f" {phrase} " for phrase in talk["core"])
        self._idle = frozenset(word for phrase in (*talk["core"], *talk["fill"]) for word in phrase.split())
        self._rendered: dict[tuple[str, date, str], Rendered] = {}
        self._lately: dict[str, _Judged] = {}

    @classmethod
    def load(cls, root: Path = ROOT) -> "Knowledge":
        """The base and the law of a folder. EntryError, FigureError or DocumentError if they cannot be read."""
        law, english = root / "law", load_translations(root / "english")
        return cls.of(load_base(root / "base").entries.values(), Figures.load(law), Documents.load(law), english)

    @classmethod
    def of(
        cls,
        entries: Iterable[Entry],
        figures: Figures,
        documents: Documents,
        translations: Mapping[str, Translation] = MappingProxyType({}),
        model: Path = MODEL,
    ) -> "Knowledge":
        """These entries, with the weights last fitted."""
        return cls(entries, figures, documents, Model.load(model), translations)

    def revised(self, entries: Iterable[Entry], figures: Figures, documents: Documents) -> "Knowledge":
        """Another base with the same weights, and those translations that still fit; this one stays as it is."""
        return Knowledge(entries, figures, documents, self._model, self.translations)

    def ask(self, text: str, on: date, context: Context | None = None, language: str = "vi") -> Answer:
        """The answer to a text on the day `on`; `context` is that of the answer before in the same chat.

        Never raises, whatever the text. A day named in the text takes the place of `on`. Titles and answer are in
        `language` where there is a translation that fits; `Rendered.language` tells.
        """
        if why := self._says_nothing(text):
            return Answer(outcome="unknown", as_of=on, why=why, context=context)
        judged, dated = self._understood(text, on, context)
        answer = self._told(self._decided(judged, dated.on if dated else on, on), language)
        return msgspec.structs.replace(answer, context=context) if answer.context is None else answer

    def rendered(self, entry: str, on: date, language: str = "vi") -> Rendered:
        """An entry as read on a day, in `language` where there is a translation that fits, else in Vietnamese.

        KeyError for no such entry, FigureUnknown when it has no figures then.
        """
        found = self._rendered.get((entry, on, language))
        if found is None:
            if len(self._rendered) >= _REMEMBERED:
                self._rendered.clear()
            found = self.entries[entry].render(self.figures, on, self.documents)
            if language == LANGUAGE and entry in self._english:
                found = self._english[entry].laid_over(found, self.figures, on)
            self._rendered[entry, on, language] = found
        return found

    def ranking(self, text: str) -> tuple[str, ...]:
        """The ids of the best candidates for a text, best first, however unsure."""
        return tuple(self._index.entries[hit.at].id for hit in self._index.search(text).hits)

    def dependants(self, figure: str) -> tuple[str, ...]:
        """The entries which rest on a figure."""
        return tuple(entry.id for entry in self.entries.values() if figure in entry.figures())

    def _says_nothing(self, text: str) -> Why | None:
        words = folded(text[:_CONTEXT]).split()
        if not words:
            return "empty"
        if len(words) > 12 or not self._idle.issuperset(words):
            return None
        joined = f" {' '.join(words)} "
        return "small_talk" if any(greeting in joined for greeting in self._greetings) else None

    def _judged(self, question: str) -> _Judged:
        """Many ask the same in the same words: what was judged lately is not judged again."""
        judged = self._lately.get(question)
        if judged is None:
            found = self._index.search(question)
            judged = _Judged(question, found, self._model.judge(found))
            if len(self._lately) >= _REMEMBERED:
                self._lately.clear()
            if len(question) <= _CONTEXT:
                self._lately[question] = judged
        return judged

    def _on_a_day(self, question: str, on: date) -> tuple[_Judged, Dated | None]:
        """A question with a day in it, judged with and without the day's words: some entries are about a year."""
        judged = self._judged(question)
        dated = asked_date(question, on)
        if dated is not None and (timeless := self._judged(dated.rest)).sure.right > judged.sure.right:
            judged = msgspec.structs.replace(timeless, question=question)
        return judged, dated

    def _understood(self, text: str, on: date, context: Context | None) -> tuple[_Judged, Dated | None]:
        """The text by itself, or joined to the question before it."""
        alone = self._on_a_day(text, on)
        if context is None or text.count(" ") > LONGEST_FOLLOW_UP:
            return alone
        read = self._index.normaliser.read
        joined = self._followups.join(read(text).words, read(context.question).words)
        if joined is None or (not joined.sure and self._stands_alone(alone[0], joined)):
            return alone
        both = self._on_a_day(joined.question, on)
        return both if self._fits(both[0], joined) and both[0].sure.right > alone[0].sure.right else alone

    def _stands_alone(self, alone: _Judged, joined: FollowUp) -> bool:
        """Whether a text which opens like a follow-up is a full question of a new subject."""
        full = joined.beyond >= 5 and alone.sure.inside >= self._model.choose_at
        return full or self._model.answers(alone.sure)

    def _fits(self, both: _Judged, joined: FollowUp) -> bool:
        """Whether the entry found for both has to do with what the follow-up adds."""
        added = [word for word in joined.rest if not word.isdigit() and word != "nam"]
        hits = both.found.hits
        return both.sure.inside >= self._model.choose_at and self._index.knows(hits[0].at, added)

    def _decided(self, judged: _Judged, as_of: date, on: date) -> Answer:
        sure = judged.sure
        confidence = round(sure.right, 4)
        if sure.inside < self._model.choose_at and not self._model.answers(sure):
            return Answer(outcome="unknown", as_of=as_of, confidence=confidence, why="unsure")
        hits = self._valid_first(judged.found.hits, as_of, on)
        first = self.entries[self._index.entries[hits[0].at].id]
        context = Context(question=judged.question[:_CONTEXT], entry=first.id)
        day = self._day_for(first, as_of, on)
        why = self._unfit(first, day)
        if why is not None:
            return Answer(outcome="unknown", as_of=day, confidence=confidence, why=why, stale=first.id, context=context)
        return self._said(first, hits, sure, day, context)

    def _told(self, answer: Answer, language: str) -> Answer:
        """The same answer with its words and titles in a language."""
        if language == "vi":
            return answer
        rendered = self.rendered(answer.entry, answer.as_of, language) if answer.entry else None
        titles = (self.rendered(one.entry, answer.as_of, language).title for one in answer.choices)
        return msgspec.structs.replace(
            answer,
            title=rendered.title if rendered else None,
            rendered=rendered,
            choices=tuple(Choice(entry=c.entry, title=t) for c, t in zip(answer.choices, titles, strict=True)),
        )

    def _said(self, first: Entry, hits: tuple[Hit, ...], sure: Sureness, day: date, context: Context) -> Answer:
        choices = self._choices(hits, day)
        confidence = round(sure.right, 4)
        if not self._model.answers(sure):
            return Answer(outcome="choose", as_of=day, confidence=confidence, choices=choices, context=context)
        rendered = self.rendered(first.id, day)
        return Answer(
            outcome="answer",
            as_of=day,
            entry=first.id,
            title=rendered.title,
            confidence=confidence,
            choices=choices[1:],
            rendered=rendered,
            overdue=first.overdue(day),
            context=context,
        )

    def _choices(self, hits: tuple[Hit, ...], day: date) -> tuple[Choice, ...]:
        """The first few which hold on the day; the first hit is known to."""
        entries = (self._index.entries[hit.at] for hit in hits)
        fit = (entry for entry in entries if self._unfit(entry, day) is None)
        return tuple(
            Choice(entry=entry.id, title=self.rendered(entry.id, day).title)
            for entry, _ in zip(fit, range(CHOICES), strict=False)
        )

    def _valid_first(self, hits: tuple[Hit, ...], as_of: date, on: date) -> tuple[Hit, ...]:
        """An entry which took another's place answers instead of it, if it is about as near or named by it."""
        related = self._index.entries[hits[0].at].related
        for n, hit in enumerate(hits):
            entry = self._index.entries[hit.at]
            if hit.score < _NEAR * hits[0].score and entry.id not in related:
                continue
            if entry.valid(self._day_for(entry, as_of, on)):
                return (hit, *hits[:n], *hits[n + 1 :])
        return hits

    def _day_for(self, entry: Entry, as_of: date, on: date) -> date:
        """An entry about a coming year ("lương tối thiểu 2027") is read as of today."""
        year = str(as_of.year)
        return on if as_of > on and (year in entry.title or any(year in q for q in entry.questions)) else as_of

    def _unfit(self, entry: Entry, on: date) -> Why | None:
        """Why an entry cannot be read on a day."""
        if not entry.valid(on):
            return "expired" if entry.expired(on) else "not_yet_valid"
        try:
            self.rendered(entry.id, on)
        except FigureUnknown:
            return "figure_unknown"
        return None

"""Unanswered questions that ask the same are shown as one, with how many asked."""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import msgspec
from rapidfuzz import fuzz, process

from nhipcau.handlers.words import fold
from nhipcau.knowledge.desk import Gap

ALIKE = 82  # token_sort_ratio from which two questions count as the same; a set ratio takes "lương" for all of them

_NUMBER = re.compile(r".*\d.*|[ivx]+")


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Questions that ask the same: the newest wording, how often, since when, and how many wait for a reply."""

    id: int
    text: str
    count: int
    since: date
    waiting: int
    outcome: str
    entry: str | None
    ids: tuple[int, ...]

    def line(self, today: date) -> str:
        days = (today - self.since).days
        shown = f" (answered with {self.entry})" if self.outcome == "answer" else ""
        wait = f", {self.waiting} waiting for a reply" if self.waiting else ""
        return f"{self.count:4} x  {self.text}{shown}  [{self.id}; {days} days old{wait}]"


def group(gaps: Sequence[Gap]) -> list[Group]:
    """The gaps in groups, the most asked first. Who asks about region 3 does not ask the same as about region 4."""
    heads: dict[tuple[str, ...], list[str]] = defaultdict(list)
    members: dict[tuple[str, ...], list[list[Gap]]] = defaultdict(list)
    for gap in gaps:
        words = fold(gap.text)
        numbers = tuple(word for word in words.split() if _NUMBER.fullmatch(word))
        best = process.extractOne(words, heads[numbers], scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
        if best is None:
            heads[numbers].append(words)
            members[numbers].append([gap])
        else:
            members[numbers][best[2]].append(gap)
    return sorted((_group(one) for groups in members.values() for one in groups), key=lambda one: -one.count)


def _group(gaps: Sequence[Gap]) -> Group:
    first = gaps[0]
    return Group(
        id=next((gap.id for gap in gaps if gap.wishes), first.id),
        text=first.text,
        count=len(gaps),
        since=min(gap.asked_on for gap in gaps),
        waiting=sum(gap.wishes for gap in gaps),
        outcome=first.outcome,
        entry=first.entry,
        ids=tuple(gap.id for gap in gaps),
    )

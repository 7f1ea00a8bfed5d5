"""Which calculation somebody's own words ask for, and what they already say for it."""

import re
from typing import NamedTuple

from nhipcau.handlers import values
from nhipcau.handlers.i18n import translated
from nhipcau.handlers.sum_fields import Field, Sum
from nhipcau.handlers.sums import SUMS
from nhipcau.handlers.words import fold
from nhipcau.knowledge.calc.heard import Heard, Value, hear, sort_of

HOW_MUCH = (
    r"bao nhieu|duoc nhieu|nhieu tien|tinh sao|tinh the nao|tinh giup|tinh ho|tinh dum|cach tinh|may dong|may tien"
)
OTHER = r"dung khong|dung luat|sai khong|co sai|khong tra|chua tra|no luong|bi phat|phat tien|khong cho|co duoc khong"
SURE_SORTS = {"money", "month"}  # what a wage-like text has; hours or years alone are a question
UNCUED = {"money", "hours", "percent", "people", "region", "month"}


class Request(NamedTuple):
    """A calculation, with what was said for its fields, as typed."""

    name: str
    said: dict[str, str]


_AMOUNT = re.compile(r"\d|\btri.u|\bngh.n|\bng.n\b|\bch.c\b", re.IGNORECASE)  # with marks or without


def requested(text: str, *, sure: bool = True) -> Request | None:
    """The one calculation that a text asks for. `sure` demands amounts and a clear wish, not only its words."""
    if sure and not _AMOUNT.search(text):
        return None  # most questions hold no amount; hearing one out takes longer than answering it
    heard = hear(text)
    meant = [Request(name, filled(one, heard)) for name, one in SUMS.items() if heard.says(one.words)]
    if sure:
        meant = [one for one in meant if _wished(one, heard)]
    meant.sort(key=lambda one: -len(one.said))
    if not meant or (len(meant) > 1 and len(meant[0].said) == len(meant[1].said)):
        return None
    left = [value.text for value in heard.values if value.sort == "money" and value.text not in meant[0].said.values()]
    return meant[0]._replace(said=meant[0].said | ({"left": ", ".join(left)} if left else {}))


def _wished(request: Request, heard: Heard) -> bool:
    kinds = {field.name: field.kind for field in SUMS[request.name].fields}
    sorts = {values.KINDS[kinds[name]].sort for name in request.said if kinds[name]}
    if not sorts & SURE_SORTS:
        return False
    return len(request.said) > 1 or (heard.says(HOW_MUCH) and not heard.says(OTHER))


def filled(one: Sum, heard: Heard) -> dict[str, str]:
    """What a text says for the fields of a calculation. A value that two fields could mean is left out."""
    said: dict[str, str] = {}
    for field in (*one.fields, *one.demanded):
        raw = _chosen(field, heard) if field.choices else _found(field, one, heard)
        if raw is not None:
            said[field.name] = raw
    return said


def _chosen(field: Field, heard: Heard) -> str | None:
    meant = [one.value for one in field.choices if one.words and heard.says(one.words)]
    return meant[0] if len(meant) == 1 else None


def _found(field: Field, one: Sum, heard: Heard) -> str | None:
    sort = values.KINDS[field.kind].sort
    fit = [value for value in heard.values if value.sort == sort and values.understood(field.kind, value.text)]
    cued = [value for value in fit if _cued(field, value)]
    alone = sort in UNCUED and sum(_sort(other) == sort for other in one.fields) <= 1
    meant = cued or [value for value in fit if alone and _plain_enough(value, heard)]
    return meant[0].text if len(meant) == 1 else None


def _plain_enough(value: Value, heard: Heard) -> bool:
    """Whether a value can be meant though no cue stands before it: the only one of its sort, no other money."""
    if sum(other.sort == value.sort for other in heard.values) > 1:
        return False
    return value.sort != "money" or not value.before or bool(re.search(r"/| (?:moi|mot|1)", value.text))


def _sort(field: Field) -> str:
    return "" if field.choices else values.KINDS[field.kind].sort


def _cued(field: Field, value: Value) -> bool:
    return bool(field.cues and re.search(rf"\b(?:{field.cues})\b", value.before))


def is_value(text: str) -> bool:
    """Whether a text is an answer to a question of a calculation, not a question of its own."""
    plain = fold(text)
    for choice in (choice for one in SUMS.values() for field in one.fields for choice in field.choices):
        if plain == fold(translated(choice.label)) or (choice.words and re.fullmatch(choice.words, plain)):
            return True
    return sort_of(text) is not None or any(values.understood(kind, text) for kind in values.KINDS)

"""The day a question asks about, when its text names one."""

import calendar
import re
from datetime import date
from typing import NamedTuple

from nhipcau.knowledge.normalise import LONGEST, folded

_ANY_YEAR = re.compile(r"20\d\d")
_DAY = re.compile(r"(?<![\d/])(\d{1,2})[/.-](\d{1,2})[/.-](20\d\d)(?!\d)")
_MONTH = re.compile(r"(?<![\d/])(?:(?:thang|thg)\s*(\d{1,2})\s*(?:nam|[/.-]|)|(\d{1,2})\s*[/.-])\s*(20\d\d)(?!\d)")
_YEAR = re.compile(r"(?<![\d/.-])(20\d\d)(?![\d/])")
_NAMING = re.compile(f"(?:ngay\\s+)?{_DAY.pattern}|{_MONTH.pattern}|(?:nam\\s+)?{_YEAR.pattern}")
# A year which tells a story ("làm từ 2015", "sinh năm 2001") or names a law ("luật 2019") asks about no day.
_SOME_YEAR = r"(?:thang\s+)?(?:\d{1,2}\s*[/.-]\s*)?(?:nam\s+)?20\d\d"
_STORY = re.compile(
    r"\b(?:luat|lao dong|nghi dinh|thong tu|nghi quyet|quyet dinh|hien phap|sinh|lam|viec|dong|gia|ky|vao|cong tac"
    rf"|bat dau|vo|hoi)\s+(?:tu\s+|tu hoi\s+)?{_SOME_YEAR}(?:\s+(?:den|toi)\s+{_SOME_YEAR})?"
    rf"|\btu\s+{_SOME_YEAR}\s+(?:den|toi)\b(?:\s+{_SOME_YEAR})?"
    r"|/\s*20\d\d\s*/|20\d\d/(?:nd|qh|tt|bldt|ttlt)"
)
_FURTHEST = 10  # years ahead; what lies beyond is a number, not a date


class Dated(NamedTuple):
    """A day asked about, and the question without its naming."""

    on: date
    rest: str


def asked_date(text: str, today: date) -> Dated | None:
    """The day the text asks about, or None when it names none (or several).

    A day is itself; a month is its last day, a year its 31 December, but never later than `today` in a month
    or year which has begun and not ended.
    """
    if not _ANY_YEAR.search(text):
        return None
    bare = "".join(folded(c) if c.isalnum() else c for c in text[:LONGEST])
    told = _STORY.sub(" ", bare)
    days = {day for found in _named(told) if (day := _within(found, today)) is not None}
    return Dated(days.pop(), _NAMING.sub(" ", bare)) if len(days) == 1 else None


def _named(text: str) -> list[tuple[int, int, int]]:
    """(year, month, day), 0 where not said."""
    found = [(int(year), int(month), int(day)) for day, month, year in _DAY.findall(text)]
    text = _DAY.sub(" ", text)
    found += [(int(year), int(month or number), 0) for month, number, year in _MONTH.findall(text)]
    return found + [(int(year), 0, 0) for year in _YEAR.findall(_MONTH.sub(" ", text))]


def _within(named: tuple[int, int, int], today: date) -> date | None:
    year, month, day = named
    if year > today.year + _FURTHEST or month > 12:
        return None
    if day:
        return date(year, month, day) if month and day <= calendar.monthrange(year, month)[1] else None
    if (year, month or today.month) == (today.year, today.month):
        return today
    return date(year, month or 12, calendar.monthrange(year, month or 12)[1])

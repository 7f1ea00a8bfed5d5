"""The amounts, hours, times, places and days which somebody names within a free text, each for itself.

What could be read in two ways is not heard at all: it is better asked for than guessed.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Literal

import msgspec

from nhipcau.knowledge.calc import amounts, counts
from nhipcau.knowledge.calc.regions import known_units
from nhipcau.knowledge.normalise import Normaliser

LONGEST = 400  # characters; a longer text is a story
MOST = 20  # values; a text with more is a table

Sort = Literal["money", "hours", "span", "days", "percent", "people", "region", "month", "day"]


class Value(msgspec.Struct, frozen=True):
    """One value as it was typed (folded), and the words just before it."""

    sort: Sort
    text: str
    before: str


class Heard(msgspec.Struct, frozen=True):
    """What a text says: its words with abbreviations written out and values taken out, and the values in order."""

    words: str
    values: tuple[Value, ...] = ()

    def says(self, pattern: str) -> bool:
        """Whether the words hold the pattern, at whole words."""
        return re.search(rf"\b(?:{pattern})\b", self.words) is not None


_NUM = r"\d+(?:[.,]\d+)*"
_UNIT = r"(?:\s*(?:trieu|tr|nghin|ngan|tram nghin|tram ngan|ty|cu)|k|m)(?![a-z])"
_PER = r"(?:\s*/\s*|\s+(?:moi\s+|mot\s+|1\s*))(?:gio|tieng|h|ngay|cong|thang)(?![a-z])"
_DONG = r"(?:\s*(?:dong|vnd|d)(?![a-z]))"
_TAIL = r"(?:\s+ruoi(?![a-z])|ruoi(?![a-z])|\d{1,3}(?!\d))?"
_MONEY = (
    rf"(?:{_NUM}{_UNIT}{_TAIL}(?:\s+{_NUM}\s*(?:nghin|ngan)(?![a-z]))?{_DONG}?"
    rf"|{_NUM}\s*(?:tr|ty)\d{{1,3}}(?!\d){_DONG}?"
    rf"|[1-9]\d{{0,2}}(?:[.,]\d{{3}}){{2,}}{_DONG}?|[1-9]\d{{5,9}}(?![\d.,/]){_DONG}?|[1-9]\d{{0,2}}[.,]\d{{3}}{_DONG})"
    rf"(?:{_PER})?"
)
_HOURS = (
    rf"{_NUM}\s*(?:tieng|gio)(?![a-z])(?:\s*ruoi(?![a-z])|\s*\d{{1,2}}\s*phut(?![a-z]))?|{_NUM}h(?:\d{{2}})?(?![a-z\d])"
)
_SPAN = (
    r"\d{1,2}\s*nam(?![a-z])(?:\s*ruoi(?![a-z])|\s*\d{1,2}\s*thang(?![a-z]))?(?!\s*\d)"
    r"|\d{1,3}\s*thang(?![a-z])(?!\s*\d)"
)
_DAYS = r"\d{1,3}(?:[.,]5)?\s*(?:ngay|cong|buoi)(?![a-z])(?!\s*thang)"
_CLOCK_BEFORE = re.compile(r"(?:tan ca|luc|tu|den|toi|truoc|sau|qua|hoi)$")
_CLOCK_AFTER = re.compile(r"\s*(?:dem|sang|toi|chieu|khuya|trua)\b")

_READERS: dict[Sort, Callable[[str], object]] = {
    "money": counts.rate,
    "hours": amounts.hours,
    "span": counts.span,
    "days": counts.days,
    "percent": amounts.number,
    "people": counts.people,
    "region": counts.region,
    "month": amounts.month,
    "day": amounts.day,
}


def hear(text: str) -> Heard:
    """Everything understood in a text; nothing at all in one too long, or with digits such as ½."""
    plain = _plainly(text) if len(text) <= LONGEST else ""
    matches = [match for match in _pattern().finditer(plain) if _meant(match, plain)]
    if any(match.lastgroup == "money" and _goes_on(match[0], plain[match.end() :]) for match in matches):
        matches = [match for match in matches if match.lastgroup != "money"]
    if len(matches) > MOST:
        return Heard("")
    words = _normaliser().read(_taken_out(plain, matches)).words
    return Heard(" ".join(words), tuple(_placed(words, matches)))


def sort_of(text: str) -> Sort | None:
    """What kind of value a short text is as a whole: "12 tiếng" is hours. None for a bare number, or none."""
    plain = counts.plainly(text)
    match = _pattern().fullmatch(plain)
    return _sort(match) if match else None


def _taken_out(plain: str, matches: list[re.Match[str]]) -> str:
    """The text with a token in each value's place."""
    pieces, done = [], 0
    for n, match in enumerate(matches):
        pieces += [plain[done : match.start()], _token(n)]
        done = match.end()
    return " ".join([*pieces, plain[done:]])


def _placed(words: list[str], matches: list[re.Match[str]]) -> Iterator[Value]:
    """Each value with the few words which stand before it, back to the value before."""
    tokens = {_token(n): match for n, match in enumerate(matches)}
    since: list[str] = []
    for word in words:
        if match := tokens.get(word):
            yield Value(_sort(match), match[0].strip(), " ".join(since[-6:]))
            since = []
        else:
            since.append(word)


def _sort(match: re.Match[str]) -> Sort:
    return match.lastgroup  # type: ignore[return-value]


def _meant(match: re.Match[str], plain: str) -> bool:
    """Whether a match can be read, and is no time of day."""
    sort = _sort(match)
    if _READERS[sort](match[0]) is None:
        return False
    if sort != "hours" or "tieng" in match[0]:
        return True
    before, after = plain[: match.start()].rstrip(), plain[match.end() :]
    return not (_CLOCK_BEFORE.search(before) or _CLOCK_AFTER.match(after))


def _goes_on(text: str, after: str) -> bool:
    """Whether a digit follows that may belong to the amount ("6 triệu 5"), and no unit of its own stands behind it."""
    if not re.search(r"[a-z]$", text) or (following := re.match(rf"\s+{_NUM}", after)) is None:
        return False
    rest = after[following.start() :]
    own = _pattern().match(rest.lstrip())
    return own is None or own.lastgroup == "money"


@cache
def _normaliser() -> Normaliser:
    return Normaliser()


@cache
def _pattern() -> re.Pattern[str]:
    names = "|".join(map(re.escape, known_units()))
    sorts = {
        "day": r"(?:ngay\s*)?\d{1,2}[/.-]\d{1,2}[/.-]\d{4}",
        "month": r"(?:thang\s*|t)?\d{1,2}\s*[/-]\s*\d{4}|thang\s*\d{1,2}\s+nam\s+\d{4}",
        "percent": rf"{_NUM}\s*%",
        "money": _MONEY,
        "hours": _HOURS,
        "span": _SPAN,
        "days": _DAYS,
        "people": r"\d\s*(?:nguoi|con)\s+phu thuoc",
        "region": rf"vung\s*(?:iv|i{{1,3}}|[1-4])(?![\w])|(?:phuong|xa|p|x)\s+(?:{names})(?![\w])",
    }
    alternatives = "|".join(f"(?P<{sort}>{pattern})" for sort, pattern in sorts.items())
    return re.compile(rf"(?<![\w.,+/%-])(?:{alternatives})(?![\d%]|[.,]\d)")


def _plainly(text: str) -> str:
    """The whole text as `counts.plainly` makes it of a short one."""
    words = text.split()
    plain = [counts.plainly(word) for word in words]
    lost = any(any(c.isnumeric() for c in word) and not made for word, made in zip(words, plain, strict=True))
    return "" if lost else " ".join(one for one in plain if one)


def _token(n: int) -> str:
    """A word that no list of words knows."""
    return f"zq{chr(ord('a') + n // 26)}{chr(ord('a') + n % 26)}"

"""Amounts, hours and dates as people type them: "6tr5", "450k", "1.250.000đ", "2 giờ rưỡi", "15/7/2026".

Every function gives None for text it does not understand as a whole; none guesses and none raises.
"""

import re
from datetime import date
from fractions import Fraction

from nhipcau.knowledge.normalise import folded

LONGEST = 60  # characters; a longer text is no amount
MOST = 10**15  # VND; beyond it the text is a slip of the finger

_CURRENCY = r"(?:dong|vnd|vnđ|d)"
_UNITS = {
    "k": 10**3,
    "nghin": 10**3,
    "ngan": 10**3,
    "ng": 10**3,
    "tram nghin": 10**5,
    "tram ngan": 10**5,
    "tr": 10**6,
    "trieu": 10**6,
    "cu": 10**6,
    "m": 10**6,
    "tram trieu": 10**8,
    "ty": 10**9,
    "ti": 10**9,
}
# "6 triệu 5" goes on in hundreds of the next smaller unit.
_BELOW = {10**9: 10**6, 10**8: 10**3, 10**6: 10**3, 10**5: 1, 10**3: 1}
_NUMBER = r"\d+(?:[.,]\d+)*"
_PART = re.compile(rf"({_NUMBER})\s*({'|'.join(sorted(_UNITS, key=len, reverse=True))})(?![a-z])\s*")
_AMOUNT_END = re.compile(rf"\s*{_CURRENCY}?$")
_BARE = re.compile(rf"({_NUMBER})\s*{_CURRENCY}?$")
_TAIL = re.compile(r"(?:(ruoi)|(\d{1,3}))?\s*")
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*$")
_HOURS = re.compile(rf"({_NUMBER})\s*(?:gio|tieng|h|g)?\s*(?:(ruoi)|(\d{{1,2}})\s*(?:phut|ph|p|'|)?)?$")
_MINUTES = re.compile(r"(\d{1,4})\s*(?:phut|ph|p)$")
_HALF_HOUR = re.compile(r"nua\s*(?:gio|tieng)$")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})$")
_DAY = re.compile(r"(?:ngay\s*)?(\d{1,2})(?:\s*[/.-]\s*|\s+thang\s+)(\d{1,2})(?:\s*[/.-]\s*|\s+nam\s+)(\d{4})$")
_MONTH = re.compile(r"(?:thang\s*|t)?(\d{1,2})(?:\s*[/.-]\s*|\s+nam\s+)(\d{4})$")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{1,2})$")


def amount(text: str) -> int | None:
    """An amount in VND. "6tr5", "6 triệu rưỡi" and "6,5 triệu" are 6500000; "450k" and "450.000đ" are 450000."""
    plain = _plain(text)
    value = _amount(plain) if plain else None
    return int(value) if value is not None and value.denominator == 1 and value <= MOST else None


def hours(text: str) -> Fraction | None:
    """A length of time in hours. "12 tiếng" is 12, "2 giờ rưỡi" and "2h30" are 2.5, "45 phút" is 0.75."""
    plain = _plain(text)
    if _HALF_HOUR.match(plain):
        return Fraction(1, 2)
    if found := _MINUTES.match(plain):
        return Fraction(int(found[1]), 60)
    if not (found := _HOURS.match(plain)) or (whole := _decimal(found[1])) is None:
        return None
    if found[2]:
        return whole + Fraction(1, 2) if _spoken(plain) and whole.denominator == 1 else None
    return _with_minutes(whole, found[3], _spoken(plain))


def day(text: str) -> date | None:
    """A calendar day: "15/7/2026", "15-7-2026", "ngày 15 tháng 7 năm 2026", "2026-07-15"."""
    plain = _plain(text)
    if found := _ISO.match(plain):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY.match(plain):
        return _date(int(found[3]), int(found[2]), int(found[1]))
    return None


def month(text: str) -> date | None:
    """The first day of a month: "tháng 3/2025", "tháng 3 năm 2025", "3/2025", "T3/2025", "2025-03"."""
    plain = _plain(text)
    if found := _ISO_MONTH.match(plain):
        return _date(int(found[1]), int(found[2]), 1)
    if found := _MONTH.match(plain):
        return _date(int(found[2]), int(found[1]), 1)
    return None


def number(text: str) -> Fraction | None:
    """A bare number: "8,5" and "8.5" are eight and a half; two signs or more are thousands."""
    plain = _plain(text).removesuffix("%").strip()
    return _decimal(plain) if re.fullmatch(_NUMBER, plain) else None


def _plain(text: str) -> str:
    """Lower case without marks, with what numbers need (. , / - % ') kept; "" for what is no amount."""
    if len(text) > LONGEST:
        return ""
    if not all(_known(c) for c in text):
        return ""
    return " ".join("".join(c if c in SIGNS else folded(c) for c in text).split())


def _known(c: str) -> bool:
    """Signs and exotic digits (-, +, ½, ²) must not vanish or change and leave another number behind."""
    if c in SIGNS or c.isspace() or ord(c) in _MARKS:
        return True
    return folded(c).strip() != "" and (c.isascii() or not c.isnumeric())


SIGNS = ".,/-%'"
_MARKS = range(0x300, 0x370)


def _amount(plain: str) -> Fraction | None:
    if found := _BARE.fullmatch(plain):
        return _figure(found[1])
    total, unit, place = Fraction(0), MOST, 0
    while place < len(plain) and (found := _PART.match(plain, place)):
        count, smaller = _counted(found[1]), _UNITS[found[2]]
        if count is None or smaller >= unit or (total and count * smaller >= unit):
            return None
        total, unit, place = total + count * smaller, smaller, found.end()
    if not place:
        return None
    return _tailed(plain, place, total, unit)


def _tailed(plain: str, place: int, total: Fraction, unit: int) -> Fraction | None:
    """What may follow the last unit: "rưỡi" (half of it), or digits that go on below it ("6tr5", "6tr250")."""
    found = _TAIL.match(plain, place)
    if found is None or not _AMOUNT_END.match(plain, found.end()):
        return None
    if (found[1] or found[2]) and total % unit:
        return None  # "6,5 triệu rưỡi" says it twice
    if found[1]:
        return total + Fraction(unit, 2)
    if found[2]:
        return total + int(found[2].ljust(3, "0")) * _BELOW[unit]
    return total


def _figure(text: str) -> Fraction | None:
    """An amount standing alone: groups of three are thousands, be the sign a point or a comma."""
    if _GROUPED.match(text):
        return Fraction(re.sub(r"\D", "", text))
    return _decimal(text)


def _counted(text: str) -> Fraction | None:
    """A number before a unit: "1.250k" has thousands, "1,250 triệu" decimals, as Vietnamese is written."""
    return _decimal(text) if "," in text else _figure(text)


def _decimal(text: str) -> Fraction | None:
    """A counted number: one sign is a decimal sign ("6,5" and "6.5"), more are thousands ("1.250,5" too)."""
    signs = re.sub(r"\d", "", text)
    if len(signs) <= 1:
        return Fraction(text.replace(",", "."))
    head, _, tail = text.rpartition(signs[-1])
    if signs[-1] in signs[:-1]:
        return Fraction(re.sub(r"\D", "", text)) if _GROUPED.match(text) else None
    whole = re.sub(r"\D", "", head)
    return Fraction(f"{whole}.{tail}") if _GROUPED.match(head) else None


def _with_minutes(whole: Fraction, minutes: str | None, spoken: bool) -> Fraction | None:
    if not minutes:
        return whole
    if not spoken or whole.denominator != 1 or int(minutes) >= 60:
        return None
    return whole + Fraction(int(minutes), 60)


def _spoken(plain: str) -> bool:
    """Whether hours are named at all: "2 30" names none."""
    return re.search(r"\d\s*(?:gio|tieng|h|g)", plain) is not None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None

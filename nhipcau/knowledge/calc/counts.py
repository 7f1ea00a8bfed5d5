"""Counts and lengths of time as people type them: "26 ngày", "5 năm 3 tháng", "2 người", "vùng 3".

As in `amounts`, every function gives None for text it does not understand as a whole; none guesses and none raises.
"""

import re
from fractions import Fraction
from typing import NamedTuple

from nhipcau.knowledge.calc import amounts
from nhipcau.knowledge.calc.regions import known_region
from nhipcau.knowledge.calc.sheet import MONTHS_A_YEAR
from nhipcau.knowledge.normalise import folded

REGIONS = {"1": "I", "2": "II", "3": "III", "4": "IV", "i": "I", "ii": "II", "iii": "III", "iv": "IV"}
PER = {
    "gio": "hourly",
    "tieng": "hourly",
    "h": "hourly",
    "ngay": "daily",
    "cong": "daily",
    "thang": "monthly",
}

_SPAN = re.compile(r"(\d{1,2})\s*nam(?:\s*(?:(ruoi)|(?:va\s*)?(\d{1,2})\s*thang))?$|(\d{1,3})\s*thang$")
_COUNT = re.compile(r"(\d{1,3}(?:[.,]5)?)\s*(?:ngay|cong|buoi)?(?:\s*(?:lam viec|cong|phep))?$")
_PEOPLE = re.compile(r"(\d{1,2})\s*(?:nguoi|con|dua|chau)?(?:\s*phu thuoc)?$")
_NONE = {"khong", "khong co", "khong co ai", "ko", "ko co", "k", "k co", "chua", "chua co"}
_PER = re.compile(r"(?:\s*/\s*|\s+(?:moi\s+|mot\s+|1\s*))(gio|tieng|h|ngay|cong|thang)$")
_DASHES = {ord(c): "-" for c in "‐‑‒–—−﹣－"}


class Rate(NamedTuple):
    """A wage in VND and the time it is paid for: "hourly", "daily", "monthly", or "" where none is named."""

    per: str
    amount: int


def rate(text: str) -> Rate | None:
    """A wage with the time it is paid for: "30k/giờ", "300k một ngày", "6tr5"."""
    plain = plainly(text)
    found = _PER.search(plain)
    value = amounts.amount(plain[: found.start()] if found else plain)
    return None if value is None else Rate(PER[found[1]] if found else "", value)


def span(text: str) -> Fraction | None:
    """A length of time in months: "5 năm 3 tháng" is 63, "5 năm rưỡi" is 66, "18 tháng" is 18."""
    found = _SPAN.match(plainly(text))
    if found is None:
        return None
    if found[4]:
        return Fraction(int(found[4]))
    half = Fraction(MONTHS_A_YEAR, 2) if found[2] else 0
    return Fraction(int(found[1]) * MONTHS_A_YEAR + int(found[3] or 0)) + half


def days(text: str) -> Fraction | None:
    """Days, halves allowed: "26", "26 ngày công", "2,5 ngày", and "không" for none."""
    plain = plainly(text)
    if plain in _NONE:
        return Fraction(0)
    found = _COUNT.match(plain)
    return Fraction(found[1].replace(",", ".")) if found else None


def people(text: str) -> int | None:
    """A head count: "2", "2 người phụ thuộc", "1 con", and "không" for none."""
    plain = plainly(text)
    if plain in _NONE:
        return 0
    found = _PEOPLE.match(plain)
    return int(found[1]) if found else None


def none(text: str) -> bool:
    """Whether the text says that there is nothing: "không", "không có", "chưa"."""
    return plainly(text) in _NONE


def region(text: str) -> str | None:
    """A minimum-wage region: "vùng 3", "III", or a commune or ward in the lists."""
    plain = plainly(text)
    return REGIONS.get(plain.removeprefix("vung").strip()) or known_region(text)


def plainly(text: str) -> str:
    """Lower case without marks, single spaces, with the signs of numbers kept; "" for odd digits such as ½."""
    if len(text) > amounts.LONGEST or any(c.isnumeric() and not c.isascii() for c in text):
        return ""
    kept = amounts.SIGNS + "+"
    return " ".join("".join(c if c in kept else folded(c) for c in text.translate(_DASHES)).split())

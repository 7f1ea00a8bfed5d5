"""The kinds of number and date which calculators take: exact, with bounds, read from JSON or from Vietnamese."""

from datetime import date
from fractions import Fraction
from typing import Any, ClassVar, Self

from nhipcau.knowledge.calc import amounts


class Quantity(Fraction):
    """An exact number within sensible bounds. Reading anything else raises ValueError saying what is expected.

    Arithmetic gives plain fractions, so nothing drifts; `sheet.dong` rounds once, at the end.
    """

    least: ClassVar[int] = 0
    most: ClassVar[int] = 10**12
    expected: ClassVar[str] = "a number"

    @classmethod
    def read(cls, raw: object) -> Self:
        """From a number of JSON, or from text as people write it."""
        value = cls._text(raw) if isinstance(raw, str) else _number(raw)
        if value is None or not cls.least <= value <= cls.most:
            raise ValueError(f"expected {cls.expected}, got {raw!r}")
        return cls(value)

    @classmethod
    def _text(cls, text: str) -> Fraction | None:
        return amounts.number(text)


class Money(Quantity):
    """VND, up to a thousand billion."""

    expected = "an amount in VND from 0 to 1000 billion"

    @classmethod
    def _text(cls, text: str) -> Fraction | None:
        found = amounts.amount(text)
        return None if found is None else Fraction(found)


class DayHours(Quantity):
    """Hours within one day."""

    most = 24
    expected = "hours from 0 to 24"

    @classmethod
    def _text(cls, text: str) -> Fraction | None:
        return amounts.hours(text)


class MonthHours(DayHours):
    """Hours within one month, such as the overtime of a month."""

    most = 744
    expected = "hours from 0 to 744 (a month)"


class YearHours(DayHours):
    """Hours within one year."""

    most = 8784
    expected = "hours from 0 to 8784 (a year)"


class Days(Quantity):
    """Days, halves allowed; at most ten years of them."""

    most = 3660
    expected = "days from 0 to 3660"


class MonthDays(Quantity):
    """Days within one month; at least one, since it divides a monthly wage."""

    least = 1
    most = 31
    expected = "days of one month, from 1 to 31"


class Months(Quantity):
    """Months of a working life."""

    most = 840
    expected = "months from 0 to 840"


class Years(Quantity):
    """Years of a working life."""

    most = 70
    expected = "years from 0 to 70"


class Percent(Quantity):
    """Per cent, 0 to 100."""

    most = 100
    expected = "a percentage from 0 to 100"


class People(Quantity):
    """A head count of whole persons."""

    most = 10**7
    expected = "a whole number of people"

    @classmethod
    def read(cls, raw: object) -> Self:
        value = super().read(raw)
        if value.denominator != 1:
            raise ValueError(f"expected {cls.expected}, got {raw!r}")
        return value


class Day(date):
    """A calendar day: 2026-11-22 or 22/11/2026."""

    @classmethod
    def read(cls, raw: object) -> Self:
        """ValueError for a day that no calendar has."""
        found = raw if isinstance(raw, date) else amounts.day(raw) if isinstance(raw, str) else None
        if found is None or not _near(found):
            raise ValueError(f"expected a day such as 2026-11-22, got {raw!r}")
        return cls(found.year, found.month, found.day)


class Month(date):
    """A month, kept as its first day: 2026-11, 11/2026 or "tháng 11/2026"."""

    @classmethod
    def read(cls, raw: object) -> Self:
        """ValueError for a month that no calendar has."""
        found = raw if isinstance(raw, date) else amounts.month(raw) if isinstance(raw, str) else None
        if found is None or not _near(found):
            raise ValueError(f"expected a month such as 2026-11, got {raw!r}")
        return cls(found.year, found.month, 1)


def read(kind: type, raw: object) -> Any:
    """Hook for msgspec: turns raw input into one of the kinds above."""
    if issubclass(kind, Quantity | Day | Month):
        return kind.read(raw)
    raise NotImplementedError(f"no reader for {kind.__name__}")


def written(value: object) -> Any:
    """Hook for msgspec: turns one of the kinds above into a plain value of JSON."""
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    if isinstance(value, date):
        return value.isoformat()[: 7 if isinstance(value, Month) else 10]
    raise NotImplementedError(f"no writer for {type(value).__name__}")


def _number(raw: object) -> Fraction | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float | Fraction):
        return None
    # The shortest decimal that a JSON number was written as: 0.1 is one tenth, not its binary neighbour.
    try:
        return Fraction(str(raw)) if isinstance(raw, float) else Fraction(raw)
    except ValueError:
        return None


def _near(day: date) -> bool:
    return 1900 <= day.year <= 2100

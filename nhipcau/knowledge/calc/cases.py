"""Runs a file of worked cases, in either of two forms, and says which the calculators agree with."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from nhipcau.knowledge.calc.registry import (
    BadInput,
    UnknownCalculator,
    calculators,
    own_day,
    read,
    run,
)
from nhipcau.knowledge.figures import Figures, FigureUnknown

DEFAULT_TOLERANCE = 1.0  # VND
SMALL_TOLERANCE = 0.01  # for days, months and rates, which are exact but for their printed decimals
SMALL = 1000  # below it a number is no wage but days, months or per cent

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_YEAR = re.compile(r"\b(\d{4})\b")


class CasesError(ValueError):
    """The file of cases cannot be read: the message says why."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one case. `why` is for readers, `line` for scripts."""

    case: str
    verdict: str
    field: str = ""
    expected: object = None
    got: object = None
    why: str = ""

    def line(self) -> str:
        """`ok ID`, `differs ID field expected got` or `unsupported ID`."""
        if self.verdict != "differs":
            return f"{self.verdict} {self.case}"
        return f"differs {self.case} {self.field} {_json(self.expected)} {_json(self.got)}"


def check(path: Path, figures: Figures, today: date) -> Iterator[Outcome]:
    """Every case of the file, in order. CasesError for a file of another form."""
    for case in _cases(path):
        yield _outcome(case, figures, today)


def summary(outcomes: list[Outcome]) -> str:
    """`N ok, N differ, N unsupported`."""
    counts = [sum(one.verdict == verdict for one in outcomes) for verdict in ("ok", "differs", "unsupported")]
    return "{} ok, {} differ, {} unsupported".format(*counts)


def validity(case: Mapping[str, Any]) -> tuple[date, date]:
    """First and last day of a case: `valid_from`/`valid_to`, or `valid` such as 2026-01-01..2026-06-30 or 2026."""
    if "valid" in case:
        first, _, last = str(case["valid"]).partition("..")
        return _first(first), (_last(last) if last or ".." in str(case["valid"]) else _last(first))
    return _first(str(case.get("valid_from") or "")), _last(str(case.get("valid_to") or ""))


def _cases(path: Path) -> list[dict[str, Any]]:
    try:
        cases = msgspec.json.decode(path.read_bytes())["cases"]
        return [{**case, "id": case["id"], "input": case["input"], "expected": case["expected"]} for case in cases]
    except OSError as error:
        raise CasesError(f"{path} cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, TypeError, KeyError) as error:
        raise CasesError(f'{path}: expected {{"cases": [{{"id", "input", "expected", ...}}]}}: {error}') from error


def _outcome(case: dict[str, Any], figures: Figures, today: date) -> Outcome:
    name = case.get("calculator") or case.get("topic") or ""
    try:
        amounts = run(name, case["input"], _day(name, case, today), figures).amounts
    except (UnknownCalculator, BadInput, FigureUnknown) as error:
        return Outcome(case=case["id"], verdict="unsupported", why=str(error))
    for field, expected in case["expected"].items():
        got = amounts.get(field)
        if not _agree(expected, got, float(case.get("tolerance_vnd", DEFAULT_TOLERANCE))):
            return Outcome(case=case["id"], verdict="differs", field=field, expected=expected, got=got)
    return Outcome(case=case["id"], verdict="ok")


def _day(name: str, case: dict[str, Any], today: date) -> date:
    """The day which the input names, else today, moved into the case's validity."""
    first, last = validity(case)
    chosen = calculators().get(name)
    own = own_day(chosen, read(chosen, case["input"])) if chosen else None
    return own or min(max(today, first), last)


def _agree(expected: object, got: object, tolerance: float) -> bool:
    if isinstance(expected, list) and isinstance(got, list | tuple):
        pairs = zip(expected, got, strict=False)
        return len(expected) == len(got) and all(_agree(one, other, tolerance) for one, other in pairs)
    if isinstance(expected, bool) or isinstance(got, bool) or not isinstance(expected, int | float):
        return type(expected) is type(got) and expected == got
    if not isinstance(got, int | float):
        return False
    allowed = tolerance if abs(expected) >= SMALL else min(tolerance, SMALL_TOLERANCE)
    return abs(expected - got) <= allowed + 1e-9


def _first(text: str) -> date:
    if found := _DATE.search(text):
        return date.fromisoformat(found[0])
    year = _YEAR.search(text)
    return date(int(year[1]), 1, 1) if year else date.min


def _last(text: str) -> date:
    if found := _DATE.search(text):
        return date.fromisoformat(found[0])
    year = _YEAR.search(text)
    return date(int(year[1]), 12, 31) if year else date.max


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()

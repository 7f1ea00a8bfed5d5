"""One row of a list of units, understood or refused in a sentence."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from nhipcau.store.sheets import Row
from nhipcau.union.unit_rules import UnitError, checked_code, checked_kind, checked_name
from nhipcau.union.unit_words import words

_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_NUMBER = re.compile(r"\d{1,3}(?:[., ]\d{3})+|\d+")


class Outcome(NamedTuple):
    """What becomes of one row. `what`: added, changed, unchanged or rejected; `why`: the reason, or what changed."""

    number: int
    code: str
    what: str
    why: str = ""


class Wish(NamedTuple):
    """One row, understood: what is not None is wanted so."""

    number: int
    code: str
    name: str | None
    parent: str | None
    kind: str | None
    declared: int | None
    day: date | None
    sector: str | None
    commune: str | None
    contact: str | None


def headings() -> list[str]:
    """All headings that are understood."""
    return [name for names in words().columns.values() for name in names]


def understood(rows: Iterable[Row]) -> tuple[list[Wish], list[Outcome]]:
    """What the rows want, one wish a code, and those that are rejected. Raises UnitError for a list without codes."""
    wishes: dict[str, Wish] = {}
    rejected: list[Outcome] = []
    columns: dict[str, str] = {}
    for row in rows:
        columns = columns or _columns(row.cells)
        cells = {field: row.cells[heading] for field, heading in columns.items()}
        try:
            wish = _wish(row, cells, columns)
            if wish.code in wishes:
                raise UnitError(f"The code stands in row {wishes[wish.code].number} already.")
            wishes[wish.code] = wish
        except UnitError as error:
            rejected.append(Outcome(row.number, cells.get("code", ""), "rejected", str(error)))
    return list(wishes.values()), rejected


def _columns(cells: Mapping[str, str]) -> dict[str, str]:
    """Field -> heading. Raises UnitError where the column of the code is missing."""
    found: dict[str, str] = {}
    for heading in cells:
        field = words().column(heading)
        if field is not None:
            found.setdefault(field, heading)
    if "code" not in found:
        raise UnitError(f"No column is called {words().columns['code'][0]!r}; every row needs the code of its unit.")
    return found


def _wish(row: Row, cells: Mapping[str, str], columns: Mapping[str, str]) -> Wish:
    broken = [heading for heading in columns.values() if heading in row.broken]
    if broken:
        raise UnitError(f"The formula in the column {broken[0]} gives nothing.")
    given = {field: value for field, value in cells.items() if value}
    kind = given.get("kind")
    return Wish(
        number=row.number,
        code=checked_code(given.get("code", "")),
        name=checked_name(given["name"]) if "name" in given else None,
        parent=checked_code(given["parent"]) if "parent" in given else None,
        kind=None if kind is None else checked_kind(words().kind(kind) or kind),
        declared=_number(given["declared"]) if "declared" in given else None,
        day=_day(given["day"]) if "day" in given else None,
        sector=given.get("sector"),
        commune=given.get("commune"),
        contact=given.get("contact"),
    )


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise UnitError(f"{text!r} is not a number of members.")
    return int(re.sub(r"\D", "", text))


def _day(text: str) -> date:
    """2026-11-22, 22/11/2026 or what a workbook calls a day."""
    match = _DAY_FIRST.fullmatch(text)
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else datetime.fromisoformat(text).date()
    except ValueError as error:
        raise UnitError(f"{text!r} is not a day; write 22/11/2026.") from error

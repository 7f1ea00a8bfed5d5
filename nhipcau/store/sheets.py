"""Lists that people keep in spreadsheets: CSV and XLSX, read row by row in flat memory, and written."""

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from nhipcau.store import xlsx
from nhipcau.store.encodings import reader_of
from nhipcau.store.errors import BadSheet
from nhipcau.store.folding import folded_words
from nhipcau.store.xlsx import RawRow

TITLES = 30  # rows among which the headings are looked for: a letterhead may stand above them
SEPARATORS = ",;\t|"
LARGEST_OLD = 40_000_000  # bytes; .xls and .ods are loaded whole
_ACTS = tuple("=+-@")  # a spreadsheet program takes what begins so for a formula
_GUARDED = (*_ACTS, "'")
_AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)  # how people keep the leading zero of a number in CSV


class Row(NamedTuple):
    """`number` as the spreadsheet shows it; `cells` by heading, "" where empty.

    `broken`: headings whose formula gives an error or has no result. Days are written 2026-11-22.
    """

    number: int
    cells: dict[str, str]
    broken: tuple[str, ...] = ()


def read_sheet(path: Path, headings: Collection[str] = ()) -> Iterator[Row]:
    """The rows of a list below its headings; empty ones are left out.

    The headings are the row, among the first 30, in which most of `headings` stand (compared folded: marks, case and
    punctuation do not matter); without `headings` it is the first row that is not empty. A heading that comes twice
    becomes "Name 2". XLSX: the first sheet shown; a cell merged downwards holds for all its rows. CSV: UTF-8, UTF-16
    or Windows-1258, separated by comma, semicolon, tab or bar. Also .xls and .ods.

    Raises BadSheet with a sentence, in a damaged file perhaps only after some rows.
    """
    wanted = {folded_words(one) for one in headings}
    raw = _raw(path, wanted)
    first = list(islice(raw, TITLES))
    at = _heading_row(first, wanted)
    names = _names(first[at].cells)
    columns = [(column, name) for column, name in enumerate(names) if name]
    for row in chain(first[at + 1 :], raw):
        if _filled(row):
            yield _row(row, names, columns)


def _row(row: RawRow, names: list[str], columns: list[tuple[int, str]]) -> Row:
    missing = len(names) - len(row.cells)
    cells = [*row.cells, *[""] * missing] if missing > 0 else row.cells
    broken = tuple(names[column] for column in row.broken if column < len(names))
    return Row(row.number, {name: _clean(cells[column]) for column, name in columns}, broken)


def _filled(row: RawRow) -> bool:
    return any(cell and not cell.isspace() for cell in row.cells)


def _clean(text: str) -> str:
    """One way of writing, on one line."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).replace("\u200b", "").replace("\ufeff", "")
    return " ".join(text.split())


def _heading_row(rows: Sequence[RawRow], wanted: Collection[str]) -> int:
    """Raises BadSheet where there is none."""
    if not any(map(_filled, rows)):
        raise BadSheet("The list is empty.")
    if not wanted:
        return next(at for at, row in enumerate(rows) if _filled(row))
    known = [len({folded_words(cell) for cell in row.cells} & set(wanted)) for row in rows]
    if not max(known):
        raise BadSheet(f"No row among the first {TITLES} holds a heading that is known here.")
    return known.index(max(known))


def _names(cells: Sequence[str]) -> list[str]:
    names: list[str] = []
    for cell in map(_clean, cells):
        name, times = cell, 1
        while name and name in names:
            times += 1
            name = f"{cell} {times}"
        names.append(name)
    return names


def _raw(path: Path, wanted: Collection[str]) -> Iterator[RawRow]:
    """The rows of any kind of file, told by its first bytes, whatever its name says."""
    with path.open("rb") as file:
        start = file.read(2048)
    if start.startswith(b"PK\x03\x04"):
        return _old(path) if b"opendocument.spreadsheet" in start else xlsx.rows(path)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return _old(path)
    if start.startswith(b"%PDF"):
        raise BadSheet("This is a PDF; ask for the list as .xlsx or CSV.")
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<html", b"<table", b"<!doctype", b"<?xml")):
        raise BadSheet("This is a web page under another name; open it in a spreadsheet program and save it as .xlsx.")
    return _csv(path, wanted)


def _old(path: Path) -> Iterator[RawRow]:
    """.xls and .ods, which are small."""
    import python_calamine as calamine

    if path.stat().st_size > LARGEST_OLD:
        raise BadSheet("The list is too large in this form; save it as .xlsx or CSV.")
    try:
        with calamine.CalamineWorkbook.from_path(path) as book:
            sheet = book.get_sheet_by_index(0)
            for number, cells in enumerate(sheet.iter_rows(), 1 + (sheet.start or (0, 0))[0]):
                yield RawRow(number, [_shown(cell) for cell in cells])
    except calamine.PasswordError as error:
        raise BadSheet("The workbook is locked by a password; save it without one.") from error
    except calamine.CalamineError as error:
        raise BadSheet("The workbook is damaged; open it in a spreadsheet program and save it again.") from error


def _shown(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _csv(path: Path, wanted: Collection[str]) -> Iterator[RawRow]:
    with reader_of(path) as file:
        start = file.read(65_536)
        if start.lower().startswith("sep=") and len(start) > 4:
            separator, start = start[4], start.partition("\n")[2]
        else:
            separator = _separator(start, wanted)
        rows = csv.reader(
            chain(io.StringIO(start + file.readline(), newline=""), file), delimiter=separator, strict=True
        )
        number = 0
        try:
            for number, cells in enumerate(rows, 1):
                yield _from_text(number, cells)
        except csv.Error as error:
            raise BadSheet(
                f"Row {number + 1} cannot be read ({error}); perhaps a quotation mark is missing."
            ) from error


def _separator(start: str, wanted: Collection[str]) -> str:
    """The one by which most headings are known; where that says nothing, the one that parts most cells."""
    lines = start.splitlines()[:TITLES]

    def worth(separator: str) -> tuple[int, int]:
        with suppress(csv.Error):
            rows = list(csv.reader(lines, delimiter=separator))
            known = (len({folded_words(cell) for cell in row} & set(wanted)) for row in rows)
            return max(known, default=0), sum(len(row) - 1 for row in rows if row)
        return 0, 0

    return max(SEPARATORS, key=worth)


def _from_text(number: int, cells: list[str]) -> RawRow:
    broken: list[int] = []
    for column, cell in enumerate(cells):
        if cell[:1] == "=":
            kept = _AS_TEXT.fullmatch(cell)
            cells[column] = kept[1] if kept else ""
            if not kept:
                broken.append(column)
        elif cell[:1] == "'" and cell[1:2] in _GUARDED:
            cells[column] = cell[1:]
    return RawRow(number, cells, tuple(broken))


def write_sheet(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str | int | None]]) -> None:
    """Writes a list as XLSX or, where the name ends in .csv, as CSV in UTF-8 that Excel opens with all its marks.

    No cell can act: in XLSX all texts are texts; in CSV what begins like a formula gets an apostrophe before it,
    which `read_sheet` takes away again.
    """
    if path.suffix.lower() == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([_inert(cell) for cell in row] for row in chain([headings], rows))
    else:
        _write_xlsx(path, headings, rows)


def _inert(cell: str | int | None) -> str | int | None:
    if not isinstance(cell, str):
        return cell
    text = " ".join(cell.split())
    guarded = text.startswith(_ACTS) or (text[:1] == "'" and text[1:2] in _GUARDED)
    return f"'{text}" if guarded else text


def _write_xlsx(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str | int | None]]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, bold)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(number, column, cell)
                elif cell:
                    sheet.write_string(number, column, cell)

"""Rows of an XLSX workbook, one after another, in flat memory.

A library that loads the sheet whole (calamine) needs 575 MB for 1,000,000 rows of six columns; this reader keeps one
row, and the shared strings as one block of bytes.
"""

import re
import zipfile
import zlib
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, NamedTuple
from xml.parsers import expat

from nhipcau.store.errors import BadSheet

CHUNK = 1 << 18
MOST_TEXT = 400_000_000  # bytes of shared strings; a workbook of a million members holds about 60 million
REMEMBERED = 50_000  # numbers, for days and units return
MOST_COLUMNS = 16_384  # Excel's own limit
SOONEST = datetime(1899, 12, 30)  # noqa: DTZ001  a day of the sheet has no zone
DATES = frozenset({14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47, *range(27, 37), *range(50, 59)})
_NO_DATE = re.compile(r'"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]')  # quoted text, colours, currencies
_MERGED = re.compile(rb'mergeCell\s[^>]*?ref="([A-Z]+)(\d+):[A-Z]+(\d+)"')


class RawRow(NamedTuple):
    """`number` as the spreadsheet shows it; `cells` from column A on; `broken`: columns whose formula gives nothing."""

    number: int
    cells: list[str]
    broken: tuple[int, ...] = ()


def rows(path: Path) -> Iterator[RawRow]:
    """The rows of the first visible sheet. Raises BadSheet, perhaps only in the middle of a damaged file."""
    try:
        with zipfile.ZipFile(path) as book:
            yield from _rows(book)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, expat.ExpatError, NotImplementedError) as error:
        raise BadSheet("The workbook is damaged; open it in a spreadsheet program and save it again.") from error
    except RuntimeError as error:
        raise BadSheet("The workbook is locked by a password; save it without one.") from error


def _rows(book: zipfile.ZipFile) -> Iterator[RawRow]:
    sheet, since_1904 = _first_sheet(book)
    merged = _Merged(book, sheet)
    reader = _Reader(_Strings(book), _formats(book), SOONEST + timedelta(days=1462 if since_1904 else 0))
    with book.open(sheet) as stream:
        for piece in _pieces(stream):
            reader.feed(piece)
            yield from map(merged.fill, reader.ready)
            reader.ready.clear()
    reader.end()
    yield from map(merged.fill, reader.ready)


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(CHUNK):
        yield piece


def _parse(book: zipfile.ZipFile, part: str, start: Callable[[str, dict[str, str]], None]) -> None:
    """Sends the elements of a small part to `start`, by their names without a prefix."""
    parser = _parser()
    parser.StartElementHandler = lambda name, values: start(name.rpartition(":")[2], values)
    with suppress(KeyError), book.open(part) as stream:
        for piece in _pieces(stream):
            parser.Parse(piece)


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_declarations
    return parser


def _refuse_declarations(*_: object) -> None:
    """No spreadsheet program writes them; with them a small file can grow without bounds."""
    raise BadSheet("The workbook holds declarations that no spreadsheet needs; save it again as .xlsx.")


def _first_sheet(book: zipfile.ZipFile) -> tuple[str, bool]:
    """The part of the first sheet that is not hidden, and whether days count from 1904."""
    sheets: list[dict[str, str]] = []
    targets: dict[str, str] = {}
    epoch: list[str] = []

    def in_book(name: str, values: dict[str, str]) -> None:
        if name == "sheet" and values.get("state", "visible") == "visible":
            sheets.append(values)
        elif name == "workbookPr":
            epoch.append(values.get("date1904", "0"))

    _parse(book, "xl/workbook.xml", in_book)
    _parse(
        book,
        "xl/_rels/workbook.xml.rels",
        lambda _, values: targets.update({values.get("Id", ""): values.get("Target", "")}),
    )
    for sheet in sheets:
        key = next((value for name, value in sheet.items() if name.rpartition(":")[2] == "id"), "")
        part = targets.get(key, "").lstrip("/")
        part = part if part.startswith("xl/") else f"xl/{part}"
        if part in book.namelist() and "chartsheet" not in part:
            return part, epoch[:1] in (["1"], ["true"])
    raise BadSheet("The workbook has no sheet that is shown; the list must stand on its first one.")


class _Strings:
    """The shared strings: one block of bytes and where each begins."""

    def __init__(self, book: zipfile.ZipFile) -> None:
        self._block = bytearray()
        self._starts = array("Q")
        self._parser = _parser()
        self._parser.StartElementHandler = self._root
        if "xl/sharedStrings.xml" in book.namelist():
            with book.open("xl/sharedStrings.xml") as stream:
                self._read(stream)
        self._starts.append(len(self._block))

    def _read(self, stream: IO[bytes]) -> None:
        for piece in _pieces(stream):
            self._parser.Parse(piece)
            if len(self._block) > MOST_TEXT:
                raise BadSheet("The workbook holds too much text; save its list alone, or as CSV.")

    def _root(self, name: str, _: dict[str, str]) -> None:
        prefix = name[: -len("sst")]
        self._item, self._phonetic = f"{prefix}si", f"{prefix}rPh"
        self._parser.StartElementHandler = self._start

    def _start(self, name: str, _: dict[str, str]) -> None:
        if name == self._item:
            self._starts.append(len(self._block))
            self._parser.CharacterDataHandler = self._add
        elif name == self._phonetic:  # how to pronounce it, not what it says
            self._parser.CharacterDataHandler = None

    def _add(self, text: str) -> None:
        self._block += text.encode()

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self._starts) - 1:
            raise BadSheet("The workbook is damaged; open it in a spreadsheet program and save it again.")
        return self._block[self._starts[index] : self._starts[index + 1]].decode()


class _Format(NamedTuple):
    """How a number is shown: as a day, or with at least `digits` digits."""

    is_date: bool
    digits: int


def _formats(book: zipfile.ZipFile) -> list[_Format]:
    """The format of each style a cell can name."""
    codes: dict[str, str] = {}
    found: list[_Format] = []
    inside: list[str] = []

    def start(name: str, values: dict[str, str]) -> None:
        if name == "numFmt":
            codes[values.get("numFmtId", "")] = values.get("formatCode", "")
        elif name in ("cellXfs", "cellStyleXfs"):
            inside[:] = [name]
        elif name == "xf" and inside == ["cellXfs"]:
            found.append(_format(values.get("numFmtId", "0"), codes))

    _parse(book, "xl/styles.xml", start)
    return found


def _format(key: str, codes: dict[str, str]) -> _Format:
    code = _NO_DATE.sub("", codes.get(key, "")).partition(";")[0].lower()
    is_date = (key.isdigit() and int(key) in DATES) if key not in codes else any(letter in code for letter in "dmyhs")
    return _Format(is_date, len(code) if code and not code.strip("0") else 0)


_FORMULA, _RESULT = object(), object()
_Cell = tuple[dict[str, str], str | None]


class _Reader:
    """Takes a sheet piece by piece; rows that are complete stand in `ready`.

    What the parser meets is only noted, and valued when the next row begins. A function of ours at the end of every
    element and for every text took 22 s a million rows of six cells; this takes 16 s.
    """

    def __init__(self, strings: _Strings, formats: list[_Format], epoch: datetime) -> None:
        self.ready: list[RawRow] = []
        self._strings, self._formats, self._epoch = strings, formats, epoch
        self._columns: dict[str, int] = {}
        self._numerals: dict[tuple[str, str], str] = {}
        self._number = 0
        self._met: list[Any] = []  # a cell's attributes, its texts, where a formula and where its result begins
        self._formula = False
        self._parser = _parser()
        self._parser.StartElementHandler = self._root
        self._parser.CharacterDataHandler = self._met.append

    def feed(self, piece: bytes) -> None:
        self._parser.Parse(piece)

    def end(self) -> None:
        self._parser.Parse(b"", True)
        self._finish()

    def _root(self, name: str, _: dict[str, str]) -> None:
        """The first element tells the prefix that some programs put before every name."""
        prefix = name[: -len("worksheet")]
        self._cell, self._row, self._value, self._of_formula = (f"{prefix}{one}" for one in ("c", "row", "v", "f"))
        self._parser.StartElementHandler = self._start

    def _start(self, name: str, values: dict[str, str]) -> None:
        if name == self._cell:
            self._met.append(values)
        elif name == self._row:
            self._finish()
            self._number = int(values.get("r", self._number + 1))
        elif name == self._of_formula:
            self._formula = True
            self._met.append(_FORMULA)
        elif self._formula and name == self._value:
            self._formula = False
            self._met.append(_RESULT)

    def _finish(self) -> None:
        """Makes a row of what was met since the last one began."""
        cells: list[str] = []
        broken: list[int] = []
        for values, text in _cells(self._met):
            where = values.get("r")
            column = len(cells) if where is None else self._at(where)
            if column > len(cells):
                cells += [""] * (column - len(cells))
            if text is None or values.get("t") == "e":
                broken.append(column)
                text = ""
            cells[column:] = [self._valued(values, text) if text else ""]
        if cells:
            self.ready.append(RawRow(self._number, cells, tuple(broken)))
        self._met.clear()

    def _at(self, where: str) -> int:
        letters = where.rstrip("0123456789")
        found = self._columns.get(letters)
        if found is None:
            found = self._columns[letters] = _column(letters)
        return found

    def _valued(self, values: dict[str, str], text: str) -> str:
        kind = values.get("t", "n")
        if kind == "s":
            return self._strings[int(text)]
        if kind != "n":
            return text
        key = (values.get("s", ""), text)
        found = self._numerals.get(key)
        if found is None:
            if len(self._numerals) > REMEMBERED:
                self._numerals.clear()
            found = self._numerals[key] = self._numeral(*key)
        return found

    def _numeral(self, style: str, text: str) -> str:
        shown = self._formats[int(style)] if style and int(style) < len(self._formats) else _Format(False, 0)
        if not shown.is_date:
            return _plain(text.strip()).zfill(shown.digits)
        try:
            moment = self._epoch + timedelta(seconds=round(float(text) * 86_400))
        except (ValueError, OverflowError):
            return text
        return moment.date().isoformat() if moment.time() == datetime.min.time() else moment.isoformat(" ")


def _cells(met: list[Any]) -> Iterator[_Cell]:
    """Each cell's attributes and text; None where a formula has no result."""
    values: dict[str, str] | None = None
    text: str | None = ""
    formula = False
    for one in met:
        if one.__class__ is str:
            if not formula:
                text = one if not text else text + one
        elif one is _FORMULA:
            text, formula = None, True
        elif one is _RESULT:
            text, formula = "", False
        else:
            if values is not None:
                yield values, text
            values, text, formula = one, "", False
    if values is not None:
        yield values, text


def _column(letters: str) -> int:
    """A is 0, Z 25, AA 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    if not 0 < number <= MOST_COLUMNS:
        raise BadSheet("The workbook is damaged; open it in a spreadsheet program and save it again.")
    return number - 1


def _plain(text: str) -> str:
    """A number as people write it: 9.01234567E8 is 901234567."""
    if text.isdigit():
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


class _Merged:
    """Cells that were merged downwards: the value of the first holds for all of them.

    The list of merged cells stands behind the rows, so it is looked for before they are read: 1 s a million rows.
    """

    def __init__(self, book: zipfile.ZipFile, sheet: str) -> None:
        self._areas: dict[int, list[tuple[int, int]]] = defaultdict(list)
        with book.open(sheet) as stream:
            self._find(stream)
        self._values: dict[int, str] = {}
        for areas in self._areas.values():
            areas.sort()

    def _find(self, stream: IO[bytes]) -> None:
        tail = b""
        for piece in _pieces(stream):
            text = tail + piece
            at = 0
            if b"mergeCell" in text:
                for match in _MERGED.finditer(text):
                    first, last = int(match[2]), int(match[3])
                    if first < last:
                        self._areas[_column(match[1].decode())].append((first, last))
                    at = match.end()
            tail = text[max(at, len(text) - 100) :]

    def fill(self, row: RawRow) -> RawRow:
        for column, areas in self._areas.items():
            here = bisect_right(areas, (row.number, 1 << 62)) - 1
            if here < 0 or row.number > areas[here][1]:
                continue
            if row.number == areas[here][0]:
                self._values[column] = row.cells[column] if column < len(row.cells) else ""
            else:
                row.cells.extend([""] * (column + 1 - len(row.cells)))
                row.cells[column] = row.cells[column] or self._values.get(column, "")
        return row

"""Lists as people have them: headings under a letterhead, odd encodings, merged cells, formulas, damage."""

import csv
import resource
import subprocess
import sys
import unicodedata
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.store.errors import BadSheet
from nhipcau.store.sheets import Row, read_sheet, write_sheet

HEADINGS = ("Họ tên", "Số điện thoại", "Mã đơn vị")
TEXT = "Họ tên;Số điện thoại;Mã đơn vị\nĐỗ Thị Hường;0901;DL-1\nNguyễn Quỹ;0902;DL-2\n"
ROWS = [
    Row(2, {"Họ tên": "Đỗ Thị Hường", "Số điện thoại": "0901", "Mã đơn vị": "DL-1"}),
    Row(3, {"Họ tên": "Nguyễn Quỹ", "Số điện thoại": "0902", "Mã đơn vị": "DL-2"}),
]


def written(folder: Path, content: bytes | str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def windows_1258(text: str) -> bytes:
    """As Excel with Vietnamese settings saves it: the vowel, then its tone."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    parts = []
    for letter in unicodedata.normalize("NFC", text):
        split = unicodedata.normalize("NFD", letter)
        tone = "".join(mark for mark in split if mark in tones)
        base = unicodedata.normalize("NFC", "".join(mark for mark in split if mark not in tones))
        parts.append(base + tone)
    return "".join(parts).encode("cp1258")


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        windows_1258(TEXT),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace(";", ",").encode(),
        TEXT.replace(";", "\t").encode("utf-16"),
        TEXT.replace(";", "|").encode(),
    ],
    ids=["utf-8", "bom", "utf-16", "utf-16-le", "utf-16-be", "windows-1258", "crlf", "comma", "tab", "bar"],
)
def test_a_text_file_is_read_however_it_was_saved(tmp_path: Path, content: bytes) -> None:
    assert list(read_sheet(written(tmp_path, content), HEADINGS)) == ROWS
    assert list(read_sheet(written(tmp_path, content))) == ROWS


def test_headings_are_found_below_a_letterhead_and_whatever_their_marks(tmp_path: Path) -> None:
    letterhead = "LIÊN ĐOÀN LAO ĐỘNG TỈNH;;\n;;\nDANH SÁCH ĐOÀN VIÊN;;\n"
    path = written(tmp_path, letterhead + TEXT.replace("Họ tên", "HO  TEN (*)"))
    found = list(read_sheet(path, ["họ tên", "Số điện thoại", "Mã đơn vị"]))
    assert [row.number for row in found] == [5, 6]
    assert found[0].cells["HO TEN (*)"] == "Đỗ Thị Hường"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        ("a;b\n1;2\n", "No row among the first 30"),
        (TEXT.encode("cp1252", "replace"), "lost"),
        (TEXT.encode().decode("cp1252", "replace").replace("�", "Ã¡").encode(), "garbled"),
        (b"Ho ten;Ghi ch\xfa\n\xfe\xdf\xd8;\xa4\n", "cannot be told"),
        ('Họ tên;Số\n"Hoa;1\n', "quotation mark"),
        (b"%PDF-1.7", "PDF"),
        ("<html><table><tr><td>Họ tên", "web page"),
        ('<?xml version="1.0"?><Workbook/>', "web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged"),
        (b"PK\x03\x04 and then nothing", "damaged"),
        (b"\xff\xfeH", "does not go on"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(tmp_path: Path, content: bytes | str, said: str) -> None:
    with pytest.raises(BadSheet, match=said):
        list(read_sheet(written(tmp_path, content), HEADINGS))


def test_cells_are_cleaned_and_named_once(tmp_path: Path) -> None:
    path = written(
        tmp_path, 'sep=,\nTên,Tên,,Số\n"  Hoa\n\u00a0Lan ",b,x,"=""0901"""\n,,,\nd,e,f,=A1+1\n\'=x,\'y,,\'+84\n'
    )
    assert list(read_sheet(path)) == [
        Row(2, {"Tên": "Hoa Lan", "Tên 2": "b", "Số": "0901"}),
        Row(4, {"Tên": "d", "Tên 2": "e", "Số": ""}, ("Số",)),
        Row(5, {"Tên": "=x", "Tên 2": "'y", "Số": "+84"}),
    ]


def test_short_and_long_rows(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1\n1,2,3,4\n")
    assert [row.cells for row in read_sheet(path)] == [{"a": "1", "b": ""}, {"a": "1", "b": "2"}]


# ---- workbooks


def workbook(path: Path, rows: list[list[Any]], **options: Any) -> Path:
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        digits = book.add_format({"num_format": "0000000000"})
        money = book.add_format({"num_format": '#,##0 "đồng"'})
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)  # type: ignore[arg-type]
                elif cell == 901234567:
                    sheet.write_number(number, column, cell, digits)
                elif cell == 5_310_000:
                    sheet.write_number(number, column, cell, money)
                else:
                    sheet.write(number, column, cell)
    return path


@pytest.mark.parametrize("options", [{}, {"constant_memory": True}, {"date_1904": True}])
def test_a_workbook_gives_what_it_shows(tmp_path: Path, options: dict[str, Any]) -> None:
    cells = ["Đỗ Hường", date(1987, 5, 18), 901234567, 84901234567, 5_310_000, 1.5, True]
    path = workbook(tmp_path / "a.xlsx", [list("abcdefg"), cells], **options)
    (row,) = read_sheet(path)
    assert list(row.cells.values()) == ["Đỗ Hường", "1987-05-18", "0901234567", "84901234567", "5310000", "1.5", "1"]
    assert row.number == 2


def test_merged_cells_hold_for_all_their_rows(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:C1", "DANH SÁCH")
        sheet.write_row("A2", HEADINGS)
        sheet.write_column("A3", ["Hoa", "Lan", "Huệ", "Cúc"])
        sheet.write_column("B3", ["1", "2", "3", "4"])
        sheet.merge_range("C3:C5", "DL-1")
        sheet.write("C6", "DL-2")
    found = list(read_sheet(tmp_path / "a.xlsx", HEADINGS))
    assert [row.cells["Mã đơn vị"] for row in found] == ["DL-1", "DL-1", "DL-1", "DL-2"]
    assert [row.number for row in found] == [3, 4, 5, 6]


SHEET = "xl/worksheets/sheet1.xml"


def rebuilt(source: Path, target: Path, part: str, content: bytes) -> Path:
    """The workbook with one part replaced, as other programs would write it."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return target


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("<row><c t='inlineStr'><is><t>a</t></is></c><c t='inlineStr'><is><t>b</t></is></c></row>"
         "<row><c><v>1</v></c><c><v>9.01234567E8</v></c></row>", [(2, {"a": "1", "b": "901234567"}, ())]),
        ("<row r='3'><c r='B3' t='str'><v>b</v></c></row><row r='9'><c r='B9' t='str'><f>A1</f><v>x</v></c></row>",
         [(9, {"b": "x"}, ())]),
        ("<row r='1'><c r='A1' t='str'><v>a</v></c></row><row r='2'><c r='A2'><f>SUM(B1)</f></c></row>"
         "<row r='3'><c r='A3' t='e'><f>1/0</f><v>#DIV/0!</v></c></row>"
         "<row r='4'><c r='A4' t='str'><f>B1</f><v></v></c><c r='B4'><v>1</v></c></row>",
         [(4, {"a": ""}, ())]),
        ("<row r='1'><c r='A1' t='str'><v>a</v></c><c r='B1' t='str'><v>b</v></c></row>"
         "<row r='2'><c r='A2'><f>SUM(B1)</f></c><c r='B2'><v>1</v></c></row>"
         "<row r='3'><c r='A3' t='e'><v>#N/A</v></c><c r='B3'><v>2</v></c></row>",
         [(2, {"a": "", "b": "1"}, ("a",)), (3, {"a": "", "b": "2"}, ("a",))]),
        ("<row r='1'><c r='A1' t='inlineStr'><is><r><t>Họ </t></r><r><t>tên</t></r></is></c></row>\n"
         "  <row r='2'>\n<c r='A2' t='d'>\n<v>2026-11-22</v>\n</c>\n</row>", [(2, {"Họ tên": "2026-11-22"}, ())]),
    ],
    ids=["no addresses", "gaps", "formulas alone", "formulas", "rich text"],
)  # fmt: skip
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_workbooks_of_other_programs(tmp_path: Path, data: str, expected: list[Any], prefix: str) -> None:
    if prefix:
        data = data.replace("</", "<\0").replace("<", "<x:").replace("<x:\0", "</x:")
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    named = f"xmlns{':x' if prefix else ''}='{space}'"
    text = f"<{prefix}worksheet {named}><{prefix}sheetData>{data}</{prefix}sheetData></{prefix}worksheet>"
    plain = workbook(tmp_path / "plain.xlsx", [["x"]])
    path = rebuilt(plain, tmp_path / "other.xlsx", SHEET, text.encode())
    assert [tuple(row) for row in read_sheet(path)] == expected


def test_only_the_first_shown_sheet_counts(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        hidden, shown = book.add_worksheet("old"), book.add_worksheet("new")
        hidden.write("A1", "old")
        shown.write_column("A1", ["a", "1"])
        shown.activate()
        hidden.hide()
    assert [row.cells for row in read_sheet(tmp_path / "a.xlsx")] == [{"a": "1"}]


@pytest.mark.parametrize(
    ("part", "content", "said"),
    [
        (SHEET, b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><worksheet><sheetData/></worksheet>", "declarations"),
        (SHEET, b"<worksheet><sheetData><row>", "damaged"),
        (
            SHEET,
            b"<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>99</v></c></row></sheetData></worksheet>",
            "damaged",
        ),
        (
            SHEET,
            b"<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>x</v></c></row></sheetData></worksheet>",
            "damaged",
        ),
        (SHEET, b"<worksheet><sheetData><row r='x'><c r='A1'><v>1</v></c></row></sheetData></worksheet>", "damaged"),
        (
            SHEET,
            b"<worksheet><sheetData><row r='1'><c r='ZZZZZ1'><v>1</v></c></row></sheetData></worksheet>",
            "damaged",
        ),
        ("xl/workbook.xml", b"<workbook><sheets/></workbook>", "no sheet"),
    ],
)
def test_a_damaged_workbook_is_a_sentence(tmp_path: Path, part: str, content: bytes, said: str) -> None:
    plain = workbook(tmp_path / "plain.xlsx", [["x"], ["y"]])
    with pytest.raises(BadSheet, match=said):
        list(read_sheet(rebuilt(plain, tmp_path / "bad.xlsx", part, content)))


def test_a_workbook_cut_short_is_a_sentence(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "a.xlsx", [["x"], *[[f"text {n}"] for n in range(5000)]]).read_bytes()
    with pytest.raises(BadSheet, match="damaged"):
        list(read_sheet(written(tmp_path, whole[: len(whole) // 2], "cut.xlsx")))


# ---- writing

CELLS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=12)


@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=8))
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, name: str, rows: list[Any]) -> None:
    path = tmp_path_factory.mktemp("sheet") / name
    write_sheet(path, ("Mã", "Tên"), rows)
    again = [tuple(row.cells.values()) for row in read_sheet(path, ("Mã",))]

    def seen(text: str) -> str:
        return " ".join(unicodedata.normalize("NFC", text).split())

    assert again == [(seen(a), seen(b)) for a, b in rows if seen(a) or seen(b)]


@pytest.mark.parametrize("cell", ["=1+1", "+84901", "-5", "@SUM(A1)", "\t=1", "\r\n=1"])
def test_no_cell_acts_when_opened(tmp_path: Path, cell: str) -> None:
    write_sheet(tmp_path / "a.csv", ("a",), [(cell,)])
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1] == [f"'{cell.strip()}"]
    write_sheet(tmp_path / "a.xlsx", ("a",), [(cell,)])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        assert b"<f>" not in book.read(SHEET)
    assert [row.cells["a"] for row in read_sheet(tmp_path / "a.csv")] == [cell.strip()]


def test_memory_stays_flat(tmp_path: Path) -> None:
    """200,000 rows in a process of its own; loaded whole they take 130 MB."""
    write_sheet(tmp_path / "a.xlsx", ("a", "b", "c"), ((f"Nguyễn {n}", f"09{n:08}", f"DL{n}") for n in range(200_000)))
    code = (
        "import sys, resource; from pathlib import Path; from nhipcau.store.sheets import read_sheet\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(sum(1 for _ in read_sheet(Path(sys.argv[1]))))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    out = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "a.xlsx")], capture_output=True, text=True, check=True
    )
    rows, grown = map(int, out.stdout.split())
    assert rows == 200_000
    assert grown * resource.getpagesize() / 4096 < 30_000  # kB

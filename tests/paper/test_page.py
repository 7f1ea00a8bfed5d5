"""Text is measured, wrapped and fitted before anything is drawn; both drawings show the same."""

import re
import unicodedata
from io import BytesIO

import pytest
import segno
from fontTools.ttLib import TTFont
from PIL import Image

from nhipcau.paper import fonts
from nhipcau.paper.page import LEAST_VERSION, Area, Box, Line, Page, Style, code, fit, measure, stack, wrap
from nhipcau.paper.pdf import pdf
from nhipcau.paper.png import DPI, png

BLACK = (0, 0, 0)
BASES = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
LETTERS = "".join(unicodedata.normalize("NFC", base + tone) for base in BASES for tone in TONES) + "đĐ₫–…“”’"
HIGHLAND = "čČƀɃñÑĕĔĭĬŏŎŭŬ"  # in names of places in Ê-đê and Ba-na


def box(line: Line) -> Box:
    return Box(line.x, line.y, measure(line.text, line.style), 0)


def sampled(content: bytes, place: Box, modules: int) -> list[list[int]]:
    """The modules of a code as a camera finds them in the picture: 1 is dark."""
    image = Image.open(BytesIO(content)).convert("L")

    def dark(column: int, row: int) -> int:
        at = [(origin + (step + 0.5) * place.width / modules) for origin, step in ((place.x, column), (place.y, row))]
        return int(image.getpixel((int(at[0] / 25.4 * DPI), int(at[1] / 25.4 * DPI))) < 128)  # type: ignore[operator]

    return [[dark(column, row) for column in range(modules)] for row in range(modules)]


@pytest.mark.parametrize("file", [fonts.REGULAR, fonts.BOLD], ids=["regular", "bold"])
def test_the_font_has_every_letter(file: fonts.Path) -> None:
    assert {letter for letter in LETTERS + HIGHLAND if ord(letter) not in TTFont(file).getBestCmap()} == set()


def test_the_licence_of_the_font_comes_with_it() -> None:
    assert "SIL Open Font License, Version 1.1" in fonts.REGULAR.with_name("OFL.txt").read_text(encoding="utf-8")


def test_lines_are_no_wider_than_asked_and_lose_no_word() -> None:
    text, style = "Công đoàn cơ sở Công ty Chế biến Cà phê Ban Mai " * 3, Style(20, BLACK)
    lines = wrap(unicodedata.normalize("NFD", text), style, 60)
    assert " ".join(lines) == text.strip()
    assert max(measure(line, style) for line in lines) <= 60


def test_a_word_that_is_too_long_is_cut() -> None:
    lines = wrap("Trang hoi.congdoan.example.vn/" + "a" * 80, Style(14, BLACK), 50)
    assert "".join(lines).endswith("a" * 80)
    assert max(measure(line, Style(14, BLACK)) for line in lines) <= 50


@pytest.mark.parametrize(("words", "size"), [(3, 30), (9, 20), (15, 10)])
def test_the_largest_size_that_fits_is_taken(words: int, size: int) -> None:
    lines, style = fit("công đoàn " * words, Style(0, BLACK), (30, 20, 10), 100, 26)
    assert (style.size, lines[-1][-1]) == (size, "n")


def test_what_fits_at_no_size_ends_with_dots() -> None:
    lines, style = fit("công đoàn " * 99, Style(0, BLACK), (30, 20), 100, 18)
    assert (style.size, len(lines), lines[-1][-1]) == (20, 2, "…")


def test_lines_stand_below_each_other_in_the_middle() -> None:
    style = Style(20, BLACK)
    first, second = stack(["Một", "Một hai ba"], style, Box(10, 50, 100, 40), centred=True)
    assert second.y - first.y == pytest.approx(style.height)
    assert [2 * at.x + at.width for at in map(box, (first, second))] == pytest.approx([120, 120])


@pytest.mark.parametrize("content", ["https://t.me/bot?start=u_DL_p", f"https://example.vn/chat?start=u_{'A' * 40}_p"])
def test_a_code_in_the_picture_is_the_code_of_its_address(content: str) -> None:
    area = code(content, 30, 40, 60, BLACK)
    version = max(int(segno.make_qr(content, error="m").version), LEAST_VERSION)
    expected = [list(row) for row in segno.make_qr(content, error="m", version=version).matrix]
    assert sampled(png(Page("", "vi", [area])), Box(30, 40, 60, 60), len(expected)) == expected


def test_the_text_of_a_pdf_can_be_searched() -> None:
    lines = [Line(LETTERS, 10, 20, Style(12, BLACK)), Line(HIGHLAND, 10, 40, Style(12, BLACK, bold=True))]
    content = pdf(Page("Tên", "vi", [Area((255, 0, 0), (Box(0, 0, 50, 50),)), *lines]))
    named = {chr(int(found, 16)) for found in re.findall(rb"^<[0-9A-F]{4}> <([0-9A-F]{4})>$", content, re.M)}
    assert set(LETTERS + HIGHLAND) <= named
    assert b"/Lang (vi)" in content

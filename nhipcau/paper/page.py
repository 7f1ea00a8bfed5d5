"""A page: areas of colour and lines of text, in millimetres from its top left corner.

Everything is placed here, once; `pdf.py` and `png.py` only draw it.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import segno
from PIL import ImageFont

from nhipcau.paper.fonts import BOLD, REGULAR

WIDTH, HEIGHT = 210.0, 297.0  # A4
POINT = 25.4 / 72  # millimetres
LEADING = 1.2  # from line to line, in sizes
BASELINE = 0.92  # from the top of a line to its baseline, in sizes: two marks above a capital (Ấ) stay inside
LEAST_VERSION = 5  # of a QR code: 37 modules, so that the margin of four modules stays narrow

RGB = tuple[int, int, int]


class Box(NamedTuple):
    """A rectangle, by its top left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        return self.y + self.height


class Area(NamedTuple):
    """Rectangles of one colour; a whole QR code is one area."""

    colour: RGB
    boxes: tuple[Box, ...]


class Style(NamedTuple):
    """How text looks. `size` in points."""

    size: float
    colour: RGB
    bold: bool = False

    @property
    def height(self) -> float:
        """Of one line, in millimetres."""
        return self.size * POINT * LEADING


class Line(NamedTuple):
    """A line of text that begins at x, with its baseline at y."""

    text: str
    x: float
    y: float
    style: Style


class Page(NamedTuple):
    """An A4 page; later marks cover earlier ones. `language` is the code of its text, for readers aloud."""

    title: str
    language: str
    marks: Sequence[Area | Line]


def measure(text: str, style: Style) -> float:
    """The width of a line, in millimetres."""
    return _font(style.bold).getlength(text) / 1000 * style.size * POINT


def wrap(text: str, style: Style, width: float) -> list[str]:
    """Lines no wider than `width`; a word that is too long for a line (an address) is cut."""
    lines, line = [], ""
    for word in unicodedata.normalize("NFC", text).split():
        longer = f"{line} {word}".lstrip()
        if measure(longer, style) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *cut, line = _pieces(word, style, width)
        lines += cut
    return [*lines, line] if line else lines


def fit(text: str, style: Style, sizes: Sequence[float], width: float, height: float) -> tuple[list[str], Style]:
    """The lines at the largest of `sizes` that fits; at the smallest, what goes beyond `height` is cut with "…"."""
    for size in sizes:
        tried = style._replace(size=size)
        lines, room = wrap(text, tried, width), int(height / tried.height + 1e-9)
        if len(lines) <= room:
            return lines, tried
    kept = lines[:room]
    kept[-1:] = [f"{last[:-1]}…" for last in kept[-1:]]
    return kept, tried


def stack(lines: Sequence[str], style: Style, place: Box, *, centred: bool = False) -> list[Line]:
    """Lines below each other from the top of a box."""
    placed = []
    for number, text in enumerate(lines):
        x = place.x + (place.width - measure(text, style)) / 2 if centred else place.x
        placed.append(Line(text, x, place.y + number * style.height + BASELINE * style.size * POINT, style))
    return placed


def code(content: str, x: float, y: float, side: float, colour: RGB) -> Area:
    """A QR code of `side` millimetres, without the white margin of four modules that it needs around."""
    made = segno.make_qr(content, error="m")
    if int(made.version) < LEAST_VERSION:
        made = segno.make_qr(content, error="m", version=LEAST_VERSION)
    module = side / len(made.matrix)
    boxes = [
        Box(x + column * module, y + row * module, module, module)
        for row, modules in enumerate(made.matrix)
        for column, dark in enumerate(modules)
        if dark
    ]
    return Area(colour, tuple(boxes))


def _pieces(word: str, style: Style, width: float) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and measure(pieces[-1] + letter, style) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


@cache
def _font(bold: bool) -> ImageFont.FreeTypeFont:
    return font(bold, 1000)


def font(bold: bool, pixels: float) -> ImageFont.FreeTypeFont:
    """The font at a size. Without kerning, as fpdf2 writes it: so lines are as long in PNG as in PDF."""
    return ImageFont.truetype(BOLD if bold else REGULAR, pixels, layout_engine=ImageFont.Layout.BASIC)

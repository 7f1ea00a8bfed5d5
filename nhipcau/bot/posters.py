"""A poster for the notice board of a unit: a code for each chat, and in three lines what it is good for."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from nhipcau.bot.links import Entrance
from nhipcau.handlers import poster_words
from nhipcau.handlers.i18n import language
from nhipcau.handlers.officer_words import CHANNELS
from nhipcau.paper.page import HEIGHT, WIDTH, Area, Box, Line, Page, Style, code, fit, stack
from nhipcau.union.units import Unit

RED, YELLOW, WHITE, BLACK = (176, 13, 40), (255, 221, 51), (255, 255, 255), (22, 22, 22)
MARGIN = 14.0  # millimetres, as all lengths here
COLUMN = WIDTH - 2 * MARGIN
BAND = Box(0, 0, WIDTH, 118)
CODES = Box(5, 143, WIDTH - 10, 0)
SIDES = {1: 72.0, 2: 70.0, 3: 60.0}  # of a code, by how many there are: their white margins still fit between them
TYPED = Box(MARGIN, 0, COLUMN, 8)
FOOT = Box(0, HEIGHT - 17, WIDTH, 17)
LARGE = (24, 22, 20, 18, 16, 14, 12)  # points
SMALL = (16, 15, 14, 13, 12, 11, 10, 8)


def parameter(unit: Unit) -> str:
    """What the codes carry: the unit, and that somebody came from its poster."""
    return f"u_{unit.code}_p"


def poster(union: str, unit: Unit, entrances: Sequence[Entrance]) -> Page:
    """The page, in the language that is set. `union` is how the bot calls itself; one to three entrances."""
    side = SIDES[len(entrances)]
    cell = CODES.width / len(entrances)
    below = CODES.y + side + 21
    marks = [*_head(union, unit.name)]
    for number, entrance in enumerate(entrances):
        marks += _entrance(entrance, Box(CODES.x + number * cell, CODES.y, cell, side))
    for entrance in (one for one in entrances if one.typed):
        text = poster_words.then_write(_name(entrance), entrance.typed)
        marks += _text(text, TYPED._replace(y=below), Style(0, BLACK, bold=True), SMALL, centred=True)
        below += TYPED.height
    marks += _benefits(below + 3)
    marks += _foot(unit.code)
    return Page(f"{poster_words.headline()} - {unit.name}", language.get(), marks)


def _head(union: str, unit_name: str) -> list[Area | Line]:
    above, main, name = (Box(MARGIN, y, COLUMN, height) for y, height in ((11, 17.5), (29, 50), (81, 35)))
    return [
        Area(RED, (BAND,)),
        Area(YELLOW, (Box(0, BAND.bottom, WIDTH, 3),)),
        *_text(union, above, Style(0, WHITE), (20, 16)),
        *_text(poster_words.headline(), main, Style(0, YELLOW, bold=True), (58, 54, 50, 48)),
        *_text(unit_name, name, Style(0, WHITE, bold=True), (34, 29, 25, 21, 18)),
        *_text(poster_words.scan(), Box(MARGIN, 125, COLUMN, 12), Style(0, RED, bold=True), (26, 22), centred=True),
    ]


def _entrance(one: Entrance, place: Box) -> list[Area | Line]:
    """A code in the middle of its place, and below it what it opens."""
    label = Box(place.x + 2, place.bottom + 4, place.width - 4, 9)
    return [
        code(one.address, place.x + (place.width - place.height) / 2, place.y, place.height, BLACK),
        *_text(_name(one), label, Style(0, RED, bold=True), (20,), centred=True),
        *_text(_readable(one.address), label._replace(y=label.bottom, height=7), Style(0, BLACK), SMALL, centred=True),
    ]


def _name(one: Entrance) -> str:
    return poster_words.web_page() if one.channel == "web" else CHANNELS[one.channel]


def _benefits(top: float) -> list[Area | Line]:
    """All in the one size at which the longest fits."""
    texts = poster_words.benefits()
    place = Box(MARGIN + 7, top, COLUMN - 7, (FOOT.y - 2 - top) / len(texts))
    size = min(fit(text, Style(0, BLACK), LARGE, place.width, place.height)[1].size for text in texts)
    marks: list[Area | Line] = []
    for number, text in enumerate(texts):
        lines = _text(text, place._replace(y=top + number * place.height), Style(0, BLACK), (size,))
        marks += [Area(RED, (Box(MARGIN, lines[0].y - 3.6, 3, 3),)), *lines]
    return marks


def _foot(unit_code: str) -> list[Area | Line]:
    place = Box(MARGIN, FOOT.y + 3, COLUMN, 10)
    text = _text(poster_words.unit_code(unit_code), place, Style(0, RED, bold=True), (20, 16, 13), centred=True)
    return [Area(YELLOW, (FOOT,)), *text]


def _text(text: str, place: Box, style: Style, sizes: Sequence[float], *, centred: bool = False) -> list[Line]:
    lines, style = fit(text, style, sizes, place.width, place.height)
    return stack(lines, style, place, centred=centred)


def _readable(address: str) -> str:
    """For people whose phone reads no codes: the bot's @name, or the page's address."""
    parts = urlsplit(address)
    return f"@{parts.path.strip('/')}" if parts.netloc == "t.me" else f"{parts.netloc}{parts.path}"

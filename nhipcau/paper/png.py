"""A page as PNG, for chats and websites."""

from io import BytesIO

from PIL import Image, ImageDraw

from nhipcau.paper.page import HEIGHT, POINT, WIDTH, Area, Line, Page, font

DPI = 150


def png(page: Page) -> bytes:
    """The file's content."""
    image = Image.new("RGB", (_pixels(WIDTH), _pixels(HEIGHT)), "white")
    draw = ImageDraw.Draw(image)
    for mark in page.marks:
        _fill(draw, mark) if isinstance(mark, Area) else _write(draw, mark)
    content = BytesIO()
    image.save(content, "PNG", optimize=True, dpi=(DPI, DPI))
    return content.getvalue()


def _pixels(millimetres: float) -> int:
    return round(millimetres / 25.4 * DPI)


def _fill(draw: ImageDraw.ImageDraw, area: Area) -> None:
    for box in area.boxes:
        right, bottom = _pixels(box.x + box.width) - 1, _pixels(box.y + box.height) - 1
        draw.rectangle((_pixels(box.x), _pixels(box.y), right, bottom), fill=area.colour)


def _write(draw: ImageDraw.ImageDraw, line: Line) -> None:
    letters = font(line.style.bold, line.style.size * POINT / 25.4 * DPI)
    draw.text((_pixels(line.x), _pixels(line.y)), line.text, line.style.colour, letters, anchor="ls")

"""A page as PDF: its text can be searched, its areas are exact at any size."""

from fpdf import FPDF

from nhipcau.paper.fonts import BOLD, REGULAR
from nhipcau.paper.page import Area, Line, Page

FAMILY = "Source Sans 3"


def pdf(page: Page) -> bytes:
    """The file's content."""
    sheet = FPDF(format="A4")
    sheet.set_auto_page_break(False)
    sheet.set_title(page.title)
    sheet.set_lang(page.language)
    sheet.add_font(FAMILY, "", REGULAR)
    sheet.add_font(FAMILY, "B", BOLD)
    sheet.add_page()
    for mark in page.marks:
        _fill(sheet, mark) if isinstance(mark, Area) else _write(sheet, mark)
    return bytes(sheet.output())


def _fill(sheet: FPDF, area: Area) -> None:
    """As one path: rectangles drawn one by one show hairlines between the modules of a QR code."""
    with sheet.new_path() as path:
        path.style.fill_color = "#{:02x}{:02x}{:02x}".format(*area.colour)
        path.style.stroke_color = None
        for box in area.boxes:
            path.rectangle(*box)


def _write(sheet: FPDF, line: Line) -> None:
    sheet.set_font(FAMILY, "B" if line.style.bold else "", line.style.size)
    sheet.set_text_color(*line.style.colour)
    sheet.text(line.x, line.y, line.text)

"""An answer as the member reads it: short, steps, legal basis, date, in one message."""

from datetime import date

from nhipcau.channels.message import Button
from nhipcau.handlers.i18n import _, language
from nhipcau.knowledge.answer import Knowledge
from nhipcau.knowledge.entries import Entry, Rendered, Source

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


def vietnamese_date(day: date) -> str:
    return f"{day.day:02}/{day.month:02}/{day.year}"


def answer_text(entry: Entry, rendered: Rendered, as_of: date) -> str:
    """The whole answer as plain text."""
    parts = [
        rendered.title,
        rendered.short,
        _steps(rendered),
        _basis(rendered),
        _dated(entry, as_of),
    ]
    return "\n\n".join(part for part in parts if part)


def deep_text(entry: Entry, rendered: Rendered, as_of: date) -> str:
    """The exceptions and examples, with the same legal basis and date."""
    parts = [rendered.title, rendered.deep, _basis(rendered), _dated(entry, as_of)]
    return "\n\n".join(part for part in parts if part)


def _steps(rendered: Rendered) -> str:
    if not rendered.steps:
        return ""
    lines = [f"{place}. {step}" for place, step in enumerate(rendered.steps, 1)]
    return "\n".join([_("What to do:"), *lines])


def _basis(rendered: Rendered) -> str:
    return "\n".join([_("Legal basis:"), *(f"- {_cited(source)}" for source in rendered.citations)])


def _cited(source: Source) -> str:
    place = [
        _("Article {article}").format(article=source.article) if source.article else "",
        _("clause {clause}").format(clause=source.clause) if source.article and source.clause else "",
    ]
    named = f"{source.title} ({source.document})"
    return ", ".join(part for part in [named, " ".join(part for part in place if part)] if part)


def _dated(entry: Entry, as_of: date) -> str:
    lines = [_("As of {day}.").format(day=vietnamese_date(as_of))]
    if entry.confidence == "V1":
        lines.append(_("Please check this with your union, too: we have it from one source only."))
    if entry.review_by and entry.review_by < as_of:
        lines.append(
            _("This answer was due for review on {day}; the law may have changed.").format(
                day=vietnamese_date(entry.review_by)
            )
        )
    if language.get() != "vi":
        lines.append(_("The answer itself is in Vietnamese; no translation has been checked yet."))
    return " ".join(lines)


def answer_buttons(knowledge: Knowledge, entry: Entry, question: int, as_of: date) -> list[list[Button]]:
    """Under an answer: deeper, related, and the thumbs."""
    tail = f"{entry.id}:{tag(question)}:{as_of:%Y%m%d}"
    first = [Button(label=_("More detail"), payload=f"deep:{tail}")] if entry.deep else []
    if related(knowledge, entry):
        first.append(Button(label=_("Related questions"), payload=f"rel:{tail}"))
    thumbs = [
        Button(label="👍 " + _("Helpful"), payload=f"up:{tag(question)}"),
        Button(label="👎 " + _("Not helpful"), payload=f"down:{tag(question)}"),
    ]
    officer = [Button(label=_("Ask an officer to reply"), payload=f"call:{tag(question)}")]
    return [row for row in (first, thumbs, officer) if row]


def related(knowledge: Knowledge, entry: Entry) -> list[Entry]:
    """The entries this one points to, as far as they are published."""
    return [knowledge.entries[one] for one in entry.related if one in knowledge.entries]


def title_button(label: str, entry: str, question: int) -> Button:
    """A title that opens its answer; the tap tells which entry was meant by the question."""
    return Button(label=label, payload=f"pick:{entry}:{tag(question)}")


def tag(number: int) -> str:
    """A number in base 36: a question's id then fits a button beside the entry's name."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = ALPHABET[rest] + digits
    return digits or "0"


def untag(text: str) -> int:
    """The number of a tag; 0 where somebody typed nonsense."""
    return int(text, 36) if text.isascii() and text.isalnum() and len(text) <= 11 else 0

"""An answer as the member reads it: short, steps, legal basis, date, in one message."""

from collections.abc import Iterable
from datetime import date

from nhipcau.channels.message import Button
from nhipcau.handlers.i18n import DEFAULT, _, language
from nhipcau.handlers.sums import COMPUTABLE
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
        basis(rendered.citations),
        _dated(entry, as_of, _language(rendered)),
    ]
    return "\n\n".join(part for part in parts if part)


def deep_text(entry: Entry, rendered: Rendered, as_of: date) -> str:
    """The exceptions and examples, with the same legal basis and date; they are not translated."""
    parts = [rendered.title, rendered.deep, basis(rendered.citations), _dated(entry, as_of, _deep_language())]
    return "\n\n".join(part for part in parts if part)


def _steps(rendered: Rendered) -> str:
    if not rendered.steps:
        return ""
    lines = [f"{place}. {step}" for place, step in enumerate(rendered.steps, 1)]
    return "\n".join([_("What to do:"), *lines])


def basis(citations: Iterable[Source]) -> str:
    """The citations as a list under their heading."""
    return "\n".join([_("Legal basis:"), *(f"- {cited(source)}" for source in citations)])


def cited(source: Source) -> str:
    """One citation: the document's title and number, article and clause."""
    place = [
        _("Article {article}").format(article=source.article) if source.article else "",
        _("clause {clause}").format(clause=source.clause) if source.article and source.clause else "",
    ]
    named = f"{source.title} ({source.document})"
    return ", ".join(part for part in [named, " ".join(part for part in place if part)] if part)


def _dated(entry: Entry, as_of: date, translation: str) -> str:
    lines = [_("As of {day}.").format(day=vietnamese_date(as_of))]
    if entry.confidence == "V1":
        lines.append(_("Please check this with your union, too: we have it from one source only."))
    if entry.review_by and entry.review_by < as_of:
        lines.append(
            _("This answer was due for review on {day}; the law may have changed.").format(
                day=vietnamese_date(entry.review_by)
            )
        )
    return " ".join(part for part in [*lines, translation] if part)


def _language(rendered: Rendered) -> str:
    """What somebody who reads another language must know about the words above."""
    if language.get() == DEFAULT:
        return ""
    if rendered.language == language.get():
        return _("This is a translation; the Vietnamese text is authoritative.")
    return _("The answer itself is in Vietnamese; no translation has been checked yet.")


def _deep_language() -> str:
    """Details are not translated."""
    if language.get() == DEFAULT:
        return ""
    return _("The details are in Vietnamese; no translation has been checked yet.")


def answer_buttons(knowledge: Knowledge, entry: Entry, question: int, as_of: date) -> list[list[Button]]:
    """Under an answer: deeper, then its calculation or related titles, and the thumbs.

    Some channels show five buttons only: where there is a calculation, the related titles wait under "deeper".
    """
    tail = f"{entry.id}:{tag(question)}:{as_of:%Y%m%d}"
    first = [Button(label=_("More detail"), payload=f"deep:{tail}")] if entry.deep else []
    further = _calculate(entry) if first else []
    return [row for row in (first + (further or _related(knowledge, entry, tail)), *_verdicts(question)) if row]


def deep_buttons(knowledge: Knowledge, entry: Entry, question: int, as_of: date) -> list[list[Button]]:
    """Under the details: related titles, and the thumbs."""
    tail = f"{entry.id}:{tag(question)}:{as_of:%Y%m%d}"
    return [row for row in (_related(knowledge, entry, tail), *_verdicts(question)) if row]


def _verdicts(question: int) -> list[list[Button]]:
    thumbs = [
        Button(label="👍 " + _("Helpful"), payload=f"up:{tag(question)}"),
        Button(label="👎 " + _("Not helpful"), payload=f"down:{tag(question)}"),
    ]
    return [thumbs, [Button(label=_("Ask an officer to reply"), payload=f"call:{tag(question)}")]]


def _calculate(entry: Entry) -> list[Button]:
    """The way from an answer to its calculation, where this program can ask for what that needs."""
    if entry.calculator is None or entry.calculator.name not in COMPUTABLE:
        return []
    return [Button(label=_("Try the calculation"), payload=f"try:{entry.id}")]


def _related(knowledge: Knowledge, entry: Entry, tail: str) -> list[Button]:
    return [Button(label=_("Related questions"), payload=f"rel:{tail}")] if related(knowledge, entry) else []


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

"""The outcome of a calculation as people read it: the amount, what it rests on, step by step, with its sources."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

from nhipcau.handlers import values
from nhipcau.handlers.answer_text import basis, vietnamese_date
from nhipcau.handlers.i18n import _, translated
from nhipcau.handlers.sum_fields import Field, Sum
from nhipcau.knowledge.calc.result import Result, Step
from nhipcau.knowledge.calc.sheet import number
from nhipcau.knowledge.calc.words import N_
from nhipcau.knowledge.documents import Documents
from nhipcau.knowledge.entries import Citation, Source

VERDICTS = {
    ("below", True): N_("This wage is below the minimum wage of the region."),
    ("below", False): N_("This wage reaches the minimum wage of the region."),
    ("eligible", False): N_("By these data there is no right to it."),
    ("covered", False): N_("By these data this work is not insured."),
}


def result_text(one: Sum, used: Iterable[str], result: Result, documents: Documents, as_of: date) -> str:
    """The whole outcome as plain text."""
    parts = [
        translated(one.title),
        "\n".join(_headlines(one, result)),
        listed(_("Computed with:"), used),
        _working(one, result),
        listed(_("Please note:"), map(translated, result.warnings)),
        basis(sources(result.citations, documents)),
        as_of_text(as_of),
    ]
    return "\n\n".join(part for part in parts if part)


def shown(field: Field, raw: str) -> str:
    """What was understood of one answer: "Overtime hours: 12 hours"."""
    label = next((translated(one.label) for one in field.choices if one.value == raw), None)
    value = label or values.KINDS[field.kind].show(values.read(field.kind, raw))
    return f"{translated(field.label)}: {value}"


def listed(heading: str, lines: Iterable[str]) -> str:
    """Lines under a heading; "" where there are none."""
    rows = [f"- {line}" for line in lines]
    return "\n".join([heading, *rows]) if rows else ""


def sources(citations: Iterable[Citation], documents: Documents) -> list[Source]:
    """The citations with the titles of their documents."""
    return [
        Source(document=one.document, article=one.article, clause=one.clause, title=documents.short(one.document))
        for one in citations
    ]


def as_of_text(day: date) -> str:
    """The day of the law, and that a calculation is no decision."""
    told = _("As of {day}.").format(day=vietnamese_date(day))
    return told + " " + _("The result is for orientation; it is as right as the numbers given.")


def _headlines(one: Sum, result: Result) -> list[str]:
    name, label, unit = one.headline
    said = [translated(text) for (key, value), text in VERDICTS.items() if result.amounts.get(key) is value]
    amount = result.amounts.get(name)
    return said if amount is None else [*said, f"{translated(label)}: {quantity(amount, unit)}"]


def _working(one: Sum, result: Result) -> str:
    steps = [step for step in result.steps if step.label not in one.unsaid]
    return "\n".join([_("Step by step:"), *(f"{n}. {_step(step)}" for n, step in enumerate(steps, 1))]) if steps else ""


def _step(step: Step) -> str:
    label = translated(step.label)
    if step.value is None:
        return f"{label}: {step.formula}" if step.formula else label
    value = quantity(step.value, step.unit)
    return f"{label}: {step.formula} = {value}" if step.formula else f"{label}: {value}"


def quantity(value: Any, unit: str) -> str:
    """A number with its unit, a date as Vietnamese write it."""
    if unit == "date":
        return vietnamese_date(date.fromisoformat(value))
    exact = Fraction(str(value))
    if unit == "VND":
        return values.money(exact) if exact >= 0 else f"−{values.money(-exact)}"
    return _with_unit(unit).format(n=number(exact))


def _with_unit(unit: str) -> str:
    return {
        "percent": "{n}%",
        "hours": _("{n} hours"),
        "days": _("{n} days"),
        "working days": _("{n} working days"),
        "months": _("{n} months"),
        "years": _("{n} years"),
        "people": _("{n} people"),
    }.get(unit, "{n}")

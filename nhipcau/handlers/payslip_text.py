"""A checked payslip as its reader sees it, and the letter to the employer."""

from collections.abc import Iterable

from nhipcau.handlers.answer_text import cited
from nhipcau.handlers.compute_text import listed, sources
from nhipcau.handlers.i18n import _, translated
from nhipcau.handlers.values import money
from nhipcau.knowledge.calc.payslip import SLACK, Checked, Line
from nhipcau.knowledge.documents import Documents


def report(checked: Checked, documents: Documents) -> str:
    """Every line: agreeing, or what the slip says, what it should be, and why."""
    parts = [
        _summary(checked),
        *(_line(line, documents) for line in checked.lines),
        listed(_("Please note:"), map(translated, checked.warnings)),
    ]
    return "\n\n".join(part for part in parts if part)


def letter(checked: Checked, documents: Documents) -> str:
    """A polite letter to the employer about what the worker lacks, ready to copy."""
    points = [
        f"{place}. {_point(line)} ({'; '.join(_citations(line, documents))})"
        for place, line in enumerate(_lacking(checked), 1)
    ]
    opening = _(
        "To the management and the payroll office,\n\n"
        "I have read my payslip of this month and kindly ask you to look again at the following:"
    )
    closing = _(
        "In all this is {amount}. I would be grateful for an explanation, or for payment with the next wage.\n\n"
        "With thanks and respect,\n(name, department, date)"
    )
    return "\n\n".join([opening, "\n".join(points), closing.format(amount=money(checked.owed))])


def _summary(checked: Checked) -> str:
    if checked.owed:
        return _("You may be lacking {amount} on this payslip.").format(amount=money(checked.owed))
    if all(line.agrees for line in checked.lines):
        return _("Every line of this payslip agrees with the calculation.")
    return _("Nothing seems to be missing, but not every line agrees.")


def _line(line: Line, documents: Documents) -> str:
    if line.agrees:
        return _("{name}: agrees ({amount}).").format(name=translated(line.name), amount=money(line.expected))
    basis = _("Legal basis:") + " " + "; ".join(_citations(line, documents))
    return "\n".join([_point(line), translated(line.why), basis])


def _point(line: Line) -> str:
    """ "Overtime pay: the slip says 562.500, computed 750.000 (31.250 × 200% × 12); difference 187.500"."""
    return _("{name}: the slip says {stated}, computed {expected}; difference {difference}.").format(
        name=translated(line.name),
        stated=money(line.stated),
        expected=money(line.expected) + (f" ({line.formula})" if line.formula else ""),
        difference=money(abs(line.missing)),
    )


def _lacking(checked: Checked) -> Iterable[Line]:
    return (line for line in checked.lines if line.missing > SLACK)


def _citations(line: Line, documents: Documents) -> list[str]:
    return [cited(source) for source in sources(line.citations, documents)]

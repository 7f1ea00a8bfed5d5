"""What a calculator gives back."""

import msgspec

from nhipcau.knowledge.entries import Citation


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the working. `label` is a message id, `formula` needs no translation ("40.000 × 150% × 2").

    `unit` is VND, percent, hours, days, working days, months, years, people; "" where `value` is None or a bare number.
    """

    label: str
    formula: str = ""
    value: int | float | None = None
    unit: str = ""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome. `amounts` are plain values for JSON: int (VND), float (days, months), bool, str, list.

    `warnings` are message ids: what the law leaves open, or what the asker should check.
    """

    amounts: dict[str, object]
    steps: tuple[Step, ...] = ()
    citations: tuple[Citation, ...] = ()
    warnings: tuple[str, ...] = ()

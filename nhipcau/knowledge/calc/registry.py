"""All calculators by name; `run` turns raw input into a checked record and calls one."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from nhipcau.knowledge import calc
from nhipcau.knowledge.calc import quantities
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.figures import Figures

VIETNAM = timezone(timedelta(hours=7))

Compute = Callable[[Any, date, Figures], Result]


class UnknownCalculator(LookupError):
    """There is no calculator of this name."""


class BadInput(ValueError):
    """The input cannot be computed with; the message names the field and what is expected there."""


class Inputs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one calculator takes: typed fields with defaults; the docstring gives units."""


class Calculator(msgspec.Struct, frozen=True, kw_only=True):
    """A registered calculator. `dated` names the input fields which say whose day's law applies."""

    name: str
    inputs: type[Inputs]
    compute: Compute
    dated: tuple[str, ...]

    @property
    def summary(self) -> str:
        """The first line of its docstring."""
        return (self.compute.__doc__ or "").strip().split("\n")[0]

    @property
    def fields(self) -> dict[str, bool]:
        """The input fields, and whether each must be given."""
        return {field.name: field.required for field in msgspec.structs.fields(self.inputs)}


_registered: dict[str, Calculator] = {}


def calculator(name: str, dated: tuple[str, ...] = ("date", "month")) -> Callable[[Compute], Compute]:
    """Register `compute(inputs, on, figures)`; the annotation of its first argument is the inputs' type."""

    def register(compute: Compute) -> Compute:
        inputs = next(iter(get_type_hints(compute).values()))
        _registered[name] = Calculator(name=name, inputs=inputs, compute=compute, dated=dated)
        return compute

    return register


@cache
def calculators() -> Mapping[str, Calculator]:
    """Every calculator of this folder, by name."""
    for module in pkgutil.iter_modules(calc.__path__):
        importlib.import_module(f"{calc.__name__}.{module.name}")
    return dict(sorted(_registered.items()))


def run(name: str, inputs: Mapping[str, Any], on: date | None, figures: Figures) -> Result:
    """Compute. `on` is the day whose law applies: by default the day which the input names, else today.

    Raises UnknownCalculator, BadInput, and FigureUnknown where no figure was in force on that day.
    """
    try:
        chosen = calculators()[name]
    except KeyError:
        raise UnknownCalculator(f"there is no calculator {name!r}") from None
    record = read(chosen, inputs)
    return chosen.compute(record, on or own_day(chosen, record) or _today(), figures)


def read(chosen: Calculator, inputs: Mapping[str, Any]) -> Inputs:
    """The checked record, or BadInput with a sentence about the field."""
    try:
        return msgspec.convert(dict(inputs), chosen.inputs, strict=False, dec_hook=quantities.read)
    except msgspec.ValidationError as error:
        raise BadInput(_sentence(chosen, str(error))) from None


def understood(record: Inputs) -> dict[str, Any]:
    """The input as it was understood, in plain values for JSON, without what was left out."""
    plain: dict[str, Any] = msgspec.to_builtins(record, enc_hook=quantities.written)
    defaults = {field.name: field for field in msgspec.structs.fields(record)}
    return {name: value for name, value in plain.items() if getattr(record, name) != defaults[name].default}


def own_day(chosen: Calculator, record: Inputs) -> date | None:
    """The day which the input itself names, in the fields that `dated` lists."""
    for field in chosen.dated:
        value = getattr(record, field, None)
        if isinstance(value, date):
            return date(value.year, value.month, value.day)
    return None


def _sentence(chosen: Calculator, fault: str) -> str:
    said, _, where = fault.partition(" - at `")
    field = where.rstrip("`").removeprefix("$").removeprefix(".")
    if said.startswith("Object contains unknown field"):
        return f"{said[29:].strip(' `')}: no such field; {chosen.name} takes {', '.join(chosen.fields)}"
    if said.startswith("Object missing required field"):
        return f"{said[29:].strip(' `')}: must be given"
    choices = _choices(chosen.inputs, field.split("[")[0])
    if choices:
        return f"{field}: expected one of {', '.join(map(str, choices))}"
    return f"{field or 'input'}: {said[:1].lower()}{said[1:]}"


def _choices(inputs: type[Inputs], field: str) -> tuple[Any, ...]:
    hint = get_type_hints(inputs).get(field)
    return next((get_args(one) for one in (hint, *get_args(hint)) if get_origin(one) is Literal), ())


def _today() -> date:
    return datetime.now(VIETNAM).date()

"""A calculation in the chat: by menu, from an answer, or from words such as "lương 6tr5 tăng ca 12 tiếng chủ nhật".

What the words already say is filled in; only the rest is asked for. Nothing is kept when it ends.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NoReturn

import msgspec

from nhipcau.channels.message import Button
from nhipcau.handlers import ask, values
from nhipcau.handlers.compute_text import listed, result_text, shown
from nhipcau.handlers.heard_sums import Request, filled, requested
from nhipcau.handlers.i18n import _, translated
from nhipcau.handlers.sum_fields import Field, Sum
from nhipcau.handlers.sums import SUMS
from nhipcau.handlers.talk import NotAnswered, Option, Talk, begin, conversation
from nhipcau.knowledge.calc.counts import Rate
from nhipcau.knowledge.calc.heard import hear
from nhipcau.knowledge.calc.registry import BadInput, calculators, run
from nhipcau.knowledge.calc.result import Result
from nhipcau.knowledge.entries import CalculatorLink
from nhipcau.knowledge.figures import FigureUnknown

PAYSLIP = "payslip"
Inputs = dict[str, Any]


async def free_text(talk: Talk) -> None:
    """Words with amounts and an intention start a calculation; all others are a question."""
    request = requested(talk.event.text)
    if request is None:
        await ask.ask(talk)
    else:
        await _start(talk, request)


async def command(talk: Talk) -> None:
    """/tinh, with or without words after it."""
    words = talk.event.text.partition(" ")[2]
    request = requested(words, sure=False)
    await (_start(talk, request) if request else begin(talk, "compute"))


async def tapped(talk: Talk, arguments: Sequence[str]) -> None:
    """The button of the menu, or the one under a result which begins the same calculation again."""
    name = arguments[0] if arguments else ""
    await (begin(talk, "compute", sum=name) if name in SUMS else begin(talk, "compute"))


async def from_entry(talk: Talk, arguments: Sequence[str]) -> None:
    """The button under an answer: what its question already said is filled in."""
    entry = talk.services.knowledge.entries.get(arguments[0] if arguments else "")
    link = entry.calculator if entry else None
    if entry is None or link is None:
        return await begin(talk, "compute")
    if link.name == PAYSLIP:
        return await begin(talk, PAYSLIP)
    name = next((name for name, one in SUMS.items() if one.calculator == link.name), None)
    if name is None:
        return await begin(talk, "compute")
    subject = talk.subject
    question = subject.question if subject is not None and subject.entry == entry.id else ""
    return await _start(talk, Request(name, filled(SUMS[name], hear(question)) | _preset(SUMS[name], link)))


async def _start(talk: Talk, request: Request) -> None:
    await begin(talk, "compute", sum=request.name, **request.said)


def _preset(one: Sum, link: CalculatorLink) -> dict[str, str]:
    """What an entry says about the input, in the words of the fields."""
    spoken = {True: "yes", False: "no"}
    given = {name: spoken[value] if isinstance(value, bool) else str(value) for name, value in link.inputs.items()}
    return {field.name: given[field.name] for field in one.fields if field.name in given}


@conversation("compute")
async def compute(talk: Talk) -> None:
    name = await _which(talk)
    one = SUMS[name]
    said: dict[Field, str] = {}
    inputs: Inputs = {}
    for field in one.fields:
        if _makes_sense(field, inputs):
            said[field] = await _answer(talk, field, said)
            _put(inputs, one, field, said[field])
    try:
        result = await _computed(talk, one, inputs, said)
    except FigureUnknown:
        talk.say(_("I have no checked figures for this."), _after(name))
        return
    used = [shown(field, raw) for field, raw in said.items()]
    if left := talk.context.get("left"):
        used.append(_("Left out: {amounts}").format(amounts=left))
    services = talk.services
    talk.say(result_text(one, used, result, services.knowledge.documents, services.today()), _after(name))


async def _which(talk: Talk) -> str:
    name = talk.context.get("sum", "")
    if name in SUMS:
        return name
    options = [Option(name, translated(one.title)) for name, one in SUMS.items()]
    return await talk.choose("sum", _("What shall I compute?"), options)


def _makes_sense(field: Field, inputs: Inputs) -> bool:
    return all(name in inputs and value in (None, inputs[name]) for name, value in field.only)


async def _answer(talk: Talk, field: Field, said: Mapping[Field, str], why: str = "") -> str:
    """What the person's words already gave, else the answer to the field's question."""
    given = talk.context.get(field.name)
    asked = why or (talk.running is not None and field.name in talk.running.answers)
    if given is not None and not asked and _fits(field, given):
        return given
    question = "\n\n".join(part for part in (why, _so_far(talk, said), translated(field.question)) if part)
    if field.choices:
        options = [Option(one.value, translated(one.label), one.words) for one in field.choices]
        return await talk.choose(field.name, question, options)
    return await talk.value(field.name, question, lambda text: values.read(field.kind, text))


def _so_far(talk: Talk, said: Mapping[Field, str]) -> str:
    """What was heard, once: before the first question."""
    if talk.running is None or talk.running.answers or len(talk.context) < 2:
        return ""
    one = SUMS[talk.context["sum"]]
    heard = [(field, talk.context.get(field.name, "")) for field in one.fields]
    lines = [shown(field, raw) for field, raw in heard if raw and _fits(field, raw)]
    return listed(f"{translated(one.title)}. " + _("I understood:"), lines)


def _fits(field: Field, raw: str) -> bool:
    if field.choices:
        return raw in {one.value for one in field.choices}
    return values.understood(field.kind, raw)


def _put(inputs: Inputs, one: Sum, field: Field, raw: str) -> None:
    """The answer as the calculator takes it."""
    if field.choices:
        inputs[field.name] = {"yes": True, "no": False}.get(raw, raw)
        return
    value = values.read(field.kind, raw)
    if isinstance(value, Rate):
        inputs[f"{value.per}_wage"] = value.amount
    elif value == values.ALL:
        inputs[field.name] = inputs["total_months_worked"]
    elif field.kind == "region" and "unit" in calculators()[one.calculator].fields and values.names_place(raw):
        inputs["unit"] = raw
    else:
        inputs[field.name] = f"{value:%Y-%m}" if isinstance(value, date) else value


async def _computed(talk: Talk, one: Sum, inputs: Inputs, said: dict[Field, str]) -> Result:
    """The result; a field that only some amounts need is asked for when the calculator misses it."""
    today, figures = talk.services.today(), talk.services.knowledge.figures
    try:
        return run(one.calculator, inputs, today, figures)
    except BadInput as fault:
        missing = str(fault).partition(":")[0]
        field = next((field for field in one.demanded if field.name == missing and field not in said), None)
        if field is None:
            await _ask_again(talk, said)
        said[field] = await _answer(talk, field, said)
        _put(inputs, one, field, said[field])
        return run(one.calculator, inputs, today, figures)


async def _ask_again(talk: Talk, said: dict[Field, str]) -> NoReturn:
    """Numbers which contradict each other: the last one is taken back and asked for once more."""
    field = list(said)[-1]
    if talk.running is not None:
        answers = {name: answer for name, answer in talk.running.answers.items() if name != field.name}
        talk.running = msgspec.structs.replace(talk.running, answers=answers)
    await _answer(talk, field, said, _("These numbers contradict each other."))
    raise NotAnswered


def _after(name: str) -> list[list[Button]]:
    rows = [
        [Button(label=_("Try other numbers"), payload=f"calc:{name}")],
        [Button(label=_("What the law says"), payload=f"pick:{SUMS[name].entry}:0")],
    ]
    return [*rows, [Button(label=_("Menu"), payload="menu")]]

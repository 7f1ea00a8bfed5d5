"""A payslip checked line by line, with a letter to the employer. Nothing of it is kept when it ends."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec

from nhipcau.channels.message import Button
from nhipcau.handlers import values
from nhipcau.handlers.compute_text import as_of_text
from nhipcau.handlers.i18n import _, translated
from nhipcau.handlers.payslip_text import letter, report
from nhipcau.handlers.router import menu_row
from nhipcau.handlers.talk import NotAnswered, Talk, begin, conversation
from nhipcau.knowledge.calc import payslip as calc
from nhipcau.knowledge.calc.quantities import read as read_quantity
from nhipcau.knowledge.calc.words import N_

LINES: dict[str, tuple[str, str]] = {
    "base_wage": ("wage", N_("Monthly wage in the contract, for all working days? For example: 6tr5")),
    "normal_days": ("month_days", N_("Normal working days of that month at your company? For example: 26")),
    "days_worked": ("days0", N_("Days paid, with paid leave and public holidays? For example: 25")),
    "allowances": ("paid", N_("Allowances and bonus on the slip, all together? Type 0 if none.")),
}
OVERTIME: dict[str, tuple[str, str]] = {
    "weekday_overtime": ("hours0", N_("Hours of overtime by day on ordinary days? Type 0 if none.")),
    "rest_day_overtime": ("hours0", N_("Hours of overtime by day on weekly days of rest? Type 0 if none.")),
    "holiday_overtime": ("hours0", N_("Hours of overtime by day on public holidays? Type 0 if none.")),
    "night_overtime_hours": ("hours0", N_("Hours of overtime by night on ordinary days? Type 0 if none.")),
    "night_hours": ("hours0", N_("Normal hours, no overtime, between 22:00 and 6:00? Type 0 if none.")),
    "overtime_paid": (
        "paid",
        N_("What does the slip pay for overtime and nights, all together? Type 0 if nothing."),
    ),
}
TAKEN: dict[str, tuple[str, str]] = {
    "insurance_deducted": ("paid", N_("How much was taken for insurance? Type 0 if nothing.")),
    "tax_deducted": ("paid", N_("How much income tax was taken? Type 0 if nothing.")),
    "other_deductions": ("paid", N_("How much else was taken, union dues included? Type 0 if nothing.")),
    "net_paid": ("paid", N_("How much was paid out to you? For example: 6tr380")),
    "dependants": ("people", N_("How many registered dependants do you have? For example: 0")),
    "region": (
        "region",
        N_("In which region is the workplace? Type 1, 2, 3 or 4, or the commune or ward, for example: Tuy Hoa"),
    ),
}


async def command(talk: Talk) -> None:
    """/phieuluong."""
    await begin(talk, "payslip")


@conversation("payslip")
async def payslip(talk: Talk) -> None:
    said = await _asked(talk, LINES, {})
    yes, no = _("Yes, there was"), _("No, there was not")
    if await talk.confirm("overtime", _("Was there overtime or night work in that month?"), yes, no):
        said = await _asked(talk, OVERTIME, said)
    said = await _asked(talk, TAKEN, said)
    member = await talk.confirm("member", _("Are you a union member who pays dues?"), yes, no)
    slip = msgspec.convert({**said, "union_member": member}, calc.Payslip, strict=False, dec_hook=read_quantity)
    services = talk.services
    today, documents = services.today(), services.knowledge.documents
    checked = calc.check(slip, today, services.knowledge.figures)
    kept = _("These numbers served this check only and are not kept; messages are deleted after {days} days.")
    ending = kept.format(days=services.union.keep_days)
    told = "\n\n".join((report(checked, documents), as_of_text(today), ending))
    if not checked.owed:
        talk.say(told, _after())
        return
    talk.say(told + "\n\n" + _("Below is a letter to the employer which you may copy."))
    talk.say(letter(checked, documents), _after())


async def _asked(talk: Talk, lines: Mapping[str, tuple[str, str]], before: Mapping[str, Any]) -> dict[str, Any]:
    """What was said before, and the answers to these lines, as the calculator takes them."""
    said = dict(before)
    for name, (kind, question) in lines.items():
        asked = translated(question) if said else f"{_opening()}\n\n{translated(question)}"
        said[name] = values.read(kind, await talk.value(name, asked, partial(_sound, name, kind, said)))
    return said


def _opening() -> str:
    return _("Have the payslip at hand. Nothing of it is kept: the numbers are deleted when we are done.")


def _sound(name: str, kind: str, said: Mapping[str, Any], text: str) -> None:
    """NotAnswered for a text that is no such value, or that cannot be true beside the others."""
    value = values.read(kind, text)
    if name == "days_worked" and value > said["normal_days"]:
        raise NotAnswered(_("These are more days than the month has working days at your company."))


def _after() -> list[list[Button]]:
    return [[Button(label=_("Check another payslip"), payload="payslip")], *menu_row()]

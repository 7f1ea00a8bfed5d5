"""A payslip checked line by line, with a letter to the employer. Nothing of it is kept unless the member asks."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from nhipcau.channels.message import Button
from nhipcau.clock import VIETNAM
from nhipcau.handlers import kept_payslips, values
from nhipcau.handlers.answer_text import vietnamese_date
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
    """/phieuluong: what is kept for this chat, if anything; else a new check at once."""
    if kept := await _kept(talk):
        days = ", ".join(vietnamese_date(one.kept_at.astimezone(VIETNAM).date()) for one in kept)
        talk.say(_("Kept for you: payslips checked on {days}.").format(days=days), _choices())
    else:
        await begin(talk, "payslip")


async def new(talk: Talk, _arguments: Sequence[str]) -> None:
    """A new check, whatever is kept."""
    await begin(talk, "payslip")


async def read_again(talk: Talk, _arguments: Sequence[str]) -> None:
    """The kept reports, oldest first."""
    for one in reversed(await _kept(talk)):
        talk.say(one.report)
    talk.say(_("That is all that is kept.") if talk.messages else _("Nothing is kept."), _after())


async def forget_kept(talk: Talk, _arguments: Sequence[str]) -> None:
    """Deletes every kept report of this chat."""
    talk.change(kept_payslips.drop, talk.event.key)
    talk.say(_("Deleted. No payslip is kept any more."), _after())


async def _kept(talk: Talk) -> list[kept_payslips.Kept]:
    async with talk.services.store.read() as conn:
        return await kept_payslips.fetch(conn, talk.event.key)


def _choices() -> list[list[Button]]:
    return [
        [Button(label=_("Read it again"), payload="slip-read"), Button(label=_("Delete"), payload="slip-drop")],
        [Button(label=_("Check another payslip"), payload="slip-new")],
        *menu_row(),
    ]


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
    told = "\n\n".join((report(checked, documents), as_of_text(today)))
    if checked.owed:
        talk.say(told + "\n\n" + _("Below is a letter to the employer which you may copy."))
        talk.say(letter(checked, documents))
    else:
        talk.say(told)
    await _kept_if_wished(talk, told)


async def _kept_if_wished(talk: Talk, told: str) -> None:
    question = _("Shall this check be kept for you, so that you can read it again later? Only this chat can open it.")
    if await talk.confirm("keep", question, _("Yes, keep it"), _("No, delete it")):
        talk.change(kept_payslips.keep, (talk.event.key, told))
        talk.say(_("Kept, for two years at most. Type /payslip to read it again or delete it."), _after())
    else:
        text = _("Nothing of this check is kept; messages are deleted after {days} days.")
        talk.say(text.format(days=talk.services.union.keep_days), _after())


async def _asked(talk: Talk, lines: Mapping[str, tuple[str, str]], before: Mapping[str, Any]) -> dict[str, Any]:
    """What was said before, and the answers to these lines, as the calculator takes them."""
    said = dict(before)
    for name, (kind, question) in lines.items():
        asked = translated(question) if said else f"{_opening()}\n\n{translated(question)}"
        said[name] = values.read(kind, await talk.value(name, asked, partial(_sound, name, kind, said)))
    return said


def _opening() -> str:
    return _("Have the payslip at hand. Nothing of it is kept unless you wish so at the end.")


def _sound(name: str, kind: str, said: Mapping[str, Any], text: str) -> None:
    """NotAnswered for a text that is no such value, or that cannot be true beside the others."""
    value = values.read(kind, text)
    if name == "days_worked" and value > said["normal_days"]:
        raise NotAnswered(_("These are more days than the month has working days at your company."))


def _after() -> list[list[Button]]:
    return [[Button(label=_("Check another payslip"), payload="slip-new")], *menu_row()]

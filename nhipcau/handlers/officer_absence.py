"""An officer is away, and names who stands in; or is back."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from nhipcau.channels.message import Button
from nhipcau.clock import VIETNAM
from nhipcau.handlers.answer_text import vietnamese_date
from nhipcau.handlers.i18n import _
from nhipcau.handlers.officer_words import is_officer, listed, me, officer_row, reads, write_to
from nhipcau.handlers.router import old_button
from nhipcau.handlers.talk import NotAnswered, Option, Talk, begin, conversation
from nhipcau.union import absences, audit, contacts
from nhipcau.union.absences import Absence
from nhipcau.union.audit import Line

SPANS = (1, 3, 7)  # days offered
LONGEST = timedelta(days=366)
_DAY = re.compile(r"\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})(?:\s*[/.-]\s*(\d{4}))?\s*")


async def command(talk: Talk) -> None:
    """Whether the officer is away; else when."""
    officer = await me(talk)
    away = await reads(talk, lambda conn: absences.of(conn, officer.id, talk.now))
    if away is None:
        return await begin(talk, "officer-away")
    back = Button(label=_("I am back"), payload="of-back")
    last = (away.until - timedelta(seconds=1)).astimezone(VIETNAM).date()
    return talk.say(_("You are away until {day}.").format(day=vietnamese_date(last)), [[back], *officer_row()])


async def back(talk: Talk, _arguments: Sequence[str]) -> None:
    """The absence ends, and the deputy's rights with it."""
    if not await is_officer(talk):
        return await old_button(talk, ())
    talk.change(absences.end, talk.contact.member)
    return talk.say(_("Welcome back. Nobody stands in for you any more."), officer_row())


@conversation("officer-away")
async def away(talk: Talk) -> None:
    officer = await me(talk)
    if not officer.held:
        return talk.say(_("Your role does not allow this, or no longer does."))
    last = await _last_day(talk)
    found = await reads(talk, lambda conn: absences.candidates(conn, officer))
    if found and "deputy" not in (talk.running.answers if talk.running else {}):
        talk.change(audit.record, Line(officer.id, "officer.read", "member", None, None, {"rows": len(found)}))
    options = [Option(str(one.held.officer_id), listed(one)) for one in found]
    asked = _("Who stands in for you? That officer has your roles until you are back.")
    chosen = await talk.choose("deputy", asked, [*options, Option("none", _("Nobody"))])
    until = datetime.combine(last + timedelta(days=1), time(), VIETNAM)
    deputy = None if chosen == "none" else int(chosen)
    talk.change(absences.begin, Absence(officer.id, until, deputy))
    if deputy is not None:
        await _tell(talk, deputy, last)
    return talk.say(_("Noted: you are away until {day}.").format(day=vietnamese_date(last)), officer_row())


async def _last_day(talk: Talk) -> date:
    today = talk.services.today()
    spans = [Option(str(days), vietnamese_date(today + timedelta(days=days - 1))) for days in SPANS]
    chosen = await talk.choose(
        "until", _("Until which day, this day included?"), [*spans, Option("day", _("Another day"))]
    )
    if chosen != "day":
        return today + timedelta(days=int(chosen) - 1)
    text = await talk.value(
        "day", _("Type the last day of your absence, for example: 30/11"), lambda said: _day(said, today)
    )
    return _day(text, today)


def _day(text: str, today: date) -> date:
    """A day to come within a year. Raises NotAnswered."""
    found = _DAY.fullmatch(text)
    try:
        day, month, year = (int(part) if part else None for part in found.groups()) if found else (None, None, None)
        last = date(year or today.year, month or 0, day or 0)
    except ValueError:
        last = date.min
    if found and not found[3] and last < today and last != date.min:
        last = _day(f"{found[1]}/{found[2]}/{today.year + 1}", today)
    if not today <= last <= today + LONGEST:
        raise NotAnswered(_("Please type a day within the coming year, such as 30/11."))
    return last


async def _tell(talk: Talk, deputy: int, last: date) -> None:
    there = await reads(talk, lambda conn: contacts.newest_of(conn, deputy))
    if there is not None:
        button = Button(label="/officer", payload="officer")
        write_to(
            talk,
            there,
            lambda: _("A colleague is away until {day}; you stand in.").format(day=vietnamese_date(last)),
            button,
        )

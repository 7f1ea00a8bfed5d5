"""Stopping and resuming bulletins, their topics, and the hours in which none shall come."""

import re

import msgspec

from nhipcau.channels.message import Button
from nhipcau.handlers.i18n import _, translated
from nhipcau.handlers.joining import offer
from nhipcau.handlers.member_talk import correct, me_row, mine, unit_of
from nhipcau.handlers.own_data import TOPICS, bulletins_of, clock_time
from nhipcau.handlers.talk import NotAnswered, Option, Talk, begin, conversation
from nhipcau.handlers.words import fold
from nhipcau.union.members import TOPICS as NUMBERED

DAY = 24 * 60  # minutes
NIGHT, DAYTIME = (22 * 60, 6 * 60), (7 * 60, 15 * 60)  # when day workers and night workers sleep


async def stop(talk: Talk) -> None:
    """ "dừng": at once, without a question; the way back is a tap."""
    member = await mine(talk)
    if member is None or not member.consent:
        return talk.say(_("No bulletins come to you: only members who agreed get them."), me_row())
    if member.stopped_at is None:
        correct(talk, member, stopped_at=talk.now)
    said = _("Bulletins have stopped. You can still ask anything, and officers still answer you.")
    return talk.say(said, [[Button(label=_("Resume bulletins"), payload="resume")], *me_row()])


async def resume(talk: Talk) -> None:
    """ "tiếp tục nhận". Without consent nothing can be sent: it is asked for."""
    member = await mine(talk)
    if member is None:
        return await begin(talk, "find-unit")
    if not member.consent:
        return await offer(talk, await unit_of(talk, member.unit_id))
    if member.stopped_at is not None:
        correct(talk, member, stopped_at=None)
    said = _("Bulletins come again. To stop them, type: stop")
    return talk.say(said, me_row())


# ---- topics


async def topics(talk: Talk) -> None:
    """/topics, /chude."""
    await begin(talk, "topics")


@conversation("topics")
async def choose_topics(talk: Talk) -> None:
    member = await mine(talk)
    if member is None:
        return talk.say(_("No bulletins come to you: only members who agreed get them."), me_row())
    lines = [f"{place}. {_topic(name, member.unwanted)}" for place, name in enumerate(NUMBERED, 1)]
    asked = _("Type the numbers of the topics you do NOT want, for example: 2 5. Type 0 if you want them all.")
    typed = await talk.value("unwanted", "\n".join(lines) + f"\n\n{asked}", _numbers)
    unwanted = [NUMBERED[int(one) - 1] for one in dict.fromkeys(re.findall(r"\d+", typed)) if int(one)]
    correct(talk, member, topics=msgspec.json.encode(unwanted).decode())
    named = ", ".join(translated(TOPICS[one]) for one in unwanted)
    said = (
        _("Noted. You will get none about: {topics}.").format(topics=named) if named else _("Noted. You get them all.")
    )
    return talk.say(said, me_row())


def _topic(name: str, unwanted: frozenset[str]) -> str:
    shown = translated(TOPICS[name])
    return _("{topic} (not wanted now)").format(topic=shown) if name in unwanted else shown


def _numbers(text: str) -> None:
    numbers = re.findall(r"\d+", text)
    if not numbers or any(int(one) > len(NUMBERED) for one in numbers) or re.search(r"[^\W\d_]{4,}", text):
        raise NotAnswered(_("Please type numbers from 1 to {n}, or 0.").format(n=len(NUMBERED)))


# ---- quiet hours


async def quiet(talk: Talk) -> None:
    """/quiet, /yenlang."""
    await begin(talk, "quiet")


@conversation("quiet")
async def choose_quiet(talk: Talk) -> None:
    member = await mine(talk)
    if member is None:
        return talk.say(_("No bulletins come to you: only members who agreed get them."), me_row())
    chosen = await talk.choose("hours", _("When shall no bulletin come?"), _presets())
    if chosen == "other":
        asked = _("From when until when? For example: 22:00-06:00")
        hours = read_hours(await talk.value("own", asked, _understood))
    else:
        hours = {"night": NIGHT, "day": DAYTIME}.get(chosen)
    start, end = hours or (None, None)
    correct(talk, member, quiet_from=start, quiet_to=end)
    after = bulletins_of(member._replace(quiet_from=start, quiet_to=end))
    return talk.say(_("Noted.") + " " + _("Bulletins: {state}").format(state=after), me_row())


def _presets() -> list[Option]:
    def shown(name: str, hours: tuple[int, int]) -> str:
        return f"{name} ({clock_time(hours[0])}-{clock_time(hours[1])})"

    return [
        Option("night", shown(_("At night"), NIGHT), "ban dem|buoi dem|at night"),
        Option("day", shown(_("I work nights"), DAYTIME), "ca dem|lam dem|night shift"),
        Option("other", _("Other hours")),
        Option("union", _("As the union does it")),
    ]


_TIME = r"(\d{1,2})(?:\s*(?:h|:|\.|gio|g)\s*(\d{2})?)?\s*(sang|trua|chieu|toi|dem|am|pm)?"
_HOURS = re.compile(rf"(?:tu |from )?{_TIME}\s*(?:-|–|den|toi|to|until)\s*{_TIME}")


def read_hours(text: str) -> tuple[int, int] | None:
    """Two times of the day in minutes after midnight: "22:00-06:00", "10 giờ tối đến 6 giờ sáng", "22h - 6h30"."""
    found = _HOURS.fullmatch(fold(text))
    if not found:
        return None
    start, end = _minutes(*found.groups()[:3]), _minutes(*found.groups()[3:])
    return (start, end) if start is not None and end is not None and start != end else None


def _minutes(hour: str, minute: str | None, part: str | None) -> int | None:
    hours = int(hour)
    if (part in ("chieu", "toi", "pm") and hours < 12) or (part == "dem" and 6 < hours <= 12):
        hours += 12
    minutes = hours * 60 + int(minute or 0)
    return minutes % DAY if minutes <= DAY and int(minute or 0) < 60 else None


def _understood(text: str) -> None:
    if read_hours(text) is None:
        raise NotAnswered(_("I need two times of the day, for example: 22:00-06:00"))

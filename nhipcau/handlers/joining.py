"""Into one's unit: by link, poster, code or name; with consent, or without. Whoever asks instead is answered."""

from collections.abc import Sequence

from nhipcau.channels.message import Button
from nhipcau.handlers import compute
from nhipcau.handlers.answer_text import tag, untag
from nhipcau.handlers.i18n import _, language
from nhipcau.handlers.member_talk import correct, me_row, mine, unit_of
from nhipcau.handlers.member_words import unit_code
from nhipcau.handlers.officer_words import reads
from nhipcau.handlers.router import menu_row, old_button
from nhipcau.handlers.talk import NotAnswered, Talk, begin, conversation
from nhipcau.union import consent, unit_search, units
from nhipcau.union.consent import Agreement
from nhipcau.union.members import Member
from nhipcau.union.units import Unit

PREFIX = "u_"  # of the deep link's parameter; a poster's ends with "_p"
POSTER = "_p"
SHOWN = 4  # units that a search offers


async def linked(talk: Talk) -> Unit | None:
    """The unit whose link or poster somebody opened; where it was merged, the one it went into."""
    said = talk.event.payload or talk.event.text.strip().partition(" ")[2].strip()
    if talk.event.group or not said.startswith(PREFIX):
        return None
    return await _open_unit(talk, said.removeprefix(PREFIX).removesuffix(POSTER))


async def _open_unit(talk: Talk, code: str) -> Unit | None:
    found = await reads(talk, lambda conn: units.by_code(conn, code))
    while found is not None and not found.is_open:
        found = await unit_of(talk, found.merged_into)
    return found


async def command(talk: Talk) -> None:
    """/join, /vao, with or without a code or words of the name."""
    words = talk.event.text.partition(" ")[2].strip() if talk.event.text.startswith("/") else ""
    await (_search(talk, words) if words else begin(talk, "find-unit"))


async def free_text(talk: Talk) -> None:
    """ "mã DL-MAY" opens that unit; any other text is a question."""
    code = unit_code(talk.event.text)
    unit = await _open_unit(talk, code) if code and not talk.event.group else None
    await (offer(talk, unit) if unit else compute.free_text(talk))


@conversation("find-unit")
async def find(talk: Talk) -> None:
    asked = _("Type the name of your company or unit, or the code on the poster. For example: may Hoa Binh")
    await _search(talk, await talk.value("name", asked, _named))


def _named(text: str) -> None:
    if len(text.strip()) < 2:
        raise NotAnswered(_("That is too short."))


async def _search(talk: Talk, text: str) -> None:
    text = unit_code(text) or text
    found = await reads(talk, lambda conn: unit_search.find(conn, text, SHOWN))
    if not found:
        said = _("I found no unit of that name. Check the spelling, or type only the company's own name.")
        return talk.say(said, [[Button(label=_("Search again"), payload="join")], [_nowhere()]])
    if found[0].unit.code == text.strip().upper():
        return await offer(talk, found[0].unit)
    rows = [[Button(label=_shown(one), payload=f"unit:{tag(one.unit.id)}")] for one in found]
    return talk.say(
        _("Which one is yours?"), [*rows, [Button(label=_("Mine is not among these"), payload="unit-none")]]
    )


def _shown(one: unit_search.Found) -> str:
    return f"{one.unit.name} ({one.parent})" if one.parent else one.unit.name


async def none_of_these(talk: Talk, _arguments: Sequence[str]) -> None:
    again = Button(label=_("Search again"), payload="join")
    talk.say(_("You can search once more, or stay without a unit for now."), [[again], [_nowhere()]])


def _nowhere() -> Button:
    return Button(label=_("I have no unit yet"), payload="unit:0")


async def chosen(talk: Talk, arguments: Sequence[str]) -> None:
    """A unit that was found, or none: shown by name, to be confirmed."""
    number = untag(arguments[0]) if arguments else -1
    unit = await unit_of(talk, number)
    if talk.event.group or (number and (unit is None or not unit.is_open)):
        return await old_button(talk, ())
    return await offer(talk, unit)


# ---- consent


async def offer(talk: Talk, unit: Unit | None, greeting: str = "") -> None:
    """Asks a newcomer for consent, a member for the change of unit."""
    member = await mine(talk)
    if member is None or not member.consent:
        return offer_text(talk, unit, greeting)
    return await _ask_move(talk, member, unit)


def offer_text(talk: Talk, unit: Unit | None, greeting: str) -> None:
    """The two sentences, with the whole text a tap away."""
    where = _("You want to join: {unit}.").format(unit=unit.name) if unit else ""
    first = _("Ask anything right away: just type it, nothing has to be told for that.")
    last = _("Do you agree?")
    parts = [greeting, where, first if greeting else "", _filled(talk, _text().summary), last]
    talk.say("\n\n".join(part for part in parts if part), _consent_buttons(unit.id if unit else 0))


def _consent_buttons(unit_id: int) -> list[list[Button]]:
    version = consent.current()
    return [
        [Button(label=_("Agree"), payload=f"agree:{version}:{tag(unit_id)}")],
        [Button(label=_("Read it all"), payload=f"terms:{tag(unit_id)}")],
        [Button(label=_("No, only ask questions"), payload=f"decline:{version}")],
    ]


def _text() -> consent.Text:
    return consent.text(consent.current(), language.get())


def _filled(talk: Talk, text: str) -> str:
    union = talk.services.union
    return text.format(union=union.name, contact=union.contact, days=union.keep_days)


async def terms(talk: Talk, arguments: Sequence[str]) -> None:
    """The whole text; a member who agreed to it only reads."""
    text = _text()
    version = _("Version of the text: {version}").format(version=text.version)
    parts = [text.title, _filled(talk, text.summary), _filled(talk, text.full), version]
    agreed = talk.contact.consent == text.version
    number = untag(arguments[0]) if arguments else 0
    talk.say("\n\n".join(parts), me_row() if agreed else _consent_buttons(number)[::2])


async def agree(talk: Talk, arguments: Sequence[str]) -> None:
    """One tap: consent is noted, and the newcomer is a member."""
    version, number = (arguments[0], untag(arguments[1])) if len(arguments) == 2 else ("", 0)
    unit = await unit_of(talk, number)
    if talk.event.group or (number and (unit is None or not unit.is_open)):
        return await old_button(talk, ())
    if version != consent.current():
        return offer_text(talk, unit, _("The text has changed since then."))
    member = await mine(talk)
    if member is not None and member.consent == version:
        return await _ask_move(talk, member, unit)
    kept = unit.id if unit else member.unit_id if member else None
    who = member.id if member else None
    talk.change(consent.agree, Agreement(talk.event.key, who, kept, version, talk.contact.language))
    return _welcome(talk, unit or await unit_of(talk, kept))


def _welcome(talk: Talk, unit: Unit | None) -> None:
    where = _("Thank you. You are now in: {unit}.").format(unit=unit.name) if unit else _("Thank you. Noted.")
    more = _('The union\'s news will come here; to stop it, type "stop". What is kept you see under "My information".')
    prove = Button(label=_("Find me on the union's list"), payload="prove")
    talk.say(f"{where}\n\n{more}", [[prove], *me_row()])


async def decline(talk: Talk, arguments: Sequence[str]) -> None:
    """Who declines is answered as before; nothing is kept of a stranger who does."""
    member = await mine(talk)
    if member is None or not member.consent or talk.event.group:
        said = _("That is all right, and nothing was kept. Just type your question. You can join later from the menu.")
        return talk.say(said, menu_row())
    version = arguments[0] if arguments else consent.current()
    talk.change(consent.log, consent.Entry(member.id, version, "declined", talk.event.channel, talk.now))
    return talk.say(_("Noted. What you agreed to before still holds, and no more."), me_row())


# ---- changing the unit


async def _ask_move(talk: Talk, member: Member, unit: Unit | None) -> None:
    before = await unit_of(talk, member.unit_id)
    if member.unit_id == (unit.id if unit else None):
        where = unit.name if unit else _("without a unit")
        return talk.say(_("You are already in: {unit}.").format(unit=where), me_row())
    old, new = (one.name if one else _("without a unit") for one in (before, unit))
    asked = _("Change your unit?\nNow: {old}\nThen: {new}").format(old=old, new=new)
    yes = Button(label=_("Change"), payload=f"move:{tag(unit.id if unit else 0)}")
    return talk.say(asked, [[yes], [Button(label=_("Leave as it is"), payload="me")]])


async def move(talk: Talk, arguments: Sequence[str]) -> None:
    """The member confirmed the new unit."""
    member, number = await mine(talk), untag(arguments[0]) if arguments else -1
    unit = await unit_of(talk, number)
    if member is None or talk.event.group or (number and (unit is None or not unit.is_open)):
        return await old_button(talk, ())
    correct(talk, member, unit_id=unit.id if unit else None)
    name = unit.name if unit else _("without a unit")
    return talk.say(_("Done. You are now in: {unit}.").format(unit=name), me_row())

"""An administrator takes a role away; from that moment on it allows nothing any more."""

from nhipcau.handlers.i18n import _
from nhipcau.handlers.officer_units import Place, ask_unit
from nhipcau.handlers.officer_words import listed, me, officer_row, reads, role_name, write_to
from nhipcau.handlers.talk import Option, Talk, begin, conversation
from nhipcau.union import audit, contacts, officers
from nhipcau.union.audit import Line
from nhipcau.union.officers import Listed, Officer, Removal
from nhipcau.union.permissions import Action

SHOWN = 20  # officers of one unit


async def command(talk: Talk) -> None:
    await begin(talk, "officer-remove")


@conversation("officer-remove")
async def remove(talk: Talk) -> None:
    officer = await me(talk)
    if not any(officer.may(Action.OFFICER_REMOVE, one.path, talk.now) for one in officer.held):
        return talk.say(_("Your role does not allow this, or no longer does."))
    unit = await ask_unit(talk, officer, Action.OFFICER_REMOVE, _("Of which unit is the officer?"))
    if unit is None:
        return talk.say(_("No unit was chosen."), officer_row())
    found = await _officers(talk, officer, unit)
    if not found:
        return talk.say(_("{unit} has no officers.").format(unit=unit.name), officer_row())
    options = [Option(str(number), listed(one)) for number, one in found.items()]
    one = found.get(int(await talk.choose("who", _("Which role shall end?"), options)))
    if one is None:
        return talk.say(_("This role is held no longer."), officer_row())
    if not await talk.confirm("sure", _("End this role now? {role}").format(role=listed(one))):
        return talk.say(_("Nothing was changed."), officer_row())
    talk.change(officers.remove, Removal(one.held.id, officer.id))
    await _tell(talk, one)
    return talk.say(_("Done. The role ended at once, everywhere."), officer_row())


async def _officers(talk: Talk, officer: Officer, unit: Place) -> dict[int, Listed]:
    """Who holds a role there; that their names were seen is recorded once."""
    found = await reads(talk, lambda conn: officers.officers_at(conn, unit.path, below=False, limit=SHOWN))
    if found and talk.running is not None and "who" not in talk.running.answers:
        line = Line(officer.id, "officer.read", "unit", unit.id, unit.id, {"rows": len(found)})
        talk.change(audit.record, line)
    return {one.held.id: one for one in found}


async def _tell(talk: Talk, one: Listed) -> None:
    there = await reads(talk, lambda conn: contacts.newest_of(conn, one.held.officer_id))
    if there is not None:
        write_to(
            talk,
            there,
            lambda: _("Your role has ended: {role}, {unit}.").format(role=role_name(one.held.role), unit=one.held.unit),
        )

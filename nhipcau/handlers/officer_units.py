"""Asking an officer for a unit: one of their own, or one below, found by name or code."""

from typing import NamedTuple

import sqlalchemy as sa

from nhipcau.handlers.i18n import _
from nhipcau.handlers.officer_words import reads
from nhipcau.handlers.talk import NotAnswered, Option, Talk
from nhipcau.union import unit_search
from nhipcau.union.officers import Officer
from nhipcau.union.permissions import Action
from nhipcau.union.units import Unit, by_id

OWN = 4  # units offered without a search
TRIES = 5
SHOWN = 4
LOOKED_AT = 100  # units of that name in the whole union, of which those of the officer's branch are shown


class Place(NamedTuple):
    """Where an officer wants to act."""

    id: int
    name: str
    path: str


async def ask_unit(talk: Talk, officer: Officer, action: Action, question: str) -> Place | None:
    """The unit that the officer chose, where they may do this; None when nothing was found in five tries."""
    own = {one.unit_id: one.unit for one in officer.held if officer.may(action, one.path, talk.now)}
    options = [Option(str(unit_id), name) for unit_id, name in list(own.items())[:OWN]]
    chosen = await talk.choose("unit", question, [*options, Option("below", _("Another unit, below"))])
    for turn in range(TRIES):
        if chosen not in ("below", "again"):
            return await _place(talk, officer, action, int(chosen))
        text = await talk.value(f"search{turn}", _("Type the unit's name or code."), _searchable)
        found = await _found(talk, officer, action, text)
        options = [Option(str(one.unit.id), f"{one.unit.name} ({one.unit.code})") for one in found]
        which = _("Which one is it?") if found else _("Your part of the union has no unit of that name.")
        chosen = await talk.choose(f"found{turn}", which, [*options, Option("again", _("Search again"))])
    return None


async def _place(talk: Talk, officer: Officer, action: Action, unit_id: int) -> Place | None:
    one = await reads(talk, lambda conn: by_id(conn, unit_id))
    if one is None or not one.is_open or not officer.may(action, one.path, talk.now):
        return None
    return Place(one.id, one.name, one.path)


async def _found(talk: Talk, officer: Officer, action: Action, text: str) -> list[unit_search.Found]:
    def search(conn: sa.Connection) -> list[unit_search.Found]:
        return unit_search.find(conn, text, LOOKED_AT)

    def mine(one: Unit) -> bool:
        return officer.may(action, one.path, talk.now)

    return [one for one in await reads(talk, search) if mine(one.unit)][:SHOWN]


def _searchable(text: str) -> None:
    if len(text.strip()) < 2:
        raise NotAnswered(_("That is too short."))

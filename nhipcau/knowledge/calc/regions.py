"""In which minimum-wage region a commune or ward lies."""

import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from nhipcau.knowledge.calc.registry import BadInput
from nhipcau.knowledge.calc.sheet import Sheet
from nhipcau.knowledge.normalise import folded

FOLDER = Path(__file__).with_name("places")
KINDS = re.compile(r"^(?:phuong|xa|p|x)\s+")


class Province(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """The units of one province by region and kind, since the day the list took force."""

    province: str
    since: date
    document: str
    article: str
    clause: str
    units: dict[str, dict[str, tuple[str, ...]]]


@cache
def provinces() -> tuple[Province, ...]:
    """The lists that come with the program."""
    return tuple(
        msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Province)
        for path in sorted(FOLDER.glob("*.toml"))
    )


def region_of(unit: str, sheet: Sheet) -> str:
    """The region of a unit such as "phường Tuy Hòa", its source noted; marks and "phường" may be missing.

    BadInput where no list has the unit, or the list is younger than the day in question.
    """
    province, region = _units().get(_key(unit), (None, ""))
    if province is None:
        known = ", ".join(one.province for one in provinces())
        raise BadInput(f"unit: no commune or ward {unit!r} in the lists ({known}); give region I, II, III or IV")
    if sheet.on < province.since:
        raise BadInput(f"unit: the list of regions holds from {province.since}; give region I, II, III or IV")
    sheet.cite(province.document, province.article, province.clause)
    return region


def known_region(unit: str) -> str | None:
    """The region of a commune or ward by the newest lists; None where no list has it."""
    found = _units().get(_key(unit))
    return None if found is None else found[1]


def known_units() -> tuple[str, ...]:
    """The folded names of all communes and wards, longest first, as a pattern tries them."""
    names = (n for one in provinces() for kinds in one.units.values() for names in kinds.values() for n in names)
    return tuple(sorted({" ".join(folded(name).split()) for name in names}, key=len, reverse=True))


@cache
def _units() -> dict[str, tuple[Province, str]]:
    return {
        _key(f"{kind} {name}"): (province, region)
        for province in provinces()
        for region, kinds in province.units.items()
        for kind, names in kinds.items()
        for name in names
    }


def _key(unit: str) -> str:
    return KINDS.sub("", " ".join(folded(unit).split())).replace(" ", "")

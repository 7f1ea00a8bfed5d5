"""What may be a unit, and what may stand below what."""

import re
from datetime import date
from typing import NamedTuple

LEVEL = {"national": 0, "province": 1, "sector": 2, "upper": 3, "grassroots": 4, "team": 5}
"""The kinds from the top down."""

NESTING = frozenset({"sector", "upper", "grassroots", "team"})
"""Kinds that may also stand below their own: a grassroots union has member unions, a section its teams."""

CODE = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{0,38}[A-Z0-9])?")
LONGEST_NAME = 200  # characters


class UnitError(Exception):
    """The tree of units refuses a change; the message says why, in a sentence."""


class Decision(NamedTuple):
    """A change as it was decided: the day it holds from, why, who did it (member.id; None: the command line)."""

    since: date
    why: str
    today: date
    actor: int | None = None


def checked_code(code: str) -> str:
    """The code in capitals. Raises UnitError for what could not stand in a link."""
    wanted = code.strip().upper()
    if not CODE.fullmatch(wanted):
        raise UnitError(f"The code {code!r} must be 1 to 40 letters A-Z, digits and hyphens, such as DL-TH-0123.")
    return wanted


def checked_name(name: str) -> str:
    """The name on one line. Raises UnitError where it is empty or too long."""
    wanted = " ".join(name.split())
    if not wanted or len(wanted) > LONGEST_NAME:
        raise UnitError(f"A unit needs a name of at most {LONGEST_NAME} characters.")
    return wanted


def checked_kind(kind: str) -> str:
    """Raises UnitError for what is no kind."""
    if kind not in LEVEL:
        raise UnitError(f"The kind {kind!r} is not known; choose one of {', '.join(LEVEL)}.")
    return kind


def check_below(kind: str, above: str) -> None:
    """Raises UnitError where a unit of `kind` may not stand below one of the kind `above`."""
    if LEVEL[kind] < LEVEL[above] or (kind == above and kind not in NESTING):
        raise UnitError(f"A unit of the kind {kind} cannot stand below one of the kind {above}.")


def check_why(decision: Decision) -> None:
    """Raises UnitError where no reason is given."""
    if not decision.why.strip():
        raise UnitError("Say why: those who read the history later need it.")

"""Checks that many endpoints share."""

from datetime import datetime
from typing import Any

from nhipcau.emulators.zalo_bot_clock import VIETNAM
from nhipcau.emulators.zalo_oa_account import Account
from nhipcau.emulators.zalo_oa_refusals import breach

Json = dict[str, Any]


def known(oa: Account, fields: Json, *names: str, where: str = "the body") -> None:
    """Notes fields nothing documented asks for; the platform overlooks them."""
    for name in sorted(fields.keys() - set(names)):
        oa.breach(f"{where} has the unknown field {name}")


def text_id(value: Any, name: str) -> str:
    """An id, which is text: numbers lose digits. Raises Refusal."""
    if not isinstance(value, str) or not value:
        raise breach(-201, f"{name} is a string that is not empty")
    return value


def word(value: Any, name: str, limit: int) -> str:
    """Text of at most `limit` characters. Raises Refusal."""
    text = text_id(value, name)
    if len(text) > limit:
        raise breach(-210, f"{name} has {len(text)} characters, at most {limit} are allowed")
    return text


def number(value: Any, name: str, largest: int) -> int:
    """A count from 0 to `largest`. Raises Refusal."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise breach(-201, f"{name} is a number")
    if value > largest:
        raise breach(-210, f"{name} is {value}, at most {largest} are allowed")
    return value


def day_of(moment: float) -> str:
    """The day in Vietnam, as dates are written there: DD/MM/YYYY."""
    return f"{datetime.fromtimestamp(moment, VIETNAM):%d/%m/%Y}"


def hour_of(moment: float) -> int:
    """The hour in Vietnam."""
    return datetime.fromtimestamp(moment, VIETNAM).hour

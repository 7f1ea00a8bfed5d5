"""What a member types in words to steer what the union knows and sends: "dừng", "thông tin của tôi", "nối 123456"."""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

from nhipcau.handlers.words import POLITE, fold

LONGEST = 40  # characters; a longer text is none of these
_CODE = re.compile(r"(?:ma|ma so|ma cong doan|code) ([a-z0-9][a-z0-9-]{1,29})")
_LINK = re.compile(r"(?:noi|noi kenh|link|ma noi) (\d{6}|\d{3} \d{3})")


def spoken(text: str, talking: bool) -> str:
    """The command that a whole text means, "" for any other; `talking`: inside a conversation."""
    if not text.strip() or len(text) > LONGEST or text.lstrip()[0] == "/":
        return ""
    said = _bare(unicodedata.normalize("NFC", text.lower()))
    if _LINK.fullmatch(fold(said)):
        return "link"
    return "" if talking and said in _words()[1] else _words()[0].get(said, "")


def link_code(text: str) -> str:
    """The six digits in "nối 123 456" or "/link 123456"; "" where there are none."""
    digits = "".join(filter(str.isdigit, text))
    return digits if len(digits) == 6 else ""


def unit_code(text: str) -> str:
    """The code in "mã DL-MAY"; "" for any other text. Whether a unit has it, the union knows."""
    found = _CODE.fullmatch(fold(text)) if len(text) <= LONGEST else None
    return found[1].upper() if found else ""


def _bare(text: str) -> str:
    words = re.sub(r"[.,!?\"']", " ", text).split()
    while len(words) > 1 and fold(words[-1]) in POLITE:
        words.pop()
    return " ".join(words)


@cache
def _words() -> tuple[dict[str, str], frozenset[str]]:
    """Each way of saying to its command, with its marks and without any; and those that are doubtful."""
    table = tomllib.loads((Path(__file__).parent / "member_words.toml").read_text(encoding="utf-8"))
    doubtful = frozenset(table.pop("doubtful"))
    right = {unicodedata.normalize("NFC", one): command for command, ways in table.items() for one in ways}
    return {fold(one): command for one, command in right.items()} | right, doubtful

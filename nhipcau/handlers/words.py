"""The few words that mean the same everywhere: cancel, back, menu, yes, and numbers typed instead of a tap."""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

CANCEL = {"huy", "huy bo", "thoat", "dung lai", "cancel", "/cancel", "/huy", "exit"}
BACK = {"quay lai", "tro lai", "lui", "back", "/back", "/quaylai"}
MENU = {"menu", "/menu", "bat dau lai", "trang chu"}
YES = {"co", "dong y", "ok", "oke", "yes", "y", "gui", "u", "uh", "vang", "da", "duoc", "dc"}
NO = {"khong", "ko", "k", "no", "n", "thoi"}
AGAIN = {"xem lai", "xem lai cau tra loi", "show the last answer"}
BEFORE_NUMBER = {"so", "chon", "cau", "muc", "y", "cai", "go", "bam", "lay", "number", "option"}
POLITE = {"a", "ah", "nhe", "nha", "em", "ban", "ad", "di"}  # added to a short answer without changing it

LONGEST = 20  # characters; a longer text is none of these words, and need not be folded to know it


def word(text: str) -> str:
    """The text as one of the words above would be written; "" for a text too long to be one."""
    return fold(text) if len(text) <= LONGEST else ""


def fold(text: str) -> str:
    """The text in small letters, without marks, with single spaces."""
    flat = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    kept = "".join(letter for letter in flat if not unicodedata.combining(letter))
    return " ".join(kept.split()).rstrip(" .!?")


def bare(text: str) -> str:
    """A short answer without its politeness: "Dạ có ạ" is "co"."""
    words = word(text).split()
    while len(words) > 1 and words[-1] in POLITE:
        words.pop()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "da" else words)


def yes_or_no(text: str) -> str | None:
    """ "yes", "no", or None for anything else."""
    said = bare(text)
    return "yes" if said in YES else "no" if said in NO else None


def number(text: str) -> int | None:
    """The number a person chose by hand: "2", "[2]", "so 2", "chọn câu số hai ạ" — or None."""
    words = bare(text.replace("[", " ").replace("]", " ")).split()
    while len(words) > 1 and words[0] in BEFORE_NUMBER:
        words.pop(0)
    if len(words) != 1:
        return None
    chosen = words[0].strip("().,:#")
    if chosen.isascii() and chosen.isdigit() and len(chosen) <= 2:
        return int(chosen)
    written = re.findall(r"\w+", unicodedata.normalize("NFC", text.lower()))
    spelled = next((word for word in written if fold(word) == chosen), "")
    return _number_words().get(spelled)


@cache
def _number_words() -> dict[str, int]:
    """One name of a number to its value: with the right marks, or without any. "bà" is no number."""
    named = tomllib.loads((Path(__file__).parent / "numbers.toml").read_text(encoding="utf-8"))
    spelled = {name: int(value) for value, names in named.items() for name in names}
    return {fold(name): value for name, value in spelled.items()} | spelled

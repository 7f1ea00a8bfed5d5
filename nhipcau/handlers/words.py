"""The few words that mean the same everywhere: cancel, back, menu, yes, and numbers typed instead of a tap."""

import unicodedata

CANCEL = {"huy", "huy bo", "thoat", "dung lai", "cancel", "/cancel", "/huy", "exit"}
BACK = {"quay lai", "tro lai", "lui", "back", "/back", "/quaylai"}
MENU = {"menu", "/menu", "bat dau lai", "trang chu"}
YES = {"co", "dong y", "ok", "oke", "yes", "y", "gui", "u", "uh", "vang", "da"}
NO = {"khong", "ko", "k", "no", "n", "thoi"}
NUMBER_WORDS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9}


LONGEST = 20  # characters; a longer text is none of these words, and need not be folded to know it


def word(text: str) -> str:
    """The text as one of the words above would be written; "" for a text too long to be one."""
    return fold(text) if len(text) <= LONGEST else ""


def fold(text: str) -> str:
    """The text in small letters, without marks, with single spaces."""
    flat = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    kept = "".join(letter for letter in flat if not unicodedata.combining(letter))
    return " ".join(kept.split()).rstrip(" .!?")


def number(text: str) -> int | None:
    """The number a person chose by hand: "2", "so 2", "số hai", "2." — or None."""
    bare = word(text).removeprefix("so ").removeprefix("chon ").removeprefix("so ").rstrip(".)")
    if bare.isascii() and bare.isdigit() and len(bare) <= 2:
        return int(bare)
    return NUMBER_WORDS.get(bare)

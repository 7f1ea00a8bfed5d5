"""The few words that mean the same everywhere: cancel, back, menu, yes, and numbers typed instead of a tap."""

import unicodedata

CANCEL = {"huy", "huy bo", "thoat", "dung lai", "cancel", "/cancel", "/huy", "exit"}
BACK = {"quay lai", "tro lai", "lui", "back", "/back", "/quaylai"}
MENU = {"menu", "/menu", "bat dau lai", "trang chu"}
YES = {"co", "dong y", "ok", "oke", "yes", "y", "gui", "u", "uh", "vang", "da", "duoc", "dc"}
NO = {"khong", "ko", "k", "no", "n", "thoi"}
NUMBER_WORDS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9}
POLITE = {"a", "ah", "nhe", "nha", "em", "ban", "ad"}  # added to a short answer without changing it

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
    """The number a person chose by hand: "2", "so 2", "số hai ạ", "2." — or None."""
    chosen = bare(text).removeprefix("so ").removeprefix("chon ").removeprefix("so ").rstrip(".)")
    if chosen.isascii() and chosen.isdigit() and len(chosen) <= 2:
        return int(chosen)
    return NUMBER_WORDS.get(chosen)

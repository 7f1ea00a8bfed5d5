"""Plain text as platforms and databases accept it: cleaned, and cut where a reader would pause."""

import re
import unicodedata

_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_SENTENCE_END = re.compile(r"[.!?…][)\]\"'»”’]*(?=\s)")
_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)


def clean(text: str) -> str:
    """The same text without U+0000 (PostgreSQL refuses it) and without halves of surrogate pairs."""
    return _UNSTORABLE.sub("", text)


def utf16_units(text: str) -> int:
    """Length as Telegram and JavaScript count it."""
    return len(text) + sum(char > "\uffff" for char in text)


def split_text(text: str, limit: int) -> list[str]:
    """Cuts `text` into parts of at most `limit` UTF-16 units (limit >= 2); blank text gives no parts.

    Cuts at the last paragraph end, else line, sentence or word end. Only blanks at a cut are lost. A letter
    is never parted from its marks, unless one letter with its marks is longer than the limit.
    """
    if 2 * len(text) <= limit:  # nearly every message: no need to count
        return [text] if text.strip() else []
    parts: list[str] = []
    start = 0
    while start < len(text):
        fits = _fitting(text, start, limit)
        cut = len(text) if fits == len(text) else _cut(text, start, fits)
        if not text[start:cut].isspace():
            parts.append(text[start:cut] if cut == len(text) else text[start:cut].rstrip())
        start = _after_blanks(text, cut)
    return parts


def _fitting(text: str, start: int, limit: int) -> int:
    units = 0
    for index in range(start, len(text)):
        units += 2 if text[index] > "\uffff" else 1
        if units > limit:
            return max(index, start + 1)
    return len(text)


def _cut(text: str, start: int, fits: int) -> int:
    # A heading alone in its own message reads badly, so a pause in the first quarter is passed over.
    worthwhile = start + (fits - start) // 4
    pauses = (
        text.rfind("\n\n", start, fits + 2),
        text.rfind("\n", start, fits + 1),
        _sentence(text, start, fits),
    )
    for pause in pauses:
        if pause > worthwhile:
            return pause
    return _word(text, start, fits) or _between_letters(text, start, fits)


def _sentence(text: str, start: int, fits: int) -> int:
    ends = [match.end() for match in _SENTENCE_END.finditer(text, start, fits + 1)]
    return ends[-1] if ends else -1


def _word(text: str, start: int, fits: int) -> int:
    return next((index for index in range(fits, start, -1) if text[index].isspace()), 0)


def _between_letters(text: str, start: int, fits: int) -> int:
    cuts = range(fits, start, -1)
    return next((cut for cut in cuts if not _clings(text[cut]) and text[cut - 1] != _JOINER), fits)


def _clings(char: str) -> bool:
    return unicodedata.category(char)[0] == "M" or char == _JOINER or ord(char) in _SKIN_TONES


def _after_blanks(text: str, start: int) -> int:
    end = start
    while end < len(text) and text[end].isspace():
        end += 1
    carries_a_mark = start < end < len(text) and _clings(text[end])
    return end - 1 if carries_a_mark else end

"""In which encoding a text file was saved. Excel in Vietnam writes at least four."""

import codecs
import io
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from nhipcau.store.errors import BadSheet

SAMPLE = 200_000  # bytes that are looked at where the encoding is not UTF-8
CHUNK = 1 << 20
HOW = "save it again as “CSV UTF-8” or as .xlsx."
_VIETNAMESE = frozenset(
    "aáàảãạăắằẳẵặâấầẩẫậeéèẻẽẹêếềểễệiíìỉĩịoóòỏõọôốồổỗộơớờởỡợuúùủũụưứừửữựyýỳỷỹỵđ"  # the alphabet is what is tested
    "–—‘’“”…•€°·«»₫ "
)
_LOST = re.compile(r"[^\W\d_]\?[^\W\d_]")  # Nguy?n: the letter is gone for ever
_MISREAD = re.compile("Ã[\x80-\xbf¡-¿]|áº|á»|Ä[‘\x91]|Æ[°¡]")  # UTF-8 that was read as Windows-1252


@contextmanager
def reader_of(path: Path) -> Iterator[TextIO]:
    """The file as text, whatever it was saved as. Raises BadSheet where letters are lost or cannot be told."""
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        start = file.read(SAMPLE)
    _refuse_damage(start)
    if encoding == "cp1258":  # tones stand as characters of their own behind the vowel
        yield io.StringIO(unicodedata.normalize("NFC", path.read_bytes().decode(encoding)), newline="")
    else:
        with path.open(encoding=encoding, newline="") as file:
            yield file


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(SAMPLE)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _checked(path, "utf-16")
    if b"\0" in start[:200]:
        return _checked(path, "utf-16-le" if start[1:2] == b"\0" else "utf-16-be")
    if _holds(path, "utf-8-sig"):
        return "utf-8-sig"
    with_marks = {c for c in unicodedata.normalize("NFC", start.decode("cp1258", "replace")) if not c.isascii()}
    if {c.lower() for c in with_marks} <= _VIETNAMESE:
        return _checked(path, "cp1258")
    raise BadSheet(f"The letters of this file cannot be told for sure; {HOW}")


def _checked(path: Path, encoding: str) -> str:
    if not _holds(path, encoding):
        raise BadSheet(f"The file begins as {encoding.upper()} but does not go on so; {HOW}")
    return encoding


def _holds(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while piece := file.read(CHUNK):
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_damage(text: str) -> None:
    if len(_LOST.findall(text)) >= 3:
        raise BadSheet(f"Letters with marks were lost (they became “?”) when this file was saved; {HOW}")
    if len(_MISREAD.findall(text)) >= 3:
        raise BadSheet(f"Letters with marks are garbled in this file (“Ã”, “áº”); {HOW}")

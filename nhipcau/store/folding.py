"""Text without marks and case, so that what people type finds what was written."""

import unicodedata


class _Folds(dict[int, str]):
    """Each character's bare lower-case form, worked out when first met."""

    def __missing__(self, code: int) -> str:
        if 0x300 <= code < 0x370:
            bare = ""
        else:
            text = unicodedata.normalize("NFKD", chr(code)).lower()
            bare = "".join(c for c in text if c.isascii() and c.isalnum()) or " "
        self[code] = bare
        return bare


_FOLDS = _Folds({ord("đ"): "d", ord("Đ"): "d"})


def folded(text: str) -> str:
    """Lower case without marks, đ as d, everything but letters and digits a space."""
    return text.translate(_FOLDS)


def folded_words(text: str) -> str:
    """The folded words of a text with one space between them."""
    return " ".join(folded(text).split())

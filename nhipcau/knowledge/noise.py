"""Questions as thumbs type them: used to fit and to test, never in answering."""

from random import Random

from nhipcau.knowledge.normalise import folded

_SHORT = {
    "không": "ko",
    "được": "dc",
    "bảo hiểm xã hội": "bhxh",
    "bảo hiểm y tế": "bhyt",
    "thất nghiệp": "tn",
    "hợp đồng lao động": "hdld",
    "hợp đồng": "hd",
    "người lao động": "nld",
    "công ty": "cty",
    "như thế nào": "ntn",
    "bao nhiêu": "bn",
    "trước": "trc",
    "nhân viên": "nv",
    "tăng ca": "ot",
    "vậy": "z",
    "với": "vs",
    "gì": "j",
    "rồi": "r",
    "em": "e",
    "mình": "mk",
    "người": "ng",
    "làm": "lm",
    "giờ": "h",
    "thời gian": "tg",
    "tháng": "thg",
    "chủ nhật": "cn",
    "cũng": "cx",
    "phải": "p",
    "lương": "lg",
    "nhiều": "nhìu",
}
_TELEX = {"ư": "uw", "ơ": "ow", "ă": "aw", "â": "aa", "ê": "ee", "ô": "oo", "đ": "dd"}


def unmarked(text: str, random: Random) -> str:
    """Without tone marks."""
    return " ".join(folded(text).split())


def teencode(text: str, random: Random) -> str:
    """With the abbreviations of chat, each used four times in five."""
    text = text.lower()
    for long, short in _SHORT.items():
        if random.random() < 0.8:
            text = f" {text} ".replace(f" {long} ", f" {short} ").strip()
    return text


def typos(text: str, random: Random) -> str:
    """About one slip in eight words: swapped, missed, doubled or raw Telex letters, a missing blank."""
    words = text.split()
    for at in range(len(words)):
        if random.random() < 0.12:
            words[at] = _slip(words[at], random)
    if len(words) > 3 and random.random() < 0.3:
        at = random.randrange(len(words) - 1)
        words[at : at + 2] = [words[at] + words[at + 1]]
    return " ".join(words)


def mixed(text: str, random: Random) -> str:
    """Abbreviations, slips and no marks together."""
    return unmarked(typos(teencode(text, random), random), random)


def shortened(text: str, random: Random) -> str:
    """A third of the words left out."""
    words = [word for word in text.split() if random.random() > 0.33]
    return " ".join(words) or text


STYLES = (unmarked, teencode, typos, mixed, shortened)


def _slip(word: str, random: Random) -> str:
    at = random.randrange(max(len(word) - 1, 1))
    kind = random.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]
    if kind == 1 and len(word) > 3:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[: at + 1] + word[at:]
    return "".join(_TELEX.get(c, c) for c in word)

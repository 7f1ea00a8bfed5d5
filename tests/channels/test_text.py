"""Cutting long texts: nothing lost, nothing torn."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.channels.text import clean, split_text, utf16_units

LETTERS = st.sampled_from([*"abế ờ\n\t .!?…)Ể", "\n\n", "\u0301", "\u0323", "😀", "👩🏽", "\u200d", "\u00a0", "Ð"])
TEXTS = st.lists(LETTERS | st.characters(exclude_categories=["Cs"]), max_size=150).map("".join)


def clings(char: str) -> bool:
    return unicodedata.category(char).startswith("M") or char == "\u200d"


@given(TEXTS, st.integers(16, 60))
def test_parts_fit_and_nothing_but_blanks_at_the_cuts_is_lost(text: str, limit: int) -> None:
    parts = split_text(text, limit)

    assert all(part.strip() and utf16_units(part) <= limit for part in parts)
    rest = text
    for part in parts:
        before, found, rest = rest.partition(part)
        assert found and not before.strip()
    assert not rest.strip()


@given(TEXTS, st.integers(16, 60))
def test_a_letter_is_never_parted_from_its_marks(text: str, limit: int) -> None:
    runs = re.findall("1+", "".join(str(int(clings(char))) for char in text))
    torn_of_need = any(len(run) >= limit // 2 for run in runs)
    for part in split_text(text, limit)[1:]:
        assert not clings(part[0]) or torn_of_need


@given(st.text(alphabet="aáà\u0301", max_size=200))
def test_words_longer_than_a_message_are_cut_between_letters(text: str) -> None:
    marks = max((len(run) for run in re.findall("\u0301+", text)), default=0)
    for part in split_text(text, 20)[1:]:
        assert part[0] != "\u0301" or marks >= 19


@given(st.text(max_size=50))
def test_a_short_text_stays_as_it_is(text: str) -> None:
    assert split_text(text, 100) == ([text] if text.strip() else [])


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("Một hai.\n\nBa bốn\nnăm sáu", 20, ["Một hai.", "Ba bốn\nnăm sáu"]),
        ("Một hai ba\nbốn năm. Sáu", 20, ["Một hai ba", "bốn năm. Sáu"]),
        ("Một hai ba. Bốn năm sáu", 20, ["Một hai ba.", "Bốn năm sáu"]),
        ("Một hai ba bốn năm sáu", 20, ["Một hai ba bốn năm", "sáu"]),
        ("Một\n\nhai ba bốn năm sáu bảy tám", 20, ["Một\n\nhai ba bốn năm", "sáu bảy tám"]),
        ("a" * 45, 20, ["a" * 20, "a" * 20, "a" * 5]),
        ("😀" * 15, 20, ["😀" * 10, "😀" * 5]),
        ("a" * 19 + "e\u0301", 20, ["a" * 19, "e\u0301"]),
        ("a" * 18 + "👩\u200d👧", 20, ["a" * 18, "👩\u200d👧"]),
        (" " * 50, 20, []),
        ("", 20, []),
    ],
)
def test_cuts(text: str, limit: int, parts: list[str]) -> None:
    assert split_text(text, limit) == parts


def test_clean_removes_what_no_database_takes_and_nothing_else() -> None:
    assert clean("a\x00b\ud800c\udfff 😀 \u200e\x01") == "abc 😀 \u200e\x01"

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.knowledge.marks import form
from nhipcau.knowledge.normalise import Normaliser, folded
from nhipcau.knowledge.spelling import Speller, is_syllable

KNOWN = "luong toi thieu vung lam them gio nghi viec tang ca hop dong lao dong tien cong ty cham dut tron"
VOCABULARY = dict.fromkeys(KNOWN.split(), 5)
NORMALISER = Normaliser(VOCABULARY)


def words(text: str) -> str:
    return " ".join(NORMALISER.read(text).words)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Lương tối thiểu", "luong toi thieu"),
        ("ĐÓNG BẢO HIỂM", "dong bao hiem"),
        (unicodedata.normalize("NFD", "Nghỉ việc"), "nghi viec"),
        ("hoà = hòa", "hoa hoa"),
        ("lương,tháng...này?!", "luong thang nay"),
        ("ｌương ２", "luong 2"),
        ("lương\u200btháng \u202e\x00 này", "luong thang nay"),
    ],
)
def test_case_marks_and_punctuation_fall_away(typed: str, read: str) -> None:
    assert words(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("cty ko đóng bhxh", "cong ty khong dong bao hiem xa hoi"),
        ("nld dc nghỉ bn ngày", "nguoi lao dong duoc nghi bao nhieu ngay"),
        ("hđlđ", "hop dong lao dong"),
        ("làm ntn", "lam nhu the nao"),
        ("khonggg đượccc", "khong duoc"),
        ("làm thêm ngày cn", "lam them ngay chu nhat"),
        ("cn may", "cong nhan may"),
        ("t7 cnhat", "thu 7 chu nhat"),
        ("OT", "tang ca"),
    ],
)
def test_abbreviations_are_written_out(typed: str, read: str) -> None:
    assert words(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("vùng II", "vung 2"),
        ("vùng III", "vung 3"),
        ("vùng iv", "vung 4"),
        ("vung3", "vung 3"),
        ("vùng hai", "vung 2"),
        ("lương 6tr5", "luong 6 trieu 5"),
        ("450k", "450 nghin"),
        ("8h", "8 gio"),
        ("rút một lần", "rut 1 lan"),
    ],
)
def test_numbers_have_one_writing(typed: str, read: str) -> None:
    assert words(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("luwowng toois thieeur", "luong toi thieu"),
        ("lu7o7ng to6i1", "luong toi"),
        ("hopdong laodong", "hop dong lao dong"),
        ("chamduthopdong", "cham dut hop dong"),
        ("luogn thieeu", "luong thieu"),
        ("tăgn ca", "tang ca"),
    ],
)
def test_slips_of_the_thumb_are_repaired(typed: str, read: str) -> None:
    assert words(typed) == read


@pytest.mark.parametrize("word", ["tram", "bong", "nghieng", "quyt", "khuyu"])
def test_what_may_be_a_word_is_left_alone(word: str) -> None:
    assert is_syllable(word)
    assert Speller(VOCABULARY).repair(word) == (word,)


@pytest.mark.parametrize("word", ["bcd", "luogn", "visa", "tangca", "work"])
def test_what_cannot_be_a_syllable_is_known_as_such(word: str) -> None:
    assert not is_syllable(word)


def test_the_words_of_the_law_are_added_not_put_in_place() -> None:
    read = NORMALISER.read("tăng ca chủ nhật")
    assert read.words == ["tang", "ca", "chu", "nhat"]
    assert read.added == [("lam", "them", "gio"), ("nghi", "hang", "tuan")]
    assert {"tang ca", "lam them", "them gio"} <= set(read.terms())


def test_pairs_do_not_cross_into_what_was_added() -> None:
    assert "nhat lam" not in NORMALISER.read("tăng ca chủ nhật").terms()


@pytest.mark.parametrize(
    ("one", "other"), [("hoà", "hòa"), ("thuỷ", "thủy"), ("quý", unicodedata.normalize("NFD", "quý"))]
)
def test_both_tone_placements_are_one_form(one: str, other: str) -> None:
    assert form(one) == form(other)


def test_different_marks_are_different_forms() -> None:
    assert len({form(word) for word in ("nam", "năm", "nám", "nấm", "nắm")}) == 5


@given(st.text())
def test_reading_never_fails_and_is_plain(text: str) -> None:
    read = NORMALISER.read(text)
    assert all(word.isascii() and word.isalnum() for word in read.words)


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_composed_and_decomposed_text_fold_alike(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert folded(decomposed).split() == folded(unicodedata.normalize("NFC", decomposed)).split()

"""Words that steer what is sent and known, and the questions that only sound like them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.handlers.member_words import link_code, spoken, unit_code

COMMANDS = [
    *[
        (text, "stop")
        for text in ("dừng", "DỪNG", "Dừng!", "dung", "Dừng nhé", "stop", "ngừng nhận tin", "dung nhan tin")
    ],
    *[(text, "resume") for text in ("tiếp tục nhận", "tiep tuc nhan", "Nhận lại", "resume")],
    *[(text, "me") for text in ("thông tin của tôi", "Thong tin cua toi", "what you know about me", "my data")],
    *[
        (text, "erase")
        for text in ("xóa thông tin của tôi", "xoá thông tin của tôi", "xoa thong tin cua toi", "erase me")
    ],
    *[(text, "link") for text in ("nối kênh", "nối 123456", "noi 123 456", "Nối 123456.", "link 123456")],
    ("vào công đoàn của tôi", "join"),
    ("lấy dữ liệu của tôi", "export"),
]
QUESTIONS = [
    "công ty dừng hoạt động thì sao",
    "đúng",
    "Đúng ạ",
    "dùng",
    "đừng",
    "dừng việc có được trả lương không",
    "công ty ngừng việc",
    "nhận tiền",
    "nhận lại sổ bảo hiểm",
    "xóa sổ bảo hiểm",
    "nối lương",
    "tôi muốn vào công đoàn thì làm sao",
    "chủ đề lương",
    "",
    "   ",
    "/dung",
]


@pytest.mark.parametrize(("text", "command"), COMMANDS)
def test_words_that_are_commands(text: str, command: str) -> None:
    assert spoken(text, False) == command
    assert spoken(unicodedata.normalize("NFD", text), False) == command


@pytest.mark.parametrize("text", QUESTIONS)
def test_words_that_are_none(text: str) -> None:
    assert spoken(text, False) == ""


def test_in_a_conversation_a_doubtful_word_is_its_answer() -> None:
    assert spoken("dung", True) == "" and spoken("dừng", True) == "stop"


def test_codes() -> None:
    assert unit_code("mã dl-may") == "DL-MAY" and unit_code("mã số thuế của tôi") == ""
    assert link_code("nối 123 456") == "123456" and link_code("nối 12345") == ""


@given(st.text())
def test_reading_never_fails(text: str) -> None:
    assert isinstance(spoken(text, False) + unit_code(text) + link_code(text), str)

"""A text is a tap only with our mark on it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.channels.typed_taps import OLD, TypedTaps

taps = TypedTaps("oa-secret", "388")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=64))
def test_what_a_button_carries_comes_back(payload: str) -> None:
    assert taps.read("246", taps.write("246", payload)) == payload
    assert taps.read("246", f" {taps.write('246', payload)}\n") == payload


@pytest.mark.parametrize(
    "typed",
    [
        "up:1a2",
        "#up:1a2",
        "c:ab12cd-0:yes",
        "#c:",
        "menu",
        "",
        "#",
        "#~",
        "#1 ~ chị Hoa",
        "lương ~ 6tr",
        "#up:1a2~short",
    ],
)
def test_a_payload_typed_by_hand_is_a_text(typed: str) -> None:
    assert taps.read("246", typed) is None


def test_another_s_or_altered_tap_is_an_old_button() -> None:
    mine = taps.write("246", "up:1a2")
    assert taps.read("247", mine) == OLD
    assert TypedTaps("oa-secret", "389").read("246", mine) == OLD
    assert TypedTaps("another", "388").read("246", mine) == OLD
    assert taps.read("246", mine.replace("up:", "down:")) == OLD


def test_the_secret_is_not_in_it() -> None:
    assert "oa-secret" not in taps.write("246", "up:1a2")
    assert len(taps.write("246", "p" * 64)) < 100

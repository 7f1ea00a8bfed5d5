"""What is sealed opens with its key alone, and is found by its digest."""

import base64

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.store.errors import BadKey, WrongKey
from nhipcau.store.keyring import Keyring, new_key
from nhipcau.store.sealed import SealedText

OLD, NEW = new_key(), new_key()
RING = Keyring([OLD])


@given(st.binary(max_size=3000))
def test_what_is_sealed_opens_again(value: bytes) -> None:
    sealed = RING.seal(value, "inbox.body")
    assert RING.open(sealed, "inbox.body") == value
    assert len(value) < 4 or value not in sealed


def test_the_same_value_is_sealed_otherwise_each_time() -> None:
    assert len({RING.seal(b"0905123456", "member.phone") for _ in range(1000)}) == 1000


def test_another_key_opens_nothing_and_finds_nothing() -> None:
    stranger = Keyring([NEW])
    with pytest.raises(WrongKey):
        stranger.open(RING.seal(b"Y Moan", "member.name"), "member.name")
    assert stranger.digest("7", "contact.key") != RING.digest("7", "contact.key")


@pytest.mark.parametrize("place", [0, 4, 16, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    sealed = bytearray(RING.seal(b"Y Moan", "member.name"))
    sealed[place] ^= 1
    with pytest.raises(WrongKey):
        RING.open(bytes(sealed), "member.name")


@pytest.mark.parametrize("length", range(20))
def test_what_was_cut_short_is_noticed(length: int) -> None:
    with pytest.raises(WrongKey):
        RING.open(RING.seal(b"Y Moan", "member.name")[:length], "member.name")


def test_a_value_moved_to_another_column_does_not_open() -> None:
    with pytest.raises(WrongKey):
        RING.open(RING.seal(b"7", "inbox.chat"), "outbox.chat")


def test_the_digest_is_the_same_within_a_column_and_another_elsewhere() -> None:
    found = RING.digest("telegram:1:7", "contact.key")
    assert found == Keyring([OLD, NEW]).digest("telegram:1:7", "contact.key")
    assert found != RING.digest("telegram:1:7", "conversation.key")
    assert found != RING.digest("telegram:1:8", "contact.key")
    assert len(bytes.fromhex(found)) == 16


def test_the_first_key_seals_and_the_others_still_open() -> None:
    both = Keyring.parse(f" {NEW} ,{OLD},")
    old, new = RING.seal(b"7", "a.b"), both.seal(b"7", "a.b")
    assert both.open(old, "a.b") == both.open(new, "a.b") == b"7"
    assert (both.is_current(old), both.is_current(new)) == (False, True)
    assert both.digest("7", "a.b") == Keyring([NEW]).digest("7", "a.b")


KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()  # not a new one each time: parallel runs compare names
BAD = ["", ",", "secret", "A" * 42, "A" * 44, KEY + "=", KEY[:-2], "ö" * 44, "!" + KEY, KEY * 2]


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_what_is_no_key_is_refused_with_the_way_to_one(text: str) -> None:
    with pytest.raises(BadKey, match="nhipcau key new"):
        Keyring.parse(text)


def test_a_key_of_openssl_is_taken() -> None:
    raw = bytes(range(224, 256))
    plain, safe = base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()
    assert plain != safe
    assert Keyring([plain]).digest("7", "a.b") == Keyring([safe]).digest("7", "a.b")


def test_a_keyring_does_not_show_its_keys() -> None:
    assert OLD not in f"{RING!r} {vars(RING)}"


def test_a_sealed_column_refuses_a_comparison_that_would_find_nothing() -> None:
    column = sa.column("key", SealedText("contact.key"))
    for compare in (lambda: column == "7", lambda: column != "7", lambda: column.in_(["7"])):
        with pytest.raises(TypeError, match="digest beside it"):
            compare()
    assert str(column.is_(None)) == "key IS NULL"

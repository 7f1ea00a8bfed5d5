"""Bodies as the Zalo Bot Platform sends them, and what they become."""

import copy
import re
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.channels.message import FileRef, Incoming, Kind
from nhipcau.channels.zalo_bot_events import Unreadable, read

PERSON = "6ede9afa66b88fe6d6a9"
TEXT: dict[str, Any] = {
    "event_name": "message.text.received",
    "message": {
        "from": {"id": PERSON, "display_name": "Ted", "is_bot": False},
        "chat": {"id": PERSON, "chat_type": "PRIVATE"},
        "text": "Xin chào",
        "message_id": "2d758cb5e222177a4e35",
        "date": 1750316131602,
        "message_type": "CHAT_MESSAGE",
    },
}


def update(event_name: str = "message.text.received", **fields: Any) -> dict[str, Any]:
    """The text above with other fields; None takes one away."""
    changed = copy.deepcopy(TEXT)
    changed["event_name"] = event_name
    changed["message"].update(fields)
    changed["message"] = {name: value for name, value in changed["message"].items() if value is not None}
    return changed


def what(event: Incoming | None) -> tuple[Kind, str, str]:
    assert event is not None
    return event.kind, event.text, event.payload


def test_a_text_flat_and_wrapped() -> None:
    for body in (TEXT, {"ok": True, "result": TEXT}):
        assert read(body, "1459") == Incoming(
            channel="zalo_bot",
            account="1459",
            chat=PERSON,
            sender=PERSON,
            event_id="text.2d758cb5e222177a4e35",
            kind=Kind.TEXT,
            at=datetime(2025, 6, 19, 6, 55, 31, 602000, tzinfo=UTC),
            text="Xin chào",
        )


CASES = [
    (update(text="/start u_47"), (Kind.START, "/start", "u_47")),
    (update(text="/start"), (Kind.START, "/start", "")),
    (update(text="/START  "), (Kind.START, "/start", "")),
    (update(text="/start lương tối thiểu"), (Kind.TEXT, "/start lương tối thiểu", "")),
    (update(text="/menu"), (Kind.TEXT, "/menu", "")),
    (update(text="up:1a2"), (Kind.TEXT, "up:1a2", "")),
    (update(text="a\0b"), (Kind.TEXT, "ab", "")),
    (update("message.link.received", text="https://a.vn"), (Kind.TEXT, "https://a.vn", "")),
    (update("message.sticker.received", text=None, sticker="0e07", url="https://a"), (Kind.STICKER, "", "0e07")),
    (update("message.unsupported.received", text=None), (Kind.OTHER, "", "unsupported")),
    (update("message.reaction.received", text=None), (Kind.OTHER, "", "reaction")),
    (update("message.image.received", text=None, caption="hóa đơn"), (Kind.OTHER, "hóa đơn", "image")),
    (update("message.voice.received", text=None, voice_url="javascript:x"), (Kind.OTHER, "", "voice")),
    (update("message.text.received", text=""), (Kind.OTHER, "", "text")),
    (update("user.follow", text=None), (Kind.OTHER, "", "user.follow")),
]


@pytest.mark.parametrize(("body", "becomes"), CASES, ids=range(len(CASES)))
def test_what_people_do(body: Any, becomes: tuple[Kind, str, str]) -> None:
    assert what(read(body, "1459")) == becomes


@pytest.mark.parametrize("name", ["photo", "photo_url"])
def test_a_photo_under_either_name(name: str) -> None:
    event = read(
        update("message.image.received", text=None, caption="hóa đơn", **{name: "https://p.zdn.vn/1.jpg"}), "1"
    )
    assert what(event) == (Kind.FILES, "hóa đơn", "")
    assert event is not None
    assert event.files == (FileRef(ref="https://p.zdn.vn/1.jpg", kind="photo"),)


def test_a_voice_message() -> None:
    event = read(update("message.voice.received", text=None, voice_url="https://v.zdn.vn/1.aac"), "1")
    assert event is not None
    assert event.files == (FileRef(ref="https://v.zdn.vn/1.aac", kind="voice", mime="audio/aac"),)


def test_a_group_and_its_member_are_told_apart() -> None:
    event = read(update(chat={"id": "zgr-77", "chat_type": "GROUP"}), "1")
    assert event is not None
    assert (event.chat, event.sender, event.group) == ("zgr-77", PERSON, True)


def test_what_a_bot_says_is_not_meant_for_us() -> None:
    assert read(update(**{"from": {"id": "b", "is_bot": True}}), "1") is None


def test_the_sample_without_event_name() -> None:
    body = update(**{"from": {"id": PERSON, "first_name": "Ted"}})
    del body["event_name"]
    assert what(read(body, "1")) == (Kind.TEXT, "Xin chào", "")


def test_dates_as_words_and_none_at_all() -> None:
    dated, undated = read(update(date="1750316131602"), "1"), read(update(date=None), "1")
    assert dated is not None
    assert undated is not None
    assert dated.at.year == 2025
    assert (datetime.now(UTC) - undated.at).total_seconds() < 60


def test_without_an_id_the_content_is_the_id() -> None:
    first, again, other = (read(update(message_id=None, text=text), "1") for text in ("a", "a", "b"))
    assert first is not None
    assert again is not None
    assert other is not None
    assert first.event_id == again.event_id != other.event_id


UNREADABLE = [
    ({"event_name": "message.unsupported.received"}, "zalo_bot_hidden_message"),
    ({"event_name": "message.unsupported.received", "message": None}, "zalo_bot_hidden_message"),
    ({"event_name": "user.follow"}, "zalo_bot_unknown_update"), ({}, "zalo_bot_unknown_update"),
    *[(body, "zalo_bot_unreadable_update") for body in (
        None, [], 3, "text", {"result": None}, {"result": 7}, {"message": []}, {"message": {}}, {"event_name": 7},
        update(text={"a": 1}), update(text=["a"]), update(chat=None), update(chat={"id": 7}), update(chat={"id": ""}),
        update(**{"from": None}), update(**{"from": {"id": 5}}), update(date="today"), update(date=10**30),
        update(date=True), update(message_id=7), update(chat={"id": "x" * 201}),
    )],
]  # fmt: skip


@pytest.mark.parametrize(("body", "counter"), UNREADABLE, ids=range(len(UNREADABLE)))
def test_what_is_no_update(body: Any, counter: str) -> None:
    with pytest.raises(Unreadable) as error:
        read(body, "1")
    assert error.value.counter == counter


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
KEYS = re.findall(r"\w+", "event_name message from chat id text date message_id photo caption result ok is_bot")
keys = st.sampled_from(KEYS)
trees = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=6))


@given(trees, st.dictionaries(keys, trees, max_size=4))
def test_any_json_is_read_or_passed_over(tree: Any, fields: dict[str, Any]) -> None:
    for body in (tree, update(**fields)):
        try:
            event = read(body, "1")
        except Unreadable:
            continue
        msgspec.json.encode(event)

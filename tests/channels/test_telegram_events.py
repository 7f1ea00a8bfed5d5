"""Telegram's updates as they come over the wire, and what the rest of the program sees of them."""

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.channels.message import FileRef, Incoming, Kind
from nhipcau.channels.telegram_events import Reader, Unreadable
from nhipcau.channels.telegram_http import decoded

BOT = {"id": 123456, "is_bot": True, "first_name": "Nhịp Cầu", "username": "nhipcau_bot"}
H = {"id": 1001, "is_bot": False, "first_name": "H'Hen", "username": "hhen", "language_code": "vi"}
PRIVATE = {"id": 1001, "first_name": "H'Hen", "username": "hhen", "type": "private"}
GROUP = {"id": -1001234567890, "title": "Tổ may 3", "type": "supergroup"}
AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DATE = int(AT.timestamp())


def said(**content: Any) -> dict[str, Any]:
    message = {"message_id": 7, "from": H, "chat": PRIVATE, "date": DATE, **content}
    return {"update_id": 90, "message": message}


def in_group(**content: Any) -> dict[str, Any]:
    return said(chat=GROUP, **content)


def tapped(**content: Any) -> dict[str, Any]:
    message = {"message_id": 6, "from": BOT, "chat": PRIVATE, "date": DATE, "text": "Bạn chọn gì?"}
    callback = {"id": "4382bfdwdsb323b2d9", "from": H, "message": message, "chat_instance": "-3", **content}
    return {"update_id": 91, "callback_query": callback}


def edited(**content: Any) -> dict[str, Any]:
    message = {"message_id": 7, "from": H, "chat": PRIVATE, "date": DATE - 60, "edit_date": DATE, **content}
    return {"update_id": 92, "edited_message": message}


def member(status: str, chat: dict[str, Any] = PRIVATE) -> dict[str, Any]:
    change = {
        "chat": chat,
        "from": H,
        "date": DATE,
        "old_chat_member": {"user": BOT, "status": "member"},
        "new_chat_member": {"user": BOT, "status": status, "until_date": 0},
    }
    return {"update_id": 93, "my_chat_member": change}


def command(text: str, length: int) -> dict[str, Any]:
    return {"text": text, "entities": [{"offset": 0, "length": length, "type": "bot_command"}]}


PHOTO = [
    {"file_id": "small", "file_unique_id": "a", "file_size": 1_400, "width": 90, "height": 67},
    {"file_id": "large", "file_unique_id": "b", "file_size": 91_000, "width": 1280, "height": 960},
    {"file_id": "medium", "file_unique_id": "c", "file_size": 20_000, "width": 320, "height": 240},
]
VOICE = {"file_id": "v", "file_unique_id": "v1", "duration": 4, "mime_type": "audio/ogg", "file_size": 9000}
PDF = {"file_id": "d", "file_unique_id": "d1", "file_name": "hđ.pdf", "mime_type": "application/pdf"}
CLIP = {"file_id": "x", "file_unique_id": "x1", "width": 9, "height": 9, "duration": 2, "mime_type": "video/mp4"}
SONG = {"file_id": "s", "file_unique_id": "s1", "duration": 9, "mime_type": "audio/mpeg", "file_size": 5}
CONTACT = {"phone_number": "84905123456", "first_name": "H'Hen"}
POLL = {"id": "5", "question": "?", "options": [], "total_voter_count": 0}
STICKER = {"file_id": "t", "file_unique_id": "t1", "type": "regular", "width": 512, "height": 512, "emoji": "👍"}
NAMED = {"entities": [{"offset": 5, "length": 12, "type": "mention"}]}


def ref(name: str, kind: str, mime: str = "", size: int = 0) -> tuple[FileRef, ...]:
    return (FileRef(ref=name, kind=kind, mime=mime, size=size),)


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "text": (said(text="Lương tối thiểu?"), {"text": "Lương tối thiểu?"}),
    "markup stays text": (said(text="<b>1 < 2 & 3</b> *a*"), {"text": "<b>1 < 2 & 3</b> *a*"}),
    "emoji and zero": (said(text="👩🏽‍🏭\x00ok"), {"text": "👩🏽‍🏭ok"}),
    "half a pair": (said(text="a\ud83db"), {"text": "ab"}),
    "start": (said(**command("/start", 6)), {"kind": Kind.START, "text": "/start"}),
    "deep link": (
        said(**command("/start u_47-12", 6)),
        {"kind": Kind.START, "text": "/start", "payload": "u_47-12"},
    ),
    "start by name": (
        said(**command("/start@NhipCau_bot x", 18)),
        {"kind": Kind.START, "text": "/start", "payload": "x"},
    ),
    "command": (said(**command("/HELP", 5)), {"text": "/help"}),
    "command by name": (said(**command("/gopy@nhipcau_bot  chuyện ca đêm", 17)), {"text": "/gopy  chuyện ca đêm"}),
    "no command": (said(text="/góp ý"), {"text": "/góp ý"}),
    "starting is no start": (said(text="/startup"), {"text": "/startup"}),
    "forwarded": (
        said(text="nghe đồn", forward_origin={"type": "hidden_user", "sender_user_name": "x", "date": 1}),
        {"text": "nghe đồn"},
    ),
    "tap": (
        tapped(data="v1:ans:12:có"),
        {"kind": Kind.TAP, "event_id": "c4382bfdwdsb323b2d9", "payload": "v1:ans:12:có", "at": None},
    ),
    "tap on a lost message": (
        tapped(data="a", message={"message_id": 6, "chat": PRIVATE, "date": 0}),
        {"kind": Kind.TAP, "event_id": "c4382bfdwdsb323b2d9", "payload": "a", "at": None},
    ),
    "tap in a group": (
        tapped(data="a", message={"message_id": 6, "chat": GROUP, "date": DATE}),
        {
            "kind": Kind.TAP,
            "event_id": "c4382bfdwdsb323b2d9",
            "payload": "a",
            "at": None,
            "chat": "-1001234567890",
            "group": True,
        },
    ),
    "game": (
        tapped(game_short_name="g"),
        {"kind": Kind.OTHER, "event_id": "c4382bfdwdsb323b2d9", "payload": "game", "at": None},
    ),
    "edit": (edited(text="6tr"), {"kind": Kind.EDIT, "event_id": f"e7.{DATE}", "text": "6tr"}),
    "edited caption": (
        edited(photo=PHOTO, caption="mới"),
        {"kind": Kind.EDIT, "event_id": f"e7.{DATE}", "text": "mới"},
    ),
    "photo": (
        said(photo=PHOTO, caption="máy hỏng"),
        {"kind": Kind.FILES, "text": "máy hỏng", "files": ref("large", "photo", size=91_000)},
    ),
    "voice": (said(voice=VOICE), {"kind": Kind.FILES, "files": ref("v", "voice", "audio/ogg", 9000)}),
    "document": (said(document=PDF), {"kind": Kind.FILES, "files": ref("d", "document", "application/pdf")}),
    "video": (said(video=CLIP), {"kind": Kind.FILES, "files": ref("x", "video", "video/mp4")}),
    "video note": (
        said(video_note={"file_id": "n", "file_unique_id": "n1", "length": 240, "duration": 3}),
        {"kind": Kind.FILES, "files": ref("n", "video")},
    ),
    "animation": (
        said(animation=CLIP, document=CLIP),
        {"kind": Kind.FILES, "files": ref("x", "video", "video/mp4")},
    ),
    "audio": (said(audio=SONG), {"kind": Kind.FILES, "files": ref("s", "audio", "audio/mpeg", 5)}),
    "sticker": (said(sticker=STICKER), {"kind": Kind.STICKER, "payload": "👍"}),
    "location": (
        said(location={"latitude": 12.6667, "longitude": 108.05}),
        {"kind": Kind.LOCATION},
    ),
    "own contact": (
        said(contact=CONTACT | {"user_id": 1001}),
        {"kind": Kind.CONTACT, "payload": "84905123456"},
    ),
    "own contact, sent on by somebody who has it": (
        said(contact=CONTACT | {"user_id": 1001}, forward_origin={"type": "hidden_user"}),
        {"kind": Kind.CONTACT},
    ),
    "a contact without an account": (said(contact=CONTACT), {"kind": Kind.CONTACT}),
    "a friend's contact": (said(contact=CONTACT | {"user_id": 5}), {"kind": Kind.CONTACT}),
    "poll": (said(poll=POLL), {"kind": Kind.OTHER, "payload": "poll"}),
    "dice": (said(dice={"emoji": "🎲", "value": 4}), {"kind": Kind.OTHER, "payload": "dice"}),
    "not invented yet": (said(hologram={"file_id": "h"}), {"kind": Kind.OTHER, "payload": "hologram"}),
    "blocked": (member("kicked"), {"kind": Kind.BLOCKED, "event_id": "s93"}),
    "returned": (member("member"), {"kind": Kind.RETURNED, "event_id": "s93"}),
    "named in a group": (
        in_group(text="Chào @nhipcau_bot, lương tối thiểu?", **NAMED),
        {"text": "Chào lương tối thiểu?", "chat": "-1001234567890", "group": True},
    ),
    "only named": (in_group(text="@NHIPCAU_BOT"), {"chat": "-1001234567890", "group": True}),
    "reply to the bot": (
        in_group(text="còn vùng 4?", reply_to_message={"message_id": 5, "from": BOT, "chat": GROUP, "date": 1}),
        {"text": "còn vùng 4?", "chat": "-1001234567890", "group": True},
    ),
    "command to the bot": (
        in_group(**command("/luong@nhipcau_bot 6tr", 18)),
        {"text": "/luong 6tr", "chat": "-1001234567890", "group": True},
    ),
    "photo for the bot": (
        in_group(photo=PHOTO, caption="@nhipcau_bot xem giúp"),
        {
            "kind": Kind.FILES,
            "text": "xem giúp",
            "files": ref("large", "photo", size=91_000),
            "chat": "-1001234567890",
            "group": True,
        },
    ),
    "anonymous admin": (
        in_group(text="@nhipcau_bot hỏi", **{"from": {"id": 1087968824, "is_bot": True}, "sender_chat": GROUP}),
        {"text": "hỏi", "chat": "-1001234567890", "sender": "1087968824", "language": "", "group": True},
    ),
    "group moved": (
        in_group(migrate_to_chat_id=-1009876543210),
        {
            "kind": Kind.OTHER,
            "payload": "moved",
            "text": "-1009876543210",
            "chat": "-1001234567890",
            "group": True,
        },
    ),
    "ids beyond 2**53": (
        said(text="a", chat=PRIVATE | {"id": 2**60 + 1}),
        {"text": "a", "chat": "1152921504606846977"},
    ),
}

USUAL = {
    "channel": "telegram",
    "account": "123456",
    "chat": "1001",
    "sender": "1001",
    "event_id": "m7",
    "kind": Kind.TEXT,
    "at": AT,
    "language": "vi",
}

NOT_FOR_US = {
    "chatter": in_group(text="trưa nay ăn gì"),
    "somebody else named": in_group(text="@nhipcau_bot2 và @nhipcau"),
    "mail address": in_group(text="thư@nhipcau_bot.vn"),
    "command to all": in_group(**command("/start", 6)),
    "command to another": in_group(**command("/start@other_bot", 16)),
    "reply to another": in_group(text="ok", reply_to_message={"message_id": 5, "from": H, "chat": GROUP, "date": 1}),
    "photo": in_group(photo=PHOTO),
    "another bot": in_group(text="@nhipcau_bot", **{"from": BOT | {"id": 5}}),
    "joined": in_group(new_chat_members=[H]),
    "post": said(text="@nhipcau_bot", chat={"id": -5, "type": "channel", "title": "x"}),
    "removed from a group": member("kicked", GROUP),
    "administrator": member("administrator", GROUP),
    "live location": edited(location={"latitude": 1.0, "longitude": 1.0}),
    "edited chatter": edited(text="x", chat=GROUP),
}

UNREADABLE: dict[str, Any] = {
    "nothing": None,
    "list": [],
    "number": 5,
    "empty": {},
    "no chat": {"update_id": 1, "message": {"message_id": 1, "text": "a"}},
    "text is a number": said(text=5),
    "id is text": said(text="a", message_id="7"),
    "date beyond time": said(text="a", date=10**18),
    "no sender": {"update_id": 1, "callback_query": {"id": "1", "data": "a"}},
    "photo without sizes": said(photo=[]),
    "kind unknown": {"update_id": 1, "thought": {}},
    "a channel's post": {"update_id": 1, "channel_post": {"message_id": 1}},
    "true is no id": said(text="a", message_id=True),
}

reader = Reader("123456", "nhipcau_bot")


@pytest.mark.parametrize("name", CASES)
def test_updates(name: str) -> None:
    update, expected = CASES[name]
    event = reader.read(decoded(json.dumps(update).encode()))

    assert event is not None
    wanted = USUAL | expected
    if wanted["at"] is None:  # a tap carries no time of its own
        wanted["at"] = event.at
        assert abs((datetime.now(UTC) - event.at).total_seconds()) < 5
    assert event == Incoming(**wanted)


@pytest.mark.parametrize("name", NOT_FOR_US)
def test_what_is_not_said_to_the_bot_is_dropped(name: str) -> None:
    assert reader.read(NOT_FOR_US[name]) is None


@pytest.mark.parametrize("name", UNREADABLE)
def test_malformed_updates_say_what_to_count(name: str) -> None:
    with pytest.raises(Unreadable, match=r"^telegram_un(readable|known)_update$"):
        reader.read(UNREADABLE[name])


def test_before_the_bot_knows_its_name_private_chats_work_and_groups_are_silent() -> None:
    nameless = Reader("123456")
    assert nameless.read(said(text="@ chào")) is not None
    assert nameless.read(in_group(text="@ @nhipcau_bot chào")) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=9), inner, max_size=2),
    max_leaves=4,
)


@given(st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"]), JSON)
def test_no_update_can_break_the_reader(kind: str, content: Any) -> None:
    with contextlib.suppress(Unreadable):
        reader.read({kind: content})


@given(st.sampled_from(sorted(CASES)), st.data())
def test_no_wrong_type_in_a_field_can_break_the_reader(name: str, data: st.DataObject) -> None:
    update = json.loads(json.dumps(CASES[name][0]))
    content = next(value for key, value in update.items() if key != "update_id")
    content[data.draw(st.sampled_from(sorted(content)))] = data.draw(JSON)
    with contextlib.suppress(Unreadable):
        reader.read(update)

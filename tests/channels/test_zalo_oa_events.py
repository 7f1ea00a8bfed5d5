"""Every event of the webhook, as Zalo sends it, and what it becomes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.channels.message import FileRef, Kind
from nhipcau.channels.typed_taps import TypedTaps
from nhipcau.channels.zalo_oa_chats import Chat
from nhipcau.channels.zalo_oa_events import EVENTS, Reader, Unreadable, decoded

OA, PERSON, GROUP = "388613280878808645", "2468458835296197922", "f414c8f76fa586fbdfb4"
taps = TypedTaps("secret", OA)
reader = Reader(OA, taps)

AT = '"app_id":"1234567890123456789","timestamp":"1760000000123"'
SIDES = f'"sender":{{"id":"{PERSON}"}},"user_id_by_app":"552177279717587730","recipient":{{"id":"{OA}"}}'
TO_PERSON = f'"sender":{{"id":"{OA}"}},"recipient":{{"id":"{PERSON}"}}'
BY_OFFICER = TO_PERSON.replace(f'"{OA}"', f'"{OA}","admin_id":"7"', 1)
IN_GROUP = f'"sender":{{"id":"{PERSON}"}},"recipient":{{"id":"{GROUP}"}}'


def said(name: str, message: str, sides: str = SIDES) -> str:
    return f'{{{AT},{sides},"event_name":"{name}","message":{message}}}'


def attached(kind: str, payload: str, text: str = "") -> str:
    words = f'"text":"{text}",' if text else ""
    return f'{{"msg_id":"96d3",{words}"attachments":[{{"type":"{kind}","payload":{payload}}}]}}'


PHOTO = '{"thumbnail":"https://photo.zdn.vn/t.jpg","url":"https://photo.zdn.vn/1.jpg"}'
CARD = '{"description":"{\\"phone\\":\\"84905\\",\\"qrCodeUrl\\":\\"https://x\\"}","url":"https://zalo.me/u"}'
FILE = '{"size":"1024","name":"a.pdf","checksum":"d4","type":"pdf","url":"https://file.zdn.vn/a.pdf"}'
PLACE = '{"coordinates":{"latitude":"12.66","longitude":"108.05"}}'
LINK = '{"thumbnail":"","description":"","url":"https://bao.vn/tin"}'


def file(url: str, kind: str, size: int = 0) -> tuple[FileRef, ...]:
    return (FileRef(ref=url, kind=kind, size=size),)


CASES: list[tuple[str, str, dict[str, Any]]] = [
    (
        "text",
        said("user_send_text", '{"text":"Xin chào","msg_id":"96d3cdf3af150460909"}'),
        {"kind": Kind.TEXT, "text": "Xin chào", "chat": PERSON, "event_id": "user_send_text.96d3cdf3af150460909"},
    ),
    (
        "tap",
        said("user_send_text", json.dumps({"text": taps.write(PERSON, "up:1a2"), "msg_id": "96d3"})),
        {"kind": Kind.TAP, "payload": "up:1a2", "text": ""},
    ),
    (
        "another's tap",
        said("user_send_text", json.dumps({"text": taps.write("999", "up:1a2"), "msg_id": "96d3"})),
        {"kind": Kind.TAP, "payload": "c:", "text": ""},
    ),
    (
        "start by hand",
        said("user_send_text", '{"text":"/start u_47","msg_id":"96d3"}'),
        {"kind": Kind.START, "payload": "u_47"},
    ),
    (
        "image",
        said("user_send_image", attached("image", PHOTO, "tang ca?")),
        {"kind": Kind.FILES, "text": "tang ca?", "files": file("https://photo.zdn.vn/1.jpg", "photo")},
    ),
    (
        "an image without address",
        said("user_send_image", attached("image", '{"thumbnail":"https://photo.zdn.vn/t.jpg"}')),
        {"kind": Kind.OTHER, "payload": "user_send_image"},
    ),
    (
        "words whose image is missing",
        said("user_send_image", '{"msg_id":"96d3","text":"tang ca?","attachments":null}'),
        {"kind": Kind.FILES, "text": "tang ca?", "files": ()},
    ),
    (
        "words whose link is missing",
        said("user_send_link", '{"msg_id":"96d3","text":"https://bao.vn","attachments":null}'),
        {"kind": Kind.TEXT, "text": "https://bao.vn"},
    ),
    (
        "half an emoji",
        said("user_send_text", '{"msg_id":"96d3","text":"tang ca \\ud83d"}'),
        {"kind": Kind.TEXT, "text": "tang ca "},
    ),
    ("gif", said("user_send_gif", attached("gif", PHOTO)), {"kind": Kind.FILES, "text": ""}),
    ("link", said("user_send_link", attached("link", LINK)), {"kind": Kind.TEXT, "text": "https://bao.vn/tin"}),
    (
        "link with words",
        said("user_send_link", attached("link", LINK, "đúng không? https://bao.vn/tin")),
        {"kind": Kind.TEXT, "text": "đúng không? https://bao.vn/tin"},
    ),
    ("card as link", said("user_send_link", attached("link", CARD)), {"kind": Kind.CONTACT, "payload": ""}),
    ("card", said("user_send_business_card", attached("link", CARD)), {"kind": Kind.CONTACT, "payload": ""}),
    (
        "audio",
        said("user_send_audio", attached("audio", '{"url":"https://v.zdn.vn/1.amr"}')),
        {"files": file("https://v.zdn.vn/1.amr", "voice")},
    ),
    (
        "video",
        said("user_send_video", attached("video", '{"url":"https://v.zdn.vn/1.mp4","thumbnail":"","description":""}')),
        {"files": file("https://v.zdn.vn/1.mp4", "video")},
    ),
    (
        "sticker",
        said("user_send_sticker", attached("sticker", '{"url":"https://x","id":"23"}')),
        {"kind": Kind.STICKER},
    ),
    ("place", said("user_send_location", attached("location", PLACE)), {"kind": Kind.LOCATION, "payload": ""}),
    (
        "file",
        said("user_send_file", attached("file", FILE)),
        {"files": file("https://file.zdn.vn/a.pdf", "document", 1024)},
    ),
    (
        "follow",
        f'{{{AT},"oa_id":"{OA}","follower":{{"id":"{PERSON}"}},"event_name":"follow","source":"oa_profile"}}',
        {"kind": Kind.START, "chat": PERSON, "event_id": f"follow.{PERSON}.1760000000123"},
    ),
    (
        "unfollow",
        f'{{{AT},"oa_id":"{OA}","follower":{{"id":"{PERSON}"}},"event_name":"unfollow","source":"oa_profile"}}',
        {"kind": Kind.BLOCKED, "chat": PERSON},
    ),
    (
        "chat now",
        f'{{{AT},"oa_id":"{OA}","user_id":"{PERSON}","event_name":"user_click_chatnow"}}',
        {"kind": Kind.START, "chat": PERSON},
    ),
    (
        "withdraw",
        f'{{{AT},"oa_id":"{OA}","user_id":"{PERSON}","event_name":"user_withdraw"}}',
        {"kind": Kind.BLOCKED, "chat": PERSON, "payload": "user_withdraw"},
    ),
    (
        "submitted",
        f'{{{AT},{SIDES},"event_name":"user_submit_info","info":{{"name":"Y Moan","phone":"0901 234 567"}}}}',
        {"kind": Kind.CONTACT, "payload": "", "text": "Y Moan"},  # anybody can type anybody's number
    ),
    (
        "seen",
        said("user_seen_message", '{"msg_ids":["96d1","96d2"]}'),
        {"kind": Kind.SEEN, "payload": "96d1 96d2", "chat": PERSON},
    ),
    (
        "received",
        said("user_received_message", '{"msg_id":"96d1"}', TO_PERSON),
        {"kind": Kind.DELIVERED, "payload": "96d1", "chat": PERSON},
    ),
    (
        "received, the other way round",
        said("user_received_message", '{"msg_id":"96d1"}'),
        {"kind": Kind.DELIVERED, "chat": PERSON},
    ),
    (
        "visitor",
        said("anonymous_send_text", '{"conversation_id":"c77","text":"chào","msg_id":"96d3"}'),
        {"kind": Kind.TEXT, "chat": f"v-{PERSON}-c77", "sender": PERSON},
    ),
    (
        "a command in a group",
        said("user_send_group_text", '{"text":"/menu","msg_id":"96d3"}', IN_GROUP),
        {"kind": Kind.TEXT, "chat": f"g-{GROUP}", "sender": PERSON, "group": True},
    ),
    (
        "our name in a group",
        said("user_send_group_text", f'{{"text":"[@{OA}] lương vùng 3?","msg_id":"96d3"}}', IN_GROUP),
        {"text": "lương vùng 3?", "group": True},
    ),
    (
        "joined a group",
        f'{{{AT},"oa_id":"{OA}","group_id":"{GROUP}","users":[{{"id":"{PERSON}"}}],"event_name":"user_join_group"}}',
        {"kind": Kind.NOTICE, "payload": "user_join_group", "chat": f"g-{GROUP}", "group": True},
    ),
    (
        "an officer in the console",
        said("oa_send_text", '{"text":"chào","msg_id":"96d3"}', BY_OFFICER),
        {"kind": Kind.NOTICE, "payload": "oa_send_text", "text": "", "chat": PERSON},
    ),
    (
        "reaction",
        said("user_reacted_message", '{"msg_id":"96d3","react_icon":"/-heart"}'),
        {"kind": Kind.NOTICE, "payload": "user_reacted_message"},
    ),
    (
        "of the account",
        f'{{{AT},"oa_id":"{OA}","event_name":"change_oa_daily_quota","quota":{{"prev_value":"500","new_value":"2000"}}}}',
        {"kind": Kind.NOTICE, "payload": "change_oa_daily_quota", "chat": OA},
    ),
    (
        "nobody knows",
        said("user_send_hologram", '{"msg_id":"96d3","text":"x"}'),
        {"kind": Kind.OTHER, "payload": "user_send_hologram", "text": ""},
    ),
    ("a number for an id", said("user_send_text", '{"text":"a","msg_id":12345678901234567890}'), {"kind": Kind.TEXT}),
]
NOT_FOR_US = [
    said("oa_send_text", '{"text":"chào","msg_id":"96d3"}', TO_PERSON),
    said("user_send_group_text", '{"text":"ai đi nhậu?","msg_id":"96d3"}', IN_GROUP),
    said("user_send_group_image", attached("image", PHOTO), IN_GROUP),
    said("user_send_group_hologram", '{"msg_id":"96d3"}', IN_GROUP),
    f'{{{AT},"oa_id":"999","follower":{{"id":"{PERSON}"}},"event_name":"follow"}}',
    said("user_send_text", '{"text":"a","msg_id":"9"}', f'"sender":{{"id":"{PERSON}"}},"recipient":{{"id":"999"}}'),
]
NONSENSE = [
    "{}",
    '{"event_name":"user_send_text"}',
    said("user_send_text", "null"),
    said("user_send_text", '{"text":["a"],"msg_id":"96d3"}'),
    said("user_send_text", '{"text":"a","msg_id":"9"}').replace("1760000000123", "soon"),
    said("user_send_text", '{"text":"a","msg_id":"9"}').replace("1760000000123", "9" * 30),
    said("a name\\nwith a line", '{"text":"a","msg_id":"9"}'),
    said("x" * 65, "{}"),
    said("user_send_text", '{"text":"a","msg_id":true}'),
]


def event(raw: str) -> dict[str, Any]:
    found = decoded(raw.encode())
    assert found is not None
    return found


@pytest.mark.parametrize(("raw", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_an_event_becomes(raw: str, expected: dict[str, Any]) -> None:
    found = reader.read(event(raw))
    assert found is not None
    incoming = found.incoming
    assert {name: getattr(incoming, name) for name in expected} == expected
    assert (incoming.channel, incoming.account, incoming.at.isoformat()) == (
        "zalo_oa",
        OA,
        "2025-10-09T08:53:20.123000+00:00",
    )


@pytest.mark.parametrize("raw", NOT_FOR_US)
def test_what_is_not_for_us(raw: str) -> None:
    assert reader.read(event(raw)) is None


@pytest.mark.parametrize("raw", NONSENSE)
def test_what_nobody_can_read(raw: str) -> None:
    with pytest.raises(Unreadable):
        reader.read(event(raw))


VISITS = {name for name, row in EVENTS.items() if row.visit}


def test_what_opens_the_window() -> None:
    """Following, writing, tapping "message", calling; not seeing, not a group's talk, not a form."""
    assert {"follow", "user_send_text", "user_send_sticker", "user_click_chatnow", "user_call_oa"} <= VISITS
    assert not VISITS & {"unfollow", "user_seen_message", "user_submit_info", "user_send_group_text"}


trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
near_misses = st.fixed_dictionaries(
    {"event_name": st.sampled_from(sorted(EVENTS)) | st.text(max_size=12), "timestamp": st.just("1760000000123")},
    optional=dict.fromkeys(("sender", "recipient", "message", "follower", "info", "users", "group_id", "oa_id"), trees),
)


@given(near_misses)
def test_any_json_is_read_or_unreadable(tree: dict[str, Any]) -> None:
    try:
        reader.read(tree)
    except Unreadable:
        return


@pytest.mark.parametrize("chat", [Chat("246"), Chat("", group="f41"), Chat("246", conversation="c-7-8")])
def test_a_chat_is_found_again_from_its_text(chat: Chat) -> None:
    assert Chat.parse(str(chat)) == chat

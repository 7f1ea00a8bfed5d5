"""What the page may send, and what it is told otherwise."""

import json
import logging

import msgspec
import pytest
from aiohttp import WSMsgType
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nhipcau.channels.message import Outgoing
from nhipcau.channels.web import Posted
from nhipcau.channels.web_frames import Batch, encode, incoming, lines, read
from tests.channels.web_room import Room
from tests.channels.web_visit import ID, NOON, Visit, text, verdict


@settings(deadline=None)
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_every_character_but_nul_passes_the_wire_unchanged(words: str) -> None:
    assume(words.strip())
    event = incoming(read(msgspec.json.encode(text(words))), account="web", chat="c", at=NOON)
    ours = Posted(number=1, mine=False, at=NOON, outgoing=Outgoing(text=words))
    mine = Posted(number=2, mine=True, at=NOON, text=event.text)
    shown = json.loads(encode(Batch(posts=lines([ours, mine]))))
    assert [line["text"] for line in shown["posts"]] == [words, words]


def refused(code: str, client_id: str = ID) -> dict[str, str]:
    return {"no": client_id, "code": code}


REFUSED = [
    (b"", 400, refused("malformed", "")),
    (b"\xff\xfe", 400, refused("malformed", "")),
    (b'{"id": "\xff"}', 400, refused("malformed", "")),
    (b'{"id":"abcdefgh0001","kind":"text","text":"\\ud800"}', 400, refused("malformed", "")),
    (b'{"id": [' + b"[" * 15_000, 400, refused("malformed", "")),
    (b'{"x":' + b"[" * 15_000, 400, refused("malformed", "")),
    (b"null", 400, refused("malformed", "")),
    (b" " * 20_000, 413, refused("huge", "")),
    ({"id": "kurz", "kind": "text", "text": "x"}, 400, refused("malformed", "")),
    ({"id": "x" * 41, "kind": "text", "text": "x"}, 400, refused("malformed", "")),
    ({"id": "abc\n1234567", "kind": "text", "text": "x"}, 400, refused("malformed", "")),
    ({"id": ID, "kind": "edit", "text": "x"}, 400, refused("malformed", "")),
    ({"id": ID, "kind": "text", "text": 7}, 400, refused("malformed", "")),
    ({"id": ID, "kind": "text", "text": "x", "language": "fr"}, 400, refused("malformed", "")),
    (text(" \n\t"), 400, refused("empty")),
    (text("a\0b"), 400, refused("characters")),
    (text("ă" * 4_001), 400, refused("long")),
    ({"id": ID, "kind": "tap", "payload": "", "text": "x"}, 400, refused("malformed")),
    ({"id": ID, "kind": "tap", "payload": "đ" * 33, "text": "x"}, 400, refused("malformed")),
    ({"id": ID, "kind": "tap", "payload": "p", "text": "x" * 201}, 400, refused("malformed")),
    ({"id": ID, "kind": "start", "payload": "<x>"}, 400, refused("malformed")),
]


@pytest.mark.parametrize(("frame", "status", "answer"), REFUSED)
async def test_what_cannot_be_taken_is_refused_with_a_code(
    room: Room, member: Visit, caplog: pytest.LogCaptureFixture, frame: object, status: int, answer: object
) -> None:
    assert await member.send(frame) == (status, answer)
    assert (room.received, caplog.records) == ([], [])


@pytest.mark.parametrize("words", ["ă" * 4_000, "👷" * 4_000, '"' * 4_000])
async def test_four_thousand_characters_are_taken(room: Room, member: Visit, words: str) -> None:
    assert await member.send(text(words)) == (200, {"ok": ID})


async def test_a_socket_survives_nonsense_and_closes_on_a_huge_frame(room: Room, member: Visit) -> None:
    async with member.socket() as socket:
        await socket.send_str("{")
        assert (await verdict(socket))["code"] == "malformed"
        await socket.send_bytes(b"\xff")
        assert (await verdict(socket))["code"] == "malformed"
        await socket.send_json(text("vẫn nghe"))
        assert await verdict(socket) == {"ok": ID}
        await socket.send_str("x" * 20_000)
        while (await socket.receive(timeout=5)).type is WSMsgType.TEXT:
            pass
        assert socket.close_code == 1009


async def test_endless_nonsense_ends_the_socket(member: Visit) -> None:
    async with member.socket() as socket:
        for _ in range(31):
            await socket.send_str("{")
        while (await socket.receive(timeout=5)).type is WSMsgType.TEXT:
            pass
        assert socket.close_code == 1008


async def test_when_storing_fails_the_page_keeps_the_message_and_sends_it_again(
    room: Room, member: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    room.down = True
    assert await member.send(text("bí mật")) == (503, {"again": ID, "after": 5})
    room.down = False
    assert await member.send(text("bí mật")) == (200, {"ok": ID})
    assert [record.getMessage() for record in caplog.records] == ["web chat: a message could not be stored: OSError"]


async def test_when_the_mailbox_fails_pages_come_back_later(
    room: Room, member: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    room.mailbox.down = True
    assert await member.get("/chat/poll?after=0") == (503, {"error": "busy", "after": 5})
    async with member.socket() as socket:
        assert (await socket.receive(timeout=5)).type is WSMsgType.CLOSE
        assert socket.close_code == 1013
    assert {record.levelno for record in caplog.records} == {logging.ERROR}

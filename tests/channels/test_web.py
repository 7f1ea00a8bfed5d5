"""The web chat as a client meets it: a real server, a mailbox in memory."""

import asyncio

import pytest

from nhipcau.channels.failures import Misconfigured
from nhipcau.channels.message import Kind, Outgoing
from nhipcau.channels.web import Posted, WebChat, WebSettings
from tests.channels.web_room import Room, open_room
from tests.channels.web_visit import ID, NOON, Visit, hear, text, verdict, visit


async def test_a_message_is_stored_before_it_is_confirmed_and_answered(room: Room, member: Visit) -> None:
    async with member.socket() as socket:
        await socket.send_json(text("Lương tối thiểu bao nhiêu?"))
        assert await verdict(socket) == {"ok": ID}
        assert [event.event_id for event in room.received] == [f"w-{ID}"]
        own, answer = await hear(socket, 2)
    assert (own["mine"], own["id"], own["text"]) == (True, ID, "Lương tối thiểu bao nhiêu?")
    assert answer["text"] == "Đã nghe: Lương tối thiểu bao nhiêu?"


async def test_polling_says_the_same_as_a_socket(room: Room, member: Visit) -> None:
    assert await member.send(text("chào")) == (200, {"ok": ID})
    _, batch = await member.get("/chat/poll")
    assert [line["text"] for line in batch["posts"]] == ["chào", "Đã nghe: chào"]  # type: ignore[attr-defined]
    _, nothing = await member.get("/chat/poll?after=2")
    assert nothing == {"ready": True}


async def test_a_waiting_poll_is_answered_at_once_when_news_come() -> None:
    async with open_room(poll_seconds=60) as room, visit(room) as member:
        poll = asyncio.create_task(member.get("/chat/poll?after=0"))
        await asyncio.sleep(0.05)
        await room.say(member.chat, "Bản tin mới")
        _, batch = await asyncio.wait_for(poll, 5)
    assert batch["posts"][0]["text"] == "Bản tin mới"  # type: ignore[index]


FRAMES = [
    ({"kind": "text", "text": "hỏi", "language": "en"}, (Kind.TEXT, "hỏi", "", "en")),
    ({"kind": "tap", "payload": "ask:wage", "text": "Lương"}, (Kind.TAP, "Lương", "ask:wage", "")),
    ({"kind": "start", "payload": "u_66TH01"}, (Kind.START, "", "u_66TH01", "")),
    ({"kind": "start"}, (Kind.START, "", "", "")),
]


@pytest.mark.parametrize(("frame", "event"), FRAMES)
async def test_frames_become_events(room: Room, member: Visit, frame: object, event: object) -> None:
    await member.send({"id": ID, **frame})  # type: ignore[dict-item]
    (got,) = room.received
    assert (got.kind, got.text, got.payload, got.language) == event
    assert (got.channel, got.account, got.chat, got.sender) == ("web", "web", member.chat, member.chat)
    assert got.at.utcoffset() is not None


async def test_the_same_message_sent_five_times_at_once_is_one(room: Room, member: Visit) -> None:
    answers = await asyncio.gather(*(member.send(text("một lần")) for _ in range(5)))
    assert answers == [(200, {"ok": ID})] * 5
    assert room.texts == ["một lần"]


async def test_a_page_that_comes_back_reads_what_it_missed_and_nothing_twice(room: Room, member: Visit) -> None:
    async with member.socket() as socket:
        await room.say(member.chat, "một")
        assert [line["n"] for line in await hear(socket, 1)] == [1]
    for words in ("hai", "ba"):
        await room.say(member.chat, words)
    async with member.socket("?after=1") as socket:
        assert [line["text"] for line in await hear(socket, 2)] == ["hai", "ba"]


async def test_a_long_absence_is_read_to_its_end(room: Room, member: Visit) -> None:
    for n in range(250):
        room.mailbox.keep(member.chat, mine=False, outgoing=Outgoing(text=str(n)))
    async with member.socket("?after=0") as socket:
        assert [line["n"] for line in await hear(socket, 250)] == list(range(1, 251))


async def test_an_old_chat_opens_with_its_last_lines_and_shows_earlier_ones_on_demand(
    room: Room, member: Visit
) -> None:
    for n in range(40):
        room.mailbox.keep(member.chat, mine=False, outgoing=Outgoing(text=str(n)))
    async with member.socket() as socket:
        first = await socket.receive_json()
    assert [line["n"] for line in first["posts"]] == list(range(11, 41)) and first["more"]
    _, earlier = await member.get("/chat/history?before=11")
    assert [line["n"] for line in earlier["posts"]] == list(range(1, 11))  # type: ignore[attr-defined]
    assert "more" not in earlier


async def test_numbers_as_large_as_a_page_can_count_are_understood(room: Room, member: Visit) -> None:
    room.mailbox.posts[member.chat].append(Posted(number=2**53 - 1, mine=False, at=NOON, text="cuối"))
    _, news = await member.get(f"/chat/poll?after={2**53 - 2}")
    assert [line["n"] for line in news["posts"]] == [2**53 - 1]  # type: ignore[attr-defined]


@pytest.mark.parametrize("number", ["", "-1", "1e3", "٣", "9" * 40, "x", "1;2"])
async def test_a_senseless_number_means_the_newest_lines(room: Room, member: Visit, number: str) -> None:
    await room.say(member.chat, "tin")
    _, batch = await member.get(f"/chat/poll?after={number}")
    assert [line["text"] for line in batch["posts"]] == ["tin"]  # type: ignore[attr-defined]


async def test_two_tabs_of_one_person_show_the_same(room: Room, member: Visit) -> None:
    async with member.socket() as one, member.socket() as two:
        await one.send_json(text("chào"))
        assert [line["text"] for line in await hear(two, 2)] == ["chào", "Đã nghe: chào"]


async def test_sending_to_nobody_is_kept_for_later(room: Room, member: Visit) -> None:
    receipt = await room.chat.send("f" * 32, Outgoing(text="tin"), message_id="m1")
    assert receipt.message_ids == ("m1",)


async def test_another_process_is_noticed_without_being_woken(member: Visit) -> None:
    async with open_room(recheck_seconds=0.05) as room, visit(room) as member, member.socket() as socket:
        await socket.receive_json()
        room.mailbox.keep(member.chat, mine=False, outgoing=Outgoing(text="từ nơi khác"))
        assert (await hear(socket, 1))[0]["text"] == "từ nơi khác"


TEXTS = [
    "<script>alert(1)</script>",
    "_*[](){}`~|&lt;",
    "a\u0301 á \u202eabc",
    "👷🏽‍♀️ 𝒳",
    "\t\n\r x\u0001",
    "\ufeffx",
]


@pytest.mark.parametrize("words", TEXTS)
async def test_any_text_survives_both_ways(room: Room, member: Visit, words: str) -> None:
    await member.send(text(words))
    _, batch = await member.get("/chat/poll")
    assert room.texts == [words]
    assert [line["text"] for line in batch["posts"]] == [words, f"Đã nghe: {words}"]  # type: ignore[attr-defined]


async def test_stopping_lets_sockets_and_polls_go(room: Room, member: Visit) -> None:
    async with member.socket() as socket:
        await socket.receive_json()
        poll = asyncio.create_task(member.get("/chat/poll?after=0"))
        await asyncio.sleep(0.05)
        await asyncio.gather(room.chat.stop(), socket.receive())
        assert socket.close_code == 1001
        assert (await poll)[0] == 200
    assert await member.send(text("muộn")) == (503, {"again": ID, "after": 5})
    assert await member.get("/chat/poll") == (503, {"error": "busy", "after": 5})


@pytest.mark.parametrize(
    "settings",
    [{"embed_origins": ("https://a.example; script-src *",)}, {"embed_origins": ("*",)}, {"language": "fr"}],
)
async def test_a_setting_that_cannot_work_is_named(room: Room, settings: dict[str, object]) -> None:
    chat = WebChat(room.mailbox, WebSettings(**settings))  # type: ignore[arg-type]
    with pytest.raises(Misconfigured, match=next(iter(settings))):
        await chat.start(room.receive)
    assert [well for well, _ in await chat.check()] == [False, True]


async def test_the_doctor_reads_settings_and_mailbox(room: Room) -> None:
    (page, _), (mailbox, _) = await room.chat.check()
    assert page and mailbox
    room.mailbox.down = True
    _, (well, sentence) = await room.chat.check()
    assert not well and "check the database" in sentence

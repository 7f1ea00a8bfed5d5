"""What goes out to Zalo, what a failure means, and how much of the plan is used."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from nhipcau.channels.failures import (
    Gone,
    InDoubt,
    Misconfigured,
    NotTaken,
    QuotaUsed,
    Refused,
    SendFailure,
    Throttled,
    Unreachable,
)
from nhipcau.channels.message import Button, Media, Outgoing
from nhipcau.channels.zalo_bot_messages import calls
from nhipcau.channels.zalo_bot_usage import Usage
from nhipcau.emulators.zalo_bot import ZaloBotServer, zalo_bot_emulator
from tests.channels.zalo_bot_room import MemoryVault, polling


@pytest.fixture
async def server() -> AsyncIterator[ZaloBotServer]:
    async with zalo_bot_emulator() as running:
        yield running
        assert running.violations == []


PHOTO = Media(kind="photo", ref="https://a.vn/1.jpg")
VOICE = Media(kind="voice", ref="https://a.vn/1.aac")
FILE = Media(kind="document", ref="https://a.vn/mau-don.pdf")
PLANS: list[tuple[dict[str, Any], list[tuple[str, dict[str, str]]]]] = [
    ({"text": "Chào"}, [("sendMessage", {"text": "Chào"})]),
    ({"text": "Chào", "media": (PHOTO,)}, [("sendPhoto", {"photo": PHOTO.ref, "caption": "Chào"})]),
    ({"text": "", "media": (PHOTO,)}, [("sendPhoto", {"photo": PHOTO.ref})]),
    ({"text": "Chào", "media": (VOICE,)}, [("sendVoice", {"voice_url": VOICE.ref}), ("sendMessage", {"text": "Chào"})]),
    ({"text": "Mẫu đơn", "media": (FILE,)}, [("sendMessage", {"text": f"Mẫu đơn\n\n{FILE.ref}"})]),
    (
        {"text": "Chào", "media": (PHOTO, PHOTO)},
        [*[("sendPhoto", {"photo": PHOTO.ref})] * 2, ("sendMessage", {"text": "Chào"})],
    ),
]


@pytest.mark.parametrize(("message", "planned"), PLANS)
def test_what_is_called(message: dict[str, Any], planned: list[tuple[str, dict[str, str]]]) -> None:
    asked = calls("chat", Outgoing(**message), 2000)
    assert asked == [(method, {"chat_id": "chat"} | fields) for method, fields in planned]


BUTTONS = ((Button(label="Có", payload="v1:có"),),)


@pytest.mark.parametrize(
    "message",
    [
        Outgoing(text=" \n\0"),
        Outgoing(text="x", buttons=BUTTONS),
        Outgoing(text="x", media=(Media(kind="photo", ref="AgACAgUAA"),)),
    ],
)
def test_what_zalo_could_not_send(message: Outgoing) -> None:
    with pytest.raises(Refused):
        calls("chat", message, 2000)


async def test_a_long_text_goes_out_in_order_cut_at_paragraph_ends(server: ZaloBotServer) -> None:
    channel, person = polling(server), server.person()
    paragraphs = [f"Đoạn {number}: " + "quyền lợi của anh/chị 👩‍👩‍👧 " * 20 + "hết." for number in range(12)]
    receipt = await channel.send(person.id, Outgoing(text="\n\n".join(paragraphs)), message_id="1")
    await channel.stop()
    heard = person.sent()
    assert [one.message_id for one in heard] == list(receipt.message_ids)
    assert len(heard) > 3
    assert "\n\n".join(one.text for one in heard) == "\n\n".join(paragraphs)
    assert all(one.text.startswith("Đoạn") for one in heard)


FAILURES: list[tuple[int | str, type[SendFailure], int]] = [
    (400, Refused, 0), (401, Misconfigured, 0), (403, NotTaken, 0), (404, Gone, 0), (408, InDoubt, 0),
    (429, Throttled, 0), (500, InDoubt, 0), (503, InDoubt, 0), ("proxy 403", Misconfigured, 0),
    ("proxy 502", InDoubt, 0), ("nonsense", InDoubt, 0), ("dropped", InDoubt, 0), ("stored, no answer", InDoubt, 1),
]  # fmt: skip


@pytest.mark.parametrize(("trouble", "kind", "arrived"), FAILURES)
async def test_every_trouble_has_a_failure(
    server: ZaloBotServer, trouble: int | str, kind: type[SendFailure], arrived: int
) -> None:
    channel, person = polling(server), server.person()
    server.trouble(trouble)
    with pytest.raises(SendFailure) as error:
        await channel.send(person.id, Outgoing(text="x"), message_id="1")
    await channel.stop()
    assert type(error.value) is kind
    assert len(person.sent()) == arrived
    assert server.token not in repr(error.getrepr(chain=True))


async def test_where_nobody_listens_nothing_was_sent() -> None:
    async with zalo_bot_emulator() as server:
        channel = polling(server)
    with pytest.raises(Unreachable) as error:
        await channel.send("x", Outgoing(text="x"), message_id="1")
    await channel.stop()
    assert server.token not in repr(error.getrepr(chain=True))


async def test_half_a_long_text_is_in_doubt(server: ZaloBotServer) -> None:
    channel, person = polling(server), server.person()

    async def refuse_what_follows() -> None:
        await server.until(lambda: server.sent)
        server.trouble(400)

    refusing = asyncio.create_task(refuse_what_follows())
    with pytest.raises(InDoubt, match=r"1 of \d+ parts"):
        await channel.send(person.id, Outgoing(text="dài quá " * 2000), message_id="1")
    await refusing
    await channel.stop()


# ---- the plan


async def test_what_was_sent_is_counted_over_restarts(server: ZaloBotServer) -> None:
    vault, person, other = MemoryVault(), server.person(), server.person()
    for chat in (person.id, person.id, other.id):
        channel = polling(server, vault=vault, monthly=4, users=10)
        await channel.usage.load()
        await channel.send(chat, Outgoing(text="x"), message_id="1")
        await channel.stop()
    told = [sentence for _, sentence in channel.usage.sentences()]
    assert told == [
        "Zalo Bot: 3 of the plan's 4 messages sent this month (75 %).",
        "Zalo Bot: 2 of the plan's 10 people written to (20 %).",
    ]
    assert person.id.encode() not in vault.kept["usage"].body


async def test_a_refusal_is_not_counted_and_a_doubt_is(server: ZaloBotServer) -> None:
    channel, person = polling(server, monthly=9), server.person()
    for trouble in (400, 429, "stored, no answer"):
        server.trouble(trouble)
        with pytest.raises(SendFailure):
            await channel.send(person.id, Outgoing(text="x"), message_id="1")
    await channel.stop()
    assert "1 of the plan's 9" in channel.usage.sentences()[0][1]


async def test_when_the_plan_is_used_up_a_refusal_means_that(server: ZaloBotServer) -> None:
    server.monthly, server.users = 2, 1
    channel, person, other = polling(server, monthly=2, users=1), server.person(), server.person()
    await channel.send(person.id, Outgoing(text="x"), message_id="1")
    with pytest.raises(QuotaUsed):  # one person too many
        await channel.send(other.id, Outgoing(text="x"), message_id="2")
    await channel.send(person.id, Outgoing(text="x"), message_id="3")
    with pytest.raises(QuotaUsed):
        await channel.send(person.id, Outgoing(text="x"), message_id="4")
    await channel.stop()


async def test_zalo_has_the_last_word_on_its_plan(server: ZaloBotServer) -> None:
    """A plan that was enlarged and not written into the configuration silences nobody."""
    channel, person = polling(server, monthly=1), server.person()
    for number in range(3):
        await channel.send(person.id, Outgoing(text="x"), message_id=str(number))
    await channel.stop()
    assert len(person.sent()) == 3


async def test_a_warning_at_80_percent_an_error_at_the_end_each_once(caplog: pytest.LogCaptureFixture) -> None:
    shares: list[tuple[str, float]] = []
    usage = Usage(MemoryVault(), monthly=10, users=0, gauge=lambda limit, share: shares.append((limit, share)))
    with caplog.at_level(logging.INFO):
        for _ in range(12):
            await usage.add("chat")
    assert [(record.levelname, record.getMessage()[:46]) for record in caplog.records] == [
        ("WARNING", "Zalo Bot: 8 of the plan's 10 messages sent thi"),
        ("ERROR", "Zalo Bot: 10 of the plan's 10 messages sent th"),
    ]
    assert "chat" not in caplog.text
    assert shares[-1] == ("messages", 1.2)
    assert [well for well, _ in usage.sentences()] == [False]


async def test_a_month_of_vietnam_begins_anew() -> None:
    now = datetime(2026, 11, 30, 16, 59, tzinfo=UTC)
    usage = Usage(MemoryVault(), monthly=2, users=9, now=lambda: now)
    await usage.add("chat", 2)
    assert usage.spent("chat")
    now += timedelta(minutes=1)
    assert not usage.spent("chat")
    await usage.add("chat")
    assert [sentence for _, sentence in usage.sentences()] == [
        "Zalo Bot: 1 of the plan's 2 messages sent this month (50 %).",
        "Zalo Bot: 1 of the plan's 9 people written to (11 %).",
    ]


async def test_two_processes_count_together() -> None:
    vault = MemoryVault()
    both = [Usage(vault, monthly=100, users=0) for _ in range(2)]
    await asyncio.gather(*(usage.add("chat") for usage in both for _ in range(10)))
    await both[0].load()
    assert "20 of the plan's 100" in both[0].sentences()[0][1]


async def test_a_store_that_is_down_makes_no_sent_message_doubtful(server: ZaloBotServer) -> None:
    vault = MemoryVault()
    channel, person = polling(server, vault=vault, monthly=9), server.person()
    vault.down = True
    assert (await channel.send(person.id, Outgoing(text="x"), message_id="1")).message_ids
    await channel.stop()

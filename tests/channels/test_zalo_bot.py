"""The channel against the emulated platform: polling, webhook, secrets, advice."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from nhipcau.channels.failures import Misconfigured, SendFailure
from nhipcau.channels.message import Kind, Outgoing
from nhipcau.channels.zalo_bot import ZaloBot
from nhipcau.channels.zalo_bot_webhook import SECRET_HEADER
from nhipcau.emulators.zalo_bot import ZaloBotServer, zalo_bot_emulator
from tests.channels.telegram_room import Inbox, free_port, serving
from tests.channels.zalo_bot_room import SECRET, MemoryVault, polling, receiving, webhook


@pytest.fixture
async def server() -> AsyncIterator[ZaloBotServer]:
    async with zalo_bot_emulator() as running:
        yield running


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


# ---- polling


async def test_what_people_write_is_stored_in_order(server: ZaloBotServer, inbox: Inbox) -> None:
    person = server.person("9007199254740993123")
    async with receiving(polling(server), inbox):
        for number in range(20):
            person.write(f"câu {number}")
        events = await inbox.get(20)
    assert inbox.texts == [f"câu {number}" for number in range(20)]
    assert {event.chat for event in events} == {"9007199254740993123"}
    assert server.violations == []


async def test_an_empty_poll_is_no_failure(
    server: ZaloBotServer, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    server.trouble(408, "getUpdates", times=3)
    async with receiving(polling(server), inbox):
        server.person().write("xin chào")
        await inbox.get(1)
    assert caplog.records == []


async def test_an_empty_poll_with_http_200_is_none_either(
    server: ZaloBotServer, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    server.http_errors = False
    await test_an_empty_poll_is_no_failure(server, inbox, caplog)


@pytest.mark.parametrize("trouble", [400, 401, 403, 429, 500, "dropped", "proxy 502", "nonsense"])
async def test_polling_outlives_trouble(
    server: ZaloBotServer, inbox: Inbox, trouble: int | str, caplog: pytest.LogCaptureFixture
) -> None:
    server.trouble(trouble, "getUpdates", times=2)
    async with receiving(polling(server), inbox):
        server.person().write("xin chào")
        await inbox.get(1)
    assert "Zalo" in caplog.text
    assert server.token not in caplog.text


async def test_what_came_while_the_store_was_down_is_not_lost(server: ZaloBotServer, inbox: Inbox) -> None:
    """Zalo hands an update over once."""
    async with receiving(polling(server), inbox):
        inbox.down = True
        server.person().write("một")
        server.person().write("hai")
        await asyncio.sleep(0.2)
        inbox.down = False
        await inbox.get(2)
    assert inbox.texts == ["một", "hai"]


async def test_on_the_way_out_what_came_is_still_stored(server: ZaloBotServer, inbox: Inbox) -> None:
    channel = polling(server)
    channel.polling.first_pause = 0.05
    await channel.start(inbox.receive)
    inbox.down = True
    server.person().write("một")
    await server.until(lambda: not server.updates)
    await asyncio.sleep(0.1)
    stopping = asyncio.create_task(channel.stop())
    await asyncio.sleep(0.1)
    inbox.down = False
    await stopping
    assert inbox.texts == ["một"]


async def test_a_webhook_of_old_is_removed(server: ZaloBotServer, inbox: Inbox) -> None:
    server.postman.url = "http://127.0.0.1:1/old"
    async with receiving(polling(server), inbox):
        server.person().write("xin chào")
        await inbox.get(1)
    assert server.postman.url == ""


async def test_a_bot_without_webhook_may_answer_404_to_its_removal(server: ZaloBotServer, inbox: Inbox) -> None:
    server.trouble(404, "deleteWebhook")
    async with receiving(polling(server), inbox):
        server.person().write("xin chào")
        await inbox.get(1)


async def test_zalo_out_of_reach_at_the_start_is_waited_for(inbox: Inbox) -> None:
    port = free_port()
    async with zalo_bot_emulator(port=port) as first:
        token, api_url = first.token, first.api_url
    channel = ZaloBot(token=token, api_url=api_url, vault=MemoryVault())
    async with receiving(channel, inbox):
        async with zalo_bot_emulator(port=port, token=token) as server:
            server.person().write("xin chào")
            await inbox.get(1)


@pytest.mark.parametrize("trouble", [401, 404, "proxy 403"])
async def test_a_refused_token_is_told_at_once(server: ZaloBotServer, inbox: Inbox, trouble: int | str) -> None:
    server.trouble(trouble, "getMe")
    channel = polling(server)
    with pytest.raises(Misconfigured) as error:
        await channel.start(inbox.receive)
    assert server.token not in str(error.value)


# ---- webhook


@pytest.mark.parametrize("wrapped", [False, True])
async def test_deliveries_flat_and_wrapped(server: ZaloBotServer, inbox: Inbox, wrapped: bool) -> None:
    port = free_port()
    channel = webhook(server, port)
    server.postman.wrapped = wrapped
    async with serving(channel, port), receiving(channel, inbox):
        person = server.person()
        person.write("xin chào")
        person.send_photo(caption="hóa đơn")
        person.send_unsupported(with_message=False)
        assert await server.probe() == 200
        events = await inbox.get(2)
    assert [event.kind for event in events] == [Kind.TEXT, Kind.FILES]
    assert set(server.postman.answers) == {200}
    assert server.violations == []


async def test_copies_are_stored_once_and_a_store_that_is_down_is_told(server: ZaloBotServer, inbox: Inbox) -> None:
    port = free_port()
    channel = webhook(server, port)
    server.postman.duplicates = 2
    async with serving(channel, port), receiving(channel, inbox):
        inbox.down = True
        server.person().write("xin chào")
        await server_answered(server, 3)
        inbox.down = False
        server.clock.advance(5)
        await inbox.get(1)
        await server_answered(server, 6)
    assert server.postman.answers == [503] * 3 + [200] * 3
    assert len(inbox.events) == 1


async def server_answered(server: ZaloBotServer, count: int) -> None:
    async with asyncio.timeout(10):
        while len(server.postman.answers) < count:
            await asyncio.sleep(0.01)


BODY = json.dumps({"event_name": "message.text.received"}).encode()
DELIVERIES: list[tuple[dict[str, str], bytes, int]] = [
    ({}, BODY, 403),
    ({SECRET_HEADER: ""}, BODY, 403),
    ({SECRET_HEADER: "wrong"}, BODY, 403),
    ({SECRET_HEADER: SECRET + "x"}, BODY, 403),
    ({"X-Telegram-Bot-Api-Secret-Token": SECRET}, BODY, 403),
    ({SECRET_HEADER: SECRET}, BODY, 200),
    ({SECRET_HEADER: SECRET}, b"", 200),
    ({SECRET_HEADER: SECRET}, b"{", 200),
    ({SECRET_HEADER: SECRET}, b"[" * 50_000, 200),
    ({SECRET_HEADER: SECRET}, b'{"message": {"text": "\\ud83d"}}', 200),
    ({SECRET_HEADER: SECRET}, b"x" * 300_000, 413),
]


@pytest.mark.parametrize(("headers", "body", "status"), DELIVERIES, ids=range(len(DELIVERIES)))
async def test_what_the_webhook_answers(
    server: ZaloBotServer, inbox: Inbox, headers: dict[str, str], body: bytes, status: int
) -> None:
    port, counted = free_port(), []
    channel = webhook(server, port, count=counted.append)
    async with serving(channel, port) as address, receiving(channel, inbox), aiohttp.ClientSession() as http:
        async with http.post(f"{address}/zalo-bot/{channel.account}", data=body, headers=headers) as answer:
            assert answer.status == status
            assert (await answer.json())["ok"] is (status == 200)
    assert inbox.events == {}
    assert (status == 200) or counted == [{403: "zalo_bot_wrong_secret", 413: "zalo_bot_too_large"}[status]]


async def test_half_a_surrogate_pair_is_let_through(server: ZaloBotServer, inbox: Inbox) -> None:
    async with receiving(polling(server), inbox):
        server.person().write("\ud83d xin chào")
        (event,) = await inbox.get(1)
    assert event.text == " xin chào"


# ---- what cannot work is refused with a sentence


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"token": "nonsense"}, "token"),
        ({"token": "1:a/../b"}, "token"),
        ({"api_url": "bot-api.zaloplatforms.com"}, "api_url"),
        ({"mode": "both"}, "mode"),
        ({"mode": "webhook", "secret": SECRET}, "public address"),
        ({"mode": "webhook", "public_url": "https://a.vn", "secret": "short"}, "secret of 8 to 256"),
        ({"mode": "webhook", "public_url": "https://a.vn", "secret": "dấu không đi được"}, "secret of 8 to 256"),
    ],
)
def test_settings_that_cannot_work(options: dict[str, Any], says: str) -> None:
    with pytest.raises(Misconfigured, match=says):
        ZaloBot(**({"token": "1:abc", "vault": MemoryVault()} | options))


# ---- advice


async def test_a_sound_bot_is_named_with_its_plan(server: ZaloBotServer) -> None:
    found = await polling(server, monthly=3000, users=50).check()
    assert [well for well, _ in found] == [True] * 4
    assert "bot.NhipCau" in found[0][1]
    assert found[1][1] == "Zalo Bot: receiving by polling."
    assert "0 of the plan's 3000 messages" in found[2][1]


async def test_a_webhook_elsewhere_is_told(server: ZaloBotServer) -> None:
    channel = webhook(server, 1)
    assert (await channel.check())[1] == (
        False,
        f"Zalo Bot: updates go to no address, not to http://127.0.0.1:1/zalo-bot/{channel.account}: "
        "start the bot, which sets it.",
    )
    server.postman.url = "https://another.vn/x"
    assert "https://another.vn/x" in (await channel.check())[1][1]
    assert (await polling(server).check())[1][0] is False


async def test_a_wrong_token_and_no_connection_are_told() -> None:
    async with zalo_bot_emulator() as server:
        wrong = await polling(server, token="1:wrong").check()
        channel = polling(server)
    nobody = await channel.check()
    assert [(well, server.token in sentence) for well, sentence in (*wrong, *nobody)] == [(False, False)] * 2
    assert "token" in wrong[0][1]
    assert "No connection" in nobody[0][1]


# ---- the token stands in every address, and in no line of the log


async def test_the_token_is_in_no_log_at_any_level(server: ZaloBotServer, inbox: Inbox) -> None:
    """Without the filter that would hide it: nothing may try to log it in the first place."""
    out, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(out)
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.NOTSET)
    try:
        await go_through_everything(server, inbox)
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    secret = server.token.partition(":")[2]
    assert "trying again" in out.getvalue()
    assert secret not in out.getvalue()
    assert SECRET not in out.getvalue()
    assert "lời riêng" not in out.getvalue()


async def go_through_everything(server: ZaloBotServer, inbox: Inbox) -> None:
    person = server.person()
    for trouble in (401, 403, 404, 408, 429, 500, "dropped", "proxy 502", "proxy 403", "nonsense"):
        server.trouble(trouble, "getUpdates")
    async with receiving(polling(server, monthly=2, users=1), inbox) as channel:
        person.write("lời riêng")
        await inbox.get(1)
        for trouble in (400, 401, 403, 404, 408, 429, 500, "dropped", "proxy 502", "nonsense", "stored, no answer"):
            server.trouble(trouble)
            with pytest.raises(SendFailure):
                await channel.send(person.id, Outgoing(text="lời riêng"), message_id="1")
        await channel.check()
    port = free_port()
    channel = webhook(server, port)
    async with serving(channel, port), receiving(channel, inbox):
        person.write("lời riêng")
        await inbox.get(2)
    unreachable = polling(server, api_url="http://127.0.0.1:1")
    await unreachable.check()
    with pytest.raises(SendFailure):
        await unreachable.send("x", Outgoing(text="lời riêng"), message_id="1")
    await unreachable.stop()

"""The Telegram channel against an emulated Bot API: conversations, polling, advice, secrets."""

import asyncio
import contextlib
import logging
from typing import Any

import pytest

from nhipcau.channels.contract import Channel
from nhipcau.channels.failures import (
    Misconfigured,
    SendFailure,
)
from nhipcau.channels.message import Kind, Outgoing
from nhipcau.channels.telegram import Telegram
from tests.channels.telegram_room import SECRET, Inbox, free_port, polling, receiving, serving, webhook, yes_no
from tests.emulators.telegram_api import TOKEN, TelegramApi


async def test_a_conversation_by_polling() -> None:
    inbox = Inbox()
    async with TelegramApi() as api, receiving(polling(api), inbox) as channel:
        user = api.user(1001)
        user.write("/start u_47")
        (start,) = await inbox.get(1)
        assert (start.kind, start.payload) == (Kind.START, "u_47")

        await channel.send(start.chat, Outgoing(text="Bạn đồng ý?", buttons=yes_no()), message_id="1")
        (question,) = await user.hear()
        tap_id = user.tap(question, "Có")
        _, tap = await inbox.get(2)

        assert (tap.kind, tap.payload, tap.chat) == (Kind.TAP, "v1:có", "1001")
        await api.until(lambda: api.answered == [tap_id])
        assert api.violations == []


async def test_a_conversation_by_webhook() -> None:
    inbox, port = Inbox(), free_port()
    async with TelegramApi() as api:
        channel = webhook(api, port)
        async with serving(channel, port), receiving(channel, inbox):
            user = api.user(1001)
            user.write("xin chào")
            user.block()
            user.unblock()
            events = await inbox.get(3)
            assert [event.kind for event in events] == [Kind.TEXT, Kind.BLOCKED, Kind.RETURNED]
            await api.until(lambda: api.waiting == 0)
            assert api.violations == []


async def test_polling_goes_on_after_a_restart_without_loss_or_doubles() -> None:
    inbox = Inbox()
    async with TelegramApi() as api:
        user = api.user(1001)
        for round_ in range(5):
            async with receiving(polling(api), inbox):
                for number in range(20):
                    user.write(f"{round_}.{number}")
                await inbox.get(20 * round_ + 10)
        async with receiving(polling(api), inbox):
            await inbox.get(100)

        assert inbox.texts == [f"{round_}.{number}" for round_ in range(5) for number in range(20)]
        assert len(inbox.deliveries) == 100
        assert api.waiting == 0


async def test_polling_confirms_only_what_is_stored() -> None:
    inbox = Inbox()
    inbox.down = True
    async with TelegramApi() as api, receiving(polling(api), inbox):
        api.user(1001).write("đừng mất")
        await asyncio.sleep(0.3)
        assert api.waiting == 1
        inbox.down = False
        (event,) = await inbox.get(1)
        assert event.text == "đừng mất"


async def test_polling_survives_every_trouble() -> None:
    inbox = Inbox()
    async with TelegramApi() as api, receiving(polling(api), inbox):
        for name in ("server", "proxy 502", "nonsense", "drop before delivering", "drop after delivering"):
            api.trouble(name, method="getUpdates")
        user = api.user(1001)
        user.write("một")
        user.write("hai \ud800")
        api.push(message={"what": "is this"})
        user.write("ba")
        await inbox.get(3)
        assert inbox.texts == ["một", "hai ", "ba"]


async def test_a_second_poller_is_told_once_and_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    inbox = Inbox()
    async with TelegramApi() as api, receiving(polling(api), inbox):
        api.trouble("conflict", method="getUpdates", times=4)
        api.user(1001).write("một")
        await inbox.get(1)
        await api.until(lambda: sum(call.status == 409 for call in api.calls) == 4)
        api.user(1001).write("hai")
        await inbox.get(2)
    assert [record.message for record in caplog.records if "Another program" in record.message] == [
        "Another program receives this Telegram bot's messages: stop it, or give it its own bot"
    ]


async def test_polling_removes_a_webhook_first_and_asks_for_what_it_reads() -> None:
    inbox = Inbox()
    async with TelegramApi() as api:
        api.webhook = {"url": "https://old.example/telegram"}
        async with receiving(polling(api), inbox):
            api.user(1001).write("chào")
            await inbox.get(1)
        asked = next(call.fields for call in api.calls if call.method == "getUpdates")
        assert list(asked["allowed_updates"]) == [
            "message",
            "edited_message",
            "callback_query",
            "my_chat_member",
        ]


async def test_an_unreachable_telegram_is_tried_again_in_the_background() -> None:
    inbox, port = Inbox(), free_port()
    channel = Telegram(token=TOKEN, base_url=f"http://127.0.0.1:{port}/bot")
    async with receiving(channel, inbox), TelegramApi(port=port) as api:
        api.user(1001).write("còn đó không?")
        (event,) = await inbox.get(1)
        assert event.text == "còn đó không?"


async def test_commands_which_telegram_does_not_take_stop_nothing() -> None:
    inbox = Inbox()
    async with TelegramApi() as api:
        api.trouble("flood", method="setMyCommands")
        async with receiving(polling(api), inbox):
            api.user(1001).write("chào")
            await inbox.get(1)


async def test_the_bot_introduces_its_commands_in_two_languages() -> None:
    async with TelegramApi() as api, receiving(polling(api), Inbox()):
        assert set(api.commands) == {"", "vi"}
        shared = {"start", "help", "menu", "language"}
        own = {"": {"calc", "payslip"}, "vi": {"tinh", "phieuluong"}}
        assert {code: set(texts) for code, texts in api.commands.items()} == {c: shared | own[c] for c in own}


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        ({"token": "abc"}, "@BotFather"),
        ({"token": "123:"}, "@BotFather"),
        ({"mode": "carrier pigeon"}, "polling or webhook"),
        ({"mode": "webhook", "secret": SECRET}, "public address"),
        ({"mode": "webhook", "public_url": "https://x.vn"}, "secret"),
        ({"mode": "webhook", "public_url": "https://x.vn", "secret": "bí mật"}, "secret"),
    ],
)
def test_a_configuration_which_cannot_work_says_what_to_do(options: dict[str, Any], advice: str) -> None:
    with pytest.raises(Misconfigured, match=advice):
        Telegram(**{"token": TOKEN} | options)


async def test_a_wrong_token_stops_the_start_and_is_explained() -> None:
    async with TelegramApi() as api:
        channel = Telegram(token="123456:wrong", base_url=api.base_url)
        with pytest.raises(Misconfigured, match=r"cannot start.*Unauthorized.*nhipcau doctor"):
            await channel.start(Inbox().receive)
        ((well, sentence),) = await channel.check()
        assert not well and "nhipcau doctor" in sentence


async def test_check_tells_where_updates_go() -> None:
    port = free_port()
    async with TelegramApi() as api:
        assert [well for well, _ in await polling(api).check()] == [True, True]
        assert [well for well, _ in await webhook(api, port).check()] == [True, False]
        api.webhook = {"url": f"http://127.0.0.1:{port}/telegram/123456"}
        assert [well for well, _ in await polling(api).check()] == [True, False]
        assert [well for well, _ in await webhook(api, port).check()] == [True, True]


async def test_limits_are_telegrams_and_rates_can_be_set() -> None:
    channel: Channel = Telegram(token=TOKEN, overall_rate=10)
    assert (channel.name, channel.account, channel.secrets) == ("telegram", "123456", (TOKEN,))
    limits = channel.limits
    assert (limits.text, limits.buttons, limits.overall_rate, limits.chat_rate) == (4096, 100, 10, 1)
    assert (limits.chat_burst, limits.group_per_minute) == (3, 20)
    assert list(channel.routes()) == []


async def test_neither_token_nor_secret_nor_words_reach_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    inbox, port = Inbox(), free_port()
    async with TelegramApi() as api:
        channel = webhook(api, port)
        async with serving(channel, port), receiving(channel, inbox):
            user = api.user(1001)
            user.write("lời riêng tư")
            api.push(message={"text": "lời riêng tư"})
            await inbox.get(1)
            for name in ("server", "drop after delivering", "unauthorized", "proxy 403"):
                api.trouble(name)
                with contextlib.suppress(SendFailure):
                    await channel.send("1001", Outgoing(text="lời riêng tư"), message_id="1")
            inbox.down = True
            user.write("lời riêng tư")
            await api.until(lambda: "503" in api.delivery_error)
            inbox.down = False
        async with receiving(polling(api), inbox):
            for name in ("server", "drop before delivering", "nonsense"):
                api.trouble(name, method="getUpdates")
            user.write("xong")
            await inbox.get(3)
    async with receiving(polling(api), inbox):
        await asyncio.sleep(0.1)

    formatter = logging.Formatter()
    written = "\n".join(formatter.format(record) for record in caplog.records)
    assert "Telegram" in written
    for hidden in (TOKEN, TOKEN.partition(":")[2], SECRET, "riêng tư"):
        assert hidden not in written

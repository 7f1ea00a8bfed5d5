"""Sending by Telegram, and every way in which it fails."""

import asyncio
import contextlib
import traceback
from typing import Any

import pytest

from nhipcau.channels.failures import (
    Gone,
    InDoubt,
    Misconfigured,
    Moved,
    Refused,
    SendFailure,
    SlowDown,
    Unreachable,
)
from nhipcau.channels.message import Button, Media, Outgoing
from nhipcau.channels.telegram import Telegram
from nhipcau.channels.telegram_http import AioRequest
from tests.channels.telegram_room import Inbox, free_port, polling, receiving, yes_no
from tests.emulators.telegram_api import TOKEN, TelegramApi

HELLO = Outgoing(text="Xin chào")


@contextlib.asynccontextmanager
async def sending() -> Any:
    async with TelegramApi() as api:
        channel = polling(api)
        yield api, channel
        await channel.stop()


@pytest.mark.parametrize(
    "text",
    [
        "<b>& < >",
        "*a* _b_ [x](y)",
        "/start @x #y",
        "Nguyễn \u202e đảo",
        "a\u0301 ờ",
        "👩🏽‍🏭🇻🇳",
        "100% & a=b+c;d",
        "\t hai\n\nba",
    ],
)
async def test_any_text_arrives_unchanged(text: str) -> None:
    async with sending() as (api, channel):
        receipt = await channel.send("1001", Outgoing(text=text), message_id="1")
        (message,) = api.user(1001).sent()
        assert message.text == text
        assert receipt.message_ids == (str(message.message_id),)
        assert "parse_mode" not in message.fields
        assert message.fields["link_preview_options"] == {"is_disabled": True}


async def test_a_key_asks_for_the_own_number_and_the_others_write_their_label() -> None:
    async with sending() as (api, channel):
        asks = Outgoing(text="Số?", share_phone="Gửi số", buttons=((Button(label="Hủy", payload="cancel"),),))
        await channel.send("1001", asks, message_id="1")
        markup = api.user(1001).sent()[0].fields["reply_markup"]
        assert markup["keyboard"] == [[{"text": "Gửi số", "request_contact": True}], [{"text": "Hủy"}]]
        assert markup["one_time_keyboard"]


async def test_a_long_text_goes_out_in_parts_with_the_buttons_below_the_last() -> None:
    paragraphs = [f"{number}. " + "Điều luật. " * 99 + "Hết." for number in range(10)]
    async with sending() as (api, channel):
        message = Outgoing(text="\n\n".join(paragraphs), buttons=yes_no(), silent=True)
        receipt = await channel.send("1001", message, message_id="1")
        parts = api.user(1001).sent()
        assert receipt.message_ids == tuple(str(part.message_id) for part in parts)
        assert [bool(part.buttons) for part in parts] == [False, False, False, True]
        assert all(part.fields["disable_notification"] is True for part in parts)
        assert "\n\n".join(part.text for part in parts) == message.text


@pytest.mark.parametrize("kind", ["photo", "video", "document", "audio", "voice"])
async def test_a_file_carries_a_short_text_and_the_buttons(kind: str) -> None:
    async with sending() as (api, channel):
        message = Outgoing(text="Áp phích", media=(Media(kind=kind, ref="file-id"),), buttons=yes_no())
        await channel.send("1001", message, message_id="1")
        (sent,) = api.user(1001).sent()
        assert (sent.method, sent.fields[kind], sent.text) == (f"send{kind.title()}", "file-id", "Áp phích")
        assert sent.buttons == {"Có": "v1:có", "Không": "v1:không"}


async def test_several_files_or_a_long_text_come_before_the_text() -> None:
    photo, film = Media(kind="photo", ref="p"), Media(kind="video", ref="https://example.vn/f.mp4")
    async with sending() as (api, channel):
        await channel.send("1", Outgoing(text="Hai", media=(photo, film), buttons=yes_no()), message_id="1")
        await channel.send("2", Outgoing(text="d" * 1025, media=(photo,)), message_id="2")
        await channel.send("3", Outgoing(text="", media=(photo,), buttons=yes_no()), message_id="3")
        methods = {chat: [sent.method for sent in api.user(chat).sent()] for chat in (1, 2, 3)}
        assert methods == {
            1: ["sendPhoto", "sendVideo", "sendMessage"],
            2: ["sendPhoto", "sendMessage"],
            3: ["sendPhoto"],
        }
        assert [bool(sent.buttons) for sent in api.user(1).sent()] == [False, False, True]


@pytest.mark.parametrize(
    "message",
    [
        Outgoing(text=""),
        Outgoing(text=" \n\t "),
        Outgoing(text="\x00"),
        Outgoing(text="a", buttons=((Button(label="", payload="x"),),)),
        Outgoing(text="a", buttons=((Button(label="x", payload=""),),)),
        Outgoing(text="a", buttons=((Button(label="x", payload="ờ" * 22),),)),
        Outgoing(text="a", media=(Media(kind="hologram", ref="x"),)),
        Outgoing(text="a", media=(Media(kind="photo", ref=""),)),
    ],
)
async def test_what_telegram_would_refuse_is_refused_here(message: Outgoing) -> None:
    async with sending() as (api, channel):
        with pytest.raises(Refused):
            await channel.send("1001", message, message_id="1")
        assert api.calls == []


async def test_edit_and_delete() -> None:
    async with sending() as (api, channel):
        receipt = await channel.send("1001", HELLO, message_id="1")
        (number,) = receipt.message_ids
        await channel.edit("1001", number, Outgoing(text="Đính chính", buttons=yes_no()))
        await channel.edit("1001", number, Outgoing(text="Đính chính", buttons=yes_no()))
        (message,) = api.user(1001).sent()
        assert (message.text, message.edits, len(message.buttons)) == ("Đính chính", 1, 2)
        await channel.delete("1001", number)
        assert api.user(1001).sent() == []
        with pytest.raises(Refused, match="Message to delete not found"):
            await channel.delete("1001", number)
        assert api.violations == []


FAILURES: dict[str, type[SendFailure]] = {
    "blocked": Gone,
    "deactivated": Gone,
    "kicked": Gone,
    "not a member": Gone,
    "never started": Gone,
    "not found": Gone,
    "no rights": Gone,
    "moved": Moved,
    "markup": Refused,
    "too large": Refused,
    "flood": SlowDown,
    "proxy 429": SlowDown,
    "unauthorized": Misconfigured,
    "conflict": Misconfigured,
    "proxy 403": Misconfigured,
    "server": InDoubt,
    "gateway": InDoubt,
    "proxy 502": InDoubt,
    "nonsense": InDoubt,
    "drop before delivering": InDoubt,
    "drop after delivering": InDoubt,
    "hang after delivering": InDoubt,
}


@pytest.mark.parametrize("name", FAILURES)
async def test_every_trouble_is_named(name: str) -> None:
    async with TelegramApi() as api:
        channel = polling(api, request_class=lambda **options: AioRequest(read=0.2, **options))
        api.trouble(name)
        with pytest.raises(SendFailure) as caught:
            await channel.send("1001", HELLO, message_id="1")
        await channel.stop()

    assert type(caught.value) is FAILURES[name]
    assert str(caught.value)
    assert TOKEN not in "".join(traceback.format_exception(caught.value))
    assert len(api.sent) == (1 if "after" in name else 0)


async def test_floods_and_moves_say_how_long_and_where_to() -> None:
    async with sending() as (api, channel):
        api.trouble("flood")
        with pytest.raises(SlowDown) as slow:
            await channel.send("1001", HELLO, message_id="1")
        api.trouble("moved", chat=-5)
        with pytest.raises(Moved) as moved:
            await channel.send("-5", HELLO, message_id="1")
        assert (slow.value.after, moved.value.new_chat) == (7.0, "-1009876543210")


async def test_without_a_connection_nothing_was_sent() -> None:
    channel = Telegram(token=TOKEN, base_url=f"http://127.0.0.1:{free_port()}/bot")
    with pytest.raises(Unreachable) as caught:
        await channel.send("1001", HELLO, message_id="1")
    assert caught.value.retry and caught.value.sent is False
    assert TOKEN not in "".join(traceback.format_exception(caught.value))
    await channel.stop()


async def test_a_full_pool_means_nothing_was_sent() -> None:
    async with TelegramApi() as api:
        slow = polling(api, request_class=lambda **options: AioRequest(**options | {"pool": 1}, connect=0.1, read=1))
        api.trouble("hang after delivering")
        first = asyncio.create_task(slow.send("1", HELLO, message_id="1"))
        await api.until(lambda: api.sent)
        with pytest.raises(Unreachable):
            await slow.send("2", HELLO, message_id="2")
        with pytest.raises(InDoubt):
            await first
        await slow.stop()


async def test_a_text_cut_off_in_the_middle_is_in_doubt_and_says_how_much_went_out() -> None:
    long = Outgoing(text="Điều luật. " * 1000)
    async with sending() as (api, channel):
        sending_parts = asyncio.create_task(channel.send("1001", long, message_id="1"))
        await api.until(lambda: api.sent)
        api.trouble("blocked")
        with pytest.raises(InDoubt, match="of 3 parts were sent, then: Telegram: Forbidden"):
            await sending_parts


async def test_a_short_flood_between_two_parts_is_waited_for() -> None:
    async with TelegramApi(rates=True) as api:
        channel = polling(api)
        receipt = await channel.send("1001", Outgoing(text="Điều luật. " * 1500), message_id="1")
        assert len(receipt.message_ids) == 5
        assert 429 in {call.status for call in api.calls}
        await channel.stop()


async def test_a_long_flood_between_two_parts_is_not_waited_for() -> None:
    async with sending() as (api, channel):
        parts = asyncio.create_task(channel.send("1001", Outgoing(text="Điều luật. " * 1000), message_id="1"))
        await api.until(lambda: api.sent)
        api.trouble("long flood")
        with pytest.raises(InDoubt, match="Flood control exceeded"):
            await parts


async def test_an_edit_which_cannot_be_is_refused() -> None:
    async with sending() as (_, channel):
        with pytest.raises(Refused, match="Message to edit not found"):
            await channel.edit("1001", "99", HELLO)
        with pytest.raises(Refused, match="too long"):
            await channel.edit("1001", "99", Outgoing(text="dài " * 2000))


async def test_a_tap_which_cannot_be_answered_is_stored_all_the_same() -> None:
    inbox = Inbox()
    async with TelegramApi() as api, receiving(polling(api), inbox) as channel:
        await channel.send("1001", Outgoing(text="Chọn đi", buttons=yes_no()), message_id="1")
        user = api.user(1001)
        (question,) = await user.hear()
        api.trouble("too old", method="answerCallbackQuery")
        user.tap(question, "Có")
        await inbox.get(1)
        await api.until(lambda: any(call.status == 400 for call in api.calls))
        api.trouble("hang after delivering", method="answerCallbackQuery")
        user.tap(question, "Không")
        await inbox.get(2)

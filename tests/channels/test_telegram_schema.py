"""Whatever the channel is asked to send, the Bot API has nothing to object to."""

import contextlib
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nhipcau.channels.failures import Refused
from nhipcau.channels.message import Button, Media, Outgoing
from nhipcau.channels.telegram import COMMANDS
from nhipcau.channels.telegram_messages import calls, edit
from tests.channels.telegram_room import Inbox, free_port, polling, receiving, serving, webhook
from tests.emulators.telegram_api import TelegramApi
from tests.emulators.telegram_schema import complaints

BUTTONS = st.builds(Button, label=st.text(max_size=12), payload=st.text(max_size=30))
KINDS = st.sampled_from(["photo", "video", "document", "audio", "voice", "hologram"])
MEDIA = st.builds(Media, kind=KINDS, ref=st.sampled_from(["file-id", "https://example.vn/a.pdf", ""]))
WORDS = st.lists(st.text(max_size=12) | st.sampled_from(["ờ" * 900, "😀 " * 700, "\n\n", "\x00"]), max_size=12)
MESSAGES = st.builds(
    Outgoing,
    text=WORDS.map(" ".join),
    buttons=st.lists(st.lists(BUTTONS, max_size=11).map(tuple), max_size=4).map(tuple),
    media=st.lists(MEDIA, max_size=3).map(tuple),
    silent=st.booleans(),
)


@given(MESSAGES)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_every_request_obeys_the_bot_api_or_is_refused_before(message: Outgoing) -> None:
    try:
        planned = [*calls("1001", message, 4096)]
    except Refused:
        return
    with contextlib.suppress(Refused):
        planned.append(edit("1001", "7", message, 4096))
    for method, fields in planned:
        assert list(complaints(method, fields, json_body=True)) == []


@pytest.fixture
async def api() -> AsyncIterator[TelegramApi]:
    async with TelegramApi() as server:
        yield server


async def test_a_whole_life_of_the_channel_without_a_complaint(api: TelegramApi) -> None:
    inbox, port = Inbox(), free_port()
    button = Button(label="Đã hiểu", payload="v1:seen:1234")
    async with receiving(polling(api), inbox) as channel:
        user = api.user(1001)
        user.write("/start u_47")
        for media in ((), (Media(kind="photo", ref="p"),), (Media(kind="document", ref="d"),) * 2):
            await channel.send("1001", Outgoing(text="Tin", buttons=((button,) * 9,), media=media), message_id="1")
        receipt = await channel.send("1001", Outgoing(text="Điều. " * 1000, silent=True), message_id="2")
        await channel.edit("1001", receipt.message_ids[0], Outgoing(text="Đính chính", buttons=((button,),)))
        await channel.delete("1001", receipt.message_ids[1])
        user.tap((await user.hear())[0], "Đã hiểu")
        await api.until(lambda: api.answered)
        await channel.check()
    channel = webhook(api, port)
    async with serving(channel, port), receiving(channel, inbox):
        user.write("chào")
        await inbox.get(3)

    assert api.violations == []
    assert {call.status for call in api.calls if call.method != "getUpdates"} == {200}
    assert {call.method for call in api.calls} >= {"getMe", "setMyCommands", "setWebhook", "deleteWebhook"}
    assert api.commands == COMMANDS


@pytest.mark.parametrize(
    ("method", "fields", "complaint"),
    [
        ("sendMessage", {"chat_id": "1", "text": "a", "txt": "b"}, "unknown field txt"),
        ("sendMessage", {"chat_id": "1"}, "text is missing"),
        ("sendMessage", {"chat_id": "1", "text": "😀" * 2049}, "text is too long"),
        ("sendMessage", {"chat_id": "1", "text": " "}, "text is empty"),
        ("sendMessage", {"chat_id": "Hoa", "text": "a"}, "chat_id is no chat"),
        ("sendMessage", {"chat_id": "1", "text": "a", "disable_notification": "yes"}, "is not of type bool"),
        ("sendMessage", {"chat_id": "1", "text": "a", "reply_markup": '{"keyboard":[]}'}, "is no inline keyboard"),
        (
            "sendMessage",
            {"chat_id": "1", "text": "a", "reply_markup": '{"keyboard":[[{"text":" "}]]}'},
            "has a key without text",
        ),
        (
            "sendMessage",
            {"chat_id": "1", "text": "a", "reply_markup": '{"inline_keyboard":[[{"text":"a"}]]}'},
            "button of unknown shape",
        ),
        ("sendPhoto", {"chat_id": "1", "photo": "p", "caption": "c" * 1025}, "caption is too long"),
        ("getUpdates", {"limit": "101"}, "limit exceeds 100"),
        ("setWebhook", {"url": "https://x.vn", "secret_token": "bí mật"}, "is no secret token"),
        ("setMyCommands", {"commands": '[{"command":"/Start","description":"x"}]'}, "malformed command"),
    ],
)
def test_the_emulator_is_strict(method: str, fields: dict[str, str], complaint: str) -> None:
    assert [complaint in said for said in complaints(method, fields)] == [True]

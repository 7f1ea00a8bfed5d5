"""The webhook: who may enter, what is stored, what Telegram is told."""

import asyncio
import json
from collections import Counter
from typing import Any

import aiohttp
import pytest

from nhipcau.channels.telegram_webhook import BODY_LIMIT, SECRET_HEADER
from tests.channels.telegram_room import SECRET, Inbox, free_port, receiving, serving, webhook
from tests.emulators.telegram_api import TelegramApi

UPDATE = {
    "update_id": 1,
    "message": {
        "message_id": 5,
        "date": 1_790_000_000,
        "chat": {"id": 1001, "type": "private"},
        "from": {"id": 1001, "is_bot": False, "first_name": "H'Hen"},
        "text": "Lương",
    },
}


async def delivered(
    body: bytes, secret: str | None = SECRET, *, down: bool = False, chunked: bool = False
) -> tuple[int, Inbox, Counter[str]]:
    """The status for one delivery, what was stored, and what was counted."""
    inbox, counted, port = Inbox(), Counter[str](), free_port()
    inbox.down = down
    headers = {} if secret is None else {SECRET_HEADER: secret}
    async with TelegramApi() as api, aiohttp.ClientSession() as session:
        channel = webhook(api, port, count=lambda name: counted.update([name]))
        async with serving(channel, port) as address, receiving(channel, inbox):
            data: Any = pieces(body) if chunked else body
            async with session.post(f"{address}/telegram/123456", data=data, headers=headers) as response:
                return response.status, inbox, counted


async def pieces(body: bytes) -> Any:
    for start in range(0, len(body), 50_000):
        yield body[start : start + 50_000]


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1], "bí-mật", SECRET.lower()])
async def test_without_the_secret_nothing_is_stored(secret: str | None) -> None:
    status, inbox, counted = await delivered(json.dumps(UPDATE).encode(), secret)
    assert (status, inbox.deliveries, counted) == (403, [], {"telegram_wrong_secret": 1})


@pytest.mark.parametrize(
    ("body", "counter"),
    [
        (b"", "telegram_unreadable_update"),
        (b"{", "telegram_unreadable_update"),
        (b"\xff\xfe{}", "telegram_unreadable_update"),
        (b'{"message":{"text":"\xed\xa0\x80"}}', "telegram_unreadable_update"),
        (b"[" * 100_000, "telegram_unreadable_update"),
        (b"null", "telegram_unreadable_update"),
        (b'{"update_id":1e999,"my_chat_member":{}}', "telegram_unknown_update"),
        (b'{"update_id":1,"dream":{}}', "telegram_unknown_update"),
        (b'{"update_id":1,"channel_post":{"message_id":1}}', "telegram_unknown_update"),
    ],
)
async def test_what_cannot_be_read_is_counted_and_not_repeated(body: bytes, counter: str) -> None:
    status, inbox, counted = await delivered(body)
    assert (status, inbox.deliveries, counted) == (200, [], {counter: 1})


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_above_the_limit_is_refused(chunked: bool) -> None:
    status, _, counted = await delivered(b" " * (BODY_LIMIT + 1), chunked=chunked)
    assert (status, counted) == (413, {"telegram_too_large": 1})


async def test_a_failing_store_means_503_and_telegram_delivers_again() -> None:
    status, _, counted = await delivered(json.dumps(UPDATE).encode(), down=True)
    assert (status, counted) == (503, {"telegram_not_stored": 1})

    inbox, port = Inbox(), free_port()
    inbox.down = True
    async with TelegramApi() as api:
        channel = webhook(api, port)
        async with serving(channel, port), receiving(channel, inbox):
            api.user(1001).write("đừng mất")
            await asyncio.sleep(0.2)
            (_, pending, problem) = await channel.check()
            assert not problem[0] and "503" in problem[1] and "1 updates" in pending[1]
            inbox.down = False
            (event,) = await inbox.get(1)
            assert event.text == "đừng mất"


async def test_a_delivery_before_the_start_is_sent_again() -> None:
    port = free_port()
    async with TelegramApi() as api, serving(webhook(api, port), port) as address:
        url, headers = f"{address}/telegram/123456", {SECRET_HEADER: SECRET}
        async with aiohttp.request("POST", url, json=UPDATE, headers=headers) as response:
            assert response.status == 503

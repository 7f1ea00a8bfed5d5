"""The main path once more, against a Telegram server which we did not write."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web

from nhipcau.channels.message import Kind, Outgoing
from nhipcau.channels.telegram import Telegram
from nhipcau.channels.telegram_webhook import SECRET_HEADER
from tests.channels.telegram_room import SECRET, Inbox, free_port, receiving, serving, yes_no
from tests.emulators.independent import EmulatorRequest, IndependentServer, independent_server


@pytest.fixture
async def server() -> AsyncIterator[IndependentServer]:
    async with independent_server() as running:
        yield running


async def converse(server: IndependentServer, channel: Telegram, inbox: Inbox) -> None:
    user = server.user(1001)
    await user.write("/start u_47")
    (start,) = await inbox.get(1)
    assert (start.kind, start.payload, start.chat, start.language) == (Kind.START, "u_47", "1001", "vi")

    receipt = await channel.send("1001", Outgoing(text="Bạn <đồng ý> 100%?", buttons=yes_no()), message_id="1")
    (question,) = await user.hear()
    assert question["text"] == "Bạn <đồng ý> 100%?"
    assert receipt.message_ids == (str(question["message_id"]),)

    await user.tap(question, "Có")
    _, tap = await inbox.get(2)
    assert (tap.kind, tap.payload, tap.chat) == (Kind.TAP, "v1:có", "1001")
    await channel.send("1001", Outgoing(text="Cảm ơn bạn"), message_id="2")
    (thanks,) = await user.hear()
    assert thanks["text"] == "Cảm ơn bạn"
    await channel.edit("1001", receipt.message_ids[0], Outgoing(text="Đã trả lời"))
    await channel.delete("1001", receipt.message_ids[0])


async def test_by_polling(server: IndependentServer) -> None:
    inbox = Inbox()
    channel = Telegram(token=server.token, base_url=server.base_url, request_class=EmulatorRequest)
    async with receiving(channel, inbox):
        await converse(server, channel, inbox)


@web.middleware
async def with_secret(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """That server knows no secrets: its deliveries get the header here."""
    headers = request.headers.copy()
    headers[SECRET_HEADER] = SECRET
    return await handler(request.clone(headers=headers))


async def test_by_webhook(server: IndependentServer) -> None:
    inbox, port = Inbox(), free_port()
    channel = Telegram(
        token=server.token,
        base_url=server.base_url,
        request_class=EmulatorRequest,
        mode="webhook",
        public_url=f"http://127.0.0.1:{port}",
        secret=SECRET,
    )
    async with serving(channel, port, [with_secret]), receiving(channel, inbox):
        await converse(server, channel, inbox)

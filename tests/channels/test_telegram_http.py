"""The HTTP port alone: uploads, downloads, and answers which are none."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from telegram import Bot, InputFile
from telegram.error import BadRequest, NetworkError, TelegramError

from nhipcau.channels.telegram_http import AioRequest, Form, NotSent, decoded
from tests.channels.telegram_room import free_port
from tests.emulators.telegram_api import TelegramApi


async def test_the_library_uploads_and_asks_through_it() -> None:
    async with TelegramApi() as api, AioRequest() as request, AioRequest() as polling:
        bot = Bot(api.token, base_url=api.base_url, request=request, get_updates_request=polling)
        await bot.send_document(1001, InputFile(b"%PDF", "hợp đồng.pdf"), caption="Đây", read_timeout=5)
        (message,) = api.user(1001).sent()
        assert (message.fields["document"], message.text) == (("hợp đồng.pdf", b"%PDF"), "Đây")
        assert (await bot.get_me()).username == api.username
        assert api.violations == []
        assert request.read_timeout == 20


ANSWERS: dict[str, tuple[int, bytes, type[TelegramError], str]] = {
    "refused with 200": (200, b'{"ok":false,"error_code":400,"description":"Bad Request: no"}', BadRequest, "No"),
    "refused without code": (200, b'{"ok":false,"description":"Bad Request: no"}', BadRequest, "No"),
    "half an answer": (200, b'{"ok":true,"result":{', TelegramError, "not JSON"),
    "a list": (200, b"[]", NetworkError, "Bad Gateway"),
    "a page": (200, b"<html>bot123:secret</html>", NetworkError, "Bad Gateway"),
    "another address": (302, b"", NetworkError, r"Found \(302\)"),
    "nothing": (500, b"", NetworkError, r"Internal Server Error \(500\)"),
}


@pytest.fixture
async def server() -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        status, body, *_ = ANSWERS[request.match_info["name"]]
        return web.Response(status=status, body=body, headers={"Location": "/elsewhere"} if status == 302 else {})

    app, port = web.Application(), free_port()
    app.router.add_route("*", "/{name}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}/"
    await runner.cleanup()


@pytest.mark.parametrize("name", ANSWERS)
async def test_answers_which_are_none(server: str, name: str) -> None:
    *_, error, said = ANSWERS[name]
    async with AioRequest() as request:
        with pytest.raises(error, match=said) as caught:
            await request.post(server + name.replace(" ", "%20"), Form({"a": "b"}).as_data())
        assert "secret" not in repr(caught.value)


async def test_downloads_come_as_they_are(server: str) -> None:
    async with AioRequest() as request:
        assert await request.retrieve(server + "a%20page") == b"<html>bot123:secret</html>"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{port}/bot1:secret/getMe",
        "http://name.invalid/bot1:secret/getMe",
        "nowhere/bot1:secret/getMe",
        "ftp://127.0.0.1/bot1:secret/getMe",
    ],
)
async def test_what_never_left_is_told_so_and_without_its_address(address: str) -> None:
    async with AioRequest(connect=2) as request:
        with pytest.raises(NetworkError) as caught:
            await request.post(address.format(port=free_port()))
    assert isinstance(caught.value.__cause__, NotSent)
    assert caught.value.__context__ is None
    assert "secret" not in repr(caught.value) + repr(caught.value.__cause__)


def test_half_pairs_are_let_through_and_nonsense_is_not() -> None:
    assert decoded(b'"a\\ud800"') == "a\ud800"
    with pytest.raises(ValueError, match="not JSON"):
        decoded(b"[" * 100_000)

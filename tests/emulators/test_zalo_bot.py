"""The emulated Zalo Bot Platform behaves as its documents and live captures say."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from nhipcau.emulators.zalo_bot import ZaloBotServer, zalo_bot_emulator
from nhipcau.emulators.zalo_bot_methods import is_public
from nhipcau.emulators.zalo_bot_postman import SECRET_HEADER

Json = dict[str, Any]


@pytest.fixture
async def bot() -> AsyncIterator[ZaloBotServer]:
    async with zalo_bot_emulator() as server:
        yield server


async def call(bot: ZaloBotServer, method: str, token: str = "", way: str = "json", **fields: Any) -> tuple[int, Json]:
    """One request, with its parameters carried in one of the four ways; status and answer."""
    url = f"{bot.api_url}/bot{token or bot.token}/{method}"
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in fields.items():
        form.add_field(name, str(value))
    body: Json = {"json": {"json": fields}, "form": {"data": fields}, "multipart": {"data": form}}.get(way, {})
    verb = "GET" if way == "query" else "POST"
    params = fields if way == "query" else None
    async with aiohttp.ClientSession() as http, http.request(verb, url, params=params, **body) as answer:
        return answer.status, await answer.json()


@pytest.mark.parametrize("way", ["query", "form", "json", "multipart"])
async def test_every_way_to_carry_parameters(bot: ZaloBotServer, way: str) -> None:
    person = bot.person()
    status, answer = await call(bot, "sendMessage", way=way, chat_id=person.id, text="Chào chị Hoa & anh Ýt <3")
    assert (status, answer["ok"]) == (200, True)
    (heard,) = await person.hear()
    assert heard.text == "Chào chị Hoa & anh Ýt <3"
    assert answer["result"]["message_id"] == heard.message_id
    assert answer["result"]["date"] > 10**12, "dates are milliseconds"


async def test_the_bot_is_told_with_and_without_a_body(bot: ZaloBotServer) -> None:
    for way in ("query", "json", "form"):
        status, answer = await call(bot, "getMe", way=way)
        assert status == 200
        assert answer["result"]["id"] == bot.token.partition(":")[0]
        assert int(answer["result"]["id"]) > 2**53


SECRET = "a-secret-of-ours"
REFUSED = [
    ("nobody", {}, 400), ("SENDMESSAGE", {}, 400), ("sendMessage", {"text": "x"}, 400),
    ("sendMessage", {"chat_id": "CHAT", "text": ""}, 400), ("sendMessage", {"chat_id": "CHAT", "text": " "}, 400),
    ("sendMessage", {"chat_id": "CHAT", "text": "x" * 2001}, 400), ("sendMessage", {"chat_id": 7, "text": "x"}, 400),
    ("sendMessage", {"chat_id": "stranger", "text": "x"}, 400),
    ("sendMessage", {"chat_id": "CHAT", "text": "x", "parse_mode": "HTML"}, 400),
    ("sendPhoto", {"chat_id": "CHAT", "photo": "file:///etc/passwd"}, 400),
    ("sendPhoto", {"chat_id": "CHAT", "sticker": "x"}, 400),
    ("sendPhoto", {"chat_id": "CHAT", "photo": "https://a/b", "caption": "x" * 2001}, 400),
    ("sendVoice", {"chat_id": "CHAT"}, 400), ("sendSticker", {"chat_id": "CHAT"}, 400),
    ("sendChatAction", {"chat_id": "CHAT", "action": "dancing"}, 400), ("getUpdates", {"timeout": "soon"}, 400),
    ("setWebhook", {"url": "https://a.example/x"}, 400),
    ("setWebhook", {"url": "https://a.example/x", "secret_token": "short"}, 400),
    ("setWebhook", {"url": "https://a.example/x", "secret_token": "x" * 257}, 400), ("setWebhook", {}, 400),
]  # fmt: skip


@pytest.mark.parametrize(("method", "fields", "status"), REFUSED, ids=range(len(REFUSED)))
async def test_what_is_refused(bot: ZaloBotServer, method: str, fields: Json, status: int) -> None:
    person = bot.person("CHAT")
    got, answer = await call(bot, method, **fields)
    assert (got, answer["ok"], answer["error_code"]) == (status, False, status)
    assert answer["description"] in bot.violations[0]
    assert person.sent() == []


async def test_a_wrong_token(bot: ZaloBotServer) -> None:
    assert (await call(bot, "getMe", token="1:wrong"))[0] == 401


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
async def test_a_body_that_cannot_be_read(bot: ZaloBotServer, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    async with aiohttp.ClientSession() as http:
        async with http.post(f"{bot.api_url}/bot{bot.token}/sendMessage", data=body, headers=headers) as answer:
            assert answer.status == 400


async def test_other_things_can_be_sent(bot: ZaloBotServer) -> None:
    person = bot.person()
    await call(bot, "sendPhoto", chat_id=person.id, photo="https://a/b.jpg", caption="Poster")
    await call(bot, "sendSticker", chat_id=person.id, sticker="abc")
    await call(bot, "sendVoice", chat_id=person.id, voice_url="https://a/b.aac")
    assert await call(bot, "sendChatAction", chat_id=person.id, action="typing") == (200, {"ok": True})
    photo, sticker, voice = await person.hear(3)
    assert (photo.text, photo.file, sticker.file, voice.file) == ("Poster", "https://a/b.jpg", "abc", "https://a/b.aac")
    assert bot.actions == [(person.id, "typing")]


# ---- polling


async def test_an_empty_poll_ends_with_408(bot: ZaloBotServer) -> None:
    assert await call(bot, "getUpdates", timeout="0") == (
        408,
        {"ok": False, "description": "Request timeout", "error_code": 408},
    )


async def test_updates_come_one_at_a_time_and_once(bot: ZaloBotServer) -> None:
    person = bot.person()
    said = [person.write("một"), person.write("hai")]
    got = [(await call(bot, "getUpdates"))[1]["result"] for _ in said]
    assert [one["message"]["message_id"] for one in got] == said
    assert got[0]["event_name"] == "message.text.received"
    assert got[0]["message"]["chat"] == {"id": person.id, "chat_type": "PRIVATE"}
    assert (await call(bot, "getUpdates", timeout=0))[0] == 408


async def test_a_poll_wakes_when_somebody_writes(bot: ZaloBotServer) -> None:
    poll = asyncio.create_task(call(bot, "getUpdates", timeout=20))
    await asyncio.sleep(0.1)
    bot.person().write("xin chào")
    assert (await poll)[1]["result"]["message"]["text"] == "xin chào"


async def test_two_polls_at_once_steal_from_each_other(bot: ZaloBotServer) -> None:
    polls = [asyncio.create_task(call(bot, "getUpdates", timeout=1)) for _ in range(2)]
    await asyncio.sleep(0.2)
    bot.person().write("xin chào")
    assert sorted(status for status, _ in await asyncio.gather(*polls)) == [200, 408]
    assert any("two polls" in one for one in bot.violations)


async def test_a_client_that_hung_up_takes_no_update_with_it(bot: ZaloBotServer) -> None:
    poll = asyncio.create_task(call(bot, "getUpdates", timeout=20))
    await asyncio.sleep(0.1)
    poll.cancel()
    await asyncio.wait([poll])
    await asyncio.sleep(0.1)
    bot.person().write("xin chào")
    assert (await call(bot, "getUpdates", timeout=0))[0] == 200


async def test_with_a_webhook_polling_is_refused(bot: ZaloBotServer) -> None:
    await call(bot, "setWebhook", url="http://127.0.0.1:1/x", secret_token=SECRET)
    assert (await call(bot, "getUpdates", timeout=0))[0] == 400


# ---- what people send


async def test_kinds_of_messages(bot: ZaloBotServer) -> None:
    person = bot.person(group="zgr-1")
    person.send_photo("https://a/1.jpg", "hóa đơn")
    bot.photo_field = "photo"
    person.send_photo("https://a/2.jpg")
    person.send_sticker()
    person.send_voice("https://a/3.aac")
    person.send_unsupported()
    person.send_unsupported(with_message=False)
    live, documented, sticker, voice, seen, hidden = bot.updates
    assert (live["message"]["photo_url"], live["message"]["caption"]) == ("https://a/1.jpg", "hóa đơn")
    assert documented["message"]["photo"] == "https://a/2.jpg"
    assert sticker["message"].keys() >= {"sticker", "url"}
    assert voice["message"]["voice_url"] == "https://a/3.aac"
    assert seen["message"]["chat"] == {"id": "zgr-1", "chat_type": "GROUP"}
    assert "message" not in hidden


# ---- webhook


class Hook:
    """The bot's end: keeps what comes, answers as told."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.secrets: list[str] = []
        self.answers: list[int] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        self.secrets.append(request.headers.get(SECRET_HEADER, ""))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    @property
    def texts(self) -> list[str]:
        return [json.loads(body)["message"]["text"] for body in self.bodies]

    async def until(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.bodies) < count:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def hook() -> AsyncIterator[Hook]:
    end, app = Hook(), web.Application()
    app.router.add_post("/hook", end.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    end.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield end
    finally:
        await runner.cleanup()


async def test_a_webhook_gets_flat_and_wrapped_bodies_with_the_secret() -> None:
    async with hook() as end, zalo_bot_emulator(end.url, SECRET) as bot:
        bot.person().write("một")
        await end.until(1)
        bot.postman.wrapped = True
        bot.person().write("hai")
        await end.until(2)
        assert await bot.probe() == 200
    flat, wrapped = (json.loads(body) for body in end.bodies[:2])
    assert flat["message"]["text"] == "một"
    assert (wrapped["ok"], wrapped["result"]["message"]["text"]) == (True, "hai")
    assert end.secrets == [SECRET] * 3
    assert end.bodies[2] == b""


async def test_what_was_not_taken_comes_again_when_time_passes() -> None:
    async with hook() as end, zalo_bot_emulator(end.url, SECRET) as bot:
        end.answers = [503, 500]
        bot.person().write("một")
        for count, step in enumerate((0, *bot.postman.ladder[:2]), 1):
            bot.clock.advance(step)
            await end.until(count)
        bot.person().write("hai")
        await end.until(4)
        assert end.texts == ["một", "một", "một", "hai"]
        assert bot.postman.idle


async def test_after_the_last_step_an_update_is_lost() -> None:
    async with hook() as end, zalo_bot_emulator(end.url, SECRET) as bot:
        bot.postman.ladder = (5,)
        end.answers = [503, 503]
        bot.person().write("một")
        await end.until(1)
        bot.clock.advance(5)
        await end.until(2)
        async with asyncio.timeout(5):
            while not bot.postman.lost:
                await asyncio.sleep(0.01)


async def test_copies_and_disorder() -> None:
    async with hook() as end, zalo_bot_emulator(end.url, SECRET) as bot:
        bot.postman.duplicates = 2
        bot.postman.shuffled = True
        said = [f"câu {number}" for number in range(12)]
        for text in said:
            bot.person().write(text)
        await end.until(36)
        assert sorted(end.texts[::3]) == sorted(said)
        assert end.texts[::3] != said
        assert end.texts[0] == end.texts[1] == end.texts[2]


async def test_a_webhook_is_set_shown_and_removed(bot: ZaloBotServer) -> None:
    assert (await call(bot, "getWebhookInfo"))[0] == 404
    _, answer = await call(bot, "setWebhook", url="http://127.0.0.1:1/x", secret_token=SECRET)
    assert answer["result"]["url"] == "http://127.0.0.1:1/x"
    assert (await call(bot, "getWebhookInfo"))[1]["result"] == answer["result"]
    assert (await call(bot, "deleteWebhook"))[1]["result"]["url"] == ""


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://bot.example.vn/zalo", True), ("https://8.8.8.8/x", True), ("http://bot.example.vn/x", False),
        ("https://localhost/x", False), ("https://127.0.0.1/x", False), ("https://10.1.2.3/x", False),
        ("https://192.168.1.1/x", False), ("https://[::1]/x", False), ("https://intranet/x", False), ("", False),
        ("https://[", False),
    ],
)  # fmt: skip
async def test_webhooks_must_be_public(url: str, public: bool) -> None:
    assert is_public(url) is public
    async with zalo_bot_emulator(loopback=False) as bot:
        status, _ = await call(bot, "setWebhook", url=url, secret_token=SECRET)
    assert status == (200 if public else 400)


# ---- limits and troubles


async def test_the_month_s_messages_and_the_people(bot: ZaloBotServer) -> None:
    bot.monthly, bot.users = 3, 2
    first, second, third = (bot.person() for _ in range(3))
    sent = [
        (await call(bot, "sendMessage", chat_id=one.id, text="x"))[0] for one in (first, second, third, first, first)
    ]
    assert sent == [200, 200, 429, 200, 429]
    bot.clock.advance(31 * 86400)
    assert (await call(bot, "sendMessage", chat_id=first.id, text="x"))[0] == 200
    assert bot.violations == []


@pytest.mark.parametrize("code", [400, 401, 403, 404, 408, 429, 500, 503])
async def test_a_refusal_that_was_asked_for(bot: ZaloBotServer, code: int) -> None:
    person = bot.person()
    bot.trouble(code, times=2)
    statuses = [(await call(bot, "sendMessage", chat_id=person.id, text="x"))[0] for _ in range(3)]
    assert statuses == [code, code, 200]
    assert len(person.sent()) == 1
    assert bot.violations == []


@pytest.mark.parametrize(("trouble", "stored"), [("dropped", 0), ("stored, no answer", 1), ("stored, silence", 1)])
async def test_connections_that_break(bot: ZaloBotServer, trouble: str, stored: int) -> None:
    person = bot.person()
    bot.trouble(trouble, "sendMessage")
    with pytest.raises((aiohttp.ClientError, TimeoutError)):
        async with asyncio.timeout(0.5):
            await call(bot, "sendMessage", chat_id=person.id, text="x")
    assert len(person.sent()) == stored


async def test_a_trouble_nobody_knows(bot: ZaloBotServer) -> None:
    with pytest.raises(ValueError, match="no such trouble"):
        bot.trouble("rain")


async def test_refusals_may_come_with_http_200(bot: ZaloBotServer) -> None:
    bot.http_errors = False
    status, answer = await call(bot, "getUpdates", timeout=0)
    assert (status, answer["error_code"]) == (200, 408)

"""The page that stands for the phone of somebody who writes to the emulated bot."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from nhipcau.emulators.zalo_bot import ZaloBotServer, zalo_bot_emulator


@pytest.fixture
async def server() -> AsyncIterator[ZaloBotServer]:
    async with zalo_bot_emulator(phone=True) as running:
        yield running


async def do(server: ZaloBotServer, action: str, **told: str) -> int:
    async with aiohttp.ClientSession() as http:
        async with http.post(f"{server.api_url}/phone/do", json={"action": action, **told}) as answer:
            return answer.status


async def get(url: str) -> Any:
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return await answer.json()


async def test_what_is_written_reaches_the_bot_and_its_answer_the_page(server: ZaloBotServer) -> None:
    assert (await get(f"{server.api_url}/phone/state"))["delivered"] is None
    assert await do(server, "write", text="xin chào") == 204
    assert (await get(f"{server.api_url}/phone/state"))["delivered"] is False
    api = f"{server.api_url}/bot{server.token}"
    message = (await get(f"{api}/getUpdates"))["result"]["message"]
    await get(f"{api}/sendMessage?chat_id={message['chat']['id']}&text=Chào+anh/chị")
    await get(f"{api}/sendPhoto?chat_id={message['chat']['id']}&photo=https://a.vn/1.jpg")
    state = await get(f"{server.api_url}/phone/state")
    assert [(line["mine"], line["text"]) for line in state["lines"][:2]] == [
        (True, "xin chào"),
        (False, "Chào anh/chị"),
    ]
    assert state["lines"][2]["attachments"] == [{"type": "image", "url": "https://a.vn/1.jpg"}]
    assert (state["delivered"], state["remarks"], state["follows"]) == (True, [], None)


async def test_a_photo_lies_where_the_bot_can_fetch_it(server: ZaloBotServer) -> None:
    async with aiohttp.ClientSession() as http:
        headers = {"Content-Type": "image/jpeg"}
        async with http.post(f"{server.api_url}/phone/photos", data=b"jpeg", headers=headers) as answer:
            assert answer.status == 204
        message = (await get(f"{server.api_url}/bot{server.token}/getUpdates"))["result"]["message"]
        async with http.get(message["photo_url"]) as photo:
            assert await photo.read() == b"jpeg"


@pytest.mark.parametrize("told", [{"action": "follow"}, {"action": "write"}, {"action": "write", "text": " "}])
async def test_what_a_phone_cannot_do(server: ZaloBotServer, told: dict[str, str]) -> None:
    assert await do(server, **told) == 400

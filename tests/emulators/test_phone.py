"""The page that stands for a phone, in a real browser: by keyboard, on a narrow screen, live."""

import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.emulators.zalo_oa_client import Client, platform

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ABSENT = not Path(CHROMIUM).exists() and os.environ.get("CI") != "true"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de000"
    "0000c49444154789c636064620600000e0007d76fe4780000000049454e44ae426082"
)
BUTTONS = [
    {"title": "Có", "type": "oa.query.show", "payload": "#co"},
    {"title": "Trang", "type": "oa.open.url", "payload": {"url": "https://a.vn/x"}},
]
in_browser = pytest.mark.skipif(ABSENT, reason="No chromium on this machine: install it to try the page in a browser.")


@asynccontextmanager
async def opened(client: Client) -> AsyncIterator[Page]:
    """The page on a narrow phone; the test fails when its script does."""
    faults: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 360, "height": 740})
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
        await page.goto(client.oa.api_url)
        await expect(page.locator("#follow")).to_be_visible()
        yield page
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        await browser.close()
    assert faults == []


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with platform(phone=True) as one:
        yield one


@in_browser
async def test_a_newcomer_follows_writes_and_taps_by_keyboard(client: Client) -> None:
    (person,) = client.oa.people.values()
    async with opened(client) as page:
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator("#follow")).to_have_text("Bỏ quan tâm")
        await page.locator("#text").focus()
        await page.keyboard.type("Xin chào")
        await page.keyboard.press("Enter")
        await expect(page.locator(".mine .bubble")).to_have_text("Xin chào")
        payload = {"template_type": "button", "text": "Anh/chị " + "chọn" * 60, "buttons": BUTTONS}
        await client.send(person, {"attachment": {"type": "template", "payload": payload}})
        await page.locator(".buttons button").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator(".mine .bubble")).to_have_text(["Xin chào", "#co"])
        await expect(page.locator(".buttons a")).to_have_attribute("href", "https://a.vn/x")
        texts = [event.get("message", {}).get("text") for event in await client.events()]
    assert texts == [None, "Xin chào", "#co"]


@in_browser
async def test_photos_forms_and_remarks(client: Client) -> None:
    (person,) = client.oa.people.values()
    async with opened(client) as page:
        await page.set_input_files("#photo", {"name": "a.png", "mimeType": "image/png", "buffer": PNG})
        await expect(page.locator(".mine img")).to_have_js_property("naturalWidth", 1)
        element = {"title": "Liên hệ", "subtitle": "Xin số", "image_url": "https://a.vn/1.jpg"}
        payload = {"template_type": "request_user_info", "elements": [element]}
        await client.send(person, {"attachment": {"type": "template", "payload": payload}})
        await page.get_by_label("Họ và tên").fill("Y Moan")
        await page.get_by_label("Số điện thoại").fill("0905")
        await page.get_by_role("button", name="Gửi thông tin").click()
        await client.send(person, {"text": ""})
        await page.locator("#remarks").click()
        await expect(page.locator("#remarks")).to_contain_text(re.compile("sai 1 lần.*text", re.DOTALL))
        events = await client.events()
    assert events[1]["info"]["name"] == "Y Moan"
    async with client.session.get(events[0]["message"]["attachments"][0]["payload"]["url"]) as photo:
        assert await photo.read() == PNG


@in_browser
async def test_the_page_says_when_nobody_takes_the_events(client: Client) -> None:
    client.answers = [500]
    async with opened(client) as page:
        await page.fill("#text", "Xin chào")
        await page.click("#send")
        await expect(page.locator("#warning")).to_contain_text("chưa nhận được tin")


@pytest.mark.parametrize(
    ("path", "content", "kind", "status"),
    [
        ("/phone/do", b'{"action":"follow"}', "application/json", 204),
        ("/phone/do", b'{"action":"follow"}', "text/plain", 415),
        ("/phone/do", b'{"action":"fly"}', "application/json", 400),
        ("/phone/do", b'{"action":"write"}', "application/json", 400),
        ("/phone/do", b'{"action":"tap","label":"x","line":"y"}', "application/json", 400),
        ("/phone/photos", b"x", "text/plain", 415),
    ],
)
async def test_what_the_page_may_ask(client: Client, path: str, content: bytes, kind: str, status: int) -> None:
    headers = {"Content-Type": kind}
    async with client.session.post(client.oa.api_url + path, data=content, headers=headers) as answer:
        assert answer.status == status


async def test_nothing_foreign_is_loaded(client: Client) -> None:
    async with aiohttp.ClientSession() as session, session.get(client.oa.api_url) as page:
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert not re.search(r'(src|href)="https?:', await page.text())

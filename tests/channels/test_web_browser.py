"""The chat page as people meet it: in a real browser, against a real server."""

import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from nhipcau.channels import web_intake
from nhipcau.channels.message import Media, Outgoing
from tests.channels.web_browsing import chat_id, opened, texts, until, visit, write
from tests.channels.web_room import CHOICES, Room, open_room, served

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]
ABSENT = not Path(CHROMIUM).exists() and os.environ.get("CI") != "true"

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(ABSENT, reason="No chromium on this machine: install it to try the page in a browser."),
]

PHONE = {"width": 360, "height": 740}
LONG_WORD = "Nghị-định" * 40
expect.set_options(timeout=5_000)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def profile(browser: Browser) -> AsyncIterator[BrowserContext]:
    profile = await browser.new_context(viewport=PHONE, locale="vi-VN", reduced_motion="reduce")
    yield profile
    await profile.close()


@pytest_asyncio.fixture(loop_scope="module")
async def context(profile: BrowserContext) -> BrowserContext:
    """A clean browser: every room has a port, and so a storage and a cache, of its own; cookies do not."""
    await profile.clear_cookies()
    return profile


@pytest_asyncio.fixture(loop_scope="module")
async def room() -> AsyncIterator[Room]:
    async with open_room(session_burst=50, poll_seconds=1) as room:
        yield room


@pytest_asyncio.fixture(loop_scope="module")
async def page(context: BrowserContext, room: Room) -> AsyncIterator[Page]:
    async with visit(context, room) as page:
        yield page


# --- talking ---


async def test_the_first_visit_is_greeted_and_the_second_is_not_again(room: Room, page: Page) -> None:
    await page.reload()
    await expect(page.locator(".choice")).to_have_count(2)
    assert [event.kind for event in room.received] == ["start"]
    assert await texts(page) == ["Chào bạn. Tôi giúp gì được bạn?"]


async def test_a_scanned_code_reaches_the_bot_once(context: BrowserContext, room: Room) -> None:
    async with visit(context, room, "/chat?u=66TH01") as page:
        assert page.url == room.url + "/chat"
        await page.reload()
        await expect(page.locator(".choice")).to_have_count(2)
    assert [event.payload for event in room.received] == ["u_66TH01"]


async def test_the_keyboard_alone_is_enough(room: Room, page: Page) -> None:
    await page.focus("#text")
    await page.keyboard.type("dòng một")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("dòng hai")
    await page.keyboard.press("Enter")
    await expect(page.locator(".mine .state")).to_have_text("Đã gửi")
    assert room.texts == ["dòng một\ndòng hai"]
    await page.focus("#log")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await until(lambda: len(room.received) == 3)
    assert (room.received[2].payload, room.received[2].text) == ("ask:wage", "Lương tối thiểu")


async def test_a_tapped_button_shows_as_ones_own_message_and_counts_once(room: Room, page: Page) -> None:
    await page.get_by_role("button", name="Nghỉ phép").dblclick()
    await expect(page.locator(".row")).to_have_count(3)
    assert (await texts(page))[1:] == ["Nghỉ phép", "Đã nghe: Nghỉ phép"]
    assert room.texts == ["Nghỉ phép"]


async def test_a_word_still_being_composed_is_not_sent(room: Room, page: Page) -> None:
    await page.fill("#text", "tiê")
    await page.dispatch_event("#text", "keydown", {"key": "Enter", "isComposing": True})
    await write(page, "tiếng")
    await until(lambda: room.texts == ["tiếng"])


async def test_markup_is_shown_as_written_and_links_are_safe(context: BrowserContext) -> None:
    name, words = (
        "<b>CĐ</b> & 'bạn'",
        "<img src=x onerror=alert(1)> **đậm** javascript:alert(1) https://a.example/x?y=1).",
    )
    async with open_room(title=name) as room, visit(context, room) as page:
        await write(page, words)
        await expect(page.locator(".row")).to_have_count(3)
        assert (await texts(page))[1:] == [words, f"Đã nghe: {words}"]
        assert await page.locator("h1").inner_text() == name
        links = await page.locator(".bubble a").evaluate_all("all => all.map((a) => [a.href, a.rel])")
        assert links == [["https://a.example/x?y=1", "noopener noreferrer"]] * 2


async def test_pictures_come_from_this_server_and_all_else_is_a_link(room: Room, page: Page) -> None:
    media = (
        Media(kind="photo", ref="/chat/static/none.svg"),
        Media(kind="photo", ref="https://a.example/x.jpg"),
        Media(kind="document", ref="//evil.example/x"),
        Media(kind="document", ref="javascript:alert(1)"),
    )
    await room.say(room.received[0].chat, "Ảnh", media=media)
    row = page.locator(".row").nth(1)
    await expect(row.locator("img")).to_have_attribute("alt", "Ảnh kèm theo")
    assert await row.locator("a").evaluate_all("all => all.map((a) => a.href)") == ["https://a.example/x.jpg"]


async def test_a_long_message_stays_in_the_box_with_a_polite_word(room: Room, page: Page) -> None:
    await page.fill("#text", "ă" * 4_001)
    await page.press("#text", "Enter")
    await expect(page.locator("#hint")).to_contain_text("4001 ký tự, tối đa 4000")
    assert len(await page.input_value("#text")) == 4_001 and room.texts == []


async def test_earlier_lines_come_on_demand(context: BrowserContext, room: Room, page: Page) -> None:
    for n in range(2, 42):
        room.mailbox.keep(await chat_id(context), mine=False, outgoing=Outgoing(text=f"tin {n}"))
    await page.reload()
    await expect(page.locator(".row")).to_have_count(30)
    await page.get_by_role("button", name="Xem tin cũ hơn").click()
    await expect(page.locator(".row")).to_have_count(41)
    assert (await texts(page))[1:] == [f"tin {n}" for n in range(2, 42)]
    await expect(page.locator("#earlier")).to_be_hidden()


async def test_the_page_changes_its_language_and_remembers(room: Room, page: Page) -> None:
    await page.get_by_role("button", name="Tùy chọn").click()
    await page.get_by_role("button", name="English").click()
    await page.reload()
    await expect(page.get_by_role("textbox", name="Your message")).to_be_visible()
    await write(page, "hello")
    await expect(page.locator(".mine .state")).to_have_text("Sent")
    assert room.received[-1].language == "en"
    shown = await page.locator("body").inner_text()
    assert not re.search("Gửi|Hôm nay|Tôi:", shown)


async def test_leaving_clears_the_device(context: BrowserContext, room: Room, page: Page) -> None:
    await page.get_by_role("button", name="Tùy chọn").click()
    await page.get_by_role("button", name="Rời khỏi máy này").click()
    await page.get_by_role("button", name="Bấm lần nữa").click()
    await expect(page.get_by_text("Anh/chị đã rời")).to_be_visible()
    assert await context.cookies() == []
    assert await page.evaluate("localStorage.length") == 0


# --- bad networks ---


async def test_a_restarted_server_is_found_again_and_missed_lines_appear_once(context: BrowserContext) -> None:
    async with AsyncExitStack() as server:
        room = await server.enter_async_context(open_room())
        async with visit(context, room) as page:
            await write(page, "trước")
            await expect(page.locator(".row")).to_have_count(3)
            await server.aclose()
            await room.say(await chat_id(context), "trong lúc vắng")
            await write(page, "viết lúc vắng")
            await expect(page.locator(".mine .state").last).to_have_text("Chờ gửi")
            async with open_room(room=room, port=int(room.url.rpartition(":")[2])):
                await expect(page.locator(".row")).to_have_count(6, timeout=10_000)
                assert (await texts(page))[3:] == ["trong lúc vắng", "viết lúc vắng", "Đã nghe: viết lúc vắng"]
                await expect(page.locator("#status")).to_be_empty()


async def test_where_sockets_are_blocked_the_page_polls(context: BrowserContext, room: Room) -> None:
    async with visit(context, room, sockets=False) as page:
        await write(page, "qua đường vòng")
        await expect(page.locator(".row")).to_have_count(3)
        await room.say(await chat_id(context), "tin mới")
        await expect(page.locator(".row")).to_have_count(4)
        assert room.texts == ["qua đường vòng"]


async def test_without_network_the_page_says_so_and_sends_later(
    context: BrowserContext, room: Room, page: Page
) -> None:
    await context.set_offline(True)
    await expect(page.get_by_role("status").first).to_contain_text("Mất mạng")
    await write(page, "giữ hộ tôi")
    await expect(page.locator(".mine .state")).to_have_text("Chờ gửi")
    await context.set_offline(False)
    await expect(page.locator(".mine .state")).to_have_text("Đã gửi")
    await expect(page.locator("#status")).to_be_empty()
    assert room.texts == ["giữ hộ tôi"]


async def test_a_message_that_could_not_be_stored_survives_a_reload(
    room: Room, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_intake, "AGAIN_SECONDS", 1)
    room.down = True
    await write(page, "đừng mất")
    await expect(page.locator("#hint")).to_contain_text("đang bận")
    await page.reload()
    await expect(page.locator(".mine")).to_contain_text("đừng mất")
    room.down = False
    await expect(page.locator(".mine .state")).to_have_text("Đã gửi")
    assert room.texts == ["đừng mất"]


async def test_a_hasty_person_is_told_and_everything_goes_out_by_itself(context: BrowserContext) -> None:
    async with open_room(session_burst=2, session_per_minute=30) as room, visit(context, room) as page:
        for words in ("một", "hai"):
            await write(page, words)
        await expect(page.locator("#hint")).to_contain_text("Anh/chị gửi hơi nhanh")
        await expect(page.locator(".row")).to_have_count(5)
        await expect(page.locator("#hint")).to_be_empty()
        assert room.texts == ["một", "hai"]


async def test_a_lost_session_begins_anew(context: BrowserContext, room: Room, page: Page) -> None:
    await context.clear_cookies()
    await room.chat.stop()
    await room.chat.start(room.receive)
    await until(lambda: len({event.chat for event in room.received}) == 2)


# --- small screens, other senses, few bytes ---


async def test_a_first_visit_is_light_and_asks_no_foreign_host(context: BrowserContext, room: Room) -> None:
    asked = []
    context.on("requestfinished", lambda request: asked.append(request))
    async with visit(context, room) as page:
        await page.wait_for_load_state("networkidle")
        sizes = [await request.sizes() for request in asked]
        moved = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
        assert {request.url.split("/chat")[0] for request in asked} == {room.url}
        assert len(asked) >= 6 and moved < 20_000


SCREENS = [(360, 740), (320, 480), (180, 370), (740, 360)]  # 180 x 370 is a phone at 200 % zoom
OVERFLOW = """() => [document.documentElement, ...document.querySelectorAll('main, header, footer, .row')]
    .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.className || e.tagName)"""


@pytest.mark.parametrize("path", ["/chat", "/chat?embed=1"])
async def test_nothing_leaves_the_screen(context: BrowserContext, room: Room, path: str) -> None:
    async with visit(context, room, path) as page:
        await write(page, LONG_WORD)
        await room.say(await chat_id(context), LONG_WORD + " https://a.example/" + "x" * 300, buttons=CHOICES)
        await expect(page.locator(".row")).to_have_count(4)
        for width, height in SCREENS:
            await page.set_viewport_size({"width": width, "height": height})
            assert await page.evaluate(OVERFLOW) == [], (width, height)
            for control in ("#text", "#send", "#more"):
                await expect(page.locator(control)).to_be_in_viewport(ratio=1)


async def test_every_control_has_a_name_and_a_comfortable_size(page: Page) -> None:
    await page.get_by_role("button", name="Tùy chọn").click()
    tree = await page.locator("body").aria_snapshot()
    assert not re.findall(r"- (?:button|textbox|link|img|group|log)(?::|\n|$)", tree), tree
    for role in ("log", "textbox", "heading", "main", "banner", "contentinfo"):
        assert f"- {role}" in tree
    boxes = [await control.bounding_box() for control in await page.locator("button, textarea").all()]
    assert [box for box in boxes if box and min(box["width"], box["height"]) < 44] == []


async def test_new_lines_are_announced_and_say_who_speaks(page: Page) -> None:
    log = page.get_by_role("log", name="Cuộc trò chuyện")
    await expect(log).to_have_attribute("aria-live", "polite")
    await write(page, "chào")
    await expect(log.locator(".row")).to_have_count(3)
    assert await log.locator(".unseen").all_text_contents() == ["Công đoàn:", "Tôi:", "Công đoàn:"]
    assert await page.locator("html").get_attribute("lang") == "vi"


async def test_all_text_has_contrast_by_day_and_by_night(page: Page) -> None:
    await write(page, "xem https://a.example")
    await expect(page.locator(".row")).to_have_count(3)
    await page.fill("#text", "ă" * 4_001)
    await page.get_by_role("button", name="Tùy chọn").click()
    await page.evaluate("state(document.querySelector('.mine'), 'failed'); say($('status'), 'offline')")
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert await page.evaluate((Path(__file__).parent / "contrast.js").read_text()) == [], scheme


async def test_focus_is_seen(page: Page) -> None:
    for control in ("#text", "#send", "#more", "#log", ".choice"):
        await page.locator(control).first.focus()
        await page.keyboard.press("Shift")  # from now on the focus counts as the keyboard's
        ring = await page.evaluate("getComputedStyle(document.activeElement).outline")
        assert "3px" in ring and "solid" in ring, control


# --- in a union's own site ---


@asynccontextmanager
async def union_site(*, named: bool = True) -> AsyncIterator[tuple[str, Room]]:
    """A page of another server, under a strict policy, with the one line; `named`: the chat knows the site."""

    async def home(_: web.Request) -> web.Response:
        policy = f"default-src 'none'; script-src {room.url}; frame-src {room.url}"
        line = f'<script src="{room.url}/embed.js" defer></script>'
        body = f'<!doctype html><html lang="vi"><title>CĐ</title><h1>Công đoàn</h1>{line}'
        return web.Response(text=body, content_type="text/html", headers={"Content-Security-Policy": policy})

    app = web.Application()
    app.router.add_get("/", home)
    async with served(app) as site, open_room(embed_origins=(site,) if named else ()) as room:
        yield site, room


async def test_one_line_puts_the_chat_into_a_unions_site(context: BrowserContext) -> None:
    async with union_site() as (site, room), opened(context, site) as page:
        launcher = page.get_by_role("button", name="Hỏi công đoàn")
        await expect(launcher).to_have_attribute("aria-expanded", "false")
        await launcher.press("Enter")
        await expect(page.get_by_role("dialog", name="Hỏi công đoàn")).to_be_visible()
        frame = page.frames[1]
        await expect(frame.locator(".choice")).to_have_count(2)
        await write(frame, "từ trang công đoàn")
        await expect(frame.locator(".row")).to_have_count(3)
        assert room.texts == ["từ trang công đoàn"]
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(launcher).to_be_focused()
        await launcher.click()
        await page.get_by_role("button", name="Đóng").click()
        await expect(launcher).to_be_focused()


async def test_a_site_that_is_not_named_cannot_frame_the_chat(context: BrowserContext) -> None:
    async with union_site(named=False) as (site, room), opened(context, site) as page:
        async with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
            await page.get_by_role("button", name="Hỏi công đoàn").click()
        assert room.received == []

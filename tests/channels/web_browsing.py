"""What a person does with the chat page in a browser."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from playwright.async_api import BrowserContext, Frame, Page, WebSocketRoute, expect

from nhipcau.channels.web_session import COOKIE, chat_of
from tests.channels.web_room import Room


@asynccontextmanager
async def opened(context: BrowserContext, address: str) -> AsyncIterator[Page]:
    page = await context.new_page()
    await page.goto(address)
    yield page
    await page.close()


async def refuse(route: WebSocketRoute) -> None:
    await route.close(code=1011)


@asynccontextmanager
async def visit(
    context: BrowserContext, room: Room, path: str = "/chat", *, sockets: bool = True
) -> AsyncIterator[Page]:
    """The page with its greeting; the test fails when its scripts do."""
    faults: list[str] = []
    page = await context.new_page()
    if not sockets:
        await page.route_web_socket(re.compile("/chat/ws"), refuse)
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    await page.goto(room.url + path)
    await expect(page.locator(".row").first).to_be_visible()
    yield page
    await page.close()
    assert faults == []


async def write(page: Page | Frame, words: str) -> None:
    await page.fill("#text", words)
    await page.press("#text", "Enter")


async def texts(page: Page | Frame) -> list[str]:
    return await page.locator(".bubble").all_inner_texts()


async def chat_id(context: BrowserContext) -> str:
    return chat_of(next(cookie["value"] for cookie in await context.cookies() if cookie["name"] == COOKIE))


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.02)

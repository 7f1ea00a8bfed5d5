"""The Zalo Bot Platform on loopback: real HTTP, strict about every request, and able to fail as Zalo fails.

async with zalo_bot_emulator() as bot:
    ...                                  # a bot polls bot.api_url with bot.token
    person = bot.person()
    person.write("xin chào")
    (reply,) = await person.hear()
    assert bot.violations == []
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from nhipcau.emulators.phone import add_phone
from nhipcau.emulators.zalo_bot_phone import BotPhone
from nhipcau.emulators.zalo_bot_server import ZaloBotServer

SECRET = "emulated-secret"  # noqa: S105 - nobody's but the emulator's


@asynccontextmanager
async def zalo_bot_emulator(
    webhook_url: str = "", webhook_secret: str = SECRET, *, port: int = 0, phone: bool = False, **options: Any
) -> AsyncIterator[ZaloBotServer]:
    """A running server on 127.0.0.1. `options` are those of ZaloBotServer.

    `phone`: a page at `api_url` stands for somebody's phone.
    """
    server = ZaloBotServer(**options)
    server.postman.url, server.postman.secret = webhook_url, webhook_secret
    app = web.Application(client_max_size=10_000_000)
    app.router.add_route("*", "/bot{token}/{method}", server.serve)
    if phone:
        add_phone(app, BotPhone(server, server.person()))
    # A poll whose client has gone must end, or it would take an update with it.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    server.api_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    postman = asyncio.create_task(server.postman.work())
    try:
        yield server
    finally:
        server.close()
        postman.cancel()
        await asyncio.wait([postman])
        await runner.cleanup()

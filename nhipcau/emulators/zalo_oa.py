"""Zalo's Official Account OpenAPI on loopback: real HTTP, strict about every request, and able to fail as Zalo fails.

async with zalo_oa_emulator("http://127.0.0.1:8080/webhook/zalo") as oa:
    ...                                  # the client under test calls oa.api_url with oa.access_token
    person = oa.person()
    await person.follow()
    await person.write("xin chào")
    (reply,) = await person.hear()
    await person.tap("Có")
    assert oa.violations == []
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from aiohttp import web

from nhipcau.emulators.phone import add_phone
from nhipcau.emulators.zalo_bot_clock import Clock
from nhipcau.emulators.zalo_oa_account import Account, Identity
from nhipcau.emulators.zalo_oa_hosts import api_host, oauth_host, zbs_host
from nhipcau.emulators.zalo_oa_phone import OaPhone

HOST = "127.0.0.1"


@asynccontextmanager
async def zalo_oa_emulator(
    webhook_url: str = "",
    clock: Clock | None = None,
    *,
    port: int = 0,
    identity: Identity | None = None,
    phone: bool = False,
) -> AsyncIterator[Account]:
    """A running platform with one Official Account, on free ports of 127.0.0.1 (or `port` and the next two).

    `phone`: a page at `api_url` stands for somebody's phone.
    """
    oa = Account(clock, identity)
    oa.webhook_url = webhook_url
    api = api_host(oa)
    if phone:
        add_phone(api, OaPhone(oa, oa.person()))
    async with AsyncExitStack() as stack:
        oa.api_url = await stack.enter_async_context(_served(api, port))
        oa.oauth_url = await stack.enter_async_context(_served(oauth_host(oa), port and port + 1))
        oa.zbs_url = await stack.enter_async_context(_served(zbs_host(oa), port and port + 2))
        postman = asyncio.create_task(oa.postman.work())
        try:
            yield oa
        finally:
            oa.close()
            postman.cancel()
            await asyncio.wait([postman])


@asynccontextmanager
async def _served(app: web.Application, port: int) -> AsyncIterator[str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    try:
        yield f"http://{HOST}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()

"""A client of the OpenAPI as plain as can be, and a webhook that keeps what it is sent."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web

from nhipcau.emulators.zalo_bot_clock import Clock
from nhipcau.emulators.zalo_oa import zalo_oa_emulator
from nhipcau.emulators.zalo_oa_account import Account
from nhipcau.emulators.zalo_oa_people import Person

Json = dict[str, Any]


class Client:
    """Calls the platform and is its webhook. `answers`: statuses for the next events; then 200 for good."""

    def __init__(self, oa: Account, session: aiohttp.ClientSession) -> None:
        self.oa, self.session = oa, session
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.slow = 0.0  # seconds before an answer

    async def take(self, request: web.Request) -> web.Response:
        self.heard.append((dict(request.headers), await request.read()))
        await asyncio.sleep(self.slow)
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    async def prove(self, request: web.Request) -> web.Response:
        return web.Response(text=request.match_info["code"])

    async def events(self) -> list[Json]:
        """All that came, once all that is due has come."""
        await self.oa.settled()
        return [json.loads(body) for _, body in self.heard if body]

    async def post(self, path: str, body: Any, **headers: str) -> Json:
        told = {"access_token": self.oa.access_token} | headers
        async with self.session.post(self.oa.api_url + path, json=body, headers=told) as response:
            return await self._answer(response)

    async def get(self, path: str, **data: Any) -> Json:
        return await self.query(path, {"data": json.dumps(data)} if data else {})

    async def query(self, path: str, query: dict[str, str]) -> Json:
        headers = {"access_token": self.oa.access_token}
        async with self.session.get(self.oa.api_url + path, params=query, headers=headers) as response:
            return await self._answer(response)

    async def upload(self, kind: str, name: str, content: bytes) -> Json:
        form = aiohttp.FormData()
        form.add_field("file", io.BytesIO(content), filename=name)
        headers = {"access_token": self.oa.access_token}
        url = f"{self.oa.api_url}/v2.0/oa/upload/{kind}"
        async with self.session.post(url, data=form, headers=headers) as response:
            return await self._answer(response)

    async def send(self, person: Person, message: Any) -> Json:
        return await self.post("/v3.0/oa/message/cs", {"recipient": {"user_id": person.id}, "message": message})

    async def tokens(self, secret: str = "", **form: str) -> Json:
        """The token endpoint."""
        headers = {"secret_key": secret or self.oa.app_secret}
        told = {"app_id": self.oa.app_id} | form
        async with self.session.post(f"{self.oa.oauth_url}/v4/oa/access_token", data=told, headers=headers) as response:
            return await response.json()

    async def refresh(self, token: str) -> Json:
        return await self.tokens(grant_type="refresh_token", refresh_token=token)

    async def by_phone(self, **body: Any) -> Json:
        headers = {"access_token": self.oa.access_token}
        async with self.session.post(f"{self.oa.zbs_url}/message/template", json=body, headers=headers) as response:
            return await response.json()

    async def _answer(self, response: aiohttp.ClientResponse) -> Json:
        self.limits = {name: value for name, value in response.headers.items() if name.startswith("X-RateLimit")}
        return await response.json()


@asynccontextmanager
async def platform(**more: Any) -> AsyncIterator[Client]:
    """A running platform with a client whose webhook it knows. It begins at ten in the morning in Vietnam."""
    clock = Clock()
    clock.advance((3 * 3600 - clock.now()) % 86_400)
    async with zalo_oa_emulator(clock=clock, **more) as oa, aiohttp.ClientSession() as session:
        client = Client(oa, session)
        app = web.Application()
        app.router.add_post("/hook", client.take)
        app.router.add_get("/zalo_verifier{code}.html", client.prove)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        oa.webhook_url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        try:
            yield client
        finally:
            await runner.cleanup()

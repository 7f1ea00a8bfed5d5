"""Health, metrics, and nothing of the program's inside."""

from collections.abc import AsyncIterator
from io import BytesIO

import aiohttp
import pytest
from aiohttp import web

from nhipcau.bot import metrics
from nhipcau.bot.server import build_server
from nhipcau.channels.web import WebChat
from nhipcau.store.store import Store, open_store
from tests.channels.web_room import MemoryMailbox, served
from tests.conftest import KEYRING


class Broken:
    """A channel whose page fails, with a member's words in the fault."""

    name = "broken"

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/broken", self.fail), web.post("/echo", self.echo)]

    async def fail(self, _request: web.Request) -> web.Response:
        raise ValueError("lời riêng của đoàn viên")

    async def echo(self, request: web.Request) -> web.Response:
        return web.Response(body=await request.read())


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_health_says_that_the_database_answers(store: Store, http: aiohttp.ClientSession) -> None:
    app = build_server(store, [WebChat(MemoryMailbox())])
    async with served(app) as url, http.get(f"{url}/health") as answer:
        assert (answer.status, await answer.json()) == (200, {"ok": True, "channels": ["web"]})


async def test_health_is_503_without_a_database(http: aiohttp.ClientSession, tmp_path: object) -> None:
    async with open_store(f"sqlite:///{tmp_path}/x.db", KEYRING) as store:

        class Gone:
            reading = store.reading

            def read(self) -> object:
                raise OSError("disk full")

        app = build_server(Gone(), [])  # type: ignore[arg-type]
        async with served(app) as url, http.get(f"{url}/health") as answer:
            assert (answer.status, await answer.json()) == (503, {"ok": False, "database": "OSError"})


async def test_metrics_are_prometheus_text_and_name_nobody(store: Store, http: aiohttp.ClientSession) -> None:
    metrics.received.labels("web").inc()
    async with served(build_server(store, [])) as url, http.get(f"{url}/metrics") as answer:
        text = await answer.text()
    assert answer.content_type == "text/plain"
    for name in ("received_total", "refused_total", "turns_total", "faults_total", "sent_total", "waiting"):
        assert f"# TYPE nhipcau_{name}".removesuffix("_total") in text
    assert 'nhipcau_received_total{channel="web"}' in text


async def test_a_fault_is_a_bare_500(
    store: Store, http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    app = build_server(store, [Broken()])  # type: ignore[list-item]
    async with served(app) as url, http.get(f"{url}/broken") as answer:
        assert (answer.status, await answer.text()) == (500, "500\n")
    assert 'nhipcau_refused_total{cause="server_fault"}' in metrics.page().decode()


async def test_a_body_that_cannot_be_unpacked_is_no_fault_of_ours(store: Store, http: aiohttp.ClientSession) -> None:
    before = faults()
    app = build_server(store, [Broken()])  # type: ignore[list-item]
    async with served(app) as url:
        headers = {"Content-Encoding": "gzip"}
        async with http.post(f"{url}/echo", data=b"not packed", headers=headers) as answer:
            assert answer.status == 400
    assert faults() == before


def faults() -> float:
    return metrics.registry.get_sample_value("nhipcau_refused_total", {"cause": "server_fault"}) or 0


async def test_the_root_leads_to_the_chat(store: Store, http: aiohttp.ClientSession) -> None:
    async with served(build_server(store, [WebChat(MemoryMailbox())])) as url:
        async with http.get(url, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (302, "/chat")
        async with http.get(url) as answer:
            assert "text/html" in answer.headers["Content-Type"]


async def test_without_web_chat_there_is_no_chat(store: Store, http: aiohttp.ClientSession) -> None:
    async with served(build_server(store, [])) as url:
        for path in ("/", "/chat", "/nothing"):
            async with http.get(url + path) as answer:
                assert answer.status == 404


async def test_a_body_above_one_megabyte_is_refused(store: Store, http: aiohttp.ClientSession) -> None:
    async with served(build_server(store, [Broken()])) as url:  # type: ignore[list-item]
        async with http.post(f"{url}/echo", data=BytesIO(b"x" * 1_000_000)) as answer:
            assert answer.status == 200
        async with http.post(f"{url}/echo", data=BytesIO(b"x" * 2_000_000)) as answer:
            assert answer.status == 413

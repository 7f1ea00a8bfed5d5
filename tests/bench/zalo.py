"""Zalo's webhook: how long it waits for its 200 while questions are answered, and what became of 10,000 deliveries.

python -m tests.bench.zalo [--events 10000] [--rate 300] [--runs 3] [--database sqlite|postgresql]

One process of the whole program on one core. A fifth of the deliveries are repetitions, and every tenth message
overtakes the one its writer sent before. Prints medians of the runs.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import aiohttp
import sqlalchemy as sa
from aiohttp import web

from nhipcau.bot.config import Config, Database, Secrets, Server, WebChat, ZaloOa
from nhipcau.bot.program import running
from nhipcau.bot.zalo import connect
from nhipcau.channels.zalo_oa_webhook import SIGNATURE_HEADER, signature
from nhipcau.channels.zalo_tokens import Granted
from nhipcau.knowledge.answer import Knowledge
from nhipcau.store.inbox import inbox
from nhipcau.store.keyring import Keyring
from nhipcau.store.store import open_store
from tests.bench.inbound import cpu_seconds
from tests.bench.load import questions
from tests.channels.telegram_room import free_port
from tests.channels.web_room import served
from tests.conftest import KEY, empty_database

ROOT = Path(__file__).parents[2]
OA, APP, SECRET = "388613280878808645", "1234567890123456789", "bench-oa-secret"
EACH = 4  # messages of one person
REPEATED = 0.2
OVERTAKING = 0.1
WARM_UP = 500  # deliveries that are not counted: first connections, first use of everything
PATIENCE = 120.0  # seconds for the last answer


class Delivery(NamedTuple):
    """When it is due (seconds from the start), and the request."""

    due: float
    body: bytes
    mac: str


def configured(database: str, api: str, port: int, key: str) -> tuple[Config, Secrets]:
    """The OA alone, at no pace of its own."""
    section = ZaloOa(enabled=True, oa_id=OA, app_id=APP, api_url=api, oauth_url=api, calls_per_minute=0)
    server = Server(port=port, public_url=f"http://127.0.0.1:{port}")
    config = Config(database=Database(url=database), server=server, web_chat=WebChat(enabled=False), zalo_oa=section)
    return config, Secrets(key=key, zalo_app_secret="bench-app-secret", zalo_oa_secret=SECRET)


async def serve(database: str, api: str, port: int, key: str) -> None:
    """The program, until it is ended."""
    os.sched_setaffinity(0, {0})
    config, secrets = configured(database, api, port, key)
    async with open_store(database, secrets.keyring) as store:
        channel = connect(config, secrets, store)
        await channel.tokens.adopt(Granted("access", "refresh", 90_000))
        await channel.stop()
    async with running(config, secrets, Knowledge.load()):
        print("ready", flush=True)
        await asyncio.Event().wait()


@asynccontextmanager
async def program(database: str, api: str, port: int) -> AsyncIterator[Process]:
    words = ["-m", "tests.bench.zalo", "--serve", json.dumps([database, api, port, KEY])]
    bot = await asyncio.create_subprocess_exec(sys.executable, *words, cwd=ROOT, stdout=PIPE)
    try:
        assert bot.stdout is not None
        assert await bot.stdout.readline() == b"ready\n"
        yield bot
    finally:
        bot.terminate()
        await bot.wait()


def deliveries(count: int, rate: float) -> list[Delivery]:
    """`count` of them at `rate` a second, in the order in which they are due."""
    chance, texts = random.Random(5), questions()
    distinct = round(count * (1 - REPEATED))
    start = int(time.time() * 1000)
    found = [_delivery(number, distinct, rate * (1 - REPEATED), start, texts, chance) for number in range(distinct)]
    found += [one._replace(due=one.due + chance.uniform(0, 3)) for one in chance.choices(found, k=count - distinct)]
    return sorted(found)


def _delivery(number: int, distinct: int, rate: float, start: int, texts: list[str], chance: random.Random) -> Delivery:
    people = distinct // EACH
    said = number // people  # everybody writes once, then everybody once more
    due = number / rate
    at = str(start + int(1000 * due))
    message = {"text": texts[number % len(texts)], "msg_id": f"b{number}"}
    sides = {"sender": {"id": str(10**18 + number % people)}, "recipient": {"id": OA}}
    event = {"app_id": APP, **sides, "event_name": "user_send_text", "message": message, "timestamp": at}
    body = json.dumps(event, ensure_ascii=False).encode()
    late = 0.012 if said < EACH - 1 and chance.random() < OVERTAKING else 0.0
    return Delivery(due + late, body, "mac=" + signature(APP, body, at, SECRET))


class Sink:
    """The OA's API: takes all, and counts."""

    def __init__(self) -> None:
        self.sent = 0

    async def take(self, request: web.Request) -> web.Response:
        await request.read()
        self.sent += 1
        return web.json_response({"error": 0, "message": "Success", "data": {"message_id": f"s{self.sent}"}})


async def measure(database: str, count: int, rate: float) -> dict[str, float]:
    """One run on an empty database."""
    sink, port = Sink(), free_port()
    app = web.Application()
    app.router.add_post("/{path:.*}", sink.take)
    async with served(app) as api, program(database, api, port) as bot:
        idle = cpu_seconds(bot.pid)
        due = deliveries(count, rate)
        delays, seconds = await _post(f"http://127.0.0.1:{port}/zalo/oa/{OA}", due)
        before, ended = -1, time.monotonic() + PATIENCE
        while sink.sent != before and time.monotonic() < ended:
            before = sink.sent
            await asyncio.sleep(2)
        busy = cpu_seconds(bot.pid) - idle
        kept = await _kept(database)
    delays = sorted(delays[WARM_UP:])
    return {
        "deliveries_per_s": round(count / seconds),
        "ack_p50_ms": round(1000 * statistics.median(delays), 1),
        "ack_p99_ms": round(1000 * delays[int(0.99 * len(delays))], 1),
        "ack_max_ms": round(1000 * delays[-1], 1),
        "cpu_ms_per_delivery": round(1000 * busy / count, 2),
        "distinct": len({one.body for one in due}),
        **kept,
        "sent": sink.sent,
    }


async def _post(url: str, due: list[Delivery]) -> tuple[list[float], float]:
    delays: list[float] = []
    connector = aiohttp.TCPConnector(limit=128)
    async with aiohttp.ClientSession(connector=connector) as http, asyncio.TaskGroup() as posting:
        began = time.perf_counter()

        async def post(one: Delivery) -> None:
            sent = time.perf_counter()
            async with http.post(url, data=one.body, headers={SIGNATURE_HEADER: one.mac}) as answer:
                assert answer.status == 200, answer.status
            delays.append(time.perf_counter() - sent)

        for one in due:
            if (early := began + one.due - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            posting.create_task(post(one))
    return delays, time.perf_counter() - began


async def _kept(database: str) -> dict[str, float]:
    """What the inbox holds: how many, how many are dealt with, how many are out of their writer's order."""
    async with open_store(database, Keyring.parse(KEY)) as store, store.read() as conn:
        rows = list(await conn.execute(sa.select(inbox.c.chat, inbox.c.body, inbox.c.done_at).order_by(inbox.c.id)))
    last: dict[str, str] = {}
    misplaced = 0
    for row in rows:
        at = json.loads(row.body)["at"]
        misplaced += at < last.get(row.chat, "")
        last[row.chat] = at
    return {"kept": len(rows), "done": sum(row.done_at is not None for row in rows), "misplaced": misplaced}


async def bench(options: argparse.Namespace) -> dict[str, float]:
    """Medians."""
    os.sched_setaffinity(0, {(os.cpu_count() or 1) - 1})
    runs = []
    for _ in range(options.runs):
        with tempfile.TemporaryDirectory() as folder:
            async with empty_database(options.database, Path(folder)) as url:
                runs.append(await measure(url, options.events, options.rate))
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def main() -> None:
    """Prints one line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.zalo")
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=300)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve(*json.loads(options.serve)))
    else:
        print(json.dumps(asyncio.run(bench(options))), flush=True)


if __name__ == "__main__":
    main()

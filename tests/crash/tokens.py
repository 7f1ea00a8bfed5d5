"""Processes renew an OA's tokens and are killed at random instants; no pair may be lost in silence.

python -m tests.crash.tokens --kills 500 --database sqlite|postgresql

Two processes at a time share one database. The platform answers after a random while, so that they die before the
request, during it, after it and before storing. Prints one line of figures; ends with 1 when anything is amiss.
"""

import argparse
import asyncio
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import AsyncExitStack
from multiprocessing.process import BaseProcess
from pathlib import Path

import aiohttp
import msgspec
from aiohttp import web

from nhipcau.channels.zalo_http import ZaloHttp
from nhipcau.channels.zalo_oa_settings import OaSettings
from nhipcau.channels.zalo_oauth import OAuth
from nhipcau.channels.zalo_tokens import LEASE, Tokens
from nhipcau.emulators.zalo_oa import zalo_oa_emulator
from nhipcau.emulators.zalo_oa_account import Account
from nhipcau.store.keyring import Keyring
from nhipcau.store.store import Store, open_store
from tests.channels.web_room import served
from tests.conftest import KEY, empty_database
from tests.crash.token_life import World, keeper_of, live

SLOWEST = 0.04  # seconds on each side of an answer
LONGEST_LIFE = 0.15  # seconds after one of the processes is ready
STARTING = 0.1  # share of kills that fall into the start
READY_WITHIN = 30.0  # seconds
AT_ONCE = 2
SETTLED_WITHIN = 20.0

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.crash.token_life"])


class Figures(msgspec.Struct, kw_only=True):
    """What a series showed. `lost`: pairs that died with a process; `alarms`: those which were told of.

    `cries`: lines in the log about them, one more where a process died between its cry and writing it down.
    """

    kills: int = 0
    renewed: int = 0
    presented_again: int = 0
    lost: int = 0
    alarms: int = 0
    cries: int = 0
    at_once: int = 0
    twice_in_a_life: int = 0
    after_refusal: int = 0
    kills_under_way: int = 0
    kills_with_a_mark: int = 0
    tokens_in_log: int = 0
    settled: bool = False
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        wrong = self.at_once, self.twice_in_a_life, self.after_refusal, self.tokens_in_log, self.lost - self.alarms
        return self.settled and not any(wrong) and self.cries >= self.alarms


class Road:
    """The way to the platform: slow, and it sees who asks for what and when."""

    def __init__(self, oa: Account, seed: int) -> None:
        self._oa = oa
        self._random = random.Random(seed)
        self.under_way: Counter[str] = Counter()
        self.at_once = 0
        self.life = 0
        self.presented: dict[str, list[int]] = defaultdict(list)  # token: the lives in which it was presented

    async def pass_on(self, request: web.Request) -> web.Response:
        """Whoever asked may be dead by now; the platform acts all the same."""
        return await asyncio.shield(
            asyncio.create_task(self._pass_on(request.headers["secret_key"], await request.text()))
        )

    async def _pass_on(self, secret: str, form: str) -> web.Response:
        token = form.partition("refresh_token=")[2].partition("&")[0]
        self.presented[token].append(self.life)
        self.under_way[token] += 1
        self.at_once += self.under_way[token] > 1
        try:
            await asyncio.sleep(self._random.uniform(0, SLOWEST))
            headers = {"secret_key": secret, "Content-Type": "application/x-www-form-urlencoded"}
            async with aiohttp.ClientSession() as http:
                url = f"{self._oa.oauth_url}/v4/oa/access_token"
                async with http.post(url, data=form, headers=headers) as answer:
                    body = await answer.read()
            await asyncio.sleep(self._random.uniform(0, SLOWEST))
            return web.Response(body=body, content_type="application/json")
        finally:
            self.under_way[token] -= 1

    @property
    def is_quiet(self) -> bool:
        return not any(self.under_way.values())


class Series:
    """One run on an empty database."""

    def __init__(self, oa: Account, road: Road, world: World, store: Store, seed: int) -> None:
        self._oa = oa
        self._road = road
        self._world = world
        self._keeper = keeper_of(world, store)
        self._random = random.Random(seed)
        self._begun = _forks.Event()
        self.figures = Figures()

    async def run(self, kills: int) -> Figures:
        """Bounded in time by the kills."""
        began = time.monotonic()
        await self._grant()
        for _ in range(kills):
            await self._live_and_die()
        await self._settle()
        self._judge()
        self.figures.seconds = round(time.monotonic() - began, 1)
        return self.figures

    async def _live_and_die(self) -> None:
        lives = self._start()
        if self._random.random() > STARTING:
            await asyncio.to_thread(self._begun.wait, READY_WITHIN)
        await asyncio.sleep(self._random.uniform(0, LONGEST_LIFE))
        self.figures.kills_under_way += not self._road.is_quiet
        await self._kill(lives)
        self.figures.kills += 1
        tokens = await self._state()
        self.figures.kills_with_a_mark += tokens.pending is not None
        if tokens.refused:
            await self._told(tokens)

    async def _told(self, tokens: Tokens) -> None:
        """A pair was lost, and everybody knows: the permission is granted anew."""
        assert tokens.refresh != self._oa.refresh_token
        self.figures.alarms += 1
        await self._grant()

    async def _settle(self) -> None:
        """The last lives are not killed before all is either well or told of."""
        lives = self._start()
        try:
            async with asyncio.timeout(SETTLED_WITHIN):
                before = len(self._oa.refreshes)
                while not (tokens := await self._state()).refused and len(self._oa.refreshes) < before + 5:
                    await asyncio.sleep(0.05)
                if tokens.refused:
                    await self._told(tokens)
                self.figures.settled = True
        except TimeoutError:
            pass
        finally:
            await self._kill(lives)

    def _start(self) -> list[BaseProcess]:
        self._road.life += 1
        self._begun.clear()
        world = self._world._replace(later=self._road.life * (LEASE + 1))
        lives: list[BaseProcess] = [
            _forks.Process(target=live, args=(world, self._begun), daemon=True) for _ in range(AT_ONCE)
        ]
        for one in lives:
            one.start()
        return lives

    async def _kill(self, lives: list[BaseProcess]) -> None:
        for one in lives:
            one.kill()
        for one in lives:
            await asyncio.to_thread(one.join)
        while not self._road.is_quiet:  # a lease is longer than a request
            await asyncio.sleep(0.01)

    async def _state(self) -> Tokens:
        tokens = await self._keeper.state()
        assert tokens is not None
        return tokens

    async def _grant(self) -> None:
        settings = OaSettings(oa_id="388", app_id=self._oa.app_id, oauth_url=self._oa.oauth_url)
        http = ZaloHttp()
        await self._keeper.adopt(await OAuth(http, settings, self._oa.app_secret).exchange(self._oa.tokens.new_code()))
        await http.close()

    def _judge(self) -> None:
        outcomes: dict[str, list[str]] = defaultdict(list)
        for one in self._oa.refreshes:
            outcomes[one.token].append(one.outcome)
        figures, log = self.figures, Path(self._world.log).read_text(encoding="utf-8")
        figures.renewed = sum("ok" in found for found in outcomes.values())
        figures.presented_again = sum(len(found) > 1 for found in outcomes.values())
        figures.lost = sum("used" in found for found in outcomes.values())
        figures.at_once = self._road.at_once
        figures.twice_in_a_life = sum(len(set(lives)) < len(lives) for lives in self._road.presented.values())
        figures.after_refusal = sum(found.count("replaced") for found in outcomes.values())
        figures.cries = log.count("CRITICAL Zalo refused")
        figures.tokens_in_log = sum(token in log for token in outcomes)


async def run_series(url: str, folder: Path, *, kills: int, seed: int = 1) -> Figures:
    """A series on an empty database."""
    async with AsyncExitStack() as stack:
        oa = await stack.enter_async_context(zalo_oa_emulator())
        road = Road(oa, seed)
        app = web.Application()
        app.router.add_post("/v4/oa/access_token", road.pass_on)
        address = await stack.enter_async_context(served(app))
        log = folder / "lives.log"
        log.touch()
        world = World(url, KEY, address, oa.app_id, oa.app_secret, str(log))
        store = await stack.enter_async_context(open_store(url, Keyring.parse(KEY)))
        return await Series(oa, road, world, store, seed).run(kills)


async def _run(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="nhipcau-tokens-") as name:
        async with empty_database(options.database, Path(name)) as url:
            figures = await run_series(url, Path(name), kills=options.kills, seed=options.seed)
    print(msgspec.json.encode(figures).decode(), flush=True)
    return 0 if figures.good else 1


def main() -> int:
    """0 when the series found nothing amiss."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash.tokens")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    return asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())

"""The token pair of an OA: one refresh at a time, nothing lost in silence."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from nhipcau.bot.vault import StoreVault
from nhipcau.channels import zalo_tokens
from nhipcau.channels.failures import InDoubt, Misconfigured, SendFailure, Unreachable
from nhipcau.channels.vault import NOTHING
from nhipcau.channels.zalo_tokens import Granted, Refresh, TokenKeeper, advice
from nhipcau.store.store import Store

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Platform:
    """Zalo's side: the newest refresh token works once. `mood` is what the next calls meet."""

    def __init__(self) -> None:
        self.number = 1
        self.presented: list[str] = []
        self.mood: list[SendFailure | str] = []
        self.at_once = 0

    def pair(self) -> Granted:
        return Granted(f"access-{self.number}", f"refresh-{self.number}", 90_000)

    async def refresh(self, token: str) -> Granted:
        self.presented.append(token)
        self.at_once += 1
        assert self.at_once == 1, "two refreshes at once"
        await asyncio.sleep(0.01)
        self.at_once -= 1
        mood = self.mood.pop(0) if self.mood else ""
        if isinstance(mood, SendFailure):
            raise mood
        if token != f"refresh-{self.number}":
            raise Misconfigured("-14014: used")
        self.number += 1
        if mood == "lost":
            raise InDoubt("the answer is lost")
        return self.pair()


class Desk:
    """Keepers over one database, and their clock."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.platform = Platform()
        self.now = START
        self.alarms: dict[str, bool] = {}

    @property
    def alarmed(self) -> bool:
        return self.alarms.get(zalo_tokens.ALARM, False)

    def keeper(self, refresh: Refresh | None = None, patience: float = 5.0) -> TokenKeeper:
        vault, asked = StoreVault(self.store, "zalo_oa", "388"), refresh or self.platform.refresh
        ring = self.alarms.__setitem__
        return TokenKeeper(vault, asked, alarm=ring, now=lambda: self.now, patience=patience)


@pytest.fixture
async def desk(store: Store) -> Desk:
    one = Desk(store)
    await one.keeper().adopt(one.platform.pair())
    return one


async def test_before_the_first_grant_it_says_what_to_do(store: Store) -> None:
    with pytest.raises(Misconfigured, match="nhipcau zalo login"):
        await Desk(store).keeper().access()


@pytest.mark.parametrize(
    ("hours", "token"), [(0, "access-1"), (19.9, "access-1"), (20.1, "access-2"), (26, "access-2")]
)
async def test_renewed_at_twenty_hours(desk: Desk, hours: float, token: str) -> None:
    desk.now += hours * HOUR
    assert await desk.keeper().access() == token
    assert await desk.keeper().access() == token


async def test_many_in_several_processes_renew_once(desk: Desk) -> None:
    keepers = [desk.keeper() for _ in range(5)]
    desk.now += 26 * HOUR
    found = await asyncio.gather(*(keepers[n % 5].access() for n in range(30)))
    assert set(found) == {"access-2"}
    assert desk.platform.presented == ["refresh-1"]


async def test_a_dead_token_is_renewed_once_for_all_who_met_it(desk: Desk) -> None:
    keepers = [desk.keeper() for _ in range(3)]
    found = await asyncio.gather(*(keepers[n % 3].renewed("access-1") for n in range(9)))
    assert set(found) == {"access-2"}
    assert desk.platform.presented == ["refresh-1"]


async def test_the_mark_is_on_disk_before_zalo_is_asked(desk: Desk) -> None:
    seen = []

    async def look(token: str) -> Granted:
        state = await desk.keeper().state()
        assert state is not None
        seen.append(state.pending)
        return await Platform.refresh(desk.platform, token)

    desk.now += 21 * HOUR
    await desk.keeper(look).access()
    assert seen[0] is not None
    assert seen[0].digest == zalo_tokens.digest("refresh-1")


async def test_a_mark_left_by_a_dead_process_is_taken_over(desk: Desk) -> None:
    await left_by_a_dead_process(desk)
    desk.now += timedelta(seconds=1)
    with pytest.raises(Unreachable):  # it may still be at work
        await desk.keeper(patience=0).access()
    desk.now += timedelta(seconds=zalo_tokens.LEASE)
    assert await desk.keeper().access() == "access-2"
    assert not desk.alarmed


async def test_a_pair_that_died_with_its_process_is_told_of(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    await left_by_a_dead_process(desk)
    desk.platform.number += 1  # Zalo had answered
    desk.now += timedelta(seconds=zalo_tokens.LEASE + 1)
    for _ in range(3):
        with pytest.raises(Misconfigured, match="nhipcau zalo login"):
            await desk.keeper().access()
    assert desk.platform.presented == ["refresh-1"]  # once, and never again
    assert desk.alarmed
    assert [one.levelno for one in caplog.records if one.levelno >= logging.CRITICAL] == [logging.CRITICAL]
    state = await desk.keeper().state()
    assert [well for well, _ in advice(state, desk.now)] == [False]


async def test_an_answer_lost_on_the_way_is_asked_for_once_more(desk: Desk) -> None:
    desk.platform.mood = ["lost"]
    desk.now += 26 * HOUR
    keeper = desk.keeper()
    with pytest.raises(Unreachable):
        await keeper.access()
    with pytest.raises(Unreachable):  # not at once
        await keeper.access()
    desk.now += timedelta(minutes=2)
    with pytest.raises(Misconfigured):
        await keeper.access()
    assert desk.platform.presented == ["refresh-1"] * 2
    assert desk.alarmed


async def test_an_outage_is_waited_for_and_told_from_the_second_time_on(desk: Desk) -> None:
    desk.platform.mood = [Unreachable(), InDoubt(), Unreachable()]
    desk.now += 21 * HOUR
    keeper, alarms = desk.keeper(), []
    for _ in range(5):
        assert await keeper.access() in ("access-1", "access-2")  # the old one still lives
        alarms.append(desk.alarmed)
        desk.now += timedelta(minutes=10)
    assert alarms == [False, True, True, False, False]
    assert await keeper.access() == "access-2"


async def test_a_slow_winner_outlives_the_taker(desk: Desk) -> None:
    """A process that slept past its lease still keeps the pair it won, though another was refused meanwhile."""
    answered = asyncio.Event()

    async def slow(token: str) -> Granted:
        granted = await desk.platform.refresh(token)
        await answered.wait()
        return granted

    desk.now += 26 * HOUR
    winning = asyncio.create_task(desk.keeper(slow).access())
    while desk.platform.number != 2:
        await asyncio.sleep(0.01)
    desk.now += timedelta(seconds=zalo_tokens.LEASE + 1)
    with pytest.raises(Misconfigured):
        await desk.keeper().access()
    answered.set()
    assert await winning == "access-2"
    assert await desk.keeper().access() == "access-2"


async def test_a_database_out_of_reach_does_not_lose_the_pair(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper, swap, faults = desk.keeper(), desk.keeper()._vault.swap, [OSError("disk"), OSError("disk")]

    async def flaky(name: str, version: int, body: bytes) -> bool:
        if faults and b"access-2" in body:
            raise faults.pop()
        return await swap(name, version, body)

    monkeypatch.setattr(keeper._vault, "swap", flaky)
    desk.now += 26 * HOUR
    assert await keeper.access() == "access-2"
    assert await desk.keeper().access() == "access-2"


async def test_a_new_grant_ends_all_trouble(desk: Desk) -> None:
    desk.platform.mood = [Misconfigured("-14014")]
    desk.now += 26 * HOUR
    keeper = desk.keeper()
    with pytest.raises(Misconfigured):
        await keeper.access()
    await desk.keeper().adopt(desk.platform.pair())
    assert await keeper.look_after() == ""
    assert await keeper.access() == "access-1"
    assert not desk.alarmed


async def test_an_old_refresh_token_is_told_of(desk: Desk) -> None:
    desk.platform.mood = [Unreachable()] * 9
    desk.now += timedelta(days=61)
    assert await desk.keeper().look_after() != ""
    state = await desk.keeper().state()
    assert not all(well for well, _ in advice(state, desk.now))


async def test_a_value_is_swapped_by_one_only(store: Store) -> None:
    vault = StoreVault(store, "zalo_oa", "388")
    assert await vault.read("tokens") == NOTHING
    for version in range(3):
        done = await asyncio.gather(*(vault.swap("tokens", version, b"%d" % n) for n in range(8)))
        assert sum(done) == 1
    assert (await vault.read("tokens")).version == 3
    assert await StoreVault(store, "zalo_oa", "389").read("tokens") == NOTHING


async def left_by_a_dead_process(desk: Desk) -> None:
    """A process marked the refresh and died before Zalo heard of it."""
    desk.now += 26 * HOUR
    keeper = desk.keeper()
    kept, tokens = await keeper._read()
    assert tokens is not None
    assert await keeper._mark(kept, tokens)

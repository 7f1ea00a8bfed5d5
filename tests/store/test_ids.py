"""Ids rise, whatever the clock does, and two processes seldom choose the same."""

import pytest

from nhipcau.store import ids as module
from nhipcau.store.ids import Ids


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Its one value is the time, in seconds since 1970."""
    now = [1_800_000_000.0]
    monkeypatch.setattr(module.time, "time", lambda: now[0])
    return now


def test_ids_rise_within_a_millisecond_and_when_the_clock_goes_back(clock: list[float]) -> None:
    one = Ids()
    found = []
    for at in (0, 0, 1, -5, 0.001):
        clock[0] += at
        found += [one.next() for _ in range(3000)]
    assert found == sorted(set(found))


def test_a_browser_reads_them_exactly(clock: list[float]) -> None:
    clock[0] = 3_900_000_000.0  # the year 2093
    assert Ids().next() < 2**53


def test_processes_that_write_in_the_same_millisecond_seldom_choose_the_same_id(clock: list[float]) -> None:
    found = {Ids().next() for _ in range(40)}
    assert len(found) > 35

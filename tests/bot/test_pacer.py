"""The pacer is a reckoning: these tests hold its clock."""

from hypothesis import given
from hypothesis import strategies as st

from nhipcau.bot.pacer import Pacer
from nhipcau.channels.contract import Limits

TELEGRAM = Limits(text=4096, buttons=100, overall_rate=25, chat_rate=1, chat_burst=3, group_per_minute=20)


def test_without_limits_everything_goes_at_once() -> None:
    pacer = Pacer(Limits(text=1, buttons=1))
    assert {pacer.for_account(pacer.for_chat("a", 5.0)) for _ in range(100)} == {5.0}


def test_a_chat_may_burst_and_then_keeps_its_pace() -> None:
    pacer = Pacer(Limits(text=1, buttons=1, chat_rate=1, chat_burst=3))
    assert [pacer.for_chat("a", 0.0) for _ in range(5)] == [0.0, 0.0, 0.0, 1.0, 2.0]


def test_a_group_gets_twenty_a_minute() -> None:
    pacer = Pacer(Limits(text=1, buttons=1, chat_rate=1, group_per_minute=20))
    assert [pacer.for_chat("-1", 0.0, group=True) for _ in range(3)] == [0.0, 3.0, 6.0]


def test_the_whole_account_can_be_stopped() -> None:
    """Also for those who had been given a moment before."""
    pacer = Pacer(TELEGRAM)
    given = pacer.for_account(0.0)
    pacer.stop_all(0.0, 5.0)
    assert pacer.is_stopped(given)
    assert [round(pacer.for_account(1.0), 2) for _ in range(3)] == [5.0, 5.04, 5.08]
    assert not pacer.is_stopped(5.0)
    free = Pacer(Limits(text=1, buttons=1))
    free.stop_all(0.0, 5.0)
    assert free.for_account(1.0) == 5.0


def test_slow_down_stops_one_chat_until_its_deadline_and_no_other() -> None:
    pacer = Pacer(TELEGRAM)
    pacer.slow_down("a", 0.0, 35.0)
    assert pacer.for_chat("a", 1.0) == 35.0
    assert pacer.for_chat("b", 1.0) == 1.0
    assert pacer.paused("a", 34.0) == 1.0
    assert pacer.paused("a", 35.0) == 0.0


def test_after_slow_down_the_account_halves_its_pace_for_a_minute() -> None:
    pacer = Pacer(Limits(text=1, buttons=1, overall_rate=10))
    pacer.slow_down("x", 0.0, 1.0)
    slow = [pacer.for_account(10.0) for _ in range(3)]
    normal = [pacer.for_account(100.0) for _ in range(3)]
    assert [round(later - slow[0], 3) for later in slow] == [0.0, 0.2, 0.4]
    assert [round(later - normal[0], 3) for later in normal] == [0.0, 0.1, 0.2]


@given(st.lists(st.tuples(st.integers(0, 40), st.floats(0, 0.2)), min_size=1, max_size=200))
def test_no_second_ever_sees_more_than_the_rate(calls: list[tuple[int, float]]) -> None:
    pacer, now, ready = Pacer(TELEGRAM), 0.0, []
    for chat, pause in calls:
        now += pause
        ready.append(pacer.for_chat(str(chat), now))
    moments = sorted(pacer.for_account(moment) for moment in sorted(ready))
    for start in range(len(moments) - 26):
        assert moments[start + 26] - moments[start] >= 1.0 - 1e-9

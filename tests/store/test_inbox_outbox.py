"""Inbox and outbox keep what a crash would lose."""

from datetime import UTC, datetime, timedelta
from functools import partial

from nhipcau.store import inbox, outbox, timeline
from nhipcau.store.inbox import Arrived
from nhipcau.store.outbox import Draft, Ending, State
from nhipcau.store.store import Store
from nhipcau.store.writer import Change

WEB = ("web", "web", "7")


async def test_an_unfinished_event_is_found_again_and_its_starts_are_counted(store: Store) -> None:
    first, second = await store.writer.commit(
        Change(inbox.insert, Arrived(*WEB, "a", b"1")), Change(inbox.insert, Arrived(*WEB, "b", b"2"))
    )
    await store.writer.commit(Change(inbox.finish, first))
    assert [row.starts for row in await store.writer.transaction(inbox.resume)] == [1]
    assert await store.writer.transaction(inbox.resume) == [inbox.Waiting(second, b"2", 2)]


async def test_the_intent_to_send_is_given_to_one_caller_only(store: Store) -> None:
    (letter,) = await store.writer.commit(Change(outbox.insert, Draft(*WEB, b"{}")))
    claims = [(await store.writer.commit(Change(outbox.intend, letter.id)))[0] for _ in range(3)]
    assert claims == [True, False, False]


async def test_after_a_crash_the_half_sent_stand_apart_from_the_waiting(store: Store) -> None:
    letters = await store.writer.commit(*(Change(outbox.insert, Draft(*WEB, b"{}")) for _ in range(3)))
    await store.writer.commit(Change(outbox.intend, letters[0].id))
    await store.writer.commit(
        Change(outbox.intend, letters[1].id), Change(outbox.end, Ending(letters[1].id, State.SENT))
    )
    async with store.read() as conn:
        left = [(one.id, one.state) for one in await outbox.still_open(conn)]
    assert left == [(letters[0].id, State.SENDING), (letters[2].id, State.WAITING)]


async def test_the_sum_of_states_is_the_number_of_letters(store: Store) -> None:
    letters = await store.writer.commit(*(Change(outbox.insert, Draft(*WEB, b"{}")) for _ in range(4)))
    for letter, state in zip(letters, (State.SENT, State.GONE, State.IN_DOUBT), strict=False):
        await store.writer.commit(Change(outbox.end, Ending(letter.id, state, failure="x")))
    async with store.read() as conn:
        states = await outbox.count_by_state(conn)
    assert states == {"sent": 1, "gone": 1, "in_doubt": 1, "waiting": 1}


async def test_a_chat_reads_both_directions_in_one_order(store: Store) -> None:
    (asked,) = await store.writer.commit(Change(inbox.insert, Arrived(*WEB, "a", b"question")))
    (told,) = await store.writer.commit(Change(outbox.insert, Draft(*WEB, b"answer")))
    await store.writer.commit(Change(inbox.insert, Arrived("web", "web", "8", "a", b"a stranger's")))
    async with store.read() as conn:
        lines = await timeline.after(conn, WEB[1:], 0, 10)
        later = await timeline.after(conn, WEB[1:], asked, 10)
        earlier = await timeline.before(conn, WEB[1:], told.id, 10)
    assert [(line.mine, line.body) for line in lines] == [(True, b"question"), (False, b"answer")]
    assert [line.number for line in later] == [told.id]
    assert [line.number for line in earlier] == [asked]


async def test_old_messages_are_deleted_whatever_became_of_them(store: Store) -> None:
    first, _second = await store.writer.commit(
        Change(inbox.insert, Arrived(*WEB, "a", b"1")), Change(inbox.insert, Arrived(*WEB, "b", b"2"))
    )
    await store.writer.commit(Change(inbox.finish, first), Change(outbox.insert, Draft(*WEB, b"{}")))
    earlier, later = (datetime.now(UTC) + timedelta(days=days) for days in (-1, 1))
    for forget, kept in ((inbox.forget, 2), (outbox.forget, 1)):
        assert await store.writer.transaction(partial(forget, before=earlier)) == 0
        assert await store.writer.transaction(partial(forget, before=later)) == kept

"""The single writer: grouped, all or nothing, and no bad unit fails its neighbours."""

import asyncio

import pytest
import sqlalchemy as sa

from nhipcau.store import inbox, outbox
from nhipcau.store.errors import WriterStopped
from nhipcau.store.inbox import Arrived
from nhipcau.store.outbox import Draft
from nhipcau.store.store import Store, open_store
from nhipcau.store.writer import Change
from tests.conftest import KEYRING


def arrived(event: str, chat: str = "7") -> Arrived:
    return Arrived("telegram", "1", chat, event, b"{}")


async def test_the_same_event_is_kept_once(store: Store) -> None:
    results = await asyncio.gather(*(store.writer.commit(Change(inbox.insert, arrived("m1"))) for _ in range(5)))
    assert sum(row_id is not None for (row_id,) in results) == 1


async def test_the_same_event_of_another_chat_is_another_event(store: Store) -> None:
    first, second = await store.writer.commit(
        Change(inbox.insert, arrived("m1")), Change(inbox.insert, arrived("m1", chat="8"))
    )
    assert first is not None and second is not None and first < second


def explode(conn: sa.Connection, payloads: object) -> None:
    conn.execute(sa.text("INSERT INTO no_such_table VALUES (1)"))


async def test_a_bad_unit_fails_alone(store: Store) -> None:
    good = store.writer.commit(Change(inbox.insert, arrived("good")))
    bad = store.writer.commit(Change(inbox.insert, arrived("bad")), Change(explode, None))
    kept, failed = await asyncio.gather(good, bad, return_exceptions=True)
    assert isinstance(failed, sa.exc.DBAPIError)
    assert kept != [None]
    assert await count(store, inbox.inbox) == 1


async def test_what_one_caller_gives_is_committed_together_or_not_at_all(store: Store) -> None:
    with pytest.raises(sa.exc.DBAPIError):
        await store.writer.commit(Change(outbox.insert, Draft("web", "web", "7", b"{}")), Change(explode, None))
    assert await count(store, outbox.outbox) == 0


async def test_a_stopped_writer_keeps_what_it_accepted(database_url: str) -> None:
    async with open_store(database_url, KEYRING) as store:
        changes = [Change(inbox.insert, arrived(f"m{n}")) for n in range(200)]
        pending = [asyncio.ensure_future(store.writer.commit(change)) for change in changes]
        await asyncio.sleep(0)
        await store.writer.stop()
        assert [None] not in await asyncio.gather(*pending)
        with pytest.raises(WriterStopped):
            await store.writer.commit(Change(inbox.insert, arrived("late")))


async def test_ids_rise_in_the_order_of_commits(store: Store) -> None:
    ids = [(await store.writer.commit(Change(inbox.insert, arrived(f"m{n}"))))[0] for n in range(20)]
    assert ids == sorted(ids)
    assert max(ids) < 2**53


async def count(store: Store, table: sa.Table) -> int:
    async with store.read() as conn:
        return int((await conn.execute(sa.select(sa.func.count()).select_from(table))).scalar_one())

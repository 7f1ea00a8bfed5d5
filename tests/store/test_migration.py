"""A database from before the key: what stood open in it is sealed, nothing is lost, and nothing stays behind."""

from typing import Any

import sqlalchemy as sa
from alembic import command

from nhipcau.handlers import session as sessions
from nhipcau.knowledge import desk, revisions
from nhipcau.store import inbox, migrate, outbox, timeline
from nhipcau.store.engine import driver_url, transact_on
from nhipcau.store.inbox import Arrived
from nhipcau.store.outbox import Draft
from nhipcau.store.store import open_store
from nhipcau.store.writer import Change
from nhipcau.union import contacts
from nhipcau.union.contacts import Contact
from tests.conftest import KEYRING
from tests.store.thief import loot, traces

CHAT = "8412345"
KEY = f"web:web:{CHAT}"
DELETED = "lời đã xoá từ lâu"
OFFICER, OTHER = "Hoàng Thị Lan", "Y Bình Niê"
THEN = 1_790_000_000_000
MANY = 2500  # more than two batches

ROWS: dict[str, list[dict[str, Any]]] = {
    "inbox": [
        {"id": n, "channel": "web", "account": "web", "chat": CHAT, "event_id": f"w-{n}",
         "body": f"hỏi riêng {n}".encode(), "received_at": THEN, "starts": 2, "done_at": None if n == 1 else THEN}
        for n in range(1, MANY + 1)
    ],
    "outbox": [
        {"id": MANY + 1, "channel": "web", "account": "web", "chat": CHAT, "lane": "reply", "body": b"tra loi rieng",
         "about": None, "state": "waiting", "attempts": 3, "receipt": None, "failure": f"chat {CHAT} moved",
         "created_at": THEN, "ended_at": None}
    ],
    "contact": [{"key": KEY, "language": "en", "met_at": THEN, "gone_at": None}],
    "conversation": [{"key": KEY, "body": b'{"offered":["rieng"]}', "changed_at": THEN}],
    "entry_revision": [
        {"entry": "weekly-rest", "topic": "leave", "state": "reviewed", "made_by": OFFICER, "made_at": THEN,
         "why": "luật mới", "seen": 0, "reviewed_by": OTHER, "reviewed_at": THEN, "ended_by": None}
    ],
    "figure_revision": [
        {"figure": "base_salary", "since": "2027-07-01", "value": "2700000", "document": "150/2027/NĐ-CP",
         "confidence": "V1", "state": "draft", "made_by": OFFICER, "made_at": THEN, "why": "luật mới", "seen": 0}
    ],
    "callback": [
        {"id": 5, "question": 11, "channel": "web", "account": "web", "chat": CHAT, "asked_at": THEN}
    ],
}  # fmt: skip


async def make_old(url: str) -> None:
    """A database as the release before left it, with a message deleted without overwriting."""

    def fill(conn: sa.Connection) -> None:
        command.upgrade(migrate.config(conn), "0002")
        for name, rows in ROWS.items():
            table = sa.Table(name, sa.MetaData(), autoload_with=conn)
            conn.execute(sa.insert(table), rows)
        gone = dict(ROWS["inbox"][0], id=MANY + 9, event_id="w-x", body=DELETED.encode() * 200)
        conn.execute(sa.insert(sa.Table("inbox", sa.MetaData(), autoload_with=conn)), [gone])

    def delete(conn: sa.Connection) -> None:
        if conn.dialect.name == "sqlite":
            conn.exec_driver_sql("PRAGMA secure_delete = OFF")
        conn.execute(sa.text("DELETE FROM inbox WHERE event_id = 'w-x'"))

    transact = transact_on(driver_url(url), KEYRING)
    for work in (fill, delete):
        await transact(work)
    await transact.close()


async def test_all_is_found_again_after_sealing(database_url: str) -> None:
    await make_old(database_url)
    async with open_store(database_url, KEYRING) as store:
        async with store.read() as conn:
            assert (await contacts.fetch(conn, [KEY]))[KEY].language == "en"
            assert (await sessions.fetch(conn, [KEY]))[KEY].offered == ("rieng",)
            assert await desk.waiting(conn, [11]) == [desk.Wish(11, "web", "web", CHAT)]
            entry, figure = await conn.run_sync(revisions.drafts)
            assert (entry.life.made_by, entry.life.reviewed_by, entry.life.ended_by) == (OFFICER, OTHER, None)
            assert figure.life.made_by == OFFICER
            (letter,) = await outbox.still_open(conn)
            assert (letter.chat, letter.body, letter.attempts) == (CHAT, b"tra loi rieng", 3)
            lines = await timeline.after(conn, ("web", CHAT), 0, 5000)
            assert [line.body for line in lines[:2]] == ["hỏi riêng 1".encode(), "hỏi riêng 2".encode()]
            assert len(lines) == MANY + 1
        assert [one.starts for one in await store.writer.transaction(inbox.resume)] == [3]
        again = await store.writer.commit(Change(inbox.insert, Arrived("web", "web", CHAT, "w-7", b"again")))
        assert again == [None], "a delivery known before the change is known after it"
        await store.writer.commit(
            Change(contacts.save, Contact(KEY, "vi")), Change(outbox.insert, Draft("web", "web", CHAT, b"{}"))
        )


async def test_nothing_of_what_stood_open_stays_in_the_file(database_url: str) -> None:
    await make_old(database_url)
    said = (CHAT, "hỏi riêng", "tra loi rieng", "rieng", OFFICER, OTHER)
    assert traces(await loot(database_url), *said) == list(said), "the test would see it"
    async with open_store(database_url, KEYRING):
        stolen = await loot(database_url)
    assert traces(stolen, *said, DELETED) == []

"""A member uses everything, asks to be forgotten, and is searched for in every table, column and file."""

import asyncio
import sqlite3
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
import sqlalchemy as sa

import nhipcau.bot.program  # noqa: F401 - so that every room has declared its tables
from nhipcau import clock
from nhipcau.bot import erasing, vault
from nhipcau.bot.vault import Visit
from nhipcau.broadcasts.ledger import State, Way, delivery
from nhipcau.channels.message import Incoming, Kind, Outgoing
from nhipcau.knowledge.answer import Knowledge
from nhipcau.store import inbox, outbox
from nhipcau.store.engine import driver_url, is_sqlite
from nhipcau.store.outbox import Ending
from nhipcau.store.sealed import Digest, Sealed, SealedText
from nhipcau.store.store import Store
from nhipcau.store.tables import metadata
from nhipcau.store.writer import Change
from nhipcau.union import absences, erasures
from nhipcau.union.absences import Absence
from nhipcau.union.audit import audit_line
from nhipcau.union.members import member
from nhipcau.union.permissions import Role
from tests.handlers.member_room import joins, listed, myself
from tests.handlers.room import Room
from tests.handlers.test_officer import appointed
from tests.store.thief import loot, traces
from tests.union.forest import plant

PLATFORM_ID, OTHER_ID = "7730914286", "7730914287"
NAME, PHONE, TYPED, PRIVATE = "Hơ Bia Niê Kdăm", "84905123456", "0905 123 456", "chuyện nhà riêng của tôi"
TRACES = (PLATFORM_ID, OTHER_ID, NAME, "Kdăm", PHONE, TYPED, PRIVATE, "nhà riêng", "xe dap Kdăm")

KEPT = {
    "audit_line": "dates, acts and numbers only; a member's number leads nowhere afterwards",
    "unit": "about units",
    "unit_history": "about units",
    "unit_word": "about units",
    "unit_term": "about units",
    "headcount": "about units",
    "member_count": "counts",
    "bulletin": "the union's texts; the author is a number that leads nowhere afterwards",
    "entry_revision": "the union's texts; made on the command line, not by members",
    "figure_revision": "the union's figures; made on the command line, not by members",
    "channel_state": "the platforms' tokens and uploads; of a Zalo bot's plan a count by digests, sealed",
    "key_check": "one word, to prove the key",
}
"""Tables that erasing a person does not touch, each with the reason."""


@dataclass
class Witnessed(Room):
    """A room whose messages lie in the inbox too, as the dispatcher keeps them."""

    said: int = field(default=0)

    async def does(self, kind: Kind, **what: Any) -> Outgoing:
        self.said += 1
        event = self.event(kind, **what)
        arrived = inbox.Arrived("telegram", "1", self.chat, str(self.said), msgspec.json.encode(event))
        (row,) = await self.store.writer.commit(Change(inbox.insert, arrived))
        await super().does(kind, **what)
        visit = Visit(self.key, self.now)
        endings = [Ending(letter.id, outbox.State.SENT, receipt="17") for letter in self.letters]
        ended = (Change(outbox.end, one) for one in endings)
        await self.store.writer.commit(Change(inbox.finish, row), Change(vault.note, visit), *ended)
        return self.last if self.replies else Outgoing(text="")

    def event(self, kind: Kind, **what: Any) -> Incoming:
        return msgspec.structs.replace(super().event(kind, **what), event_id=str(self.said))


async def live(room: Room, other: Room) -> None:
    """A member uses whatever there is, on two chats."""
    await listed(room, phone=PHONE, card="DL0123", name=NAME)
    await joins(room)
    await room.says("/prove")
    await room.taps("Gửi số của tôi")
    await room.does(Kind.CONTACT, payload=PHONE)
    for words in ("/topics", "2", "/quiet", "ban đêm", "dừng", "nhận lại"):
        await room.says(words)
    await room.says("nối 000000")
    await room.says("nối kênh")
    code = (await room.taps("Cho tôi mã")).text.partition("nối ")[2][:6]
    await other.says(f"nối {code}")
    await room.says("nối kênh")
    await room.taps("Cho tôi mã")
    await ask(room)
    await keep_a_payslip(other)
    await serve_as_officer(room)
    await get_a_bulletin(room)
    await other.says("/correct")
    await other.taps("Họ tên")


async def ask(room: Room) -> None:
    await room.says("tang ca chu nhat tinh sao")
    await room.taps("👎")
    await room.taps("Lý do khác")
    await room.says(PRIVATE)
    await room.says(f"mua xe dap Kdăm o dau, goi {TYPED}")
    await room.taps("cán bộ")
    await room.taps("Đồng ý")


async def keep_a_payslip(room: Room) -> None:
    await room.says("/phieuluong")
    for answer in ("6tr5", "26", "26", "0"):
        await room.says(answer)
    await room.taps("Không có")
    for answer in ("682.500", "0", "0", "5tr5", "0", "3"):
        await room.says(answer)
    await room.taps("Không có")
    await room.taps("giữ lại")


async def serve_as_officer(room: Room) -> None:
    await appointed(room, Role.ADMINISTRATOR, "DL-MAY", planted=True, name=NAME)
    me = (await myself(room)).id
    away = Absence(me, room.now + timedelta(days=3), None)
    await room.store.writer.commit(Change(absences.begin, away))
    await room.says("/officer")
    await room.taps("Mời cán bộ")
    for label in ("soạn bản tin", "May"):
        await room.taps(label)
    await room.says(NAME)
    await room.taps("Đồng ý")


async def get_a_bulletin(room: Room) -> None:
    me, digest = (await myself(room)).id, room.store.keyring.digest(room.key, "contact.key")
    row = {"bulletin_id": 1, "member_id": me, "contact": digest, "way": Way.DIRECT, "price": 0, "attempts": 1}
    rows = [row | {"seq": 0, "state": State.SENT, "receipt": "18"}, row | {"seq": 1, "state": State.PLANNED}]
    await room.store.writer.transaction(lambda conn: [conn.execute(sa.insert(delivery), one) for one in rows])


async def asks_to_be_forgotten(room: Room) -> None:
    await room.says("xóa thông tin của tôi")
    assert "vai trò cán bộ" in room.text
    await room.taps("Đồng ý")
    assert "Đã xóa" in (await room.taps("Xóa hết")).text


async def rows_of_each(store: Store) -> dict[str, int]:
    async with store.read() as conn:
        count = sa.func.count()
        return {
            table.name: (await conn.execute(sa.select(count).select_from(table))).scalar_one()
            for table in metadata.sorted_tables
        }


async def raw_values(url: str) -> set[bytes]:
    """Every sealed value and every digest, as they stand in the file."""
    found: set[bytes] = set()
    for table in metadata.sorted_tables:
        columns = [one.name for one in table.c if isinstance(one.type, Sealed | SealedText | Digest)]
        columns += ["contact"] * (table.name == "delivery")
        for row in await _raw(url, f'SELECT {", ".join(columns)} FROM "{table.name}"') if columns else ():
            found |= {one if isinstance(one, bytes) else str(one).encode() for one in row if one is not None}
    return found


async def _raw(url: str, query: str) -> list[tuple[Any, ...]]:
    address = driver_url(url)
    if is_sqlite(address):
        with sqlite3.connect(Path(str(address.database))) as conn:
            rows = conn.execute(query).fetchall()
        conn.close()
        return rows
    server = await asyncpg.connect(url)
    try:
        return [tuple(row.values()) for row in await server.fetch(query)]
    finally:
        await server.close()


async def opened(store: Store) -> bytes:
    """All that somebody with the key can read."""
    async with store.read() as conn:
        rows = [row for table in metadata.sorted_tables for row in await conn.execute(sa.select(table))]
    return b"\n".join(one if isinstance(one, bytes) else str(one).encode() for row in rows for one in row)


@pytest.fixture
async def bystander(store: Store, knowledge: Knowledge) -> Witnessed:
    """Somebody else, of whom nothing may be lost."""
    await store.writer.transaction(plant)
    room = Witnessed(store, knowledge, chat="42", today=clock.today())
    await joins(room)
    await room.says("tang ca chu nhat tinh sao")
    return room


async def test_nothing_is_left_of_who_is_forgotten(bystander: Witnessed, database_url: str) -> None:
    store = bystander.store
    before, others = await rows_of_each(store), await raw_values(database_url)
    room, other = (replace(bystander, chat=chat, said=0) for chat in (PLATFORM_ID, OTHER_ID))
    await live(room, other)
    lived = await rows_of_each(store)
    untouched = {name for name, rows in lived.items() if rows == before[name]}
    assert untouched - {"erasure"} <= KEPT.keys(), "a table that no feature of this test has written to"
    me, theirs = (await myself(room)).id, await raw_values(database_url) - others
    assert traces(await opened(store), *TRACES)

    await asks_to_be_forgotten(room)
    theirs |= await raw_values(database_url) - others
    assert await erasing.erase_due(store, room.now + timedelta(hours=1), timedelta(0)) == 2
    assert await store.transact.scrub(erasing.TABLES)

    left, read = await loot(database_url), await opened(store)
    assert traces(left, *TRACES) == [] and traces(read, *TRACES) == []
    assert [one for one in theirs if one in left] == []
    after = await rows_of_each(store)
    assert {name for name in after if name not in KEPT and after[name] != before[name]} == {"delivery"}
    await leads_nowhere(store, me)
    assert others <= await raw_values(database_url)
    assert "Công đoàn cơ sở Công ty May" in (await bystander.says("/me")).text


async def leads_nowhere(store: Store, me: int) -> None:
    """The member's number stands in the audit log alone; copies of bulletins are nobody's."""
    async with store.read() as conn:
        for table in metadata.sorted_tables:
            rows = [tuple(row) for row in await conn.execute(sa.select(table))]
            assert table is audit_line or not [row for row in rows if me in row]
        copies = (await conn.execute(sa.select(delivery).order_by(delivery.c.seq))).all()
    assert [one.state for one in copies] == [State.SENT, State.CANCELLED]
    assert len({one.member_id for one in copies}) == 1 and copies[0].member_id < 0
    assert {(one.contact, one.receipt, one.failure) for one in copies} == {(None, None, None)}


def test_every_table_is_erased_or_kept_with_a_reason() -> None:
    """A new table: give its room a function, name it in `handlers/erasure.py`, and use it in `live`; or say why not."""
    erased = {
        *("inbox", "outbox", "contact", "conversation", "channel_visit", "kept_payslip", "callback", "question"),
        *("member", "consent_log", "link_code", "attempt", "erasure"),
        *("role_grant", "absence", "invitation", "delivery"),
    }
    assert erased | KEPT.keys() == set(metadata.tables)
    assert all(KEPT.values())


async def test_it_waits_for_the_last_message_but_not_for_ever(bystander: Witnessed) -> None:
    store = bystander.store
    await bystander.says("/erase")
    await bystander.taps("Đồng ý")
    await Room.taps(bystander, "Xóa hết")
    draft = outbox.Draft("telegram", "1", bystander.chat, b"{}")
    await store.writer.commit(Change(outbox.insert, draft))
    assert await erasing.erase_due(store, bystander.now + timedelta(minutes=5)) == 0
    assert await erasing.erase_due(store, bystander.now + timedelta(minutes=11)) == 1
    assert (await rows_of_each(store))["contact"] == 0
    async with store.read() as conn:
        assert await erasures.waiting(conn) == []


async def test_the_program_does_it_by_itself(bystander: Witnessed) -> None:
    await asks(bystander)
    watching = asyncio.create_task(erasing.watch(bystander.store, every=0.05, grace=timedelta(0)))
    async with asyncio.timeout(10):
        while (await rows_of_each(bystander.store))["erasure"]:
            await asyncio.sleep(0.05)
    watching.cancel()
    assert (await rows_of_each(bystander.store))["inbox"] == 0


async def test_who_keeps_it_loses_nothing(bystander: Witnessed) -> None:
    await bystander.says("/erase")
    assert "Chưa xóa gì" in (await bystander.taps("Không")).text
    await bystander.says("/erase")
    await bystander.taps("Đồng ý")
    assert "Chưa xóa gì" in (await bystander.taps("Giữ lại")).text
    assert len(await bystander.rows(member)) == 1


async def test_who_comes_back_is_a_stranger(bystander: Witnessed) -> None:
    await asks(bystander)
    await erasing.erase_due(bystander.store, bystander.now + timedelta(minutes=2))
    assert "không biết anh/chị là ai" in (await bystander.says("/me")).text
    assert "200%" in (await bystander.says("tang ca chu nhat tinh sao")).text


async def asks(room: Room) -> None:
    await room.says("/erase")
    await room.taps("Đồng ý")
    await room.taps("Xóa hết")

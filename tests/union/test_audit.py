"""The audit log: a chain that cannot be changed unseen, without any personal data."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.store.store import Store, open_store
from nhipcau.store.writer import Change
from nhipcau.union import audit, audit_trail
from nhipcau.union.audit import Line, PersonalData, audit_line
from nhipcau.union.audit_trail import Head, Verdict
from tests.conftest import KEYRING
from tests.union.forest import Forest

READ = Line(7, "member.read", "member", 8, 9, {"rows": 3, "kind": "phone"})


async def kept(store: Store, count: int = 5) -> None:
    lines = [READ._replace(subject_id=number) for number in range(count)]
    await store.writer.transaction(lambda conn: audit.record(conn, lines))


async def verdict(store: Store, *heads: Head) -> Verdict:
    async with store.read() as conn:
        return await conn.run_sync(audit_trail.verify, heads)


async def head(store: Store) -> Head:
    async with store.read() as conn:
        return await conn.run_sync(audit_trail.head)


async def unguarded(store: Store, *statements: str) -> None:
    """What somebody does who owns the database: first the triggers go."""

    def work(conn: sa.Connection) -> None:
        if conn.dialect.name == "postgresql":
            conn.execute(sa.text("ALTER TABLE audit_line DISABLE TRIGGER USER"))
        else:
            for event in ("update", "delete", "insert"):
                conn.execute(sa.text(f"DROP TRIGGER IF EXISTS audit_line_kept_{event}"))
        for statement in statements:
            conn.execute(sa.text(statement))

    await store.transact(work)


async def test_an_empty_log_is_whole(store: Store) -> None:
    assert await verdict(store) == Verdict(Head(0, ""), None)


async def test_lines_are_numbered_without_gaps_over_many_transactions(store: Store) -> None:
    for _ in range(3):
        await kept(store, 2)
    await store.writer.commit(Change(audit.record, READ), Change(audit.record, READ))
    async with store.read() as conn:
        numbers = (await conn.execute(sa.select(audit_line.c.id).order_by(audit_line.c.id))).scalars().all()
    assert numbers == [1, 2, 3, 4, 5, 6, 7, 8]
    found = await verdict(store)
    assert (found.head, found.broken) == (await head(store), None)


async def test_a_transaction_that_fails_leaves_no_gap(store: Store) -> None:
    def failing(conn: sa.Connection) -> None:
        audit.record(conn, [READ])
        raise RuntimeError

    await kept(store, 2)
    with pytest.raises(RuntimeError):
        await store.writer.transaction(failing)
    await kept(store, 2)
    assert (await verdict(store)).head.id == 4


async def test_several_processes_write_one_chain(database_url: str) -> None:
    async with open_store(database_url, KEYRING) as one, open_store(database_url, KEYRING) as other:
        await asyncio.gather(*(kept(store, 3) for store in (one, other) * 25))
        found = await verdict(one)
    assert (found.head.id, found.broken) == (150, None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_line SET action = 'nothing' WHERE id = 2",
        "DELETE FROM audit_line WHERE id = 2",
        "DELETE FROM audit_line",
    ],
)
async def test_the_database_refuses_to_change_a_line(store: Store, statement: str) -> None:
    await kept(store)
    with pytest.raises(sa.exc.DBAPIError, match="never changed"):
        await store.transact(lambda conn: conn.execute(sa.text(statement)))
    assert (await verdict(store)).head.id == 5


async def test_nothing_replaces_or_empties_the_log(store: Store) -> None:
    await kept(store)
    replacing = "INSERT OR REPLACE INTO audit_line SELECT * FROM audit_line WHERE id = 5"
    statement = replacing if store.reading.dialect.name == "sqlite" else "TRUNCATE audit_line"
    with pytest.raises(sa.exc.DBAPIError, match="never changed"):
        await store.transact(lambda conn: conn.execute(sa.text(statement)))


COPY = "INSERT INTO audit_line SELECT {id}, at, actor, action, subject, subject_id, unit_id, detail, hash"
BREACHES = {
    "changed": (["UPDATE audit_line SET action = 'member.export' WHERE id = 3"], 3, "changed"),
    "another time": (["UPDATE audit_line SET at = at + 1 WHERE id = 3"], 3, "changed"),
    "another actor": (["UPDATE audit_line SET actor = NULL WHERE id = 4"], 4, "changed"),
    "another detail": (["""UPDATE audit_line SET detail = '{}' WHERE id = 1"""], 1, "changed"),
    "removed": (["DELETE FROM audit_line WHERE id = 3"], 3, "missing"),
    "the first removed": (["DELETE FROM audit_line WHERE id = 1"], 1, "missing"),
    "removed and closed up": (
        ["DELETE FROM audit_line WHERE id = 3", "UPDATE audit_line SET id = 3 WHERE id = 4",
         "UPDATE audit_line SET id = 4 WHERE id = 5"], 3, "changed",
    ),
    "inserted": ([COPY.format(id=6) + " FROM audit_line WHERE id = 2"], 6, "does not belong"),
    "inserted before the first": ([COPY.format(id=0) + " FROM audit_line WHERE id = 2"], 1, "missing"),
    "re-ordered": (
        ["UPDATE audit_line SET id = 99 WHERE id = 2", "UPDATE audit_line SET id = 2 WHERE id = 3",
         "UPDATE audit_line SET id = 3 WHERE id = 99"], 2, "changed",
    ),
    "the end cut off": (["DELETE FROM audit_line WHERE id > 3"], 4, "cut off"),
    "all deleted": (["DELETE FROM audit_line"], 1, "cut off"),
}  # fmt: skip


@pytest.mark.parametrize("breach", BREACHES)
async def test_the_first_broken_line_is_named(store: Store, breach: str) -> None:
    statements, number, why = BREACHES[breach]
    await kept(store)
    before = await head(store)
    await unguarded(store, *statements)
    broken = (await verdict(store, before)).broken
    assert broken is not None
    assert broken[0] == number and why in broken[1]


async def test_a_chain_written_anew_differs_from_the_hash_that_was_kept(store: Store) -> None:
    await kept(store)
    before = await head(store)
    await unguarded(store, "DELETE FROM audit_line WHERE id > 2")
    await kept(store, 4)
    assert (await verdict(store)).broken is None, "nobody can see it from within"
    broken = (await verdict(store, before)).broken
    assert broken == (5, "is not the line that was there when its hash was kept")


async def test_reading_is_in_batches(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_trail, "BATCH", 3)
    await kept(store, 9)
    assert (await verdict(store)).head.id == 9
    await unguarded(store, "DELETE FROM audit_line WHERE id = 7")
    assert (await verdict(store)).broken == (7, "is missing")


# ---- showing


async def test_showing_by_unit_action_and_time(forest: Forest) -> None:
    async with forest.store.read() as conn:
        rows = dict((await conn.execute(sa.text("SELECT code, id FROM unit"))).all())
        paths = dict((await conn.execute(sa.text("SELECT code, path FROM unit"))).all())
    lines = [READ._replace(unit_id=rows[code]) for code in ("DL-MAY", "DL-MAY-1", "DL-GD")]
    await forest.does(audit.record, [*lines, Line(None, "officer.invite", "invitation", 4, rows["DL"])])

    async def shown(**wanted: Any) -> list[int | None]:
        found = await forest.sees(audit_trail.show, **wanted)
        return [line.unit_id for line in found if not line.action.startswith("unit.")]

    assert await shown(path=paths["DL-MAY"]) == [rows["DL-MAY"], rows["DL-MAY-1"]]
    assert await shown(action="officer") == [rows["DL"]]
    assert await shown(action="member.read", limit=1) == [rows["DL-GD"]]
    assert await shown(since=datetime.now(UTC) + timedelta(hours=1)) == []
    assert len(await shown(since=datetime.now(UTC) - timedelta(hours=1))) == 4


# ---- nothing personal

SYLLABLES = st.sampled_from(
    ["Nguyễn", "Trần", "Lê", "Phạm", "Thị", "Văn", "Hoa", "Hòa", "Y", "Bình", "H'Nuen", "Êban", "Ksor", "Lan"]
)
NAMES = st.lists(SYLLABLES, min_size=1, max_size=4).map(" ".join)
PHONES = st.from_regex(r"(\+84|84|0)[35789]\d{8}", fullmatch=True)
WRITTEN = st.builds(
    lambda phone, gap: gap.join((phone[:4], phone[4:7], phone[7:])), PHONES, st.sampled_from(["", " ", ".", "-"])
)
IDENTITY = st.from_regex(r"[0-9]{9}|0[0-9]{11}", fullmatch=True)
MAIL = st.from_regex(r"[a-z]{2,9}(\.[a-z]{2,9})?@(gmail\.com|yahoo\.com\.vn)", fullmatch=True)
PERSONAL = st.one_of(NAMES, WRITTEN, IDENTITY, MAIL, WRITTEN.map(lambda text: f"tel:{text}"))
WRAPPINGS: list[Callable[[Any], dict[str, Any]]] = [
    lambda value: {"note": value},
    lambda value: {"rows": 3, "columns": ["unit", value]},
    lambda value: {value: 1},
    lambda value: {"note": {"inner": value}},
]


@given(PERSONAL, st.sampled_from(WRAPPINGS))
def test_details_refuse_what_may_name_a_person(value: str, wrapped: Callable[[Any], dict[str, Any]]) -> None:
    with pytest.raises(PersonalData):
        audit.checked(READ._replace(detail=wrapped(value)))


@given(PHONES)
def test_a_phone_as_a_number_is_refused_too(phone: str) -> None:
    with pytest.raises(PersonalData):
        audit.checked(READ._replace(detail={"n": int(phone)}))


@pytest.mark.parametrize(
    "detail",
    [
        {},
        {"role": "case_officer", "since": "2026-11-22", "day": date(2026, 11, 22)},
        {"rows": 1_000_000, "share": 0.25, "dry": True, "into": None, "id": 7_301_444_403_183_616},
        {"columns": ["name", "phone"], "format": "xlsx", "version": "v2026.11"},
    ],
)
def test_the_programs_own_words_pass(detail: dict[str, Any]) -> None:
    audit.checked(READ._replace(detail=detail))


async def test_a_refused_line_undoes_what_it_tells_of(store: Store) -> None:
    with pytest.raises(PersonalData):
        await store.writer.transaction(lambda conn: audit.record(conn, [READ, READ._replace(detail={"n": "Lan Anh"})]))
    assert (await head(store)).id == 0

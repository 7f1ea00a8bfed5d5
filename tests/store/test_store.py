"""Opening: migrations on both databases, the guard, and addresses that cannot work."""

import asyncio
import os
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

import nhipcau.bot.program  # registers every room's tables
import nhipcau.broadcasts.ledger
import nhipcau.union.audit
import nhipcau.union.members
import nhipcau.union.officers
import nhipcau.union.units  # noqa: F401
from nhipcau.store.engine import driver_url
from nhipcau.store.errors import AlreadyServed, BadDatabaseUrl, is_outage
from nhipcau.store.store import Store, open_store
from nhipcau.store.tables import metadata
from tests.conftest import KEYRING


async def test_the_migrations_make_what_the_rooms_declare(store: Store) -> None:
    def differences(conn: sa.Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(conn), metadata))

    assert await store.transact(differences) == []


async def test_a_second_process_is_told_to_keep_away(database_url: str) -> None:
    async with open_store(database_url, KEYRING, serve=True):
        with pytest.raises(AlreadyServed, match="Another nhipcau process"):
            async with open_store(database_url, KEYRING, serve=True):
                pass
        async with open_store(database_url, KEYRING):  # a command beside the running server may read and write
            pass
    async with open_store(database_url, KEYRING, serve=True):
        pass


async def test_two_processes_never_meet_a_locked_database(tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/both.db"
    async with open_store(url, KEYRING) as one, open_store(url, KEYRING) as other:
        await asyncio.gather(*(write_many(store) for store in (one, other)))


async def write_many(store: Store) -> None:
    def write(conn: sa.Connection) -> None:
        conn.execute(sa.text("SELECT count(*) FROM inbox"))
        conn.execute(sa.text("UPDATE inbox SET starts = 1"))

    for _ in range(100):
        await store.writer.transaction(write)


async def test_a_reader_cannot_write(store: Store) -> None:
    async with store.read() as conn:
        with pytest.raises(sa.exc.DBAPIError):
            await conn.execute(sa.text("UPDATE inbox SET starts = 1"))


async def test_what_the_database_refuses_is_told_without_the_values(store: Store) -> None:
    """They would stand in the log: what members wrote, and their addresses."""

    def refused(conn: sa.Connection) -> None:
        conn.execute(sa.text("INSERT INTO question (text) VALUES (:text)"), {"text": "lời riêng"})

    with pytest.raises(sa.exc.IntegrityError) as error:
        await store.transact(refused)
    assert "lời riêng" not in str(error.value).replace(str(error.value.orig), "")
    with pytest.raises(sa.exc.DBAPIError) as other:
        async with store.read() as conn:
            await conn.execute(sa.text("SELECT :word FROM nowhere"), {"word": "lời riêng"})
    assert "lời riêng" not in str(other.value)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights elsewhere")
async def test_only_its_owner_reads_a_new_database(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path}/new.db", KEYRING) as store:
        await store.writer.transaction(lambda conn: conn.execute(sa.text("UPDATE inbox SET starts = 1")))
        files = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.glob("new.db*")}
    assert files == {"new.db": 0, "new.db-wal": 0, "new.db-shm": 0}


OUTAGES = [
    (sa.exc.OperationalError("SELECT", {}, Exception("locked")), True),
    (sa.exc.TimeoutError("all readers are busy"), True),
    (ConnectionRefusedError(), True),
    (sa.exc.IntegrityError("INSERT", {}, Exception("unique")), False),
    (ValueError(), False),
]


@pytest.mark.parametrize(("error", "outage"), OUTAGES)
def test_what_may_succeed_later(error: Exception, outage: bool) -> None:
    assert is_outage(error) is outage


@pytest.mark.parametrize("url", ["", "mysql://x/y", "sqlite://", "nonsense"])
def test_other_addresses_are_refused_with_an_example(url: str) -> None:
    with pytest.raises(BadDatabaseUrl, match="sqlite:///data/nhipcau.db"):
        driver_url(url)

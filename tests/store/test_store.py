"""Opening: migrations on both databases, the guard, and addresses that cannot work."""

import asyncio

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

import nhipcau.bot.program  # noqa: F401  # registers every room's tables
from nhipcau.store.engine import driver_url
from nhipcau.store.errors import AlreadyServed, BadDatabaseUrl
from nhipcau.store.store import Store, open_store
from nhipcau.store.tables import metadata


async def test_the_migrations_make_what_the_rooms_declare(store: Store) -> None:
    def differences(conn: sa.Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(conn), metadata))

    assert await store.transact(differences) == []


async def test_a_second_process_is_told_to_keep_away(database_url: str) -> None:
    async with open_store(database_url, serve=True):
        with pytest.raises(AlreadyServed, match="Another nhipcau process"):
            async with open_store(database_url, serve=True):
                pass
        async with open_store(database_url):  # a command beside the running server may read and write
            pass
    async with open_store(database_url, serve=True):
        pass


async def test_two_processes_never_meet_a_locked_database(tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/both.db"
    async with open_store(url) as one, open_store(url) as other:
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


@pytest.mark.parametrize("url", ["", "mysql://x/y", "sqlite://", "nonsense"])
def test_other_addresses_are_refused_with_an_example(url: str) -> None:
    with pytest.raises(BadDatabaseUrl, match="sqlite:///data/nhipcau.db"):
        driver_url(url)

"""Fixtures for all rooms: a fresh database of each kind, and the shipped knowledge."""

import logging
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

from nhipcau.knowledge.answer import Knowledge
from nhipcau.store.keyring import Keyring, new_key
from nhipcau.store.store import Store, open_store

settings.register_profile("nhipcau", deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
settings.load_profile("nhipcau")

KEY = os.environ["NHIPCAU_KEY"] = new_key()  # commands and processes that tests start find it there
KEYRING = Keyring([KEY])
SERVER = os.environ.get("NHIPCAU_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432")


def missing(what: str, how: str) -> None:
    """Skips with a sentence; with CI=true nothing may be skipped."""
    sentence = f"{what} is not here: {how}"
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)


async def _on_server(statement: str) -> None:
    conn = await asyncpg.connect(f"{SERVER}/postgres", timeout=5)
    try:
        await conn.execute(statement)
    finally:
        await conn.close()


@asynccontextmanager
async def empty_database(kind: str, folder: Path) -> AsyncIterator[str]:
    """The address of an empty database, "sqlite" or "postgresql", that is dropped afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'test.db'}"
        return
    name = f"nhipcau_test_{secrets.token_hex(6)}"
    try:
        await _on_server(f"CREATE DATABASE {name}")
    except (OSError, TimeoutError, asyncpg.PostgresError):
        missing("PostgreSQL", "start it on 127.0.0.1:5432, or name one in NHIPCAU_TEST_POSTGRESQL.")
    try:
        yield f"{SERVER}/{name}"
    finally:
        await _on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of an empty database that is dropped afterwards."""
    async with empty_database(request.param, tmp_path) as url:
        yield url


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    async with open_store(database_url, KEYRING) as opened:
        yield opened


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return Knowledge.load()


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """What a test sets up for the log ends with it: another test would find lines, or a stream that is closed."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    root.setLevel(level)
    root.handlers[:] = handlers

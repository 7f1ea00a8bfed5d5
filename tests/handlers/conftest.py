"""A room for each test: on SQLite, and on both databases where rows matter."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from nhipcau.handlers.i18n import DEFAULT, language
from nhipcau.knowledge.answer import Knowledge
from nhipcau.store.store import Store
from tests.handlers.room import Room, open_room


@pytest.fixture(autouse=True)
def vietnamese() -> None:
    language.set(DEFAULT)


@pytest.fixture
async def room(tmp_path: Path, knowledge: Knowledge) -> AsyncIterator[Room]:
    async with open_room(f"sqlite:///{tmp_path / 'room.db'}", knowledge) as opened:
        yield opened


@pytest.fixture
def room_on_both(store: Store, knowledge: Knowledge) -> Room:
    return Room(store, knowledge)

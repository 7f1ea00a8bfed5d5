"""Fixtures of the web chat's tests; a module's own fixture of the same name goes before these."""

from collections.abc import AsyncIterator

import pytest

from tests.channels.web_room import Room, open_room
from tests.channels.web_visit import Visit, visit


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    async with open_room(poll_seconds=0.3) as room:
        yield room


@pytest.fixture
async def member(room: Room) -> AsyncIterator[Visit]:
    async with visit(room) as member:
        yield member

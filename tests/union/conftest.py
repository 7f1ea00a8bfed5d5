"""A small union in a fresh database of each kind."""

from collections.abc import AsyncIterator

import pytest

from tests.union.forest import Forest, planted


@pytest.fixture
async def forest(database_url: str) -> AsyncIterator[Forest]:
    async with planted(database_url) as one:
        yield one

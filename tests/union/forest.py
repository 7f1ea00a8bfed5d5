"""A small union to try changes on."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa

from nhipcau.store.store import Store, open_store
from nhipcau.union import unit_tree
from nhipcau.union.unit_rules import Decision
from nhipcau.union.unit_tree import Founding
from tests.conftest import KEYRING

TODAY = date(2026, 11, 22)
FOUNDED = date(2026, 1, 1)
UNITS = [
    Founding("DL", "Liên đoàn Lao động tỉnh Đắk Lắk", "province"),
    Founding("DL-GD", "Công đoàn ngành Giáo dục", "sector", "DL"),
    Founding("DL-KCN", "Công đoàn các Khu công nghiệp", "upper", "DL"),
    Founding("DL-MAY", "Công đoàn cơ sở Công ty May Hòa Bình", "grassroots", "DL-KCN"),
    Founding("DL-CAO-SU", "Công đoàn cơ sở Công ty Cao su Buôn Hồ", "grassroots", "DL-KCN"),
    Founding("DL-MAY-1", "Tổ may 1", "team", "DL-MAY"),
    Founding("DL-MAY-2", "Tổ may 2", "team", "DL-MAY"),
]


def decided(since: date = TODAY, why: str = "Quyết định", today: date = TODAY) -> Decision:
    return Decision(since, why, today)


def plant(conn: sa.Connection, units: list[Founding] = UNITS) -> None:
    unit_tree.create_many(conn, units, decided(FOUNDED))


class Forest:
    """A store with the small union in it; plain functions are called as `await forest.does(function, …)`."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def does(self, function: Callable[..., Any], *values: Any, **more: Any) -> Any:
        """Runs a function in a transaction of its own."""
        return await self.store.writer.transaction(lambda conn: function(conn, *values, **more))

    async def sees(self, function: Callable[..., Any], *values: Any, **more: Any) -> Any:
        async with self.store.read() as conn:
            return await conn.run_sync(lambda sync: function(sync, *values, **more))


@asynccontextmanager
async def planted(url: str) -> AsyncIterator[Forest]:
    async with open_store(url, KEYRING) as store:
        forest = Forest(store)
        await forest.does(plant)
        yield forest

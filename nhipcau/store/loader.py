"""Reads by key in batches: what many chats need at the same moment is fetched with one query."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

V = TypeVar("V")
Fetch = Callable[[AsyncConnection, Sequence[str]], Awaitable[Mapping[str, V]]]

BATCH = 200


class Loader(Generic[V]):
    """Gets values by key; while one query runs, further keys gather for the next."""

    def __init__(self, engine: AsyncEngine, fetch: Fetch[V]) -> None:
        self._engine = engine
        self._fetch = fetch
        self._waiting: dict[str, list[asyncio.Future[V | None]]] = {}
        self._task: asyncio.Task[None] | None = None

    def get(self, key: str) -> asyncio.Future[V | None]:
        """Asks at once; await the result."""
        future: asyncio.Future[V | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(future)
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="store-loader")
        return future

    async def _run(self) -> None:
        while self._waiting:
            keys = list(self._waiting)[:BATCH]
            batch = {key: self._waiting.pop(key) for key in keys}
            await self._serve(batch)
        self._task = None

    async def _serve(self, batch: dict[str, list[asyncio.Future[V | None]]]) -> None:
        try:
            async with self._engine.connect() as conn:
                found = await self._fetch(conn, list(batch))
        except Exception as error:
            _fail(batch, error)
        else:
            for key, futures in batch.items():
                for future in futures:
                    if not future.done():
                        future.set_result(found.get(key))


def _fail(batch: dict[str, list[asyncio.Future[V | None]]], error: Exception) -> None:
    for futures in batch.values():
        for future in futures:
            if not future.done():
                future.set_exception(error)

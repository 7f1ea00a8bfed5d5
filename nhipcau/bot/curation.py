"""Officers' changes reach every process while it runs: whoever publishes or withdraws need not restart anything."""

import asyncio
import logging
from collections.abc import Callable

from nhipcau.knowledge import revisions
from nhipcau.knowledge.answer import Knowledge
from nhipcau.knowledge.effective import Seed, effective
from nhipcau.store.errors import is_outage
from nhipcau.store.store import Store

log = logging.getLogger(__name__)

LOOK_EVERY = 2.0  # seconds; with the second that a new index takes, a change is served within five


class Curation:
    """Keeps `learn` supplied with the newest knowledge: the shipped one with what the officers published."""

    def __init__(self, store: Store, seed: Knowledge, learn: Callable[[Knowledge], None]) -> None:
        self._store = store
        self._seed = seed
        self._learn = learn
        self._served = 0

    async def refresh(self) -> bool:
        """Looks once; True when something changed. While the new index is built in a thread, the old one answers."""
        async with self._store.read() as conn:
            newest = await conn.run_sync(revisions.newest)
            if newest == self._served:
                return False
            served = await conn.run_sync(revisions.served)
        self._learn(await asyncio.to_thread(_built, self._seed, served))
        self._served = newest
        log.info("Knowledge is served as of change %d.", newest)
        return True

    async def watch(self) -> None:
        """Looks again and again. Whatever fails, the knowledge of before goes on answering."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self.refresh()
            except Exception as error:
                if is_outage(error):
                    log.warning("The database does not tell whether entries changed; looking again.")
                else:
                    log.exception("Changed entries cannot be served.")


def _built(seed: Knowledge, served: revisions.Served) -> Knowledge:
    return effective(Seed.of(seed), served).knowledge(seed) if any(served) else seed

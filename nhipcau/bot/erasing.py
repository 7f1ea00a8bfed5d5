"""Deletes what is left of people who asked to be forgotten, once the last message to them is sent."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from nhipcau.bot import vault
from nhipcau.handlers import erasure
from nhipcau.handlers.erasure import Remains
from nhipcau.store import inbox, outbox
from nhipcau.store.errors import is_outage
from nhipcau.store.store import Store
from nhipcau.store.tables import metadata
from nhipcau.union import contacts, erasures
from nhipcau.union.erasures import Erasure

log = logging.getLogger(__name__)

GRACE = timedelta(minutes=1)
"""The chat page still has to read the last message, and a platform may deliver the wish once more."""

LONGEST = timedelta(minutes=10)
"""A last message that cannot be sent must not keep the rest."""


async def watch(store: Store, every: float = 5.0, grace: timedelta = GRACE) -> None:
    """Looks for what is due. Never returns."""
    scrubbed = True
    while True:
        await asyncio.sleep(every)
        try:
            erased = await erase_due(store, datetime.now(UTC), grace)
            if erased or not scrubbed:
                scrubbed = await store.transact.scrub(TABLES)
        except Exception as error:
            if not is_outage(error):
                raise
            log.error("The database does not answer (%s); erasing later.", type(error).__name__)


async def erase_due(store: Store, now: datetime, grace: timedelta = GRACE) -> int:
    """Deletes all that is due, and tells how many chats that were."""
    async with store.read() as conn:
        waiting = await erasures.waiting(conn)
        ready = await conn.run_sync(lambda sync: [one.key for one in waiting if _is_due(sync, one, now, grace)])
        left = await conn.run_sync(lambda sync: [erasure.remains(sync, key) for key in ready])
    if left:
        await store.writer.transaction(lambda conn: _forget(conn, left))
        log.info("%d chats were erased as their members wished.", len(left))
    return len(left)


def _is_due(conn: sa.Connection, one: Erasure, now: datetime, grace: timedelta) -> bool:
    if now - one.asked_at < grace:
        return False
    address = contacts.address(one.key)
    busy = inbox.is_open(conn, address) or outbox.is_open(conn, address)
    return not busy or now - one.asked_at > LONGEST


def _forget(conn: sa.Connection, left: Sequence[Remains]) -> None:
    for one in left:
        erasure.forget_chat(conn, one)
        vault.forget_chats(conn, [one.key])


TABLES = tuple(metadata.tables)
"""PostgreSQL's vacuum passes quickly over what did not change."""

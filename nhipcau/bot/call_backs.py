"""A published answer calls back those who asked for it."""

import asyncio
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from nhipcau.bot import clock
from nhipcau.bot.config import load_config
from nhipcau.bot.curators import refusals
from nhipcau.bot.gaps import group
from nhipcau.channels.message import Outgoing
from nhipcau.handlers.answer_text import title_button
from nhipcau.knowledge import desk, revisions
from nhipcau.knowledge.effective import Seed, effective
from nhipcau.store import outbox
from nhipcau.store.store import open_store


class Waiting(NamedTuple):
    """Questions that ask the same, and who waits for a reply to them."""

    questions: tuple[int, ...]
    wishes: tuple[desk.Wish, ...]


NOBODY = Waiting((), ())


async def waiting(conn: AsyncConnection, questions: Sequence[int]) -> Waiting:
    """These questions with all that ask the same."""
    groups = group(await desk.gaps(conn, date.min))
    alike = {one for found in groups if not set(questions).isdisjoint(found.ids) for one in found.ids}
    asked = tuple(sorted({*questions, *alike}))
    return Waiting(asked, tuple(await desk.waiting(conn, asked)))


def asked_alike(config: Path, questions: Sequence[int]) -> Waiting:
    """The same, from a configuration's database."""

    async def run() -> Waiting:
        async with open_store(load_config(config).database.url) as store, store.read() as conn:
            return await waiting(conn, questions)

    with refusals():
        return asyncio.run(run())


def tell(conn: sa.Connection, seed: Seed, entry: str, asked: Waiting) -> int:
    """Puts the entry's title and short answer into the outbox for all who wait; returns how many.

    A button under it opens the whole answer with its legal basis.
    """
    now = effective(seed, revisions.served(conn))
    shown = now.entries[entry].render(now.figures, clock.today(), now.documents)
    body = Outgoing(text=f"{shown.title}\n\n{shown.short}", buttons=((title_button(shown.title, entry, 0),),))
    encoded = msgspec.json.encode(body)
    drafts = [outbox.Draft(one.channel, one.account, one.chat, encoded) for one in asked.wishes]
    if drafts:
        outbox.insert(conn, drafts)
    desk.settle(conn, asked.questions)
    return len(drafts)

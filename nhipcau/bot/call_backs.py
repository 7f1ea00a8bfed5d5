"""A published answer calls back those who asked for it."""

import asyncio
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from nhipcau import clock
from nhipcau.bot.curators import refusals
from nhipcau.bot.database import open_configured
from nhipcau.bot.gaps import group
from nhipcau.channels.message import Outgoing
from nhipcau.handlers.answer_text import title_button
from nhipcau.handlers.i18n import DEFAULT, catalogue
from nhipcau.knowledge import desk, revisions
from nhipcau.knowledge.effective import Seed, effective
from nhipcau.knowledge.entries import Rendered
from nhipcau.knowledge.translations import LANGUAGE, standing
from nhipcau.store import outbox
from nhipcau.union import contacts


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
        async with open_configured(config) as store, store.read() as conn:
            return await waiting(conn, questions)

    with refusals():
        return asyncio.run(run())


def tell(conn: sa.Connection, seed: Seed, entry: str, asked: Waiting) -> int:
    """Puts the entry's title and short answer into the outbox for all who wait; returns how many.

    A button under it opens the whole answer with its legal basis. Who reads English gets English where the
    published text still fits its translation.
    """
    now = effective(seed, revisions.served(conn))
    shown = now.entries[entry].render(now.figures, clock.today(), now.documents)
    english = standing(seed.translations, now.entries).get(entry)
    bodies = {DEFAULT: _body(entry, shown)}
    if english is not None:
        bodies[LANGUAGE] = _body(entry, english.laid_over(shown, now.figures, clock.today()))
    spoken = contacts.languages(conn, [_key(one) for one in asked.wishes])
    drafts = [
        outbox.Draft(one.channel, one.account, one.chat, bodies.get(spoken.get(_key(one), ""), bodies[DEFAULT]))
        for one in asked.wishes
    ]
    if drafts:
        outbox.insert(conn, drafts)
    desk.settle(conn, asked.questions)
    return len(drafts)


def _key(wish: desk.Wish) -> str:
    return f"{wish.channel}:{wish.account}:{wish.chat}"


def _body(entry: str, shown: Rendered) -> bytes:
    parts = [shown.title, shown.short]
    if shown.language != DEFAULT:
        note = "This is a translation; the Vietnamese text is authoritative."
        parts.append(catalogue(shown.language).gettext(note))
    text = "\n\n".join(parts)
    return msgspec.json.encode(Outgoing(text=text, buttons=((title_button(shown.title, entry, 0),),)))

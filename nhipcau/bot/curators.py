"""What the curators' commands share: options, the database of a configuration, and refusals in one sentence."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, TypeVar

import sqlalchemy as sa
import typer

from nhipcau.bot.database import open_configured
from nhipcau.bot.sentences import refuse, sentences
from nhipcau.knowledge import revisions
from nhipcau.knowledge.answer import Knowledge
from nhipcau.knowledge.curation import CurationError, Faulty
from nhipcau.knowledge.documents import DocumentError
from nhipcau.knowledge.effective import Seed, effective
from nhipcau.knowledge.entries import EntryError
from nhipcau.knowledge.figures import FigureError

T = TypeVar("T")

NAME = "nhipcau knowledge"
DEFAULT_CONFIG = Path("config.toml")
ConfigOption = Annotated[Path, typer.Option("--config", "-c", envvar="NHIPCAU_CONFIG", help="Configuration.")]
ServedOption = Annotated[
    Path | None, typer.Option("--config", "-c", help="With the changes of this configuration's database.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
ByOption = Annotated[str, typer.Option("--by", help="Who does it: a name that colleagues know.")]
WhyOption = Annotated[str, typer.Option("--why", help="Why, for those who read the history later.")]


def reads(config: Path, job: Callable[[sa.Connection], T]) -> T:
    """What `job` reads from the configured database; the command ends with a sentence where it cannot."""

    async def run() -> T:
        async with open_configured(config) as store, store.read() as conn:
            return await conn.run_sync(job)

    with refusals():
        return asyncio.run(run())


def writes(config: Path, job: Callable[[sa.Connection], T]) -> T:
    """What `job` returns after its transaction is on disk; nothing is changed where it refuses."""

    async def run() -> T:
        async with open_configured(config) as store:
            done: T = await store.writer.transaction(job)
            return done

    with refusals():
        return asyncio.run(run())


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """Exit code 1 with the findings for a change that breaks rules, 2 with one sentence for any other refusal."""
    with sentences(NAME):
        try:
            yield
        except Faulty as fault:
            print(fault)
            print(f"{len(fault.findings)} findings; nothing was kept.")
            raise typer.Exit(1) from None
        except (CurationError, EntryError, FigureError, DocumentError) as error:
            refuse(NAME, f"{error}.")


def seed() -> Seed:
    """The shipped base."""
    with refusals():
        return Seed.load()


def known(config: Path | None) -> Knowledge:
    """The shipped knowledge; with a configuration as its readers meet it."""
    shipped = Knowledge.load()
    if config is None:
        return shipped
    return effective(Seed.of(shipped), reads(config, revisions.served)).knowledge(shipped)

"""Sample units for `nhipcau demo`, marked as samples in their names."""

from pathlib import Path

import sqlalchemy as sa

import nhipcau.union
from nhipcau import clock
from nhipcau.bot.config import Config, Secrets
from nhipcau.knowledge.calc.regions import known_region
from nhipcau.store.sheets import read_sheet
from nhipcau.store.store import open_store
from nhipcau.union import unit_rows, unit_sheet
from nhipcau.union.unit_rules import Decision

UNITS = Path(nhipcau.union.__file__).with_name("sample_units.csv")


async def plant(config: Config, secrets: Secrets) -> None:
    """Brings the sample units into the demo's database; a second start changes nothing."""
    async with open_store(config.database.url, secrets.keyring) as store:
        await store.writer.transaction(_bring)


def _bring(conn: sa.Connection) -> None:
    decision = Decision(clock.today(), "samples of the demo", clock.today())
    unit_sheet.bring(conn, read_sheet(UNITS, unit_rows.headings()), decision, known_region)

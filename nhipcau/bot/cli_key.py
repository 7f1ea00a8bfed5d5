"""`nhipcau key …`: the key under which members' data are sealed."""

import asyncio
import sys

import typer

from nhipcau.bot.config import load_config, load_key
from nhipcau.bot.curators import DEFAULT_CONFIG, ConfigOption
from nhipcau.bot.sentences import sentences
from nhipcau.store.keyring import Keyring, new_key

NAME = "nhipcau key"

app = typer.Typer(help="The key that seals members' data: make one, change it.", no_args_is_help=True)


@app.command(epilog="Example: nhipcau key new > /etc/nhipcau/key")
def new() -> None:
    """Print a new key. Whoever has it and the database reads everything; without it nobody does, you included."""
    print(new_key())


@app.command(epilog="Example: NHIPCAU_KEY=NEW,OLD nhipcau key rotate --config config.toml")
def rotate(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Seal everything under the first of several keys, with the server stopped. After an interruption run it again."""
    import nhipcau.bot.program  # noqa: F401  # every room's tables are known only then
    from nhipcau.store import rotation

    with sentences(NAME):
        work = rotation.rotate(load_config(config).database.url, Keyring.parse(load_key()), _tell)
        rotated = asyncio.run(work)
    print("All is sealed under the first key; the others are no longer needed." if rotated else "Nothing to do.")


def _tell(table: str, rows: int) -> None:
    print(f"{table}: {rows} rows", file=sys.stderr)

"""The full series: python -m tests.crash --kills 200 --database sqlite|postgresql

Prints one line of figures; ends with 1 when anything was lost, doubled or misplaced.
"""

import argparse
import asyncio
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import msgspec

from tests.conftest import SERVER
from tests.crash.series import run_series


def main() -> int:
    """0 when the series found nothing amiss."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--chats", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    return asyncio.run(_run(parser.parse_args()))


async def _run(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="nhipcau-crash-") as name:
        folder = Path(name)
        async with _database(options.database, folder) as url:
            figures = await run_series(url, folder, kills=options.kills, seed=options.seed, chats=options.chats)
    print(msgspec.json.encode(figures).decode(), flush=True)
    return 0 if figures.good else 1


@asynccontextmanager
async def _database(kind: str, folder: Path) -> AsyncIterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'crash.db'}"
        return
    name = f"nhipcau_crash_{secrets.token_hex(6)}"
    server = await asyncpg.connect(f"{SERVER}/postgres", timeout=5)
    try:
        await server.execute(f"CREATE DATABASE {name}")
        yield f"{SERVER}/{name}"
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await server.close()


if __name__ == "__main__":
    sys.exit(main())

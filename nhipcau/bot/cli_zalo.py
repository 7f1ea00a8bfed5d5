"""`nhipcau zalo …`: connect a Zalo Official Account."""

import asyncio
import contextlib
import sys
import threading
import time
from pathlib import Path
from typing import Annotated

import typer

from nhipcau.bot import log
from nhipcau.bot.config import ConfigError, load_config, load_secrets
from nhipcau.bot.sentences import sentences
from nhipcau.bot.zalo import connect
from nhipcau.channels.failures import SendFailure
from nhipcau.channels.zalo_oa import ZaloOA
from nhipcau.channels.zalo_oa_login import NotAdmitted
from nhipcau.store.store import open_store

NAME = "nhipcau zalo login"
LOOK_EVERY = 0.5  # seconds
PATIENCE = 900.0  # seconds; the code that the browser brings lives ten minutes

app = typer.Typer(help="Zalo: connect an Official Account.", no_args_is_help=True)
ConfigOption = Annotated[Path, typer.Option("--config", "-c", help="The configuration file.", envvar="NHIPCAU_CONFIG")]


@app.callback()
def zalo() -> None:
    """Zalo: connect an Official Account."""


@app.command(epilog="Example: nhipcau zalo login --config config.toml")
def login(
    config: ConfigOption = Path("config.toml"),
    refresh_token: Annotated[
        bool, typer.Option("--refresh-token", help="Ask for a refresh token of the console's API Explorer.")
    ] = False,
) -> None:
    """Let an administrator of the OA grant the permission, and keep the tokens.

    Prints a link to open. Ends by itself when the browser returns to the running server; where it cannot reach it,
    paste the address at which the browser ended.
    """
    with sentences(NAME):
        settings = load_config(config)
        secrets = load_secrets(settings)
        if not settings.zalo_oa.enabled:
            raise ConfigError("zalo_oa.enabled is false: fill in [zalo_oa] and switch it on first.")
        log.set_up("WARNING", secrets.hidden)

        async def run() -> None:
            async with open_store(settings.database.url, secrets.keyring) as store:
                oa = connect(settings, secrets, store)
                try:
                    await (_by_refresh(oa) if refresh_token else _by_permission(oa))
                finally:
                    await oa.stop()

        try:
            asyncio.run(run())
        except (NotAdmitted, SendFailure) as failure:
            raise ConfigError(str(failure)) from failure
    print("The OA is connected; the tokens renew themselves while the server runs.")


async def _by_refresh(oa: ZaloOA) -> None:
    pasted = await asyncio.to_thread(typer.prompt, "Refresh token", hide_input=True)
    await oa.login.finish_by_refresh(pasted)


async def _by_permission(oa: ZaloOA) -> None:
    before = await oa.tokens.state()
    link = await oa.login.begin()
    print(f"Open this link as an administrator of the OA, and agree:\n\n{link}\n")
    print("Waiting for the browser to return; or paste the address at which it ended, and press Enter:", flush=True)
    pasted = _line()
    end = time.monotonic() + PATIENCE
    while not pasted.done() or not pasted.result():
        state = await oa.tokens.state()
        if state is not None and state.since != (before.since if before else None):
            return
        if time.monotonic() > end:
            raise NotAdmitted("Nobody granted the permission within 15 minutes: begin again.")
        await asyncio.sleep(LOOK_EVERY)
    await oa.login.finish_pasted(pasted.result())


def _line() -> "asyncio.Future[str]":
    """The next line of standard input; "" at its end. A thread of its own, which may stay behind waiting."""
    loop = asyncio.get_running_loop()
    line: asyncio.Future[str] = loop.create_future()

    def read() -> None:
        text = sys.stdin.readline().strip()
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(line.set_result, text)

    threading.Thread(target=read, daemon=True).start()
    return line

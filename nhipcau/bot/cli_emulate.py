"""`nhipcau emulate …`: a platform on this computer, to try the program without an account anywhere."""

import asyncio
import contextlib
import signal
from typing import Annotated

import typer

from nhipcau.bot.sentences import sentences
from nhipcau.channels.zalo_oa_settings import OaSettings
from nhipcau.emulators.zalo_bot import zalo_bot_emulator
from nhipcau.emulators.zalo_oa import zalo_oa_emulator
from nhipcau.emulators.zalo_oa_account import Identity

NAME = "nhipcau emulate"

app = typer.Typer(help="Stand in for a platform on this computer, to try it without an account.", no_args_is_help=True)

# The same each time, so that a configuration once written fits again; worthless anywhere else.
OA = Identity(
    oa_id="3886132808788086457",
    app_id="1234567890123456789",
    app_secret="emulated-app-secret",  # noqa: S106
    oa_secret="emulated-oa-secret",  # noqa: S106
)
ZALO_OA_STEPS = """\
An Official Account of Zalo is emulated here (Ctrl+C ends it; nothing is kept).
1. Put this into a configuration, for instance emulated.toml:

[server]
public_url = "{server}"

[zalo_oa]
enabled = true
oa_id = "{oa.oa_id}"
app_id = "{oa.app_id}"
api_url = "{oa.api_url}"
oauth_url = "{oa.oauth_url}"

2. Make a key, once: nhipcau key new > emulated.key
   Then in another terminal:

export NHIPCAU_ZALO_APP_SECRET={oa.app_secret} NHIPCAU_ZALO_OA_SECRET={oa.oa_secret}
export NHIPCAU_KEY_FILE=emulated.key
nhipcau serve --config emulated.toml

3. In a third one, with the same exports, after each start of this emulator:

nhipcau zalo login --config emulated.toml

4. Open the phone and follow the account: {oa.api_url}/
   Its events go to {oa.webhook_url} (--server changes that)."""

BOT_TOKEN = "1459232241454765289:emulated-token"  # noqa: S105 - worthless anywhere else, like the values above
ZALO_BOT_STEPS = """\
A bot of the Zalo Bot Platform is emulated here (Ctrl+C ends it; nothing is kept).
1. Put this into a configuration, for instance emulated.toml:

[zalo_bot]
enabled = true
api_url = "{bot.api_url}"

2. In another terminal:

export NHIPCAU_ZALO_BOT_TOKEN={bot.token}
export NHIPCAU_KEY=$(nhipcau key new)      # or the key you have
nhipcau serve --config emulated.toml

3. Open the phone and write to the bot: {bot.api_url}/"""


@app.callback()
def emulate() -> None:
    """Stand in for a platform on this computer, to try it without an account."""


@app.command("zalo-oa", epilog="Example: nhipcau emulate zalo-oa --port 8090")
def zalo_oa(
    port: Annotated[int, typer.Option(help="First of three ports on this computer; 0 takes any free ones.")] = 8090,
    server: Annotated[str, typer.Option(help="Where `nhipcau serve` is.")] = "http://127.0.0.1:8080",
) -> None:
    """Emulate Zalo's Official Account, with a page that stands for a phone, until Ctrl+C."""
    with sentences(NAME):
        asyncio.run(_zalo_oa(port, server))


async def _zalo_oa(port: int, server: str) -> None:
    server = server.rstrip("/")
    webhook = server + OaSettings(oa_id=OA.oa_id, app_id=OA.app_id).hook_path
    async with zalo_oa_emulator(webhook, port=port, identity=OA, phone=True) as oa:
        print(ZALO_OA_STEPS.format(oa=oa, server=server), flush=True)
        await _stopped()


@app.command("zalo-bot", epilog="Example: nhipcau emulate zalo-bot --port 8093")
def zalo_bot(
    port: Annotated[int, typer.Option(help="Port on this computer; 0 takes any free one.")] = 8093,
) -> None:
    """Emulate the Zalo Bot Platform, with a page that stands for a phone, until Ctrl+C."""
    with sentences(NAME):
        asyncio.run(_zalo_bot(port))


async def _zalo_bot(port: int) -> None:
    async with zalo_bot_emulator(port=port, token=BOT_TOKEN, phone=True) as bot:
        print(ZALO_BOT_STEPS.format(bot=bot), flush=True)
        await _stopped()


async def _stopped() -> None:
    stop = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no such handlers; Ctrl+C still ends it
            asyncio.get_running_loop().add_signal_handler(one, stop.set)
    await stop.wait()

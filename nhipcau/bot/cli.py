"""The command line. Every command says what it does by example; `--json` is for scripts."""

import asyncio
import contextlib
import signal
import tempfile
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from nhipcau import __version__
from nhipcau.bot import (
    cli_ask,
    cli_audit,
    cli_calc,
    cli_curation,
    cli_emulate,
    cli_key,
    cli_knowledge,
    cli_officers,
    cli_poster,
    cli_radar,
    cli_translations,
    cli_units,
    cli_zalo,
    log,
)
from nhipcau.bot.config import Config, Database, Secrets, Server, load_config, load_secrets
from nhipcau.bot.keys import own_key
from nhipcau.bot.memory import give_back
from nhipcau.bot.sentences import sentences

app = typer.Typer(
    help="Nhịp Cầu: a bridge between a trade union and its members.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("ask")(cli_ask.ask)
app.command("calc")(cli_calc.calc)
app.command("poster", epilog="Example: nhipcau poster DL-MAY --out poster.pdf --png")(cli_poster.poster)
cli_knowledge.app.add_typer(cli_curation.app)
cli_knowledge.app.add_typer(cli_radar.app)
cli_knowledge.app.add_typer(cli_translations.app)
app.add_typer(cli_knowledge.app, name="knowledge")
app.add_typer(cli_key.app, name="key")
app.add_typer(cli_officers.app, name="officers")
app.add_typer(cli_audit.app, name="audit")
app.add_typer(cli_units.app, name="units")
app.add_typer(cli_zalo.app, name="zalo")
app.add_typer(cli_emulate.app, name="emulate")

ConfigOption = Annotated[Path, typer.Option("--config", "-c", help="The configuration file.", envvar="NHIPCAU_CONFIG")]
DEFAULT_CONFIG = Path("config.toml")


@app.command(epilog="Example: nhipcau demo --port 8080 --data /tmp/nhipcau")
def demo(
    port: Annotated[int, typer.Option(help="Port on this computer; 0 takes any free one.")] = 8080,
    data: Annotated[Path | None, typer.Option(help="Folder for all it writes; by default a new one.")] = None,
) -> None:
    """Run the web chat with no token and no service, until Ctrl+C."""
    folder = data or Path(tempfile.mkdtemp(prefix="nhipcau-"))
    folder.mkdir(parents=True, exist_ok=True)
    config = Config(
        union=msgspec.structs.replace(Config().union, name="Công đoàn (bản dùng thử)"),
        database=Database(url=f"sqlite:///{folder / 'nhipcau.db'}"),
        server=Server(port=port),
    )
    _run(config, Secrets(key=own_key(folder)), "Nhịp Cầu demo: open {address}/chat   (Ctrl+C stops it)", samples=True)


@app.command(epilog="Example: nhipcau serve --config config.toml")
def serve(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Run the channels the configuration names, until Ctrl+C or SIGTERM."""
    with sentences("nhipcau"):
        settings = load_config(config)
        secrets = load_secrets(settings)
    _run(settings, secrets, "Nhịp Cầu serves at {address}")


@app.command(epilog="Example: nhipcau doctor --config config.toml")
def doctor(
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per finding.")] = False,
) -> None:
    """Check configuration, database, tokens, webhook, clock and disk; say what to do about each finding."""
    from nhipcau.bot.doctor import examine

    findings = asyncio.run(examine(config))
    for finding in findings:
        print(msgspec.json.encode(finding).decode() if as_json else finding.line())
    raise typer.Exit(0 if all(finding.well for finding in findings) else 1)


@app.command(epilog="Example: nhipcau version")
def version() -> None:
    """Print the version."""
    print(__version__)


def _run(config: Config, secrets: Secrets, ready: str, *, samples: bool = False) -> None:
    log.set_up(config.log.level, secrets.hidden)
    with sentences("nhipcau"):
        try:
            import uvloop
        except ImportError:
            asyncio.run(_serve(config, secrets, ready, samples))
        else:
            uvloop.run(_serve(config, secrets, ready, samples))


async def _serve(config: Config, secrets: Secrets, ready: str, samples: bool) -> None:
    from nhipcau.bot.program import running
    from nhipcau.bot.samples import plant
    from nhipcau.knowledge.answer import Knowledge

    stop = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no such handlers; Ctrl+C still ends it
            asyncio.get_running_loop().add_signal_handler(one, stop.set)
    if samples:
        await plant(config, secrets)
    async with running(config, secrets, Knowledge.load()) as address:
        give_back()
        print(ready.format(address=address), flush=True)
        await stop.wait()

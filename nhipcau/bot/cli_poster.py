"""`nhipcau poster UNIT`: what hangs on the notice board of a unit."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from nhipcau.bot.config import Config, load_config
from nhipcau.bot.curators import DEFAULT_CONFIG, ConfigOption
from nhipcau.bot.database import open_configured
from nhipcau.bot.links import Entrance, ask_telegram_name, entrances
from nhipcau.bot.sentences import refuse, sentences
from nhipcau.handlers.i18n import LANGUAGES, language
from nhipcau.union.unit_rules import UnitError
from nhipcau.union.unit_tree import find_unit
from nhipcau.union.units import Unit

NAME = "nhipcau poster"
NO_NAME = "Telegram does not tell the bot's name; give it with --telegram, as in --telegram CongDoanBot."
NO_CHAT = "There is no chat to lead to: set server.public_url for the web chat, or turn on telegram or zalo_oa."
NO_ADDRESS = "The poster has no code for the web chat: set server.public_url."


def poster(
    unit: Annotated[str, typer.Argument(help="The unit's code.")],
    out: Annotated[Path | None, typer.Option(help="The file to write; by default poster-CODE.pdf.")] = None,
    png: Annotated[bool, typer.Option("--png", help="The same as a picture beside it.")] = False,
    telegram: Annotated[str, typer.Option(help="The bot's @name; without it Telegram is asked.")] = "",
    tongue: Annotated[str, typer.Option("--language", help=f"One of {', '.join(LANGUAGES)}.")] = "vi",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Make an A4 poster with the codes that open the chat of a unit."""
    if tongue not in LANGUAGES:
        refuse(NAME, f"There is no language {tongue!r}; choose one of {', '.join(LANGUAGES)}.")
    with sentences(NAME):
        settings = load_config(config)
        one = _unit(config, unit)
        found = _entrances(settings, config, telegram.lstrip("@"), one)
        language.set(tongue)
        for file in _files(settings, one, found, out or Path(f"poster-{one.code}.pdf"), png):
            print(file)


def _unit(config: Path, code: str) -> Unit:
    async def run() -> Unit:
        async with open_configured(config) as store, store.read() as conn:
            return await conn.run_sync(find_unit, code)

    try:
        found = asyncio.run(run())
    except UnitError as error:
        refuse(NAME, str(error))
    if not found.is_open:
        refuse(NAME, f"The unit {found.code} is not open, so nobody can join it; name another.")
    return found


def _entrances(settings: Config, config: Path, telegram: str, unit: Unit) -> list[Entrance]:
    from nhipcau.bot.posters import parameter

    if settings.telegram.enabled and not telegram:
        telegram = asyncio.run(ask_telegram_name(config)) or refuse(NAME, NO_NAME)
    found = entrances(settings, telegram, parameter(unit))
    if not found:
        refuse(NAME, NO_CHAT)
    if settings.web_chat.enabled and not settings.server.public_url:
        print(NO_ADDRESS, file=sys.stderr)
    return found


def _files(settings: Config, unit: Unit, found: Sequence[Entrance], out: Path, png: bool) -> list[Path]:
    from nhipcau.bot import posters
    from nhipcau.paper.pdf import pdf  # half a second that other commands need not pay
    from nhipcau.paper.png import png as drawn

    page = posters.poster(settings.union.name, unit, found)
    out.write_bytes(pdf(page))
    if not png:
        return [out]
    picture = out.with_suffix(".png")
    picture.write_bytes(drawn(page))
    return [out, picture]

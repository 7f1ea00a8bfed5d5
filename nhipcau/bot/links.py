"""The addresses that open a chat with us and pass a parameter on: for invitations and posters."""

import asyncio
from pathlib import Path
from typing import NamedTuple

from nhipcau.bot.config import Config, load_config, load_secrets

PATIENCE = 10.0  # seconds for Telegram to tell the bot's name


class Entrance(NamedTuple):
    """What opens a chat on a channel. `typed` is what to write there first, where the address carries no parameter."""

    channel: str
    address: str
    typed: str = ""


def entrances(config: Config, telegram_name: str, parameter: str) -> list[Entrance]:
    """One for each channel that is on and whose chat an address can open.

    `telegram_name` is the bot's @name; "" where it is not known. We know of no parameter of the address of a Zalo
    Official Account, and of no address at all of a bot of the Zalo Bot Platform.
    """
    found = []
    if config.telegram.enabled and telegram_name:
        found.append(Entrance("telegram", f"https://t.me/{telegram_name}?start={parameter}"))
    if config.zalo_oa.enabled:
        found.append(Entrance("zalo_oa", f"https://zalo.me/{config.zalo_oa.oa_id}", f"/start {parameter}"))
    if config.web_chat.enabled and config.server.public_url:
        found.append(Entrance("web", f"{config.server.public_url.rstrip('/')}/chat?start={parameter}"))
    return found


def links(config: Config, telegram_name: str, parameter: str) -> list[str]:
    """The addresses that carry the parameter; on other channels people type `/start PARAMETER`."""
    return [one.address for one in entrances(config, telegram_name, parameter) if not one.typed]


async def ask_telegram_name(config: Path) -> str:
    """The bot's @name; "" where Telegram does not tell it. Raises ConfigError, Misconfigured."""
    from nhipcau.bot.program import telegram_channel

    settings = load_config(config)
    channel = telegram_channel(settings, load_secrets(settings))
    try:
        return await asyncio.wait_for(channel.ask_name(), PATIENCE)
    except TimeoutError:
        return ""

"""The database that a configuration names, opened with the key from the environment."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from nhipcau.bot.config import load_config, load_key
from nhipcau.store.keyring import Keyring
from nhipcau.store.store import Store, open_store


def open_configured(config: Path) -> AbstractAsyncContextManager[Store]:
    """For a command that may work beside the running server. Raises ConfigError and what `open_store` raises."""
    return open_store(load_config(config).database.url, Keyring.parse(load_key()))

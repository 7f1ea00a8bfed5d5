"""Documentation is tested: every command and every key of the configuration is described."""

from pathlib import Path

import msgspec
import pytest

from nhipcau.bot.config import Config
from tests.bot.test_cli import COMMANDS

ROOT = Path(__file__).parents[1]
KEYS = [
    f"{section.name}.{key.name}"
    for section in msgspec.structs.fields(Config)
    for key in msgspec.structs.fields(section.type)
]
SECRETS = (
    "NHIPCAU_KEY",
    "NHIPCAU_TELEGRAM_TOKEN",
    "NHIPCAU_TELEGRAM_SECRET",
    "NHIPCAU_ZALO_APP_SECRET",
    "NHIPCAU_ZALO_OA_SECRET",
    "NHIPCAU_ZALO_BOT_TOKEN",
    "NHIPCAU_ZALO_BOT_SECRET",
    "NHIPCAU_CONFIG",
)


@pytest.fixture(scope="module")
def documentation() -> str:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return "\n".join(page.read_text(encoding="utf-8") for page in pages if page.exists())


@pytest.mark.parametrize("command", [" ".join(path) for path in COMMANDS])
def test_every_command_is_described(documentation: str, command: str) -> None:
    assert f"nhipcau {command}" in documentation


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_described(documentation: str, key: str) -> None:
    assert key in documentation


@pytest.mark.parametrize("name", SECRETS)
def test_every_secret_is_described(documentation: str, name: str) -> None:
    assert name in documentation

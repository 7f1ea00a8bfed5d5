"""What the doctor says of Telegram, against a Bot API server."""

from pathlib import Path

import pytest

from nhipcau.bot.doctor import Finding, examine
from nhipcau.knowledge.answer import Knowledge
from tests.emulators.telegram_api import TelegramApi

WEBHOOK = 'mode = "webhook"\n[server]\npublic_url = "https://bot.example.vn"\n'


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, knowledge: Knowledge) -> None:
    monkeypatch.setattr(Knowledge, "load", classmethod(lambda _: knowledge))
    monkeypatch.setattr("nhipcau.bot.doctor.lint_base", list)
    monkeypatch.setenv("NHIPCAU_TELEGRAM_SECRET", "only-Telegram_knows")


async def said_of_telegram(
    folder: Path, api: TelegramApi, monkeypatch: pytest.MonkeyPatch, *, token: str = "", more: str = ""
) -> list[Finding]:
    monkeypatch.setenv("NHIPCAU_TELEGRAM_TOKEN", token or api.token)
    path = folder / "config.toml"
    database = f'[database]\nurl = "sqlite:///{folder / "x.db"}"\n'
    path.write_text(f'{database}[telegram]\nenabled = true\napi_url = "{api.base_url}"\n{more}', encoding="utf-8")
    return [finding for finding in await examine(path) if finding.what in ("telegram", "channels")]


async def test_a_working_bot_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with TelegramApi() as api:
        found = await said_of_telegram(tmp_path, api, monkeypatch)
    assert all(finding.well for finding in found)
    assert "@nhipcau_bot" in found[0].sentence


async def test_a_refused_token_is_told_without_showing_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with TelegramApi() as api:
        (found,) = await said_of_telegram(tmp_path, api, monkeypatch, token="123456:ANOTHER")
    assert not found.well
    assert "token" in found.sentence
    assert "ANOTHER" not in found.sentence


async def test_a_webhook_that_is_not_set_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with TelegramApi() as api:
        found = await said_of_telegram(tmp_path, api, monkeypatch, more=WEBHOOK)
    assert not all(finding.well for finding in found)


async def test_telegram_out_of_reach_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with TelegramApi() as api:
        pass
    (found,) = await said_of_telegram(tmp_path, api, monkeypatch)
    assert not found.well
    assert api.token not in found.sentence

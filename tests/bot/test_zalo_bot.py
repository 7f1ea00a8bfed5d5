"""A bot of the Zalo Bot Platform in the running program: doubts, its plan over restarts, its log, the doctor."""

import io
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from nhipcau.bot import log, metrics
from nhipcau.bot.config import Config, ConfigError, Database, Secrets, Server, WebChat, ZaloBot, load_secrets
from nhipcau.bot.doctor import examine
from nhipcau.bot.program import running
from nhipcau.emulators.zalo_bot import ZaloBotServer, zalo_bot_emulator
from nhipcau.knowledge.answer import Knowledge
from tests.conftest import KEY

SECRET = "only-Zalo_knows"


@pytest.fixture
async def server() -> AsyncIterator[ZaloBotServer]:
    async with zalo_bot_emulator() as running_server:
        yield running_server


@asynccontextmanager
async def program(server: ZaloBotServer, url: str, knowledge: Knowledge, **more: object) -> AsyncIterator[None]:
    """The program with this bot, polling, and nothing else."""
    rates = {"messages_per_second": 0, "messages_per_second_per_chat": 0}
    section = ZaloBot(enabled=True, api_url=server.api_url, **(rates | more))  # type: ignore[arg-type]
    config = Config(
        database=Database(url=url), server=Server(port=0), web_chat=WebChat(enabled=False), zalo_bot=section
    )
    async with running(config, Secrets(key=KEY, zalo_bot_token=server.token), knowledge):
        yield


async def test_an_answer_in_doubt_is_told_of_and_shown_again(
    server: ZaloBotServer, database_url: str, knowledge: Knowledge
) -> None:
    person = server.person()
    async with program(server, database_url, knowledge):
        server.trouble("dropped")
        person.write("luong toi thieu vung 3")
        (notice,) = await person.hear()
        assert notice.text.endswith("Anh/chị cũng có thể gõ: xem lại câu trả lời.")
        person.write("xem lại câu trả lời")
        (answer,) = await person.hear()
        assert "Lương tối thiểu vùng III" in answer.text
        person.write("3")
        assert "Cảm ơn" in (await person.hear())[0].text
    assert server.violations == []


async def test_the_plan_is_counted_over_restarts(
    server: ZaloBotServer, database_url: str, knowledge: Knowledge
) -> None:
    person = server.person()
    for count in (1, 2, 3):
        async with program(server, database_url, knowledge, messages_per_month=4):
            person.write("xin chào")
            await person.hear()
        used = metrics.registry.get_sample_value(
            "nhipcau_quota_used_ratio", {"channel": "zalo_bot", "limit": "messages"}
        )
        assert used == count / 4


async def test_a_question_asked_while_we_were_down_is_answered(
    server: ZaloBotServer, database_url: str, knowledge: Knowledge
) -> None:
    person = server.person()
    person.write("luong toi thieu vung 3")
    async with program(server, database_url, knowledge):
        assert "vùng III" in (await person.hear())[0].text


# ---- the log


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """All that any library tells at any level, before our filter hides secrets."""
    root, out = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    handler = logging.StreamHandler(out)
    root.handlers[:] = [handler]
    root.setLevel(logging.NOTSET)
    yield out
    root.handlers[:], root.level = handlers, level


async def test_no_token_and_no_words_in_the_log(
    server: ZaloBotServer, tmp_path: Path, knowledge: Knowledge, lines: io.StringIO
) -> None:
    person = server.person()
    async with program(server, f"sqlite:///{tmp_path / 'x.db'}", knowledge):
        for trouble in ("dropped", 500):
            server.trouble(trouble, "getUpdates")
        for trouble in (400, "dropped", 429):
            server.trouble(trouble)
            person.write("chuyện riêng của em 0905123456")
        person.write("chuyện riêng nữa")
        await person.hear(3, patience=30)
    text = lines.getvalue()
    assert "Zalo" in text
    assert server.token.partition(":")[2] not in text
    assert "chuyện riêng" not in text
    assert "0905123456" not in text
    assert person.id not in text


def test_the_log_knows_what_to_hide() -> None:
    secrets = Secrets(key=KEY, zalo_bot_token="7:very-hidden", zalo_bot_secret=SECRET)
    assert {"7:very-hidden", SECRET} <= set(secrets.hidden)
    assert "hidden" not in repr(secrets)
    assert log.Redact(secrets.hidden)


# ---- the configuration and the doctor

ON = {"NHIPCAU_KEY": KEY, "NHIPCAU_ZALO_BOT_TOKEN": "7:abc"}
HTTPS = Server(public_url="https://bot.example.vn")
MISSING: list[tuple[dict[str, object], dict[str, str], str]] = [
    ({}, {"NHIPCAU_KEY": KEY}, "NHIPCAU_ZALO_BOT_TOKEN"),
    ({"mode": "webhook"}, ON, "NHIPCAU_ZALO_BOT_SECRET"),
    ({"mode": "webhook", "server": Server()}, ON, "server.public_url"),
]


@pytest.mark.parametrize(("settings", "environment", "named"), MISSING)
def test_what_is_missing_is_named(settings: dict[str, object], environment: dict[str, str], named: str) -> None:
    mode = settings.get("mode", "polling")
    config = Config(server=settings.get("server", HTTPS), zalo_bot=ZaloBot(enabled=True, mode=mode))  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=named):
        load_secrets(config, environment)


async def test_the_doctor_names_the_bot_and_its_plan(
    server: ZaloBotServer, tmp_path: Path, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Knowledge, "load", classmethod(lambda _: knowledge))
    monkeypatch.setattr("nhipcau.bot.doctor.lint_base", list)
    monkeypatch.setenv("NHIPCAU_ZALO_BOT_TOKEN", server.token)
    url = f"sqlite:///{tmp_path / 'x.db'}"
    person = server.person()
    async with program(server, url, knowledge, messages_per_month=1):
        person.write("xin chào")
        await person.hear()
    path = tmp_path / "config.toml"
    section = f'[zalo_bot]\nenabled = true\napi_url = "{server.api_url}"\nmessages_per_month = 1\n'
    path.write_text(f'[database]\nurl = "{url}"\n{section}', encoding="utf-8")
    found = [finding for finding in await examine(path) if finding.what == "zalo_bot"]
    assert [finding.well for finding in found] == [True, True, False, True]
    assert "bot.NhipCau" in found[0].sentence
    assert "1 of the plan's 1 messages sent this month (100 %): buy a larger plan" in found[2].sentence
    assert all(server.token not in finding.sentence for finding in found)

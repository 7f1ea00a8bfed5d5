"""No secret and no member's word in any line of the log."""

import asyncio
import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from nhipcau.bot import log
from nhipcau.bot.config import Config, Database, Secrets, Server, Telegram, WebChat
from nhipcau.bot.program import running
from nhipcau.channels.failures import Misconfigured
from nhipcau.knowledge.answer import Knowledge
from tests.conftest import KEY
from tests.emulators.telegram_api import TelegramApi

TOKEN, SECRET = "123456:AAveryhidden", "webhook-hidden"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the program would print, at the most talkative level."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    log.set_up("DEBUG", (TOKEN, SECRET, ""))
    out = io.StringIO()
    root.handlers[0].setStream(out)  # type: ignore[attr-defined]
    yield out
    root.handlers[:], root.level = handlers, level


def fail() -> None:
    raise ValueError(f"https://api.telegram.org/bot{TOKEN}/getMe")


def test_secrets_are_replaced_wherever_they_turn_up(lines: io.StringIO) -> None:
    logger = logging.getLogger("test")
    logger.info("calling %s", f"https://api.telegram.org/bot{TOKEN}/getMe")
    logger.info(f"inline {SECRET}")  # noqa: G004
    logger.info("%(token)s", {"token": TOKEN})
    logger.info("stack", stack_info=True)
    logger.info(ValueError(TOKEN))
    try:
        fail()
    except ValueError:
        logger.exception("failed with %s", SECRET)
    text = lines.getvalue()
    assert text.count("\n") > 10
    assert "calling https://api.telegram.org/bot…/getMe" in text
    assert "ValueError" in text
    assert TOKEN not in text
    assert SECRET not in text


def test_a_trace_shows_the_way_and_not_the_words_of_a_fault(lines: io.StringIO) -> None:
    """What a fault says may hold what a member wrote: int("lời riêng") says it."""
    try:
        try:
            int("lời riêng")
        except ValueError as error:
            raise KeyError("lời riêng") from error
    except KeyError:
        logging.getLogger("test").exception("A message could not be handled")
    text = lines.getvalue()
    assert "lời riêng" not in text.replace('int("lời riêng")', "").replace('KeyError("lời riêng")', "")
    assert "ValueError" in text
    assert "KeyError" in text
    assert "test_log.py" in text


async def test_a_request_that_cannot_be_read_leaves_nothing_in_the_log(
    lines: io.StringIO, tmp_path: Path, knowledge: Knowledge
) -> None:
    """aiohttp's own line would tell the address and the header: a cookie, or the webhook's secret."""
    config = Config(database=Database(url=f"sqlite:///{tmp_path / 'x.db'}"), server=Server(port=0))
    async with running(config, Secrets(key=KEY), knowledge) as address:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
        writer.write(b"GET /chat HTTP/1.1\r\nHost: x\r\nCookie: nc_chat=hidden\x7f\r\n\r\n")
        assert b"400" in await reader.readline()
        writer.close()
    assert "hidden" not in lines.getvalue()
    assert "127.0.0.1" not in lines.getvalue()


def test_a_line_that_cannot_be_written_breaks_nothing(lines: io.StringIO) -> None:
    logging.getLogger("test").info("%d messages", "three")
    logging.getLogger("test").info("after")
    assert "after" in lines.getvalue()


def test_a_line_names_time_level_and_room(lines: io.StringIO) -> None:
    logging.getLogger("nhipcau.bot.sender").warning("slow")
    assert lines.getvalue().rstrip().endswith("WARNING nhipcau.bot.sender: slow")


async def test_a_whole_conversation_with_trouble_leaves_no_secret_and_no_words(
    lines: io.StringIO, tmp_path: Path, knowledge: Knowledge
) -> None:
    async with TelegramApi() as api:
        config = Config(
            database=Database(url=f"sqlite:///{tmp_path / 'x.db'}"),
            server=Server(port=0),
            web_chat=WebChat(enabled=False),
            telegram=Telegram(enabled=True, api_url=api.base_url, messages_per_second_per_chat=0),
        )
        user = api.user(1001)
        log.set_up("DEBUG", (api.token,))
        logging.getLogger().handlers[0].setStream(lines)  # type: ignore[attr-defined]
        async with running(config, Secrets(api.token, key=KEY), knowledge):
            user.write("chuyện riêng của em 0905123456")
            await user.hear()
            for trouble in ("proxy 502", "markup", "blocked"):
                api.trouble(trouble)
                user.write("chuyện riêng nữa")
                user.write("xin chào")
            await user.hear(4)
        with pytest.raises(Misconfigured):
            async with running(config, Secrets(TOKEN, key=KEY), knowledge):
                pass
    text = lines.getvalue()
    assert "parse entities" in text
    assert api.token not in text
    assert TOKEN not in text
    assert "chuyện riêng" not in text
    assert "0905123456" not in text

"""The real program with a small knowledge, in a process of its own: what the series kills and starts again.

python -m tests.crash.bot DATABASE_URL API_URL PORT polling|webhook
"""

import asyncio
import logging
import os
import signal
import sys

from nhipcau.bot.config import Config, Database, Secrets, Server, Telegram, WebChat
from nhipcau.bot.program import running
from nhipcau.knowledge.answer import Knowledge
from nhipcau.knowledge.documents import Documents
from nhipcau.knowledge.entries import BASE, read_entry
from nhipcau.knowledge.figures import Figures
from tests.emulators.telegram_api import TOKEN

ENTRIES = (
    "wages/minimum-wage-dak-lak",
    "wages/wage-unpaid",
    "leave/annual-leave-days",
    "overtime/overtime-rates-all",
    "termination/resign-notice",
)
SECRETS = Secrets(telegram_token=TOKEN, telegram_secret="only-Telegram_knows", key=os.environ["NHIPCAU_KEY"])


def small_knowledge() -> Knowledge:
    """Five shipped entries: indexed in a moment."""
    return Knowledge.of([read_entry(BASE / f"{one}.md") for one in ENTRIES], Figures.load(), Documents.load())


def configured(database: str, api_url: str, port: int, mode: str) -> Config:
    """Telegram alone, as fast as the configuration allows."""
    telegram = Telegram(
        enabled=True,
        mode=mode,
        api_url=api_url,
        messages_per_second=1000,
        messages_per_second_per_chat=1000,
    )
    server = Server(port=port, public_url=f"http://127.0.0.1:{port}")
    web_chat = WebChat(enabled=False)
    return Config(database=Database(url=database), server=server, web_chat=web_chat, telegram=telegram)


async def serve(config: Config) -> None:
    """Says "ready", then serves until SIGTERM."""
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with running(config, SECRETS, small_knowledge()):
        print("ready", flush=True)
        await stopped.wait()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    _, database, api_url, port, mode = sys.argv
    asyncio.run(serve(configured(database, api_url, int(port), mode)))

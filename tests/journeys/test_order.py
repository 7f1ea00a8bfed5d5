"""What is said in order is answered in order, and what is delivered five times is answered once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import aiohttp
import pytest

from nhipcau.bot.program import running
from nhipcau.handlers.answer_text import untag
from nhipcau.store.outbox import State
from tests.crash.bot import SECRETS, configured, small_knowledge
from tests.crash.ledger import Ledger, read_ledger
from tests.crash.people import QUESTIONS, carried, look
from tests.crash.town import Town

CHATS = range(1, 201)
MESSAGES = 5

_numbers = count(1)


class Door:
    """The bot's webhook, as Telegram reaches it."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session = session
        self._address = address

    async def deliver(self, update: dict[str, Any]) -> None:
        async with self._session.post(self._address, json=update) as response:
            assert response.status == 200


def asked(chat: int, text: str) -> dict[str, Any]:
    """A text message as Telegram delivers it."""
    number = next(_numbers)
    person = {"id": chat, "is_bot": False, "first_name": "H'Lan", "language_code": "vi"}
    where = {"id": chat, "type": "private", "first_name": "H'Lan"}
    message = {"message_id": number, "date": 1_790_000_000, "chat": where, "from": person, "text": text}
    return {"update_id": number, "message": message}


@asynccontextmanager
async def opened(town: Town, database_url: str) -> AsyncIterator[Door]:
    """A bot that runs in this process, and its door."""
    config = configured(database_url, town.base_url, 0, "webhook")
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRETS.telegram_secret}
    async with running(config, SECRETS, small_knowledge()) as address:
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(headers=headers, connector=connector) as session:
            yield Door(session, f"{address}/telegram/{town.account}")


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with Town(delay=0.01) as opened_town:
        yield opened_town


def answered(town: Town, chat: int, ledger: Ledger) -> list[str]:
    """The questions of this chat in the order in which their answers arrived."""
    texts = {row.id: row.text for row in ledger.questions}
    shown = [carried(look(message)[1], "up", "call", "none") for message in town.heard[chat]]
    return [texts[untag(payload.partition(":")[2])] for payload in shown]


async def test_two_hundred_chats_at_once_are_each_answered_in_order(town: Town, database_url: str) -> None:
    said = {chat: [f"{QUESTIONS[n % len(QUESTIONS)]} {'abcde'[n]}{chat}x" for n in range(MESSAGES)] for chat in CHATS}

    async def person(door: Door, chat: int) -> None:
        for text in said[chat]:  # Telegram delivers a chat's next message once it has the 200 for the one before
            await door.deliver(asked(chat, text))
        await town.until_heard(chat, lambda: len(town.heard[chat]) >= MESSAGES)

    async with opened(town, database_url) as door, asyncio.timeout(60):
        await asyncio.gather(*(person(door, chat) for chat in CHATS))
    ledger = await read_ledger(database_url)
    assert {chat: answered(town, chat, ledger) for chat in CHATS} == said


async def test_an_update_delivered_five_times_at_once_and_after_a_restart_is_answered_once(
    town: Town, database_url: str
) -> None:
    first, second = (asked(7, text) for text in QUESTIONS[:2])
    async with opened(town, database_url) as door, asyncio.timeout(20):
        await asyncio.gather(*(door.deliver(first) for _ in range(5)))
        await town.until_heard(7, lambda: town.heard[7])
    async with opened(town, database_url) as door, asyncio.timeout(20):
        await asyncio.gather(*(door.deliver(first) for _ in range(5)))
        await door.deliver(second)  # once this is answered, a second answer to the first would have come before
        await town.until_heard(7, lambda: len(town.heard[7]) >= 2)
    ledger = await read_ledger(database_url)
    assert answered(town, 7, ledger) == list(QUESTIONS[:2])
    assert len(ledger.questions) == 2


async def test_a_clean_stop_lets_sends_under_way_end(town: Town, database_url: str) -> None:
    town.delay = 0.3
    async with opened(town, database_url) as door, asyncio.timeout(20):
        await door.deliver(asked(7, QUESTIONS[0]))
        await town.until_heard(7, lambda: town.heard[7])
    (letter,) = (await read_ledger(database_url)).letters[7]
    assert letter.state == State.SENT

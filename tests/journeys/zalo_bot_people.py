"""People on the emulated Zalo Bot Platform, in the words of the journeys."""

import re
from contextlib import AsyncExitStack

import msgspec

from nhipcau.bot.config import Config, Secrets, Server, ZaloBot
from nhipcau.emulators.zalo_bot import ZaloBotServer, zalo_bot_emulator
from nhipcau.emulators.zalo_bot_people import Person
from tests.channels.telegram_room import free_port
from tests.channels.zalo_bot_room import SECRET
from tests.conftest import KEY
from tests.journeys.said import PATIENCE, Said, matching

_CHOICE = re.compile(r"^\[(\d+)\] (.+)$", re.MULTILINE)
_WORDS = re.compile(r"gõ: (.+)\.$")
_SENDS = {
    "sticker": Person.send_sticker,
    "voice": Person.send_voice,
    "dice": Person.send_unsupported,
    "photo": Person.send_photo,
}


class ZaloBotPerson:
    """Types the number of a line, or the word that is offered: there are no buttons."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._typed: dict[str, str] = {}

    @property
    def chat(self) -> str:
        return self._person.chat

    async def start(self, parameter: str) -> Said:
        return await self.asks(f"/start {parameter}")

    async def asks(self, text: str) -> Said:
        self._person.write(text)
        return await self.hears()

    async def taps(self, label: str) -> Said:
        await self.tap_only(label)
        return await self.hears()

    async def tap_only(self, label: str) -> None:
        self._person.write(self._typed[matching(list(self._typed), label)])

    async def sends(self, *, caption: str = "", **content: object) -> Said:
        (kind,) = content
        _ = self._person.send_photo(caption=caption) if caption else _SENDS[kind](self._person)
        return await self.hears()

    async def hears(self) -> Said:
        (seen,) = await self._person.hear(patience=PATIENCE)
        lines = {label: number for number, label in _CHOICE.findall(seen.text)}
        offered = _WORDS.search(seen.text)
        words = {word.capitalize(): word for word in offered[1].split(", ")} if offered else {}
        self._typed = lines | words
        return Said(seen.text, list(lines))


async def zalo_bot(stack: AsyncExitStack, config: Config, *, mode: str) -> tuple[Config, Secrets, ZaloBotServer]:
    """The platform, and a program's configuration for its bot."""
    server = await stack.enter_async_context(zalo_bot_emulator())
    server.postman.wrapped = "wrapped" in mode
    section = ZaloBot(
        enabled=True,
        mode="webhook" if "webhook" in mode else "polling",
        api_url=server.api_url,
        messages_per_second=0,
        messages_per_second_per_chat=0,
    )
    port = free_port()
    address = Server(port=port, public_url=f"http://127.0.0.1:{port}")
    settings = msgspec.structs.replace(config, zalo_bot=section, server=address)
    return settings, Secrets(key=KEY, zalo_bot_token=server.token, zalo_bot_secret=SECRET), server

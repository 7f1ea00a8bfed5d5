"""People on the emulated Zalo Official Account, in the words of the journeys."""

import re
from contextlib import AsyncExitStack

import msgspec

from nhipcau.bot.config import Config, Secrets, Server, ZaloOa
from nhipcau.bot.zalo import connect
from nhipcau.channels.zalo_tokens import Granted
from nhipcau.emulators.zalo_oa import zalo_oa_emulator
from nhipcau.emulators.zalo_oa_account import Account
from nhipcau.emulators.zalo_oa_people import Person
from nhipcau.store.store import open_store
from tests.channels.telegram_room import free_port
from tests.conftest import KEY, KEYRING
from tests.journeys.said import PATIENCE, Said, matching

_CHOICE = re.compile(r"^\[(\d+)\] (.+)$", re.MULTILINE)
_SENDS = {
    "sticker": Person.send_sticker,
    "voice": Person.send_audio,
    "document": Person.send_file,
    "location": Person.send_location,
    "contact": Person.send_business_card,
    "dice": Person.send_unknown,
    "photo": Person.send_image,
}


class ZaloPerson:
    """Taps what is a button, and types the number of what is a numbered line: Zalo shows five buttons at most."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._labels: list[str] = []
        self._numbers: dict[str, str] = {}

    @property
    def chat(self) -> str:
        return self._person.id

    async def start(self, parameter: str) -> Said:
        return await self.asks(f"/start {parameter}")

    async def asks(self, text: str) -> Said:
        await self._person.write(text)
        return await self.hears()

    async def taps(self, label: str) -> Said:
        await self.tap_only(label)
        return await self.hears()

    async def tap_only(self, label: str) -> None:
        name = matching(self._labels, label)
        if name in self._numbers:
            await self._person.write(self._numbers[name])
        else:
            await self._person.tap(name)

    async def sends(self, *, caption: str = "", **content: object) -> Said:
        (kind,) = content
        await (self._person.send_image(caption=caption) if caption else _SENDS[kind](self._person))
        return await self.hears()

    async def leaves(self) -> None:
        await self._person.unfollow()

    async def hears(self) -> Said:
        (seen,) = await self._person.hear(timeout=PATIENCE)
        self._numbers = {} if seen.buttons else {name: number for number, name in _CHOICE.findall(seen.text)}
        self._labels = [button.label for button in seen.buttons] or list(self._numbers)
        return Said(seen.text, self._labels)


async def zalo_oa(stack: AsyncExitStack, config: Config) -> tuple[Config, Secrets, Account]:
    """The platform, and a program's configuration whose OA was granted to it."""
    oa = await stack.enter_async_context(zalo_oa_emulator())
    port = free_port()
    section = ZaloOa(
        enabled=True,
        oa_id=oa.oa_id,
        app_id=oa.app_id,
        api_url=oa.api_url,
        oauth_url=oa.oauth_url,
        calls_per_minute=0,
    )
    address = f"http://127.0.0.1:{port}"
    oa.webhook_url = f"{address}/zalo/oa/{oa.oa_id}"
    oa.postman.muted = set()  # as if every event were switched on in the console
    settings = msgspec.structs.replace(config, zalo_oa=section, server=Server(port=port, public_url=address))
    secrets = Secrets(key=KEY, zalo_app_secret=oa.app_secret, zalo_oa_secret=oa.oa_secret)
    async with open_store(config.database.url, KEYRING) as store:
        channel = connect(settings, secrets, store)
        await channel.tokens.adopt(Granted(oa.access_token, oa.refresh_token, 90_000))
        await channel.stop()
    return settings, secrets, oa

"""The phone of one person who writes to the emulated bot, for the page that phone.py serves."""

from collections.abc import Callable
from typing import Any

from nhipcau.emulators.zalo_bot_people import Person, Sent
from nhipcau.emulators.zalo_bot_server import ZaloBotServer

Json = dict[str, Any]

SHOWN = {"photo": "image", "sticker": "sticker", "voice_url": "audio"}  # field of a method -> what the page calls it


class BotPhone:
    """A person's view of one bot."""

    def __init__(self, server: ZaloBotServer, person: Person) -> None:
        self.server, self.person = server, person
        self._mine: list[Json] = []

    def state(self) -> Json:
        lines = [*self._mine, *(_line(one) for one in self.person.sent())]
        return {
            "name": "Bot",
            "follows": None,
            "delivered": self._delivered() if self._mine else None,
            "remarks": self.server.violations,
            "lines": sorted(lines, key=lambda line: line["time"]),
        }

    async def do(self, action: str, told: Json) -> None:
        """Raises ValueError for what a phone cannot do."""
        if action == "write":
            text = _text(told, "text")
            self._keep(self.person.write(text), text, [])
        elif action == "photo":
            url = _text(told, "url")
            self._keep(self.person.send_photo(url), "", [{"type": "image", "url": url}])
        else:
            raise ValueError(f"a phone cannot {action!r}")

    async def until(self, condition: Callable[[], Any], timeout: float = 5) -> None:  # noqa: ASYNC109
        await self.server.until(condition, timeout)

    def file(self, id: str) -> bytes | None:  # noqa: A002
        """Nothing is sent to this platform but by its address."""
        return None

    def _delivered(self) -> bool:
        answers = self.server.postman.answers
        return not self.server.updates and (not answers or 200 <= answers[-1] < 300)

    def _keep(self, id: str, text: str, attachments: list[Json]) -> None:  # noqa: A002
        self._mine.append(_shown(id, True, text, self.server.milliseconds(), attachments))


def _line(one: Sent) -> Json:
    attachments = [{"type": kind, "url": one.file} for name, kind in SHOWN.items() if name in one.fields]
    return _shown(one.message_id, False, one.text, int(one.at * 1000), attachments)


def _shown(id: str, mine: bool, text: str, time: int, attachments: list[Json]) -> Json:  # noqa: A002
    line = {"id": id, "mine": mine, "text": text, "quote": "", "time": time}
    return line | {"reactions": [], "buttons": [], "attachments": attachments}


def _text(told: Json, name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} is missing")
    return value

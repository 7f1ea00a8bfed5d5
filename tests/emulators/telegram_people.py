"""People who use the emulated Telegram, and what they see of the bot."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

Json = dict[str, Any]


@dataclass
class Sent:
    """One message of the bot, as the person sees it."""

    message_id: int
    chat: int
    method: str
    fields: dict[str, Any]
    at: float  # seconds, monotonic
    deleted: bool = False
    edits: int = 0

    @property
    def text(self) -> str:
        """Text or caption."""
        return str(self.fields.get("text") or self.fields.get("caption") or "")

    @property
    def rows(self) -> list[dict[str, str]]:
        """Rows of buttons: label -> what it carries."""
        markup = self.fields.get("reply_markup") or "{}"
        keyboard = (json.loads(markup) if isinstance(markup, str) else markup).get("inline_keyboard", [])
        return [{button["text"]: button.get("callback_data", "") for button in row} for row in keyboard]

    @property
    def buttons(self) -> dict[str, str]:
        """All buttons: label -> what it carries."""
        return {label: data for row in self.rows for label, data in row.items()}


class Api(Protocol):
    """What a person needs of the server."""

    sent: list[Sent]

    @property
    def me(self) -> Json: ...
    def next_message(self) -> int: ...
    def push(self, **update: Any) -> int: ...
    def shown(self, message: Sent) -> Json: ...
    def trouble(self, name: str, *, chat: int | None = None, times: int = 1) -> None: ...
    def heal(self, chat: int | None = None) -> None: ...
    async def until(self, condition: Callable[[], Any], timeout: float = 10) -> None: ...


@dataclass
class Person:
    """Somebody who uses the bot, in a private chat or (with `chat`) in a group."""

    api: Api
    id: int
    language: str = "vi"
    chat: int = 0
    _heard: int = 0

    def __post_init__(self) -> None:
        self.chat = self.chat or self.id

    def write(self, text: str, **more: Any) -> int:
        """Says something; gives the message's id. `more` are further fields of the message."""
        return self._say(text=text, **more)

    def send(self, **content: Any) -> int:
        """Sends anything else, named as in the Bot API: photo=[...], location={...}."""
        return self._say(**content)

    def edit(self, message_id: int, text: str) -> None:
        """Changes an earlier message."""
        message = self._envelope(message_id) | {"edit_date": int(time.time()), "text": text}
        self.api.push(edited_message=message)

    def tap(self, message: Sent, label: str) -> str:
        """Taps the button with this label; gives the callback's id."""
        return self._tap(message, message.buttons[label])

    def block(self) -> None:
        """Stops the bot: it is told, and every message to this person is refused."""
        self.api.trouble("blocked", chat=self.chat, times=10**9)
        self._membership("kicked")

    def unblock(self) -> None:
        """Lets the bot in again."""
        self.api.heal(self.chat)
        self._membership("member")

    def sent(self) -> list[Sent]:
        """All the bot sent to this chat and did not take back."""
        return [message for message in self.api.sent if message.chat == self.chat and not message.deleted]

    async def hear(self, count: int = 1, timeout: float = 10) -> list[Sent]:
        """Waits for the next `count` messages of the bot in this chat. Raises TimeoutError."""
        wanted = self._heard + count
        await self.api.until(lambda: len(self._all()) >= wanted, timeout)
        new = self._all()[self._heard : wanted]
        self._heard = wanted
        return new

    def _say(self, **content: Any) -> int:
        message_id = self.api.next_message()
        self.api.push(message=self._envelope(message_id) | content)
        return message_id

    def _envelope(self, message_id: int) -> Json:
        chat = chat_of(self.chat)
        return {"message_id": message_id, "date": int(time.time()), "chat": chat, "from": self._author}

    def _tap(self, message: Sent, data: str) -> str:
        number = f"77{self.api.next_message():015d}"
        shown = self.api.shown(message)
        callback = {"id": number, "from": self._author, "message": shown, "chat_instance": "1", "data": data}
        self.api.push(callback_query=callback)
        return number

    def _membership(self, status: str) -> None:
        bot = self.api.me
        change: Json = {"chat": chat_of(self.chat), "from": self._author, "date": int(time.time())}
        change["old_chat_member"] = {"status": "member", "user": bot}
        change["new_chat_member"] = {"status": status, "user": bot, "until_date": 0}
        self.api.push(my_chat_member=change)

    @property
    def _author(self) -> Json:
        return {"id": self.id, "is_bot": False, "first_name": "Y Moan", "language_code": self.language}

    def _all(self) -> list[Sent]:
        return [message for message in self.api.sent if message.chat == self.chat]


def chat_of(number: int) -> Json:
    """A chat as Telegram describes it; negative ids are groups."""
    if number < 0:
        return {"id": number, "type": "supergroup", "title": "Tổ công đoàn"}
    return {"id": number, "type": "private", "first_name": "Y Moan"}

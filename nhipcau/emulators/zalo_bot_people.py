"""People who write to the emulated bot, and what they see of it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

Json = dict[str, Any]


@dataclass
class Sent:
    """One message of the bot, as its reader sees it."""

    message_id: str
    chat: str
    method: str
    fields: Json
    at: float  # of the emulator's clock

    @property
    def text(self) -> str:
        """Text, or the caption of a photo."""
        return str(self.fields.get("text") or self.fields.get("caption") or "")

    @property
    def file(self) -> str:
        """What was sent beside or instead of text: a photo's or a voice's address, a sticker's id."""
        return str(next((self.fields[name] for name in ("photo", "sticker", "voice_url") if name in self.fields), ""))


class Server(Protocol):
    """What a person needs of the server."""

    sent: list[Sent]
    photo_field: str  # "photo" as documented, "photo_url" as seen live

    def push(self, update: Json) -> None: ...
    def milliseconds(self) -> int: ...
    async def until(self, condition: Callable[[], Any], patience: float = 10) -> None: ...


@dataclass
class Person:
    """Somebody on Zalo, in a private chat with the bot, or (with `chat`) in a group."""

    server: Server
    id: str
    name: str = "H'Hen Niê"
    chat: str = ""
    heard: int = field(default=0, repr=False)

    def __post_init__(self) -> None:
        self.chat = self.chat or self.id

    # ---- what a person does; each gives the message's id

    def write(self, text: str, **more: Any) -> str:
        """Says something. `more` are further fields of the message."""
        return self.send("message.text.received", "CHAT_MESSAGE", text=text, **more)

    def send_photo(self, url: str = "https://photo.example/1.jpg", caption: str = "") -> str:
        told = {self.server.photo_field: url, "caption": caption}
        return self.send("message.image.received", "CHAT_PHOTO", **told)

    def send_sticker(self, sticker: str = "0e078a2bb66e5f30067f") -> str:
        url = f"https://zalo-api.example/sticker?eid={sticker}"
        return self.send("message.sticker.received", "CHAT_STICKER", sticker=sticker, url=url)

    def send_voice(self, url: str = "https://voice.example/1.aac") -> str:
        return self.send("message.voice.received", "CHAT_VOICE", voice_url=url)

    def send_unsupported(self, *, with_message: bool = True) -> str:
        """A document, a business card, or anything of a person whom Zalo protects; often it comes without message."""
        if with_message:
            return self.send("message.unsupported.received", "CHAT_UNSUPPORTED")
        self.server.push({"event_name": "message.unsupported.received"})
        return ""

    def send(self, event_name: str, message_type: str, **content: Any) -> str:
        """Any event, with these fields beside those that all messages have."""
        message = self._envelope() | {"message_type": message_type} | content
        self.server.push({"event_name": event_name, "message": message})
        return str(message["message_id"])

    # ---- what a person sees

    def sent(self) -> list[Sent]:
        """All the bot sent to this chat."""
        return [message for message in self.server.sent if message.chat == self.chat]

    async def hear(self, count: int = 1, patience: float = 10) -> list[Sent]:
        """Waits for the next `count` messages of the bot in this chat. Raises TimeoutError."""
        wanted = self.heard + count
        await self.server.until(lambda: len(self.sent()) >= wanted, patience)
        new = self.sent()[self.heard : wanted]
        self.heard = wanted
        return new

    def _envelope(self) -> Json:
        group = self.chat != self.id
        return {
            "from": {"id": self.id, "display_name": self.name, "is_bot": False},
            "chat": {"id": self.chat, "chat_type": "GROUP" if group else "PRIVATE"},
            "message_id": new_id(),
            "date": self.server.milliseconds(),
        }


def new_id() -> str:
    """Twenty hexadecimal digits, as Zalo's ids are: no float holds them."""
    return secrets.token_hex(10)

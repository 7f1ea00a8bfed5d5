"""One message of a chat, as the person on the phone sees it."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

FROM_OA, FROM_USER = 0, 1  # as conversation history tells it


@dataclass(frozen=True)
class Button:
    """A button below a message."""

    label: str
    type: str
    payload: Any
    icon: str = ""


@dataclass
class Seen:
    """A message. `attachments`: {"type": "image" | "file" | …, and what belongs to it: "url", "name", "id", …}."""

    message_id: str
    src: int
    text: str
    at: float  # of the emulator's clock
    buttons: list[Button] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    quote: str = ""  # id of the message it answers
    reactions: list[str] = field(default_factory=list)
    read: bool = False
    hidden: bool = False  # the payload of oa.query.hide: the platform has it, the phone does not show it
    raw: Json = field(default_factory=dict)  # as the client sent it

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.buttons]

    @property
    def kind(self) -> str:
        """text, image, gif, sticker, file, list, request_user_info, article, template …"""
        return str(self.attachments[0]["type"]) if self.attachments else "text"


def understood(message: Json) -> Json:
    """Text, buttons and attachments of a sound message of the client, as keywords for Seen."""
    payload = message.get("attachment", {}).get("payload", {})
    quote = message.get("quote_message_id") or message.get("react_message_id") or ""
    shown: Json = {"text": message.get("text") or payload.get("text") or "", "quote": quote, "raw": message}
    shown["buttons"] = [_button(button) for button in payload.get("buttons", ())]
    kind = payload.get("template_type")
    if "token" in payload:
        shown["attachments"] = [{"type": "file", "id": payload["token"]}]
    elif kind == "media":
        shown["attachments"] = [_media(element) for element in payload["elements"]]
    elif kind in ("list", "request_user_info"):
        shown["attachments"] = [{"type": kind, "elements": payload["elements"]}]
    return shown


def _button(button: Json) -> Button:
    return Button(button["title"], button["type"], button["payload"], button.get("image_icon", ""))


def _media(element: Json) -> Json:
    seen = {"type": element["media_type"], "id": element.get("attachment_id", ""), "url": element.get("url", "")}
    return {name: value for name, value in seen.items() if value}

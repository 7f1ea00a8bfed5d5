"""What to call, and with which body, to send one message. Pure: nothing is sent here.

Zalo OA, "consultation message": text, image, file, quote, buttons. Nothing sent can be edited or taken back.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from nhipcau.channels.failures import Refused
from nhipcau.channels.message import Button, Media, Outgoing
from nhipcau.channels.text import clean, split_text
from nhipcau.channels.zalo_oa_chats import Chat
from nhipcau.channels.zalo_oa_settings import OaSettings

Json = dict[str, Any]
Call = tuple[str, Json]  # path, body

BUTTONS = 5
ATTACHMENT = "attachment:"  # how the ref of an uploaded image begins
TOKEN = "token:"  # noqa: S105 - how the ref of an uploaded file begins
_TITLE = 100  # characters
_PAYLOAD = 1000  # characters
_MENTION = re.compile(r"\[@[^\]\s]*\]")


def calls(chat: Chat, message: Outgoing, settings: OaSettings, write_tap: Callable[[str, str], str]) -> list[Call]:
    """The requests which send `message`, in order. A short text becomes the caption of a single image.

    Raises Refused where Zalo would refuse: nothing to send, a file that is not uploaded, a button without label.
    """
    text = unicodedata.normalize("NFC", clean(message.text))
    if chat.is_group:
        text = _unmentioned(text)
    buttons = [button for row in message.buttons for button in row]
    if buttons and chat.conversation:
        text, buttons = f"{text}\n\n{_numbered(buttons)}", []  # visitors have no buttons
    parts = split_text(text, settings.text_characters)
    captioned = len(message.media) == len(parts) == 1 and message.media[0].kind == "photo" and not buttons
    bodies = [_media(media, parts[0] if captioned else "") for media in message.media]
    bodies += [] if captioned else [{"text": part} for part in parts]
    if not bodies:
        raise Refused("An empty message cannot be sent")
    if message.quote and parts and not captioned:
        bodies[len(message.media)][settings.quote_field] = message.quote
    if buttons:
        made = [_button(str(chat), button, write_tap) for button in buttons[:BUTTONS]]
        bodies[-1] = _with_buttons(bodies[-1], made, settings.buttons)
    return [(chat.path, {"recipient": chat.recipient, "message": body}) for body in bodies]


def _unmentioned(text: str) -> str:
    """A member's words must not call the whole group, however often one mention is wrapped into another."""
    while (without := _MENTION.sub("", text)) != text:
        text = without
    return text


def _media(media: Media, caption: str) -> Json:
    if media.kind == "photo":
        element = {"media_type": "image", **_source(media.ref)}
        body: Json = _template({"template_type": "media", "elements": [element]})
        return {"text": caption, **body} if caption else body
    if media.kind == "document" and media.ref.startswith(TOKEN):
        return {"attachment": {"type": "file", "payload": {"token": media.ref.removeprefix(TOKEN)}}}
    raise Refused(f"Zalo has no way to send this file of kind {media.kind!r}: upload it first, or send a link")


def _source(ref: str) -> Json:
    if ref.startswith(ATTACHMENT):
        return {"attachment_id": ref.removeprefix(ATTACHMENT)}
    if ref.startswith("https://"):
        return {"url": ref}
    raise Refused("Zalo takes an image by its https:// address, or uploaded")


def _with_buttons(body: Json, buttons: Sequence[Json], encoding: str) -> Json:
    """The two ways that are in use; which one an OA takes must be tried."""
    if "attachment" in body:
        raise Refused("Zalo shows buttons under a text only")
    if encoding == "attachment":
        return body | _template({"buttons": buttons})
    text = body.pop("text")
    return body | _template({"template_type": "button", "text": text, "buttons": buttons})


def _template(payload: Json) -> Json:
    return {"attachment": {"type": "template", "payload": payload}}


def _button(chat: str, button: Button, write_tap: Callable[[str, str], str]) -> Json:
    label, payload = clean(button.label).strip(), write_tap(chat, button.payload)
    if not label or not button.payload or len(payload) > _PAYLOAD:
        raise Refused(f"The button {label!r} needs a label, and a payload of 1 to 64 bytes")
    return {"title": label[:_TITLE], "type": "oa.query.hide", "payload": payload}


def _numbered(buttons: Sequence[Button]) -> str:
    return "\n".join(f"{place}. {button.label}" for place, button in enumerate(buttons, 1))

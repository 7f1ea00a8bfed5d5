"""What to call, and with which fields, to send one message. Pure: nothing is sent here.

Limits: Bot API 10.1, sendMessage, sendPhoto and their kin, InlineKeyboardButton.
"""

from collections.abc import Sequence
from typing import Any

from nhipcau.channels.failures import Refused
from nhipcau.channels.message import Button, Outgoing
from nhipcau.channels.text import clean, split_text, utf16_units

Call = tuple[str, dict[str, Any]]  # method, fields as they go over the wire

_MEDIA = {
    "photo": "sendPhoto",
    "video": "sendVideo",
    "document": "sendDocument",
    "audio": "sendAudio",
    "voice": "sendVoice",
}
_CAPTION = 1024  # UTF-16 units
_PAYLOAD = 64  # bytes of UTF-8
_ROW = 8
_NO_PREVIEW = {"is_disabled": True}


def calls(chat: str, message: Outgoing, limit: int) -> list[Call]:
    """The requests which send `message`, in order. A short text becomes the caption of a single file.

    Raises Refused where Telegram would refuse: nothing to send, a button without label or with over 64 bytes.
    """
    text = clean(message.text)
    parts = split_text(text, limit)
    captioned = len(message.media) == 1 and len(parts) == 1 and utf16_units(text) <= _CAPTION
    planned = [_media(chat, media.kind, media.ref, text if captioned else "") for media in message.media]
    planned += [] if captioned else [_text(chat, part) for part in parts]
    if not planned:
        raise Refused("An empty message cannot be sent")
    if message.silent:
        for _, fields in planned:
            fields["disable_notification"] = True
    if message.share_phone:
        planned[-1][1]["reply_markup"] = _phone_keyboard(message)
    elif message.buttons:
        planned[-1][1]["reply_markup"] = keyboard(message.buttons)
    return planned


def edit(chat: str, message_id: str, message: Outgoing, limit: int) -> Call:
    """The request which replaces a sent text. Raises Refused where the new one does not fit one message."""
    parts = split_text(clean(message.text), limit)
    if len(parts) != 1:
        raise Refused("The new text is empty, or too long for one message")
    _, fields = _text(chat, parts[0])
    fields["message_id"] = int(message_id)
    if message.buttons:
        fields["reply_markup"] = keyboard(message.buttons)
    return "editMessageText", fields


def keyboard(rows: Sequence[Sequence[Button]]) -> dict[str, Any]:
    """The buttons as Telegram's object; a row of more than eight goes on in the next."""
    cut = [row[start : start + _ROW] for row in rows for start in range(0, len(row), _ROW)]
    return {"inline_keyboard": [[_button(button) for button in row] for row in cut]}


def _phone_keyboard(message: Outgoing) -> dict[str, Any]:
    """Only a keyboard in place of the letters can ask for the number; its other keys write their label."""
    others = [[{"text": clean(button.label)} for button in row] for row in message.buttons]
    share = {"text": clean(message.share_phone), "request_contact": True}
    return {"keyboard": [[share], *others], "resize_keyboard": True, "one_time_keyboard": True}


def _text(chat: str, text: str) -> Call:
    return "sendMessage", {"chat_id": chat, "text": text, "link_preview_options": _NO_PREVIEW}


def _media(chat: str, kind: str, ref: str, caption: str) -> Call:
    method = _MEDIA.get(kind)
    if method is None or not ref:
        raise Refused(f"Telegram has no way to send this file of kind {kind!r}")
    fields = {"chat_id": chat, kind: ref}
    return method, fields | {"caption": caption} if caption else fields


def _button(button: Button) -> dict[str, str]:
    label, payload = clean(button.label), clean(button.payload)
    if not label.strip() or not 1 <= len(payload.encode()) <= _PAYLOAD:
        raise Refused(f"The button {label!r} needs a label, and a payload of 1 to {_PAYLOAD} bytes")
    return {"text": label, "callback_data": payload}

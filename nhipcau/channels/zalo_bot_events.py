"""Updates of the Zalo Bot Platform, flat or wrapped, become what every channel speaks.

Source: Zalo Bot Platform, "Webhook" and "getUpdates"; live bodies differ from the documents, so both are read.
"""

import hashlib
import re
from datetime import UTC, datetime
from typing import Any

import msgspec

from nhipcau.channels.message import FileRef, Incoming, Kind
from nhipcau.channels.text import clean

Json = dict[str, Any]

_START = re.compile(r"/start(?:\s+(\S{1,64}))?\s*", re.ASCII | re.IGNORECASE)
_NAME = re.compile(r"(?:message\.)?(.{1,40}?)(?:\.received)?", re.DOTALL)


class Unreadable(ValueError):
    """Not an update as Zalo describes it. `counter` names what to count; the content is never told."""

    def __init__(self, counter: str) -> None:
        super().__init__(counter)
        self.counter = counter


def read(update: Any, account: str) -> Incoming | None:
    """The event, or None for what is not meant for us. Raises Unreadable."""
    try:
        return _read(update, account)
    except Unreadable:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        raise Unreadable("zalo_bot_unreadable_update") from None


def _read(update: Json, account: str) -> Incoming | None:
    if "result" in update:  # as documented; live bodies are flat
        update = update["result"]
    message = update.get("message")
    name = _name(update, message or {})
    if message is None:
        # Somebody wrote what bots may not see, and Zalo does not say who.
        raise Unreadable("zalo_bot_hidden_message" if name == "unsupported" else "zalo_bot_unknown_update")
    if message["from"].get("is_bot") is True:
        return None
    kind, told = _content(name, message)
    return _event(message, account, kind, name, told)


def _name(update: Json, message: Json) -> str:
    """The event's short name: "text" for message.text.received, and where it is missing."""
    full = update.get("event_name") or ("message.text.received" if "text" in message else "unknown")
    match = _NAME.fullmatch(clean(full))
    return match[1] if match else "unknown"


def _content(name: str, message: Json) -> tuple[Kind, Json]:
    """What was done, and the fields of Incoming that tell it."""
    if name in ("text", "link") and message.get("text"):
        return _text(clean(message["text"]))
    file = _file(name, message)
    if file is not None:
        return Kind.FILES, {"text": clean(message.get("caption") or ""), "files": (file,)}
    if name == "sticker":
        return Kind.STICKER, {"payload": clean(message.get("sticker") or "")}
    return Kind.OTHER, {"payload": name, "text": clean(message.get("text") or message.get("caption") or "")}


def _text(text: str) -> tuple[Kind, Json]:
    start = _START.fullmatch(text)
    if start:
        return Kind.START, {"text": "/start", "payload": start[1] or ""}
    return Kind.TEXT, {"text": text}


def _event(message: Json, account: str, kind: Kind, name: str, told: Json) -> Incoming:
    chat = message["chat"]
    return Incoming(
        channel="zalo_bot",
        account=account,
        chat=_id(chat["id"]),
        sender=_id(message["from"]["id"]),
        event_id=f"{name}.{_message_id(message)}",
        kind=kind,
        at=_moment(message.get("date")),
        group=chat.get("chat_type") == "GROUP",
        **told,
    )


def _message_id(message: Json) -> str:
    """Zalo's id; for a message without one a mark of its content, so that a repetition is recognised."""
    given = message.get("message_id")
    if given:
        return _id(given)
    return hashlib.sha256(msgspec.json.encode(message, order="deterministic")).hexdigest()[:20]


def _id(value: Any) -> str:
    if not isinstance(value, str) or not value or len(value) > 200:
        raise TypeError
    return clean(value)


def _file(name: str, message: Json) -> FileRef | None:
    """A photo or a voice message by its address; None where there is none."""
    if name == "voice":
        kind, address, mime = "voice", message.get("voice_url"), "audio/aac"
    elif name == "image":
        kind, address, mime = "photo", message.get("photo") or message.get("photo_url"), ""
    else:
        return None
    if not isinstance(address, str) or not address.startswith(("https://", "http://")):
        return None
    return FileRef(ref=clean(address), kind=kind, mime=mime)


def _moment(milliseconds: Any) -> datetime:
    if milliseconds is None:
        return datetime.now(UTC)
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | str):
        raise TypeError
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)

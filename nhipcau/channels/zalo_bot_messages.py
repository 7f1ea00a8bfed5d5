"""What to call, and with which fields, to send one message. Pure: nothing is sent here.

Source: Zalo Bot Platform, sendMessage, sendPhoto, sendVoice. The platform has no buttons and no files.
"""

from typing import Any

from nhipcau.channels.failures import Refused
from nhipcau.channels.message import Media, Outgoing
from nhipcau.channels.text import clean, split_text, utf16_units

Call = tuple[str, dict[str, Any]]  # method, fields as they go over the wire

_MEDIA = {"photo": ("sendPhoto", "photo"), "voice": ("sendVoice", "voice_url")}


def calls(chat: str, message: Outgoing, limit: int) -> list[Call]:
    """The requests which send `message`, in order. A short text becomes the caption of a single photo.

    What Zalo has no way to send goes as its address. Raises Refused where nothing is left to send, or where a
    message carries buttons: those are numbered lines before they come here.
    """
    if message.buttons:
        raise Refused("The Zalo Bot Platform has no buttons: write the choices as numbered lines")
    photos = [media for media in message.media if media.kind in _MEDIA]
    text = clean("\n\n".join([message.text, *(media.ref for media in message.media if media not in photos)]))
    parts = split_text(text, limit)
    captioned = len(photos) == 1 and photos[0].kind == "photo" and len(parts) == 1 and utf16_units(text) <= limit
    planned = [_media(chat, media, text if captioned else "") for media in photos]
    planned += [] if captioned else [("sendMessage", {"chat_id": chat, "text": part}) for part in parts]
    if not planned:
        raise Refused("An empty message cannot be sent")
    return planned


def _media(chat: str, media: Media, caption: str) -> Call:
    if not media.ref.startswith(("https://", "http://")):
        raise Refused(f"Zalo fetches a {media.kind} by its public address; this one has none")
    method, field = _MEDIA[media.kind]
    fields = {"chat_id": chat, field: media.ref}
    return method, fields | {"caption": caption} if caption else fields

"""What every channel speaks: messages that come in, and messages that go out."""

from datetime import datetime
from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """What a person did. Everything a platform can deliver falls under one of these."""

    TEXT = "text"
    TAP = "tap"  # a button; `payload` holds what the button carried
    START = "start"  # first contact or a deep link; `payload` holds the link's parameter
    EDIT = "edit"  # an earlier text was changed; `text` is the new one
    FILES = "files"  # photo, voice, video or document, received as references
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"  # `payload`: the sender's own phone number in digits, where the platform vouches for it
    OTHER = "other"  # known to the platform, not to us; `payload` names it
    BLOCKED = "blocked"  # the person stopped the bot
    RETURNED = "returned"  # the person let the bot in again
    DELIVERED = "delivered"  # our messages reached the device; `payload` holds their ids, parted by blanks
    SEEN = "seen"  # the person has seen our messages; `payload` as above
    NOTICE = "notice"  # the platform tells of something that nobody said to us; `payload` names it


UNANSWERED = frozenset({Kind.DELIVERED, Kind.SEEN, Kind.NOTICE})
"""Nobody spoke to us: kept, but no conversation hears of it."""


class FileRef(msgspec.Struct, frozen=True, kw_only=True):
    """A file that lies with the platform. `ref` fetches it; `size` in bytes, 0 where unknown."""

    ref: str
    kind: str  # photo, voice, audio, video, document
    mime: str = ""
    size: int = 0


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a person did, as stored. (channel, account, chat, event_id) is unique for ever.

    `account` is our own account on the platform (bot id, OA id, site name); `chat` and `sender` are the
    platform's ids as text, because some exceed 2**53; `at` carries a zone.
    """

    channel: str
    account: str
    chat: str
    sender: str
    event_id: str
    kind: Kind
    at: datetime
    text: str = ""
    payload: str = ""
    files: tuple[FileRef, ...] = ()
    language: str = ""  # the language the platform reports for the person, "" where it does not
    group: bool = False

    @property
    def key(self) -> str:
        """The chat's address as one word, the key of everything kept about the chat."""
        return f"{self.channel}:{self.account}:{self.chat}"


class Button(msgspec.Struct, frozen=True, kw_only=True):
    """A choice under a message. `payload` is at most 64 bytes of UTF-8 (Telegram Bot API, callback_data)."""

    label: str
    payload: str


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """A file to send, by a reference the channel understands."""

    kind: str
    ref: str


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """One message to a person: plain text (never markup), rows of buttons, media."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    media: tuple[Media, ...] = ()
    silent: bool = False
    choices: tuple[Button, ...] = ()  # those that the text itself lists, numbered, where a channel shows no buttons
    share_phone: str = ""  # label of a button that sends the person's own number, where the channel can ask for it
    quote: str = ""  # the platform's id of the message this one answers; shown where the channel can


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The platform's word that it took a message. `message_ids` allow a later edit or recall."""

    message_ids: tuple[str, ...] = ()

"""What the chat page and the server say to each other: one JSON object per frame."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from nhipcau.channels.message import Button, Incoming, Kind, Media, Outgoing

FRAME_BYTES = 16 * 1024
TEXT_CHARACTERS = 4_000
LABEL_CHARACTERS = 200
PAYLOAD_BYTES = 64

_STATUS = {"session": 401, "origin": 403, "slow": 429, "busy": 503, "huge": 413}
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,40}")
_START = re.compile(r"[A-Za-z0-9_-]{0,64}")  # what Telegram allows in a deep link


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a chat as the mailbox keeps it.

    `number` grows with every line of the chat, the member's and ours alike; lines become visible in that order,
    and a number is never used again, not even after the member erased the chat. The member's own lines carry
    `text` and the `event_id` of the Incoming; ours carry `outgoing`, or only `text` where it was taken back.
    """

    number: int
    mine: bool
    outgoing: Outgoing | None = None
    text: str = ""
    at: datetime
    event_id: str = ""


class Refusal(Exception):
    """The page's frame cannot be taken; `code` tells the page why, `client_id` which message it was."""

    def __init__(self, code: str, client_id: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.client_id = client_id


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What the page sends. `id` is random and chosen by the page: a repeated frame is the same message."""

    id: str
    kind: Literal["text", "tap", "start"]
    text: str = ""  # of a tap: the label of the button
    payload: str = ""
    language: Literal["", "vi", "en"] = ""


class Reply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a frame; the filled field says it and names the frame's id.

    ok: stored. slow: too many, the same again after `after` seconds. again: our store is down, likewise.
    no: never; `code` says why. error: about the connection, not about a message.
    """

    ok: str | None = None
    slow: str | None = None
    again: str | None = None
    no: str | None = None
    error: str | None = None
    after: int = 0
    code: str = ""

    @property
    def status(self) -> int:
        """The HTTP status that says the same."""
        if self.ok is not None:
            return 200
        if self.slow is not None:
            return 429
        if self.again is not None:
            return 503
        return _STATUS.get(self.error or self.code, 400)


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A Posted as the page reads it. `id` is the page's own id of a message it sent."""

    n: int
    at: datetime
    text: str = ""
    mine: bool = False
    id: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()
    media: tuple[Media, ...] = ()
    silent: bool = False


class Batch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Lines in ascending order. `more`: earlier ones exist; `ready`: the page has now seen everything."""

    posts: tuple[Line, ...] = ()
    more: bool = False
    ready: bool = False
    alive: bool = False


_frames = msgspec.json.Decoder(Frame)
encode = msgspec.json.Encoder().encode


def read(raw: str | bytes) -> Frame:
    """The frame in `raw`. Raises Refusal: huge, malformed, empty, long, characters."""
    if len(raw) > FRAME_BYTES:
        raise Refusal("huge")
    try:
        frame = _frames.decode(raw)
    except (ValueError, RecursionError):
        raise Refusal("malformed") from None
    if not _CLIENT_ID.fullmatch(frame.id):
        raise Refusal("malformed")
    fault = _fault(frame)
    if fault:
        raise Refusal(fault, frame.id)
    return frame


def _fault(frame: Frame) -> str:
    if "\0" in frame.text or "\0" in frame.payload:
        return "characters"
    if frame.kind == "text":
        return "empty" if not frame.text.strip() else "long" if len(frame.text) > TEXT_CHARACTERS else ""
    if frame.kind == "start":
        return "" if _START.fullmatch(frame.payload) else "malformed"
    fits = 0 < len(frame.payload.encode()) <= PAYLOAD_BYTES and len(frame.text) <= LABEL_CHARACTERS
    return "" if fits else "malformed"


def incoming(frame: Frame, *, account: str, chat: str, at: datetime) -> Incoming:
    """The frame as an event of the chat."""
    return Incoming(
        channel="web",
        account=account,
        chat=chat,
        sender=chat,
        event_id=f"w-{frame.id}",
        kind=Kind(frame.kind),
        at=at,
        text=frame.text if frame.kind != "start" else "",
        payload=frame.payload if frame.kind != "text" else "",
        language=frame.language,
    )


def lines(posts: Sequence[Posted]) -> tuple[Line, ...]:
    """The posts as the page reads them."""
    return tuple(_line(post) for post in posts)


def _line(post: Posted) -> Line:
    ours = post.outgoing
    if ours is None:
        own = post.event_id.removeprefix("w-")
        return Line(n=post.number, at=post.at, text=post.text, mine=post.mine, id=own)
    return Line(n=post.number, at=post.at, text=ours.text, buttons=ours.buttons, media=ours.media, silent=ours.silent)

"""The OA's webhook events, by their names in one table, become what every channel speaks.

Zalo OA, "Webhook". Ids and timestamps are text: they exceed 2**53.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from nhipcau.channels import zalo_http
from nhipcau.channels.message import FileRef, Incoming, Kind
from nhipcau.channels.text import clean
from nhipcau.channels.typed_taps import TypedTaps
from nhipcau.channels.zalo_oa_chats import Chat

Json = dict[str, Any]

_NAME = re.compile(r"\w{1,64}", re.ASCII)


class Unreadable(ValueError):
    """Not an event as Zalo describes it."""


class Event(NamedTuple):
    """What a delivery means. `visit`: the person turned to the OA, which opens their window anew."""

    incoming: Incoming
    visit: bool = False


class _Said(NamedTuple):
    kind: Kind
    text: str = ""
    payload: str = ""
    files: tuple[FileRef, ...] = ()


class Reader:
    """Reads the events of one OA."""

    def __init__(self, oa_id: str, taps: TypedTaps) -> None:
        self._oa_id = oa_id
        self._taps = taps

    def read(self, event: Json) -> Event | None:
        """The event; None for what is not meant for us: another OA's, our own words, a group's chatter.

        Raises Unreadable.
        """
        try:
            return self._read(event)
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError):
            raise Unreadable from None

    def _read(self, event: Json) -> Event | None:
        name = _word(event["event_name"])
        if self._is_another_s(event) or _is_overheard(name, event):
            return None
        chat = self._chat(name, event)
        row = EVENTS.get(name) or (_NEW_CONTENT if name.startswith("user_send_") and not chat.is_group else _UNKNOWN)
        said = self._said_to_us(chat, row.read(event))
        if said is None:
            return None
        return Event(self._incoming(event, chat, said), row.visit and chat.is_person)

    def _said_to_us(self, chat: Chat, said: _Said) -> _Said | None:
        """A tap, a start by hand, or the text itself; None for what people say to each other in a group."""
        if said.kind is not Kind.TEXT:
            return said
        payload = self._taps.read(str(chat), said.text)
        if payload is not None:
            return _Said(Kind.TAP, payload=payload)
        if chat.is_group:
            mention = f"[@{self._oa_id}]"
            heard = said.text.startswith("/") or mention in said.text
            return said._replace(text=said.text.replace(mention, "").strip()) if heard else None
        word, _, parameter = said.text.partition(" ")
        return _Said(Kind.START, "/start", parameter.strip()) if word.lower() == "/start" else said

    def _incoming(self, event: Json, chat: Chat, said: _Said) -> Incoming:
        return Incoming(
            channel="zalo_oa",
            account=self._oa_id,
            chat=str(chat),
            sender=chat.sender,
            event_id=_event_id(event, chat),
            kind=said.kind,
            at=moment(event),
            text=clean(said.text),
            payload=clean(said.payload),
            files=said.files,
            group=chat.is_group,
        )

    def _is_another_s(self, event: Json) -> bool:
        """An app can serve several OAs, which all deliver to one address."""
        if oa_id := _id(event.get("oa_id")):
            return oa_id != self._oa_id
        sides = _id_of(event, "recipient"), _id_of(event, "sender")
        told = "group" in event["event_name"] or _is_report_to_a_phone(event)  # these need not name the OA
        return all(sides) and self._oa_id not in sides and not told

    def _chat(self, name: str, event: Json) -> Chat:
        person = self._person(event)
        if "group" in name:
            recipient = _id_of(event, "recipient")
            group = _id(event.get("group_id")) or (recipient if recipient != self._oa_id else "")
            return Chat(person or self._oa_id, group=group or self._oa_id)
        if name.startswith("anonymous_"):
            return Chat(person, conversation=_id(event["message"]["conversation_id"]))
        return Chat(person or self._oa_id)

    def _person(self, event: Json) -> str:
        """Whoever is on the other side; "" where nobody is."""
        users = event.get("users") or [{}]
        sides = (
            _id_of(event, "follower"),
            _id(event.get("user_id")),
            _id_of(event, "sender"),
            _id_of(event, "recipient"),
            _id(users[0].get("id")),
        )
        return next((side for side in sides if side and side != self._oa_id), "")


def moment(event: Json) -> datetime:
    """When Zalo says it happened. Raises ValueError, TypeError or LookupError."""
    return datetime.fromtimestamp(int(event["timestamp"]) / 1000, UTC)


# ---- what the events say


def _text(event: Json) -> _Said:
    return _Said(Kind.TEXT, _words(event))


def _files(kind: str) -> Callable[[Json], _Said]:
    def read(event: Json) -> _Said:
        found = tuple(_file(payload, kind) for payload in _attached(event) if payload.get("url"))
        words = _words(event)
        return _Said(Kind.FILES, words, files=found) if found or words else _other(event)

    return read


def _link(event: Json) -> _Said:
    """A link is words, as on every other channel; a business card comes as one as well."""
    (payload, *_) = _attached(event) or [{}]
    description = str(payload.get("description") or "")
    if description.startswith("{") and "phone" in description:
        return _card(event)
    url = str(payload.get("url") or "")
    words = _words(event) or str(payload.get("title") or "")
    return _Said(Kind.TEXT, words if url in words else f"{words} {url}".strip())


def _card(_event: Json) -> _Said:
    """Whom somebody knows is not kept."""
    return _Said(Kind.CONTACT)


def _sticker(_event: Json) -> _Said:
    return _Said(Kind.STICKER)


def _location(_event: Json) -> _Said:
    """Where somebody is is not kept: no conversation asks for it."""
    return _Said(Kind.LOCATION)


def _submitted(event: Json) -> _Said:
    """A form. Anybody can type anybody's number into it, so the number proves nothing and is not passed on."""
    return _Said(Kind.CONTACT, str(event["info"].get("name") or ""))


def _start(_event: Json) -> _Said:
    return _Said(Kind.START, "/start")


def _unfollow(event: Json) -> _Said:
    return _Said(Kind.BLOCKED, payload=_word(event["event_name"]))


def _seen(event: Json) -> _Said:
    return _Said(Kind.SEEN, payload=" ".join(_id(one) for one in event["message"]["msg_ids"]))


def _received(event: Json) -> _Said:
    message = event["message"]
    return _Said(Kind.DELIVERED, payload=" ".join(_id(one) for one in message.get("msg_ids") or [message["msg_id"]]))


def _other(event: Json) -> _Said:
    return _Said(Kind.OTHER, payload=_word(event["event_name"]))


def _notice(event: Json) -> _Said:
    return _Said(Kind.NOTICE, payload=_word(event["event_name"]))


class Row(NamedTuple):
    """How an event is read, and whether it opens the person's window (section "messaging windows")."""

    read: Callable[[Json], _Said]
    visit: bool = False


_CONTENT = {
    "text": _text,
    "image": _files("photo"),
    "gif": _files("photo"),
    "link": _link,
    "audio": _files("voice"),
    "video": _files("video"),
    "sticker": _sticker,
    "location": _location,
    "business_card": _card,
    "file": _files("document"),
}
EVENTS: dict[str, Row] = {
    **{f"user_send_{what}": Row(read, visit=True) for what, read in _CONTENT.items()},
    **{f"user_send_group_{what}": Row(read) for what, read in _CONTENT.items() if read is _text},
    **{f"anonymous_send_{what}": Row(_CONTENT[what]) for what in ("text", "image", "file", "sticker")},
    "follow": Row(_start, visit=True),
    "user_click_chatnow": Row(_start, visit=True),
    "unfollow": Row(_unfollow),
    "user_withdraw": Row(_unfollow),
    "user_submit_info": Row(_submitted),
    "user_seen_message": Row(_seen),
    "user_received_message": Row(_received),
    "user_call_oa": Row(_notice, visit=True),
}
_NEW_CONTENT = Row(_other, visit=True)  # people send it, so they hear that we cannot read it
_UNKNOWN = Row(_notice)  # all others are kept by their name


# ---- small parts


def _is_overheard(name: str, event: Json) -> bool:
    """Files that people of a group show each other, and our own messages: these come back, unlike an officer's."""
    if name.startswith("user_send_group_") and name != "user_send_group_text":
        return True
    return name.startswith("oa_send_") and name != "oa_send_consent" and not (event.get("sender") or {}).get("admin_id")


def _is_report_to_a_phone(event: Json) -> bool:
    return event["event_name"] == "user_received_message" and "tracking_id" in event["message"]


def _event_id(event: Json, chat: Chat) -> str:
    message = event.get("message")
    number = message.get("msg_id") if isinstance(message, dict) else None
    subject = _id(number) or f"{chat.sender}.{_id(event['timestamp'])}"
    return f"{_word(event['event_name'])}.{subject}"


def _words(event: Json) -> str:
    text = event["message"].get("text") or ""
    if not isinstance(text, str):
        raise TypeError
    return text


def _attached(event: Json) -> list[Json]:
    """What came along: the list may be missing, or null."""
    return [one["payload"] for one in event["message"].get("attachments") or ()]


def _file(payload: Json, kind: str) -> FileRef:
    size = str(payload.get("size") or 0)
    mime = str(payload.get("type") or "")
    return FileRef(
        ref=clean(str(payload["url"])),
        kind=kind,
        mime=clean(mime) if "/" in mime else "",
        size=int(size) if size.isascii() and size.isdigit() else 0,
    )


def _id_of(event: Json, side: str) -> str:
    return _id((event.get(side) or {}).get("id"))


def _id(value: Any) -> str:
    """An id as text; a number is taken too."""
    if value is None:
        return ""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise TypeError
    return clean(str(value))


def _word(name: Any) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError
    return name


def decoded(body: bytes) -> Json | None:
    """The event in a body; None where it is no JSON object."""
    event = zalo_http.decoded(body)
    return event if isinstance(event, dict) else None

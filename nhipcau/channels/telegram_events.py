"""Telegram's updates, as the plain dictionaries they arrive as, become what every channel speaks.

Works without python-telegram-bot's objects: building them costs more than all the rest of a receipt.
Field names: Bot API 10.1, "Getting updates" and "Available types".
"""

import re
from datetime import UTC, datetime
from typing import Any

from nhipcau.channels.message import FileRef, Incoming, Kind
from nhipcau.channels.text import clean

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

Json = dict[str, Any]

_COMMAND = re.compile(r"/(\w{1,32})(?:@(\w+))?(?=\s|$)", re.ASCII)
_FILES = {  # in this order: an animation carries a document as well
    "photo": "photo",
    "voice": "voice",
    "video": "video",
    "audio": "audio",
    "video_note": "video",
    "animation": "video",
    "document": "document",
}
_ENVELOPE = frozenset(
    re.findall(
        r"\w+",
        """
    message_id message_thread_id from sender_chat sender_boost_count sender_tag business_connection_id
    sender_business_bot date chat direct_messages_topic forward_origin is_topic_message
    is_automatic_forward reply_to_message external_reply quote reply_to_story reply_to_checklist_task_id
    reply_to_poll_option_id via_bot edit_date has_protected_content is_from_offline is_paid_post
    media_group_id author_signature paid_star_count link_preview_options suggested_post_info effect_id
    show_caption_above_media has_media_spoiler reply_markup caption caption_entities entities text
    """,
    )
)


class Unreadable(ValueError):
    """Not an update as the Bot API describes it. `counter` names what to count; the content is never told."""

    def __init__(self, counter: str) -> None:
        super().__init__(counter)
        self.counter = counter


class Reader:
    """Reads the updates of one bot. In groups it hears only what is said to the bot by its `username`."""

    def __init__(self, account: str, username: str = "") -> None:
        self.account = account
        self._username = username.lower()
        self._mention = re.compile(rf"[ \t]?(?<![\w@])@{re.escape(username)}\b[,:]?", re.IGNORECASE)

    def read(self, update: Any) -> Incoming | None:
        """The event, or None for what is not meant for us. Raises Unreadable."""
        try:
            return self._read(update)
        except Unreadable:
            raise
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError, OSError):
            raise Unreadable("telegram_unreadable_update") from None

    def _read(self, update: Json) -> Incoming | None:
        if message := update.get("message"):
            return self._message(message)
        if callback := update.get("callback_query"):
            return self._tap(callback)
        if message := update.get("edited_message"):
            return self._edit(message)
        if member := update.get("my_chat_member"):
            return self._membership(member, _integer(update["update_id"]))
        raise Unreadable("telegram_unknown_update")

    def _message(self, message: Json) -> Incoming | None:
        if "migrate_to_chat_id" in message:
            new_chat = str(_integer(message["migrate_to_chat_id"]))
            return self._event(message, Kind.OTHER, payload="moved", text=new_chat)
        text = self._said_to_us(message)
        if text is None:
            return None
        if "text" not in message:
            return self._attachment(message, text)
        kind, text, payload = _command(text)
        return self._event(message, kind, text=text, payload=payload)

    def _attachment(self, message: Json, text: str) -> Incoming:
        for name, kind in _FILES.items():
            if name in message:
                return self._event(message, Kind.FILES, text=text, files=(_file(message[name], kind),))
        if sticker := message.get("sticker"):
            return self._event(message, Kind.STICKER, payload=clean(sticker.get("emoji", "")))
        # Where somebody is and whom somebody knows is not kept: no conversation asks for it.
        if "location" in message:
            return self._event(message, Kind.LOCATION)
        if "contact" in message:
            return self._event(message, Kind.CONTACT, payload=_own_number(message))
        name = next((key for key in message if key not in _ENVELOPE), "unknown")
        return self._event(message, Kind.OTHER, text=text, payload=clean(name))

    def _edit(self, message: Json) -> Incoming | None:
        if "text" not in message and "caption" not in message:  # a live location moves every few seconds
            return None
        text = self._said_to_us(message)
        if text is None:
            return None
        edited = _integer(message["edit_date"])
        event_id = f"e{_integer(message['message_id'])}.{edited}"
        return self._event(message, Kind.EDIT, text=text, event_id=event_id, at=edited)

    def _tap(self, callback: Json) -> Incoming:
        person = callback["from"]
        chat = callback.get("message", {}).get("chat") or {"id": person["id"], "type": "private"}
        data = callback.get("data")
        return Incoming(
            channel="telegram",
            account=self.account,
            chat=str(_integer(chat["id"])),
            sender=str(_integer(person["id"])),
            event_id="c" + clean(callback["id"]),
            kind=Kind.TAP if data is not None else Kind.OTHER,
            at=datetime.now(UTC),
            payload=clean(data) if data is not None else "game",
            language=clean(person.get("language_code", "")),
            group=chat["type"] != "private",
        )

    def _membership(self, change: Json, update_id: int) -> Incoming | None:
        status = change["new_chat_member"]["status"]
        kind = {"kicked": Kind.BLOCKED, "member": Kind.RETURNED}.get(status)
        if kind is None or change["chat"]["type"] != "private":
            return None
        return self._event(change, kind, event_id=f"s{update_id}")

    def _event(
        self,
        message: Json,
        kind: Kind,
        *,
        event_id: str = "",
        at: int = 0,
        text: str = "",
        payload: str = "",
        files: tuple[FileRef, ...] = (),
    ) -> Incoming:
        chat = message["chat"]
        person = message.get("from") or message.get("sender_chat") or chat
        return Incoming(
            channel="telegram",
            account=self.account,
            chat=str(_integer(chat["id"])),
            sender=str(_integer(person["id"])),
            event_id=event_id or f"m{_integer(message['message_id'])}",
            kind=kind,
            at=datetime.fromtimestamp(at or message["date"], UTC),
            text=text,
            payload=payload,
            files=files,
            language=clean(person.get("language_code", "")),
            group=chat["type"] != "private",
        )

    def _said_to_us(self, message: Json) -> str | None:
        """The text without our name, or None: chatter of a group, a channel's post, another bot."""
        where = message["chat"]["type"]
        text = clean(message.get("text") or message.get("caption") or "")
        command = _COMMAND.match(text)
        named = command[2].lower() if command and command[2] else ""
        if command and named and named == self._username:
            text = f"/{command[1]}{text[command.end() :]}"
        if where == "private":
            return text
        if where == "channel" or (message.get("from", {}).get("is_bot") and "sender_chat" not in message):
            return None
        if named:
            return text if named == self._username else None
        if self._username and self._mention.search(text):
            return self._mention.sub("", text).strip()
        author = message.get("reply_to_message", {}).get("from", {}).get("id")
        return text if str(author) == self.account else None


def _command(text: str) -> tuple[Kind, str, str]:
    command = _COMMAND.match(text) if text.startswith("/") else None
    if not command:
        return Kind.TEXT, text, ""
    name, rest = command[1].lower(), text[command.end() :]
    if name == "start":
        return Kind.START, "/start", rest.strip()
    return Kind.TEXT, f"/{name}{rest}", ""


def _own_number(message: Json) -> str:
    """The digits of the sender's own phone number; "" for somebody else's card, whoever that is."""
    card, sender = message["contact"], message.get("from", {}).get("id")
    own = sender is not None and card.get("user_id") == sender and message["chat"]["type"] == "private"
    forwarded = "forward_origin" in message
    return "".join(filter(str.isdigit, clean(card["phone_number"]))) if own and not forwarded else ""


def _file(found: Any, kind: str) -> FileRef:
    if isinstance(found, list):
        found = max(found, key=lambda size: size["width"] * size["height"])
    return FileRef(
        ref=clean(found["file_id"]),
        kind=kind,
        mime=clean(found.get("mime_type", "")),
        size=_integer(found.get("file_size", 0)),
    )


def _integer(value: Any) -> int:
    if type(value) is not int:
        raise TypeError
    return value

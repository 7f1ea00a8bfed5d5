"""What a consultation message must look like. Pure: tells what is wrong with it. Source: OA documentation, CS v3."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]

TEXT = 2000
TITLE = 100
SUBTITLE = 500
PAYLOAD = 1000
BUTTONS = 5
STRING_PAYLOADS = ("oa.query.show", "oa.query.hide")
OBJECT_PAYLOADS = {"oa.open.url": ("url",), "oa.open.sms": ("content", "phone_code"), "oa.open.phone": ("phone_code",)}


@dataclass(frozen=True)
class Fault:
    """Something wrong. Code 0: the platform would overlook it, but nothing documented asks for it."""

    code: int
    says: str


@dataclass
class Dialect:
    """Where the sources disagree: what this server takes."""

    bare_buttons: bool = True  # text beside payload.buttons, without template_type
    template_buttons: bool = True  # template_type "button" with payload.text
    lists: bool = False  # template_type "list" on v3.0
    quote_field: str = "quote_message_id"  # or "react_message_id"
    utf16: bool = True  # text is counted in UTF-16 units, the stricter way; else in characters

    def length(self, text: str) -> int:
        return len(text) + (sum(char > "\uffff" for char in text) if self.utf16 else 0)


def faults(message: Any, dialect: Dialect) -> Iterator[Fault]:
    """All that is wrong with `message`, the worst not first: whoever asks takes the first with a code."""
    if not isinstance(message, dict) or not message:
        yield Fault(-201, "message is empty")
        return
    yield from _unknown(message, ("text", "attachment", dialect.quote_field), "message")
    if "attachment" not in message:
        yield from _text(message.get("text"), "message.text", dialect)
        return
    if dialect.quote_field in message:
        yield Fault(-201, f"message.{dialect.quote_field} goes with text only")
    yield from _attachment(message, dialect)


def _attachment(message: Json, dialect: Dialect) -> Iterator[Fault]:
    attachment = message["attachment"]
    if not isinstance(attachment, dict) or not isinstance(attachment.get("payload"), dict):
        yield Fault(-201, "message.attachment has no payload")
        return
    yield from _unknown(attachment, ("type", "payload"), "message.attachment")
    payload = attachment["payload"]
    if attachment.get("type") == "file":
        yield from _unknown(message, ("attachment",), "a message with a file")
        yield from _unknown(payload, ("token",), "payload")
        yield from _word(payload.get("token"), "payload.token")
    elif attachment.get("type") == "template":
        yield from _template(message, payload, dialect)
    else:
        yield Fault(-233, f"message.attachment.type is {attachment.get('type')!r}")


def _template(message: Json, payload: Json, dialect: Dialect) -> Iterator[Fault]:
    kind = payload.get("template_type")
    if kind is None and "buttons" in payload and dialect.bare_buttons:
        yield from _unknown(payload, ("buttons",), "payload")
        yield from _text(message.get("text"), "message.text", dialect)
        yield from buttons(payload["buttons"])
    elif kind == "button" and dialect.template_buttons:
        yield from _unknown(payload, ("template_type", "text", "buttons"), "payload")
        yield from _text(payload.get("text"), "payload.text", dialect)
        yield from buttons(payload.get("buttons"))
    elif kind == "media":
        yield from _unknown(payload, ("template_type", "elements"), "payload")
        if "text" in message:
            yield from _text(message["text"], "message.text", dialect)
        yield from _media(payload.get("elements"))
    elif kind == "request_user_info":
        yield from _unknown(message, ("attachment",), "a message that asks for information")
        yield from _unknown(payload, ("template_type", "elements"), "payload")
        yield from _request_info(payload.get("elements"))
    elif kind == "list" and dialect.lists:
        yield from _list(payload)
    else:
        yield Fault(-233, f"payload.template_type is {kind!r}")


def _media(elements: Any) -> Iterator[Fault]:
    if not isinstance(elements, list) or len(elements) != 1 or not isinstance(elements[0], dict):
        yield Fault(-201, "payload.elements has exactly one element")
        return
    element = elements[0]
    kind = element.get("media_type")
    if kind not in ("image", "gif", "sticker"):
        yield Fault(-233, f"media_type is {kind!r}")
        return
    sizes = ("width", "height") if kind == "gif" else ()
    yield from _unknown(element, ("media_type", "attachment_id", "url", *sizes), "element")
    yield from (Fault(-201, f"element.{size} is a number") for size in sizes if not _number(element.get(size)))
    if ("url" in element) == ("attachment_id" in element):
        yield Fault(-201, "an element has either url or attachment_id")
    elif "url" in element:
        yield from link(element["url"], "element.url")
    else:
        yield from _word(element["attachment_id"], "element.attachment_id")


def _request_info(elements: Any) -> Iterator[Fault]:
    if not isinstance(elements, list) or len(elements) != 1 or not isinstance(elements[0], dict):
        yield Fault(-201, "payload.elements has exactly one element")
        return
    yield from _unknown(elements[0], ("title", "subtitle", "image_url"), "element")
    yield from _short(elements[0].get("title"), TITLE, "element.title")
    yield from _short(elements[0].get("subtitle"), SUBTITLE, "element.subtitle")
    yield from link(elements[0].get("image_url"), "element.image_url")


def _list(payload: Json) -> Iterator[Fault]:
    yield from _unknown(payload, ("template_type", "elements", "buttons"), "payload")
    elements = payload.get("elements")
    if not isinstance(elements, list) or not elements or not all(isinstance(one, dict) for one in elements):
        yield Fault(-201, "payload.elements is a list of one to five")
        return
    if len(elements) > BUTTONS:
        yield Fault(-210, f"payload.elements are {len(elements)}, at most {BUTTONS} are allowed")
    yield from _short(elements[0].get("subtitle"), SUBTITLE, "the first element's subtitle")
    for element in elements:
        yield from _unknown(element, ("title", "subtitle", "image_url", "default_action"), "element")
        yield from _short(element.get("title"), TITLE, "element.title")
    if "buttons" in payload:
        yield from buttons(payload["buttons"])


def buttons(listed: Any) -> Iterator[Fault]:
    """What is wrong with a list of buttons."""
    if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) for one in listed):
        yield Fault(-201, "payload.buttons is a list of one to five")
        return
    if len(listed) > BUTTONS:
        yield Fault(-210, f"payload.buttons are {len(listed)}, at most {BUTTONS} are allowed")
    for button in listed:
        yield from _unknown(button, ("title", "type", "payload", "image_icon"), "button")
        yield from _short(button.get("title"), TITLE, "button.title")
        yield from _button_payload(button.get("type"), button.get("payload"))


def _button_payload(kind: Any, payload: Any) -> Iterator[Fault]:
    if kind in STRING_PAYLOADS:
        yield from _short(payload, PAYLOAD, "button.payload")
    elif kind not in OBJECT_PAYLOADS:
        yield Fault(-201, f"button.type is {kind!r}")
    elif not isinstance(payload, dict):
        yield Fault(-201, f"button.payload of {kind} is an object")
    else:
        yield from _unknown(payload, OBJECT_PAYLOADS[kind], "button.payload")
        for name in OBJECT_PAYLOADS[kind]:
            yield from _short(payload.get(name), PAYLOAD, f"button.payload.{name}")
        if kind == "oa.open.url":
            yield from link(payload.get("url"), "button.payload.url")


def link(value: Any, name: str) -> Iterator[Fault]:
    """An address which the platform's computers can open; one on this computer is taken too."""
    parts = urlsplit(value) if isinstance(value, str) else urlsplit("")
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
        yield Fault(-201, f"{name} is an https address")


def _text(value: Any, name: str, dialect: Dialect) -> Iterator[Fault]:
    yield from _word(value, name)
    if isinstance(value, str) and (length := dialect.length(value)) > TEXT:
        yield Fault(-210, f"{name} has {length} characters, at most {TEXT} are allowed")


def _short(value: Any, limit: int, name: str) -> Iterator[Fault]:
    yield from _word(value, name)
    if isinstance(value, str) and len(value) > limit:
        yield Fault(-210, f"{name} has {len(value)} characters, at most {limit} are allowed")


def _word(value: Any, name: str) -> Iterator[Fault]:
    if not isinstance(value, str) or not value.strip():
        yield Fault(-201, f"{name} is a string that is not empty")


def _unknown(fields: Json, known: tuple[str, ...], where: str) -> Iterator[Fault]:
    yield from (Fault(0, f"{where} has the unknown field {name}") for name in fields if name not in known)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

"""What a request must look like. Pure: tells what is wrong with it, in a sentence.

Source: Zalo Bot Platform, method pages (bot.zaloplatforms.com/docs).
"""

import ipaddress
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]

TEXT = 2000  # characters of a text and of a caption
SECRET = range(8, 257)  # characters of a webhook's secret
ACTIONS = ("typing", "upload_photo")
MARKUP = ("markdown", "html")


def complaint(method: str, fields: Json) -> str:
    """Why this request is refused; "" for a sound one."""
    check = CHECKS[method]
    return check(fields)


def _nothing(_: Json) -> str:
    return ""


def _updates(fields: Json) -> str:
    timeout = str(fields.get("timeout", 30))
    return "" if timeout.isdigit() and len(timeout) <= 3 else "timeout is a number of seconds"


def _message(fields: Json) -> str:
    if fields.get("parse_mode", "markdown") not in MARKUP:
        return "parse_mode is markdown or html"
    return _chat(fields) or _text("text", fields)


def _photo(fields: Json) -> str:
    return _chat(fields) or _link("photo", fields) or (_text("caption", fields) if "caption" in fields else "")


def _sticker(fields: Json) -> str:
    return _chat(fields) or _word("sticker", fields)


def _voice(fields: Json) -> str:
    return _chat(fields) or _link("voice_url", fields)


def _action(fields: Json) -> str:
    return _chat(fields) or ("" if fields.get("action") in ACTIONS else f"action is one of {', '.join(ACTIONS)}")


def _webhook(fields: Json) -> str:
    secret = fields.get("secret_token")
    if not isinstance(secret, str) or len(secret) not in SECRET:
        return "secret_token has 8 to 256 characters"
    return _word("url", fields)


def _chat(fields: Json) -> str:
    return _word("chat_id", fields)


def _word(name: str, fields: Json) -> str:
    value = fields.get(name)
    return "" if isinstance(value, str) and value.strip() else f"{name} must be a string that is not empty"


def _text(name: str, fields: Json) -> str:
    if missing := _word(name, fields):
        return missing
    value = str(fields[name])
    length = len(value) + sum(char > "\uffff" for char in value)  # the stricter of the two ways to count
    return "" if length <= TEXT else f"{name} has {length} characters, at most {TEXT} are allowed"


def _link(name: str, fields: Json) -> str:
    found = _word(name, fields)
    return found or ("" if str(fields[name]).startswith(("http://", "https://")) else f"{name} must be an address")


def is_public(url: str) -> bool:
    """Whether Zalo would deliver there: https, and neither this computer nor a private network."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme != "https" or not host or host == "localhost" or host.endswith((".localhost", ".local")):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host


CHECKS: dict[str, Callable[[Json], str]] = {
    "getMe": _nothing,
    "getUpdates": _updates,
    "setWebhook": _webhook,
    "deleteWebhook": _nothing,
    "getWebhookInfo": _nothing,
    "sendMessage": _message,
    "sendPhoto": _photo,
    "sendSticker": _sticker,
    "sendVoice": _voice,
    "sendChatAction": _action,
}

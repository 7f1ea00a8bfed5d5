"""The Bot API's methods which the bot may call, and what a request to them must look like (Bot API 10.1).

One line a field: name, "!" where required, ":" and its type. `text<4096` limits UTF-16 units, `int<100` the value.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

_COMMON = (
    "business_connection_id:str chat_id!:chat message_thread_id:int direct_messages_topic_id:int "
    "disable_notification:bool protect_content:bool allow_paid_broadcast:bool message_effect_id:str "
    "suggested_post_parameters:object reply_parameters:object reply_markup:keyboard "
)
_CAPTION = _COMMON + "caption:text<1024 parse_mode:str caption_entities:array "

_METHODS = {
    "getMe": "",
    "getUpdates": "offset:int limit:int<100 timeout:int allowed_updates:array",
    "setWebhook": "url!:str certificate:file ip_address:str max_connections:int<100 allowed_updates:array "
    "drop_pending_updates:bool secret_token:secret",
    "deleteWebhook": "drop_pending_updates:bool",
    "getWebhookInfo": "",
    "sendMessage": _COMMON + "text!:words<4096 parse_mode:str entities:array link_preview_options:object",
    "sendPhoto": _CAPTION + "photo!:file show_caption_above_media:bool has_spoiler:bool",
    "sendAudio": _CAPTION + "audio!:file duration:int performer:str title:str thumbnail:file",
    "sendDocument": _CAPTION + "document!:file thumbnail:file disable_content_type_detection:bool",
    "sendVideo": _CAPTION + "video!:file duration:int width:int height:int thumbnail:file cover:file "
    "start_timestamp:int show_caption_above_media:bool has_spoiler:bool supports_streaming:bool",
    "sendVoice": _CAPTION + "voice!:file duration:int",
    "editMessageText": "business_connection_id:str chat_id!:chat message_id!:int inline_message_id:str "
    "text!:words<4096 parse_mode:str entities:array link_preview_options:object reply_markup:keyboard",
    "deleteMessage": "chat_id!:chat message_id!:int",
    "answerCallbackQuery": "callback_query_id!:str text:text<200 show_alert:bool url:str cache_time:int",
    "setMyCommands": "commands!:commands scope:object language_code:language",
}


def _fields(line: str) -> dict[str, tuple[bool, str, int]]:
    found = re.findall(r"(\w+)(!?):(\w+)(?:<(\d+))?", line)
    return {name: (bool(required), kind, int(limit or 0)) for name, required, kind, limit in found}


SCHEMA = {method: _fields(line) for method, line in _METHODS.items()}


def complaints(method: str, fields: dict[str, Any], json_body: bool = False) -> Iterator[str]:
    """Everything the Bot API would object to. With `json_body` values are JSON's own, else text of a form."""
    known = SCHEMA[method]
    yield from (f"{method}: unknown field {name}" for name in fields if name not in known)
    yield from (f"{method}: {name} is missing" for name, (must, *_) in known.items() if must and name not in fields)
    for name, value in fields.items():
        if name in known:
            _, kind, limit = known[name]
            wrong = _wrong(kind, _parsed(kind, value, json_body), limit)
            if wrong:
                yield f"{method}: {name} {wrong}"


_TYPES = {"int": int, "bool": bool, "object": dict, "array": list, "commands": list, "keyboard": dict}
_TEXTUAL = ("str", "text", "words", "secret", "language", "file")


def _parsed(kind: str, value: Any, json_body: bool) -> Any:
    if json_body or kind in _TEXTUAL or (kind == "chat" and value.startswith("@")):
        return value
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return NotImplemented


def _wrong(kind: str, value: Any, limit: int) -> str:
    """Empty when all is well."""
    if kind == "file":
        return "" if value else "is empty"
    if kind == "chat":
        return "" if isinstance(value, int | str) else "is no chat"
    wanted = _TYPES.get(kind, str)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        return f"is not of type {kind}"
    if kind == "int":
        return f"exceeds {limit}" if limit and not 0 <= value <= limit else ""
    check = _CHECKS.get(kind)
    return check(value, limit) if check else ""


def _text(value: str, limit: int) -> str:
    return "is too long" if len(value.encode("utf-16-le")) // 2 > limit else ""


def _words(value: str, limit: int) -> str:
    return _text(value, limit) if value.strip() else "is empty"


def _secret(value: str, _: int) -> str:
    return "" if re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value) else "is no secret token"


def _language(value: str, _: int) -> str:
    return "" if re.fullmatch(r"[a-z]{2}|", value) else "is no language code"


_REPLY_KEYBOARD = {"keyboard", "is_persistent", "resize_keyboard", "one_time_keyboard", "selective"}


def _keyboard(value: dict[str, Any], _: int) -> str:
    if value.get("keyboard") and set(value) <= _REPLY_KEYBOARD:
        return next((wrong for row in value["keyboard"] for key in row if (wrong := _key(key))), "")
    rows = value.get("inline_keyboard")
    if not isinstance(rows, list) or set(value) != {"inline_keyboard"}:
        return "is no inline keyboard"
    if any(len(row) > 8 for row in rows) or sum(map(len, rows)) > 100:
        return "has too many buttons"
    return next((wrong for row in rows for button in row if (wrong := _button(button))), "")


def _key(key: dict[str, Any]) -> str:
    """KeyboardButton, as far as a bot needs it."""
    if not set(key) <= {"text", "request_contact"} or not isinstance(key.get("request_contact", True), bool):
        return "has a key of unknown shape"
    return "" if isinstance(key.get("text"), str) and key["text"].strip() else "has a key without text"


def _button(button: dict[str, Any]) -> str:
    if set(button) != {"text", "callback_data"} and set(button) != {"text", "url"}:
        return "has a button of unknown shape"
    if not isinstance(button["text"], str) or not button["text"].strip():
        return "has a button without text"
    data = button.get("callback_data")
    return "has callback_data outside 1 to 64 bytes" if data is not None and not 1 <= len(data.encode()) <= 64 else ""


def _commands(value: list[dict[str, Any]], _: int) -> str:
    sound = all(
        set(command) == {"command", "description"}
        and re.fullmatch(r"[a-z0-9_]{1,32}", command["command"])
        and 1 <= len(command["description"]) <= 256
        for command in value
    )
    return "" if sound and len(value) <= 100 else "has a malformed command"


_CHECKS: dict[str, Callable[[Any, int], str]] = {
    "text": _text,
    "words": _words,
    "secret": _secret,
    "language": _language,
    "keyboard": _keyboard,
    "commands": _commands,
}

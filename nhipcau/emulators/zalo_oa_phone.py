"""The phone of one person on the emulated Zalo, for the page that phone.py serves."""

from collections.abc import Callable
from typing import Any

from nhipcau.emulators.zalo_oa_account import Account
from nhipcau.emulators.zalo_oa_chat import FROM_USER, Button, Seen
from nhipcau.emulators.zalo_oa_people import Person

Json = dict[str, Any]

LINKS = {"oa.open.url": ("", "url"), "oa.open.sms": ("sms:+", "phone_code"), "oa.open.phone": ("tel:+", "phone_code")}


class OaPhone:
    """A person's view of one Official Account."""

    def __init__(self, oa: Account, person: Person) -> None:
        self.oa, self.person = oa, person
        self.until = oa.until

    def state(self) -> Json:
        attempts = self.oa.postman.attempts
        return {
            "name": self.oa.name,
            "follows": self.person.following,
            "delivered": attempts[-1].status == 200 if attempts else None,
            "remarks": self.oa.violations,
            "lines": [_line(one) for one in self.person.chat if not one.hidden],
        }

    async def do(self, action: str, told: Json) -> None:
        """Raises ValueError for what a phone cannot do."""
        actions: dict[str, Callable[[], Any]] = {
            "follow": self.person.follow,
            "unfollow": self.person.unfollow,
            "write": lambda: self.person.write(_text(told, "text")),
            "tap": lambda: self.person.tap(_text(told, "label"), line=_text(told, "line")),
            "photo": lambda: self.person.send_image(_text(told, "url")),
            "submit": lambda: self.person.submit_info(name=_text(told, "name"), phone=_text(told, "phone")),
            "see": self.person.see,
        }
        if action not in actions:
            raise ValueError(f"a phone cannot {action!r}")
        await actions[action]()
        self.oa.notify()

    def file(self, id: str) -> bytes | None:  # noqa: A002
        found = self.oa.uploads.find(id)
        return found.content if found else None


def _text(told: Json, name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} is missing")
    return value


def _line(one: Seen) -> Json:
    return {
        "id": one.message_id,
        "mine": one.src == FROM_USER,
        "text": one.text,
        "quote": one.quote,
        "time": int(one.at * 1000),
        "reactions": one.reactions,
        "buttons": [{"label": button.label, "link": _link(button)} for button in one.buttons],
        "attachments": [_attachment(attached) for attached in one.attachments],
    }


def _link(button: Button) -> str:
    """Where a tap leads on the phone; "" where it is sent to the OA."""
    if button.type not in LINKS:
        return ""
    scheme, name = LINKS[button.type]
    return scheme + str(button.payload[name])


def _attachment(attached: Json) -> Json:
    shown = {name: value for name, value in attached.items() if name in ("type", "url", "title", "name", "elements")}
    return shown if "url" in shown or "id" not in attached else shown | {"url": f"/phone/files/{attached['id']}"}

"""People on Zalo: what they do to the Official Account, and what they see of it."""

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Any, Protocol

from nhipcau.emulators.zalo_bot_clock import Clock
from nhipcau.emulators.zalo_oa_chat import FROM_OA, FROM_USER, Button, Seen

Json = dict[str, Any]

MEDIA = "https://photo-stal-1.zdn.vn/emulator"


class Oa(Protocol):
    """What a person needs of the account."""

    oa_id: str
    app_id: str
    clock: Clock

    def emit(self, event_name: str, **fields: Any) -> Json: ...
    def notify(self) -> None: ...
    async def until(self, condition: Any, timeout: float = 5) -> None: ...  # noqa: ASYNC109


def new_uid() -> str:
    """Nineteen digits: beyond what a float holds exactly."""
    return str(secrets.choice(range(2, 9))) + "".join(secrets.choice("0123456789") for _ in range(17)) + "7"


def new_message_id() -> str:
    """As Zalo's look: hexadecimal digits."""
    return "96d" + secrets.token_hex(8)


@dataclass
class Person:
    """Somebody on Zalo. Sending them something is allowed only as long after `last_interaction` as the rules say."""

    oa: Oa
    name: str = "H'Hen Niê"
    phone: str = "84987654321"
    id: str = field(default_factory=new_uid)
    id_by_app: str = field(default_factory=new_uid)
    following: bool = False
    blocked: bool = False  # does not take messages of this OA any more
    refuses: set[str] = field(default_factory=set)  # kinds refused: "promotion", …
    clicked_chat_now: bool = False
    last_interaction: float | None = None
    chat: list[Seen] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    alias: str = ""
    shared: Json = field(default_factory=dict)  # what user_submit_info or the OA's own update told
    ages: int = 2  # for the targets of broadcasts
    gender: int = 1
    location: int = 1
    city: int = 0
    platform: int = 2
    heard: int = field(default=0, repr=False)

    # ---- what a person does; each gives what went to the webhook

    async def follow(self, source: str = "oa_profile") -> Json:
        """Follows the OA, which is an interaction."""
        self.following = True
        return await self._event("follow", source=source)

    async def unfollow(self, source: str = "oa_profile") -> Json:
        """Follows no longer; until they write again, nothing reaches them."""
        self.following, self.last_interaction = False, None
        return await self._event("unfollow", interaction=False, source=source)

    async def write(self, text: str, *, quote: str = "") -> Json:
        """Says something, perhaps in answer to a message."""
        return await self._say("user_send_text", text=text, quote_msg_id=quote)

    async def send_image(self, url: str = f"{MEDIA}/1.jpg", *, caption: str = "", thumbnail: str = "") -> Json:
        return await self._attach("image", text=caption, thumbnail=thumbnail or url, url=url)

    async def send_gif(self, url: str = f"{MEDIA}/1.gif") -> Json:
        return await self._attach("gif", thumbnail=url, url=url)

    async def send_link(self, url: str = "https://congdoan.example.vn", description: str = "") -> Json:
        return await self._attach("link", thumbnail=f"{MEDIA}/link.jpg", description=description, url=url)

    async def send_business_card(self, phone: str = "84987654321") -> Json:
        """A contact, which comes as a link with JSON for its description."""
        card = f'{{"phone":"{phone}","qrCodeUrl":"{MEDIA}/qr.jpg"}}'
        content = {"thumbnail": f"{MEDIA}/card.jpg", "description": card, "url": "https://zalo.me/u"}
        return await self._attach("link", event_name="user_send_business_card", **content)

    async def send_audio(self, url: str = "https://voice-aac-dl.zdn.vn/emulator/1.amr") -> Json:
        return await self._attach("audio", url=url)

    async def send_video(self, url: str = "https://video-stal-1.zdn.vn/emulator/1.mp4") -> Json:
        return await self._attach("video", url=url, thumbnail=f"{MEDIA}/video.jpg", description="")

    async def send_sticker(self, sticker: str = "23311") -> Json:
        return await self._attach("sticker", url=f"https://zalo-api.zadn.vn/sticker?eid={sticker}", id=sticker)

    async def send_location(self, latitude: str = "12.6667", longitude: str = "108.05") -> Json:
        return await self._attach("location", coordinates={"latitude": latitude, "longitude": longitude})

    async def send_file(self, name: str = "hop-dong.pdf", url: str = "https://file-dl.zdn.vn/emulator/1.pdf") -> Json:
        checksum = "d41d8cd98f00b204e9800998ecf8427e"
        return await self._attach("file", size="1024", name=name, checksum=checksum, type="pdf", url=url)

    async def send_unknown(self, event_name: str = "user_send_hologram", **message: Any) -> Json:
        """An event nobody documented."""
        return await self._say(event_name, **message)

    async def submit_info(self, **info: Any) -> Json:
        """Fills in the form the OA asked with: name, phone, full_address …"""
        told = {"name": self.name, "phone": self.phone, **info}
        self.shared |= told
        return await self._event("user_submit_info", info=told)

    async def see(self) -> Json:
        """Opens the chat: everything there counts as read."""
        new = [message for message in self.messages if not message.read]
        for message in new:
            message.read = True
        ids = {"msg_ids": [message.message_id for message in new]}
        return await self._event("user_seen_message", interaction=False, message=ids)

    async def react(self, message: Seen, icon: str = "/-heart") -> Json:
        told = {"msg_id": message.message_id, "react_icon": icon}
        return await self._event("user_reacted_message", interaction=False, message=told)

    async def click_chat_now(self) -> Json | None:
        """Taps "message" on the OA's profile, which is told only the first time."""
        self.last_interaction = self.oa.clock.now()
        if self.clicked_chat_now:
            return None
        self.clicked_chat_now = True
        return await self._event("user_click_chatnow")

    async def withdraw(self) -> Json:
        """Asks for their data to be erased."""
        return await self._event("user_withdraw", interaction=False)

    async def block(self) -> None:
        """Takes no message of this OA any more. The webhook is not told."""
        self.blocked = True

    async def tap(self, label: str, *, line: str = "") -> str:
        """Taps the newest button with this label. What a query sends, else what the phone opens: a link or a number.

        `line`: id of the message it stands below, if not any. Raises LookupError that names the buttons there are.
        """
        button = self._button(label, line)
        if button.type in ("oa.query.show", "oa.query.hide"):
            await self._say("user_send_text", hidden=button.type == "oa.query.hide", text=button.payload)
            return str(button.payload)
        return str(button.payload.get("url") or button.payload.get("phone_code"))

    # ---- what a person sees

    @property
    def messages(self) -> list[Seen]:
        """All the OA sent to them."""
        return [message for message in self.chat if message.src == FROM_OA]

    async def hear(self, count: int = 1, timeout: float = 5) -> list[Seen]:  # noqa: ASYNC109 - a test's patience
        """Waits for the next `count` messages of the OA. Raises TimeoutError."""
        wanted = self.heard + count
        await self.oa.until(lambda: len(self.messages) >= wanted, timeout)
        new = self.messages[self.heard : wanted]
        self.heard = wanted
        return new

    def _button(self, label: str, line: str) -> Button:
        messages = [message for message in reversed(self.messages) if line in ("", message.message_id)]
        shown = [button for message in messages for button in message.buttons]
        found = next((button for button in shown if button.label == label), None)
        if found is None:
            there = ", ".join(repr(button.label) for button in shown) or "none at all"
            raise LookupError(f"no button {label!r}; there are {there}")
        return found

    async def _attach(self, kind: str, *, event_name: str = "", text: str = "", **payload: Any) -> Json:
        message: Json = {"attachments": [{"type": kind, "payload": payload}]}
        if text:
            message["text"] = text
        return await self._say(event_name or f"user_send_{kind}", **message)

    async def _say(self, event_name: str, *, hidden: bool = False, **message: Any) -> Json:
        told = {name: value for name, value in message.items() if value not in ("", None) or name == "text"}
        told["msg_id"] = new_message_id()
        shown = [{"type": one["type"], **one["payload"]} for one in told.get("attachments", ())]
        text, quote = str(told.get("text", "")), str(told.get("quote_msg_id", ""))
        line = Seen(told["msg_id"], FROM_USER, text, self.oa.clock.now(), attachments=shown, quote=quote, hidden=hidden)
        self.chat.append(line)
        return await self._event(event_name, message=told)

    async def _event(self, event_name: str, *, interaction: bool = True, **fields: Any) -> Json:
        if interaction:
            self.last_interaction = self.oa.clock.now()
        event = self.oa.emit(event_name, **self._who(event_name), **fields)
        await asyncio.sleep(0)
        return event

    def _who(self, event_name: str) -> Json:
        if event_name in ("follow", "unfollow"):
            return {"oa_id": self.oa.oa_id, "follower": {"id": self.id}, "user_id_by_app": self.id_by_app}
        if event_name in ("user_click_chatnow", "user_withdraw"):
            return {"oa_id": self.oa.oa_id, "user_id": self.id, "user_id_by_app": self.id_by_app}
        return {"sender": {"id": self.id}, "user_id_by_app": self.id_by_app, "recipient": {"id": self.oa.oa_id}}

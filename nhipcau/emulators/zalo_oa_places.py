"""Where people meet the OA besides their own chat: groups, and the widget on a website, which knows no names."""

from dataclasses import dataclass, field
from typing import Any

from nhipcau.emulators.zalo_oa_chat import FROM_OA, FROM_USER, Seen
from nhipcau.emulators.zalo_oa_people import Oa, Person, new_message_id, new_uid
from nhipcau.emulators.zalo_oa_stock import new_id

Json = dict[str, Any]


@dataclass
class Group:
    """A group (GMF). Members' messages and comings and goings reach the webhook."""

    oa: Oa
    name: str
    members: list[Person]
    places: int = 100
    id: str = field(default_factory=lambda: "f414" + new_id())
    description: str = ""
    settings: Json = field(default_factory=dict)
    disabled: bool = False
    with_oa: bool = True
    chat: list[Seen] = field(default_factory=list)

    @property
    def link(self) -> str:
        return f"https://zalo.me/g/{self.id[:8]}"

    @property
    def messages(self) -> list[Seen]:
        """All the OA sent here."""
        return [message for message in self.chat if message.src == FROM_OA]

    async def write(self, person: Person, text: str) -> Json:
        """A member says something."""
        message = {"text": text, "msg_id": new_message_id()}
        self.chat.append(Seen(message["msg_id"], FROM_USER, text, self.oa.clock.now()))
        sides = {"sender": {"id": person.id}, "recipient": {"id": self.id}}
        return self.oa.emit("user_send_group_text", oa_id=self.oa.oa_id, **sides, message=message)

    async def join(self, person: Person) -> Json:
        self.members.append(person)
        return self.tell("user_join_group", person)

    async def leave(self, person: Person) -> Json:
        self.members.remove(person)
        return self.tell("user_out_group", person)

    async def ask_to_join(self, person: Person) -> Json:
        return self.tell("user_request_join_group", person)

    async def delete(self) -> Json:
        """The group ends."""
        self.disabled = True
        return self.tell("delete_group", *self.members)

    def tell(self, event_name: str, *people: Person) -> Json:
        """Any event of a group: create_group, add_group_admin, update_group_info …"""
        users = [{"id": person.id} for person in people]
        return self.oa.emit(event_name, oa_id=self.oa.oa_id, group_id=self.id, users=users)


@dataclass
class Visitor:
    """Somebody without a name, in the widget of a website."""

    oa: Oa
    id: str = field(default_factory=new_uid)
    conversation: str = field(default_factory=new_id)
    chat: list[Seen] = field(default_factory=list)

    @property
    def messages(self) -> list[Seen]:
        return [message for message in self.chat if message.src == FROM_OA]

    async def write(self, text: str) -> Json:
        return self._say("text", text=text)

    async def send_image(self, url: str = "https://photo-stal-1.zdn.vn/emulator/1.jpg") -> Json:
        return self._say("image", attachments=[{"type": "image", "payload": {"thumbnail": url, "url": url}}])

    def _say(self, kind: str, **content: Any) -> Json:
        message = {"conversation_id": self.conversation, **content, "msg_id": new_message_id()}
        self.chat.append(Seen(message["msg_id"], FROM_USER, str(content.get("text", "")), self.oa.clock.now()))
        sides = {"sender": {"id": self.id}, "recipient": {"id": self.oa.oa_id}}
        return self.oa.emit(f"anonymous_send_{kind}", **sides, message=message)

"""Where a message goes: to a person, to a group, or to a visitor of a site who has no name."""

from typing import NamedTuple

_GROUP = "g-"
_VISITOR = "v-"


class Chat(NamedTuple):
    """`sender`: the person's id for this OA. A chat's text form is what other rooms keep."""

    sender: str
    group: str = ""
    conversation: str = ""  # of a visitor

    @property
    def is_group(self) -> bool:
        return bool(self.group)

    @property
    def is_person(self) -> bool:
        """A person whom Zalo knows, with a window of their own."""
        return not self.group and not self.conversation

    def __str__(self) -> str:
        if self.group:
            return f"{_GROUP}{self.group}"
        return f"{_VISITOR}{self.sender}-{self.conversation}" if self.conversation else self.sender

    @classmethod
    def parse(cls, text: str) -> "Chat":
        """The other way round; a group's text names no sender."""
        if text.startswith(_GROUP):
            return cls("", group=text.removeprefix(_GROUP))
        if text.startswith(_VISITOR):
            sender, _, conversation = text.removeprefix(_VISITOR).partition("-")
            return cls(sender, conversation=conversation)
        return cls(text)

    @property
    def path(self) -> str:
        """The call which writes there."""
        if self.group:
            return "/v3.0/oa/group/message"
        return "/v2.0/oa/message" if self.conversation else "/v3.0/oa/message/cs"

    @property
    def recipient(self) -> dict[str, str]:
        if self.group:
            return {"group_id": self.group}
        if self.conversation:
            return {"anonymous_id": self.sender, "conversation_id": self.conversation}
        return {"user_id": self.sender}

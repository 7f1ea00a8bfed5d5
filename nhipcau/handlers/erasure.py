"""Forgets a person in every room. A table that can lead to somebody belongs into one of the two lists below.

In two steps: what is kept of the member goes with the turn in which it was wished; what is kept of the chats goes
when the last message to them was sent (`bot/erasing.py`).
"""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from nhipcau.broadcasts import ledger
from nhipcau.channels.message import Incoming
from nhipcau.clock import VIETNAM
from nhipcau.handlers import kept_payslips
from nhipcau.handlers import session as sessions
from nhipcau.knowledge import desk
from nhipcau.store import inbox, outbox
from nhipcau.union import attempts, audit, contacts, erasures, members, officers
from nhipcau.union.audit import Line
from nhipcau.union.erasures import Erasure

MEMBERS: tuple[Callable[[sa.Connection, Collection[int]], None], ...] = (
    officers.forget,
    ledger.forget,
    members.forget,
)
"""Each room's deletion of members, by member.id."""

CHATS: tuple[Callable[[sa.Connection, Sequence[str]], None], ...] = (
    officers.forget_chats,
    attempts.forget_chats,
    kept_payslips.drop,
    sessions.forget_chats,
    contacts.forget,
    erasures.done,
)
"""Each room's deletion of chats, by their keys; messages and questions need more than a key (`forget_chat`)."""


class Wish(NamedTuple):
    """The person on the chat `key` wants to be forgotten; `member`: who that is, if known."""

    key: str
    member: int | None


def begin(conn: sa.Connection, wishes: Sequence[Wish]) -> None:
    """The member is forgotten at once; all their chats wait until the last message is sent."""
    now, lines = datetime.now(UTC), []
    for one in wishes:
        chats = contacts.of_member(conn, one.member) if one.member is not None else []
        erasures.ask(conn, [Erasure(key, now) for key in {one.key, *(chat.key for chat in chats)}])
        if one.member is not None:
            contacts.part(conn, one.member)
            for forget in MEMBERS:
                forget(conn, [one.member])
        lines.append(Line(None, "member.erase" if one.member else "chat.erase", "member", one.member, None))
    audit.record(conn, lines)


class Remains(NamedTuple):
    """What is left of a chat: the numbers of its messages, and what its person said."""

    key: str
    received: Sequence[int]
    sent: Sequence[int]
    said: Sequence[desk.Said]


def remains(conn: sa.Connection, key: str) -> Remains:
    """Read apart from the deletion, for messages are not indexed by chat: the writer must not wait for a search."""
    address = contacts.address(key)
    received = inbox.of_chat(conn, address)
    said = [one for row in received for one in _said(row)]
    return Remains(key, [row.id for row in received], outbox.of_chat(conn, address), said)


def _said(row: inbox.Received) -> list[desk.Said]:
    try:
        text = msgspec.json.decode(row.body, type=Incoming).text.strip()
    except msgspec.DecodeError:
        return []
    return [desk.Said(row.received_at.astimezone(VIETNAM).date(), row.channel, text)] if text else []


def forget_chat(conn: sa.Connection, left: Remains) -> None:
    """Deletes all that was kept of a chat."""
    desk.unwish(conn, [contacts.address(left.key)])
    desk.unlog(conn, left.said)
    inbox.delete(conn, left.received)
    outbox.delete(conn, left.sent)
    for forget in CHATS:
        forget(conn, [left.key])

"""What follows when a message did not simply arrive."""

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from nhipcau.handlers import again
from nhipcau.handlers.i18n import DEFAULT
from nhipcau.store import outbox
from nhipcau.store.outbox import Draft, Lane, Letter, State
from nhipcau.store.store import Store
from nhipcau.store.writer import Change
from nhipcau.union import contacts


def build_aftermath(store: Store) -> Callable[[Letter, str], Awaitable[Sequence[Change]]]:
    """The sender's hook."""

    async def aftermath(letter: Letter, state: str) -> list[Change]:
        key = ":".join(letter.address)
        if state == State.GONE:
            return [Change(contacts.lose, key)]
        # A notice in doubt brings no second notice, and a bulletin is the officers' affair.
        if state != State.IN_DOUBT or letter.about is not None or letter.lane != Lane.REPLY:
            return []
        async with store.read() as conn:
            contact = (await contacts.fetch(conn, [key])).get(key)
        notice = again.notice(letter.id, contact.language if contact else DEFAULT)
        draft = Draft(*letter.address, msgspec.json.encode(notice), about=letter.id)
        return [Change(outbox.insert, draft)]

    return aftermath

"""What the page's frames and questions must pass before they reach the database."""

import logging
from datetime import UTC, datetime

from nhipcau.channels.contract import Receive
from nhipcau.channels.web_frames import Refusal, Reply, incoming, read
from nhipcau.channels.web_limits import Pace
from nhipcau.channels.web_session import Visitor
from nhipcau.channels.web_settings import WebSettings

log = logging.getLogger(__name__)

AGAIN_SECONDS = 5


class Intake:
    """Takes what visitors write; closed until `receive` is set. Nothing of their words is ever logged."""

    def __init__(self, settings: WebSettings, account: str) -> None:
        self.receive: Receive | None = None
        self._account = account
        self._session = Pace(settings.session_burst, settings.session_per_minute)
        self._address = Pace(settings.address_burst, settings.address_per_minute)
        # By address as well: anybody can make up sessions.
        self._looks = Pace(burst=30, per_minute=120)
        self._looks_of_address = Pace(6 * settings.address_burst, 10 * settings.address_per_minute)

    def admit(self, visitor: Visitor | None) -> Reply | None:
        """None, or why this visitor may not read now."""
        if visitor is None:
            return Reply(error="session")
        if self.receive is None:
            return Reply(error="busy", after=AGAIN_SECONDS)
        wait = self._looks.wait(visitor.chat) or self._looks_of_address.wait(visitor.address)
        return Reply(error="slow", after=wait) if wait else None

    async def take(self, visitor: Visitor, raw: str | bytes) -> Reply:
        """Stores one frame of the page, or says why not."""
        # The session first: one hasty person must not use up the quota of a whole factory.
        wait = self._session.wait(visitor.chat) or self._address.wait(visitor.address)
        try:
            frame = read(raw)
        except Refusal as refusal:
            return Reply(no=refusal.client_id, code=refusal.code)
        if wait:
            return Reply(slow=frame.id, after=wait)
        event = incoming(frame, account=self._account, chat=visitor.chat, at=datetime.now(UTC))
        if self.receive is None:
            return Reply(again=frame.id, after=AGAIN_SECONDS)
        try:
            await self.receive((event,))
        except Exception as fault:
            log.error("web chat: a message could not be stored: %s", type(fault).__name__)
            return Reply(again=frame.id, after=AGAIN_SECONDS)
        return Reply(ok=frame.id)

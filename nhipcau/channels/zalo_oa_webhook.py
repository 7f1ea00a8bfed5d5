"""The OA's webhook: nothing is stored that Zalo did not sign, and Zalo hears 200 only when it is stored.

Zalo OA, "Webhook": 200 within two seconds, else it is delivered again after 30 s, 5, 15, 30 and 60 minutes, and
then the app is unsubscribed.
"""

import asyncio
import hashlib
import hmac
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from aiohttp import web

from nhipcau.channels.zalo_oa_events import Event, Json, Reader, Unreadable, decoded, moment

log = logging.getLogger(__name__)

SIGNATURE_HEADER = "X-ZEvent-Signature"
BODY_LIMIT = 256 * 1024  # bytes; events have a few thousand
STALE = timedelta(hours=2)  # the last repetition comes after 1 h 51 min

_SIGNATURE = re.compile(r"\s*(?:mac\s*=)?\s*([0-9a-f]{64})\s*", re.IGNORECASE)

Store = Callable[[Sequence[Event]], Awaitable[None]]


def signature(app_id: str, body: bytes, timestamp: str, oa_secret: str) -> str:
    """SHA-256 over app id, the body's bytes as received, its timestamp and the OA's secret: no HMAC."""
    return hashlib.sha256(app_id.encode() + body + timestamp.encode(errors="replace") + oa_secret.encode()).hexdigest()


class Webhook:
    """Takes deliveries. `store` raises when nothing was stored; `now` gives the hour with its zone."""

    def __init__(
        self,
        app_id: str,
        oa_secret: str,
        reader: Reader,
        store: Store,
        *,
        gather_ms: int,
        count: Callable[[str], None],
        now: Callable[[], datetime],
    ) -> None:
        self._app_id = app_id
        self._secret = oa_secret
        self._reader = reader
        self._gathering = Gathering(store, gather_ms / 1000)
        self._count = count
        self._now = now

    async def deliver(self, request: web.Request) -> web.Response:
        """200: stored, or of no concern. 400: no event. 403: not Zalo's, or old. 413: too large. 503: send it again."""
        body = await _body(request)
        if body is None:
            return self._refuse(413, "zalo_oa_too_large")
        if not body.strip():
            return web.Response()  # Zalo probes the address with nothing
        event = decoded(body)
        if event is None or not isinstance(event.get("timestamp"), str | int):
            return self._refuse(400, "zalo_oa_no_event")
        if not self._is_signed(request.headers.get(SIGNATURE_HEADER, ""), body, str(event["timestamp"])):
            return self._refuse(403, "zalo_oa_wrong_signature")
        if self._is_stale(event):
            log.error(
                "An event of Zalo's is more than two hours from now: replayed, or is this computer's clock wrong?"
            )
            return self._refuse(403, "zalo_oa_stale")
        return await self._keep(event)

    async def _keep(self, event: Json) -> web.Response:
        try:
            read = self._reader.read(event)
        except Unreadable:  # signed by Zalo, so a repetition would say the same
            log.warning("An event of Zalo's could not be read and was passed over.")
            self._count("zalo_oa_unreadable_event")
            return web.Response()
        if read is None:
            return web.Response()
        try:
            await self._gathering.store(read)
        except Exception as error:
            log.error("An event of Zalo's could not be stored: %s", type(error).__name__)
            return self._refuse(503, "zalo_oa_not_stored")
        return web.Response()

    def _is_signed(self, given: str, body: bytes, timestamp: str) -> bool:
        found = _SIGNATURE.fullmatch(given)
        expected = signature(self._app_id, body, timestamp, self._secret)
        return found is not None and hmac.compare_digest(found[1].lower(), expected)

    def _is_stale(self, event: Json) -> bool:
        try:
            return abs(self._now() - moment(event)) > STALE
        except (ValueError, TypeError, OverflowError, OSError):
            return True

    def _refuse(self, status: int, counter: str) -> web.Response:
        self._count(counter)
        return web.Response(status=status)


class Gathering:
    """Stores what arrives within a moment together, in the order of the timestamps: Zalo promises no order."""

    def __init__(self, store: Store, seconds: float) -> None:
        self._store = store
        self._seconds = seconds
        self._waiting: list[Event] = []
        self._stored: asyncio.Task[None] | None = None

    async def store(self, event: Event) -> None:
        """Returns when it is stored; raises what the store raised."""
        self._waiting.append(event)
        if self._stored is None:
            self._stored = asyncio.create_task(self._store_soon())
        await asyncio.shield(self._stored)

    async def _store_soon(self) -> None:
        await asyncio.sleep(self._seconds)
        events, self._waiting, self._stored = self._waiting, [], None
        await self._store(sorted(events, key=lambda event: event.incoming.at))


async def _body(request: web.Request) -> bytes | None:
    """The body, or None for one above the limit."""
    if (request.content_length or 0) > BODY_LIMIT:
        return None
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > BODY_LIMIT:
            return None
    return bytes(body)

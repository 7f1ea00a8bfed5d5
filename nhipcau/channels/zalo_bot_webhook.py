"""The webhook: nothing is stored without the secret, and Zalo hears 200 only when all is stored."""

import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from nhipcau.channels.zalo_http import decoded

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
BODY_LIMIT = 256 * 1024  # bytes; Zalo's updates have a few hundred


class Webhook:
    """Takes deliveries. `store` gets what was sent (None: not JSON) and raises when nothing was stored."""

    def __init__(self, secret: str, store: Callable[[Any], Awaitable[None]], count: Callable[[str], None]) -> None:
        self._secret = secret.encode()
        self._store = store
        self._count = count

    async def deliver(self, request: web.Request) -> web.Response:
        """200: stored, or not worth repeating. 403: wrong secret. 413: too large. 503: send it again."""
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            return self._refuse(403, "zalo_bot_wrong_secret")
        body = await _body(request)
        if body is None:
            return self._refuse(413, "zalo_bot_too_large")
        try:
            if body.strip():  # else one of Zalo's probes
                await self._store(decoded(body))
        except Exception as error:
            log.error("A Zalo update could not be stored: %s", type(error).__name__)
            return self._refuse(503, "zalo_bot_not_stored")
        return web.json_response({"ok": True})

    def _refuse(self, status: int, counter: str) -> web.Response:
        self._count(counter)
        return web.json_response({"ok": False}, status=status)


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

"""The webhook: nothing is stored without the secret, and Telegram hears 200 only when all is stored."""

import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from nhipcau.channels.telegram_http import decoded

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
BODY_LIMIT = 1_000_000  # bytes; Telegram's updates have a few thousand


class Webhook:
    """Takes deliveries. `store` gets what was sent (None: not JSON) and raises when nothing was stored."""

    def __init__(
        self, secret: str, store: Callable[[list[Any]], Awaitable[None]], count: Callable[[str], None]
    ) -> None:
        self._secret = secret.encode()
        self._store = store
        self._count = count

    async def deliver(self, request: web.Request) -> web.Response:
        """200: stored, or not worth repeating. 403: wrong secret. 413: too large. 503: send it again."""
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            return self._refuse(403, "telegram_wrong_secret")
        body = await _body(request)
        if body is None:
            return self._refuse(413, "telegram_too_large")
        try:
            await self._store([_update(body)])
        except Exception as error:
            log.error("A Telegram update could not be stored: %s", type(error).__name__)
            return self._refuse(503, "telegram_not_stored")
        return web.Response()

    def _refuse(self, status: int, counter: str) -> web.Response:
        self._count(counter)
        return web.Response(status=status)


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


def _update(body: bytes) -> Any:
    try:
        return decoded(body)
    except ValueError:
        return None

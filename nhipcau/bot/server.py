"""The web server: every channel's routes, health, metrics."""

from collections.abc import Awaitable, Callable, Sequence

import sqlalchemy as sa
from aiohttp import web

from nhipcau.bot import metrics
from nhipcau.channels.contract import Channel
from nhipcau.store.store import Store

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

BODY_BYTES = 1024 * 1024


def build_server(store: Store, channels: Sequence[Channel]) -> web.Application:
    """An application that refuses bodies above one megabyte before reading them."""
    app = web.Application(client_max_size=BODY_BYTES, middlewares=[_no_tracebacks])
    for channel in channels:
        app.add_routes(channel.routes())

    async def health(_request: web.Request) -> web.Response:
        """200 while the database answers, else 503."""
        try:
            async with store.read() as conn:
                await conn.execute(sa.text("SELECT 1"))
        except Exception as error:
            return web.json_response({"ok": False, "database": type(error).__name__}, status=503)
        return web.json_response({"ok": True, "channels": [channel.name for channel in channels]})

    async def exposition(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.page(), content_type="text/plain", charset="utf-8")

    app.router.add_get("/health", health)
    app.router.add_get("/metrics", exposition)
    if any(channel.name == "web" for channel in channels):
        app.router.add_get("/", _to_chat)
    return app


async def _to_chat(_request: web.Request) -> web.Response:
    raise web.HTTPFound("/chat")


@web.middleware
async def _no_tracebacks(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A fault of ours is a bare 500: nothing of the program's inside reaches the outside."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except (web.RequestPayloadError, ConnectionError):  # packed wrongly, or cut off
        return web.Response(status=400, text="400\n")
    except Exception:
        request.app.logger.exception("A request to %s failed", request.match_info.route.resource)
        metrics.refused.labels("server_fault").inc()
        return web.Response(status=500, text="500\n")

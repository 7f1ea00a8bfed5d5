"""The page's two ways to us, sockets and polls, over the same frames."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from aiohttp import WSCloseCode, WSMsgType, web

from nhipcau.channels.web_assets import squeezed
from nhipcau.channels.web_frames import FRAME_BYTES, Batch, Reply, encode
from nhipcau.channels.web_intake import AGAIN_SECONDS, Intake
from nhipcau.channels.web_limits import Slots
from nhipcau.channels.web_session import Visitor, may_speak, plain_headers, visitor_of
from nhipcau.channels.web_settings import WebSettings
from nhipcau.channels.web_stream import NEWEST, Doorbell, Mailbox, await_news, follow, history

log = logging.getLogger(__name__)

CLOSE_SESSION = 4401  # close codes from 4000 on are ours; link.js knows them
CLOSE_LATER = 4429
_BUSY = Reply(error="busy", after=30)
_DIGITS = len(str(NEWEST))
_PATIENCE = 30  # refusals on one socket before it is closed
_LINES_OF_ONE_SESSION = 20  # tabs, and sockets of lost networks that are not yet known to be dead


class Lines:
    """The request handlers, and the sockets that are open."""

    def __init__(self, mailbox: Mailbox, settings: WebSettings, intake: Intake) -> None:
        self.bell = Doorbell()
        self._mailbox = mailbox
        self._settings = settings
        self._intake = intake
        self._sockets: set[web.WebSocketResponse] = set()
        self._of_address = Slots(settings.sockets_per_address)
        self._of_session = Slots(_LINES_OF_ONE_SESSION)

    async def close(self) -> None:
        """Lets waiting polls go and closes the sockets."""
        self.bell.ring_all()
        going = [socket.close(code=WSCloseCode.GOING_AWAY) for socket in list(self._sockets)]
        await asyncio.gather(*going)

    async def send(self, request: web.Request) -> web.Response:
        """POST /chat/send: one frame, one reply."""
        if not may_speak(request, self._settings):
            return answer(request, Reply(error="origin"))
        visitor = visitor_of(request, self._settings)
        if visitor is None:
            return answer(request, Reply(error="session"))
        return answer(request, await self._take(visitor, await _body(request)))

    async def poll(self, request: web.Request) -> web.Response:
        """GET /chat/poll?after=N: waits for lines above N. Without N: the newest lines, at once."""
        after = _number(request, "after")
        if after is None:
            return await self._look(request, NEWEST)
        return await self._look(request, after, wait=True)

    async def earlier(self, request: web.Request) -> web.Response:
        """GET /chat/history?before=N."""
        before = _number(request, "before")
        return await self._look(request, NEWEST if before is None else before)

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """GET /chat/ws?after=N: frames both ways until either side goes."""
        if not may_speak(request, self._settings):
            return answer(request, Reply(error="origin"))
        visitor = visitor_of(request, self._settings)
        # Compression would cost some 300 kB of memory for each socket.
        socket = web.WebSocketResponse(heartbeat=30, timeout=2, max_msg_size=FRAME_BYTES, compress=False)
        await socket.prepare(request)
        refused = self._intake.admit(visitor)
        if refused or visitor is None:
            return await _dismiss(socket, refused or _BUSY)
        with self._hold(visitor) as free:
            if not free:
                return await _dismiss(socket, _BUSY)
            await self._converse(socket, visitor, _number(request, "after"))
        return socket

    @contextmanager
    def _hold(self, visitor: Visitor) -> Iterator[bool]:
        with self._of_address.hold(visitor.address) as free, self._of_session.hold(visitor.chat) as own:
            yield free and own

    async def _take(self, visitor: Visitor, raw: str | bytes) -> Reply:
        reply = await self._intake.take(visitor, raw)
        if reply.ok is not None:
            self.bell.ring(visitor.chat)  # the person's other tabs show the message too
        return reply

    async def _look(self, request: web.Request, number: int, *, wait: bool = False) -> web.Response:
        visitor = visitor_of(request, self._settings)
        refused = self._intake.admit(visitor)
        if refused or visitor is None:
            return answer(request, refused)
        with self._hold(visitor) as free:
            if not free:
                return answer(request, _BUSY)
            try:
                return answer(request, await self._batch(visitor.chat, number, wait))
            except Exception as fault:
                log.error("web chat: the mailbox could not be read: %s", type(fault).__name__)
                return answer(request, Reply(error="busy", after=AGAIN_SECONDS))

    async def _batch(self, chat: str, number: int, wait: bool) -> Batch:
        if not wait:
            return await history(self._mailbox, chat, number)
        with self.bell.listen(chat) as rung:
            seconds, recheck = self._settings.poll_seconds, self._settings.recheck_seconds
            return await await_news(self._mailbox, chat, number, rung, seconds=seconds, recheck=recheck)

    async def _converse(self, socket: web.WebSocketResponse, visitor: Visitor, after: int | None) -> None:
        self._sockets.add(socket)
        pushing = asyncio.create_task(self._push(socket, visitor.chat, after))
        try:
            await self._hear(socket, visitor)
        finally:
            self._sockets.discard(socket)
            pushing.cancel()
            await asyncio.wait((pushing,))

    async def _hear(self, socket: web.WebSocketResponse, visitor: Visitor) -> None:
        refusals = 0
        async for message in socket:
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                break
            reply = await self._take(visitor, message.data)
            with suppress(ConnectionError):
                await socket.send_str(encode(reply).decode())
            refusals += reply.ok is None
            if refusals > _PATIENCE:
                await socket.close(code=WSCloseCode.POLICY_VIOLATION)

    async def _push(self, socket: web.WebSocketResponse, chat: str, after: int | None) -> None:
        try:
            with self.bell.listen(chat) as rung:
                async for batch in follow(self._mailbox, chat, after, rung, self._settings.recheck_seconds):
                    await socket.send_str(encode(batch).decode())
        except ConnectionError:
            pass  # the page has gone; it comes back and asks for what it missed
        except Exception as fault:
            log.error("web chat: the mailbox could not be read: %s", type(fault).__name__)
            await socket.close(code=WSCloseCode.TRY_AGAIN_LATER)


async def _dismiss(socket: web.WebSocketResponse, reply: Reply) -> web.WebSocketResponse:
    # Only after the handshake can a page learn why it was refused.
    with suppress(ConnectionError):
        await socket.send_str(encode(reply).decode())
        await socket.close(code=CLOSE_SESSION if reply.error == "session" else CLOSE_LATER)
    return socket


async def _body(request: web.Request) -> bytes:
    """The body, or as much of it as shows that it is too large."""
    body = b""
    while len(body) <= FRAME_BYTES and (chunk := await request.content.read(FRAME_BYTES + 1)):
        body += chunk
    return body


def _number(request: web.Request, name: str) -> int | None:
    said = request.query.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) <= _DIGITS else None


def answer(request: web.Request, what: Reply | Batch | None) -> web.Response:
    """One frame as an HTTP answer."""
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding", **plain_headers()}
    said = squeezed(request, "application/json", encode(what), headers)
    if isinstance(what, Reply):
        said.set_status(what.status)
        if what.after:
            said.headers["Retry-After"] = str(what.after)
    return said

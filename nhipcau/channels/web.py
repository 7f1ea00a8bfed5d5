"""The web chat: a page for phones, served by the program itself.

A socket brings news at once; where networks forbid sockets the page polls. Both read the mailbox above the
last line they have seen, so a line is delivered at least once and its number lets the page drop repetitions.
"""

from collections.abc import Sequence

from aiohttp import web

from nhipcau.channels.contract import Limits, Receive
from nhipcau.channels.failures import Misconfigured
from nhipcau.channels.message import Outgoing, Receipt
from nhipcau.channels.web_assets import Assets, squeezed
from nhipcau.channels.web_frames import TEXT_CHARACTERS, Posted, Reply
from nhipcau.channels.web_intake import Intake
from nhipcau.channels.web_lines import Lines, answer
from nhipcau.channels.web_session import (
    cookie,
    is_secure,
    may_speak,
    new_token,
    page_headers,
    plain_headers,
    token_of,
)
from nhipcau.channels.web_settings import WebSettings
from nhipcau.channels.web_stream import Mailbox

__all__ = ["Mailbox", "Posted", "WebChat", "WebSettings"]


class WebChat:
    """The chat page of one site; `account` is the site's name."""

    name = "web"
    limits = Limits(text=20_000, buttons=20)
    repeatable = True  # sending only wakes the pages; the mailbox holds one line
    secrets: tuple[str, ...] = ()

    def __init__(self, mailbox: Mailbox, settings: WebSettings | None = None, *, account: str = "web") -> None:
        self.account = account
        self._settings = settings or WebSettings()
        self._mailbox = mailbox
        self._assets = Assets()
        self._intake = Intake(self._settings, account)
        self._lines = Lines(mailbox, self._settings, self._intake)

    async def start(self, receive: Receive) -> None:
        """Lets people in. Raises Misconfigured where a setting cannot work."""
        self._settings.insist()
        self._intake.receive = receive

    async def stop(self) -> None:
        """Takes nothing more and ends all sockets and polls; the pages come back by themselves."""
        self._intake.receive = None
        await self._lines.close()

    def routes(self) -> Sequence[web.RouteDef]:
        """The page, its files, and the ways to talk."""
        return (
            web.get("/chat", self._page),
            web.get("/chat/static/{file}", self._static),
            web.get("/chat/ws", self._lines.socket),
            web.get("/chat/poll", self._lines.poll),
            web.get("/chat/history", self._lines.earlier),
            web.post("/chat/send", self._lines.send),
            web.post("/chat/leave", self._leave),
            web.get("/embed.js", self._embed),
        )

    async def send(self, chat: str, message: Outgoing, *, message_id: str) -> Receipt:
        """Wakes the chat's pages, which read the message from the mailbox, now or when they come back."""
        self.wake(chat)
        return Receipt(message_ids=(message_id,))

    def wake(self, chat: str) -> None:
        """For lines that another process put into the mailbox."""
        self._lines.bell.ring(chat)

    async def check(self) -> Sequence[tuple[bool, str]]:
        """For `nhipcau doctor`: settings and files, then the mailbox."""
        return (self._check_settings(), await self._check_mailbox())

    def _check_settings(self) -> tuple[bool, str]:
        try:
            self._settings.insist()
        except Misconfigured as fault:
            return False, f"web chat: {fault}"
        sites = ", ".join(self._settings.embed_origins) or "no other site (embed_origins allows some)"
        kilobytes = self._assets.packed_bytes() / 1000
        return True, f"web chat: /chat loads {kilobytes:.0f} kB; it may be shown in frames of {sites}"

    async def _check_mailbox(self) -> tuple[bool, str]:
        try:
            await self._mailbox.after("0" * 32, 0, 1)
        except Exception as fault:
            return False, f"web chat: the mailbox cannot be read ({type(fault).__name__}); check the database"
        return True, "web chat: the mailbox can be read"

    async def _page(self, request: web.Request) -> web.Response:
        asked = request.query.get("lang", "")
        words = {
            "title": self._settings.title,
            "contact": self._settings.contact,
            "language": asked if asked in ("vi", "en") else self._settings.language,
            "mode": "embed" if "embed" in request.query else "page",
            "limit": str(TEXT_CHARACTERS),
        }
        headers = page_headers(self._settings) | {"Vary": "Accept-Encoding, Cookie"}
        headers["Set-Cookie"] = self._cookie(request, token_of(request) or new_token())
        return squeezed(request, "text/html", self._assets.page(words), headers)

    async def _leave(self, request: web.Request) -> web.Response:
        if not may_speak(request, self._settings):
            return answer(request, Reply(error="origin"))
        headers = plain_headers() | {"Set-Cookie": self._cookie(request, "", seconds=0)}
        return web.Response(status=204, headers=headers)

    def _cookie(self, request: web.Request, token: str, **seconds: int) -> str:
        secure = is_secure(request, self._settings)
        return cookie(token, secure=secure, embedded="embed" in request.query, **seconds)

    async def _static(self, request: web.Request) -> web.Response:
        return self._assets.answer(request)

    async def _embed(self, request: web.Request) -> web.Response:
        return self._assets.embed(request)

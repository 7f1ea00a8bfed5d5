"""A page that stands for the phone of one person: it shows a chat live, and lets a newcomer take part in it.

    app = web.Application()
    add_phone(app, phone)       # phone: any emulator's person, dressed as Phone

The page itself is static/phone.html; its words are Vietnamese, because its readers are.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable
from importlib import resources
from typing import Any, Protocol

from aiohttp import web

Json = dict[str, Any]

STATIC = resources.files("nhipcau.emulators") / "static"
PAGES = {
    "/": ("phone.html", "text/html"),
    "/phone.js": ("phone.js", "text/javascript"),
    "/phone.css": ("phone.css", "text/css"),
}
PATIENCE = 25.0  # seconds a question for news waits
PHOTO = 12_000_000  # bytes
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src * blob: data:; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


class Phone(Protocol):
    """What the page needs of an emulator."""

    def state(self) -> Json:
        """All the page shows.

        name: of the account at the other end; follows: bool, or None where nobody can follow; delivered: whether the
        program under test took the last event, None before the first; remarks: what it did wrong, in sentences;
        lines: [{id, mine, text, quote, time (ms), reactions, buttons: [{label, link}], attachments: [{type, …}]}].
        A button's link is "" where a tap is sent to the account.
        """
        ...

    async def do(self, action: str, told: Json) -> None:
        """write {text}, tap {line, label}, photo {url}, follow, unfollow, submit {…}. Raises ValueError."""
        ...

    async def until(self, condition: Callable[[], Any], timeout: float = 5) -> None:  # noqa: ASYNC109
        """Raises TimeoutError."""
        ...

    def file(self, id: str) -> bytes | None:  # noqa: A002
        """A file that a line names."""
        ...


def add_phone(app: web.Application, phone: Phone) -> None:
    """Serves the page and what it asks for."""
    served = _Served(phone)
    for path in PAGES:
        app.router.add_get(path, _page)
    app.router.add_get("/phone/state", served.state)
    app.router.add_post("/phone/do", served.act)
    app.router.add_post("/phone/photos", served.take_photo)
    app.router.add_get(r"/phone/photos/{number:\d+}", served.photo)
    app.router.add_get("/phone/files/{id}", served.file)


class _Served:
    """What the page's script asks for."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.photos: list[tuple[bytes, str]] = []

    async def state(self, request: web.Request) -> web.Response:
        """All the page shows, as soon as it differs from what the page has."""
        known = request.query.get("known", "")
        with contextlib.suppress(TimeoutError):
            await self.phone.until(lambda: _told(self.phone)[1] != known, PATIENCE)
        told, mark = _told(self.phone)
        return web.json_response(text=told, headers=HEADERS | {"X-Known": mark})

    async def act(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":  # which no other website's page can send here
            raise web.HTTPUnsupportedMediaType
        told = await request.json()
        return await self._done(told.pop("action", ""), told)

    async def take_photo(self, request: web.Request) -> web.Response:
        if not request.content_type.startswith("image/"):
            raise web.HTTPUnsupportedMediaType
        self.photos.append((await request.read(), request.content_type))
        return await self._done("photo", {"url": f"http://{request.host}/phone/photos/{len(self.photos)}"})

    async def photo(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        if not 0 < number <= len(self.photos):
            raise web.HTTPNotFound
        content, kind = self.photos[number - 1]
        return web.Response(body=content, content_type=kind, headers=HEADERS)

    async def file(self, request: web.Request) -> web.Response:
        content = self.phone.file(request.match_info["id"])
        if content is None:
            raise web.HTTPNotFound
        return web.Response(body=content, headers=HEADERS)

    async def _done(self, action: str, told: Json) -> web.Response:
        try:
            await self.phone.do(action, told)
        except (ValueError, LookupError) as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        return web.Response(status=204)


async def _page(request: web.Request) -> web.Response:
    name, kind = PAGES[request.path]
    return web.Response(text=(STATIC / name).read_text(encoding="utf-8"), content_type=kind, headers=HEADERS)


def _told(phone: Phone) -> tuple[str, str]:
    """The state and a mark by which a page knows whether it has it already."""
    told = json.dumps(phone.state(), ensure_ascii=False)
    return told, hashlib.sha256(told.encode()).hexdigest()[:16]

"""The page's files: read once, compressed once, named by their content so that browsers keep them."""

import gzip
import hashlib
import html
from collections.abc import Mapping
from pathlib import Path

import msgspec
from aiohttp import web

from nhipcau.channels.web_session import plain_headers

FOLDER = Path(__file__).with_name("web_static")
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FOREVER = "public, max-age=31536000, immutable"
_AN_HOUR = "public, max-age=3600"
_SQUEEZE_FROM = 600  # bytes; smaller answers do not gain by compression


class Asset(msgspec.Struct, frozen=True):
    """One file, plain and compressed. `tag` is short for its content."""

    kind: str
    body: bytes
    packed: bytes
    tag: str

    def answer(self, request: web.Request, cache: str) -> web.Response:
        """The file, compressed where the browser understands it."""
        headers = {
            "Cache-Control": cache,
            "ETag": f'"{self.tag}"',
            "Vary": "Accept-Encoding",
            **plain_headers(),
        }
        if any(tag.value == self.tag for tag in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        return squeezed(request, self.kind, self.body, headers, packed=self.packed)


class Assets:
    """All files of the page. `href` gives the public name of one, `answer` serves it."""

    def __init__(self, folder: Path = FOLDER) -> None:
        files = {path.name: _load(path) for path in sorted(folder.iterdir()) if path.suffix in _TYPES}
        self._page = files.pop("index.html").body.decode()
        self._embed = files.pop("embed.js")
        self._by_href = {_named(name, asset.tag): asset for name, asset in files.items()}
        self._hrefs = {name: f"/chat/static/{_named(name, asset.tag)}" for name, asset in files.items()}

    def page(self, words: Mapping[str, str]) -> bytes:
        """index.html with `{{name}}` replaced by escaped words, and `{{file.ext}}` by its public name."""
        text = self._page
        for name, href in self._hrefs.items():
            text = text.replace("{{" + name + "}}", href)
        before, *rest = text.split("{{")
        for part in rest:  # one pass: what a word contains is never replaced again
            name, _, tail = part.partition("}}")
            before += html.escape(words[name]) + tail
        return before.encode()

    def answer(self, request: web.Request) -> web.Response:
        """The file that the path names by name and content; 404 for any other."""
        asset = self._by_href.get(request.match_info["file"])
        return asset.answer(request, _FOREVER) if asset else web.Response(status=404, headers=plain_headers())

    def embed(self, request: web.Request) -> web.Response:
        """embed.js, whose name is written in foreign pages and so never changes."""
        return self._embed.answer(request, _AN_HOUR)

    def packed_bytes(self) -> int:
        """What a first visit loads besides the page itself, compressed."""
        return sum(len(asset.packed) for asset in self._by_href.values())


def squeezed(
    request: web.Request, kind: str, body: bytes, headers: Mapping[str, str], *, packed: bytes = b""
) -> web.Response:
    """An answer of text, compressed where that helps and the browser understands it."""
    answer = web.Response(body=body, content_type=kind, charset="utf-8", headers=headers)
    if len(body) >= _SQUEEZE_FROM and "gzip" in request.headers.get("Accept-Encoding", ""):
        answer.body = packed or gzip.compress(body, 6, mtime=0)
        answer.headers["Content-Encoding"] = "gzip"
    return answer


def _load(path: Path) -> Asset:
    body = path.read_bytes()
    tag = hashlib.sha256(body).hexdigest()[:12]
    return Asset(_TYPES[path.suffix], body, gzip.compress(body, 9, mtime=0), tag)


def _named(name: str, tag: str) -> str:
    stem, _, suffix = name.rpartition(".")
    return f"{stem}.{tag}.{suffix}"

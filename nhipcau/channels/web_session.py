"""Who is asking: the session cookie, the address, and whether the page that asks is ours."""

import hashlib
import ipaddress
import re
import secrets
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from nhipcau.channels.web_settings import WebSettings

COOKIE = "nc_chat"
COOKIE_SECONDS = 400 * 24 * 3600  # the longest browsers keep one; renewed at each visit
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 bytes


class Visitor(msgspec.Struct, frozen=True):
    """One browser. `chat` is derived from its cookie, so that a stolen database opens no session."""

    chat: str
    address: str


def new_token() -> str:
    """A fresh session: 32 random bytes as URL-safe text."""
    return secrets.token_urlsafe(32)


def chat_of(token: str) -> str:
    """The chat's id: the first 32 hexadecimal digits of the token's SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]


def token_of(request: web.Request) -> str | None:
    """The session's token, None where the browser has none or it is none of ours."""
    token = request.cookies.get(COOKIE, "")
    return token if _TOKEN.fullmatch(token) else None


def visitor_of(request: web.Request, settings: WebSettings) -> Visitor | None:
    """Who asks, None without a session."""
    token = token_of(request)
    return Visitor(chat_of(token), address_of(request, settings)) if token else None


def address_of(request: web.Request, settings: WebSettings) -> str:
    """The address to count against: an IPv4 address, or the /64 that one IPv6 subscriber owns."""
    said = request.remote or ""
    if settings.trust_proxy:
        # Only the last entry was written by our own proxy; those before it are anybody's claim.
        said = request.headers.get("X-Forwarded-For", said).rsplit(",", 1)[-1].strip()
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


def is_secure(request: web.Request, settings: WebSettings) -> bool:
    """Did the browser come over https?"""
    if settings.trust_proxy and "X-Forwarded-Proto" in request.headers:
        return request.headers["X-Forwarded-Proto"].strip().lower() == "https"
    return request.scheme == "https"


def may_speak(request: web.Request, settings: WebSettings) -> bool:
    """Does the request come from our own page? In a site's frame, too, the page is ours: the site has no say here."""
    host = request.host
    if settings.trust_proxy:
        host = request.headers.get("X-Forwarded-Host", host)
    try:
        return bool(host) and urlsplit(request.headers.get("Origin", "")).netloc == host
    except ValueError:  # "http://[" is no address
        return False


def cookie(token: str, *, secure: bool, embedded: bool, seconds: int = COOKIE_SECONDS) -> str:
    """The Set-Cookie header, by hand because Python 3.11's cookie classes cannot write Partitioned.

    In another site's frame only a partitioned third-party cookie works, and browsers take it over https only.
    """
    parts = [f"{COOKIE}={token}", "Path=/chat", f"Max-Age={seconds}", "HttpOnly"]
    if secure and embedded:
        parts += ["SameSite=None", "Secure", "Partitioned"]
    else:
        parts += ["SameSite=Lax", *(["Secure"] if secure else [])]
    return "; ".join(parts)


def page_headers(settings: WebSettings) -> dict[str, str]:
    """What a browser may do with the page: our own scripts only, frames only where allowed."""
    frames = " ".join(("'self'", *settings.embed_origins))
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        f"media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {frames}"
    )
    return {"Content-Security-Policy": policy, "Cache-Control": "no-store", **plain_headers()}


def plain_headers() -> dict[str, str]:
    """Headers of every answer."""
    return {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}

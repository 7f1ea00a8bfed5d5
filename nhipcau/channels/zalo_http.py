"""HTTP to both of Zalo's platforms, on aiohttp, mute about addresses and headers.

One platform's address holds the token, the other's headers do, and aiohttp puts both into its errors. So no error
of aiohttp leaves this module, not even as the context of another one.
"""

import json
from collections.abc import Mapping
from typing import Any

import aiohttp
import msgspec
from yarl import URL

from nhipcau.channels.failures import InDoubt, Misconfigured, Refused, SendFailure, SlowDown, Unreachable

_CONNECTING = (
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientConnectorError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)
_PAUSE = 5.0  # seconds after a 429, which names none


class Answer(msgspec.Struct, frozen=True):
    """What came back. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def object(self) -> dict[str, Any] | None:
        """The body's JSON object; None where it holds none: then something between us and Zalo speaks."""
        said = decoded(self.body)
        return said if isinstance(said, dict) else None


class ZaloHttp:
    """One pool of connections, opened by the first request. Timeouts are in seconds.

    Without redirects: a token must not travel to another host.
    """

    def __init__(self, *, pool: int = 64, connect: float = 10, read: float = 20, proxy: str = "") -> None:
        self._pool = pool
        self._connect = connect
        self._read = read
        self._proxy = proxy or None
        self._session: aiohttp.ClientSession | None = None

    async def request(self, method: str, url: str, *, read: float = 0, **options: Any) -> Answer:
        """One request; `options` are aiohttp's `headers`, `data`, `json` and `params`.

        Raises Unreachable when surely nothing was sent, InDoubt when nobody knows.
        """
        timeout = self._timeout(read or self._read)
        try:
            return await self._exchange(method, URL(url, encoded=True), timeout=timeout, **options)
        except (aiohttp.ClientError, OSError) as error:
            failure = _broken(error)
        raise failure

    async def close(self) -> None:
        """Closes all connections; a later request opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _exchange(self, method: str, url: URL, **options: Any) -> Answer:
        session = self._open()
        async with session.request(method, url, proxy=self._proxy, allow_redirects=False, **options) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status, headers, await answer.read())

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._pool),
                cookie_jar=aiohttp.DummyCookieJar(),
                json_serialize=lambda value: msgspec.json.encode(value).decode(),
            )
        return self._session

    def _timeout(self, read: float) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(total=self._connect + 2 * read, connect=self._connect, sock_read=read)


def decoded(body: bytes) -> Any:
    """What the JSON says; None for what is none. Halves of surrogate pairs, which msgspec refuses, are let through."""
    for decode in (msgspec.json.decode, json.loads):
        try:
            return decode(body)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            continue
    return None


def _broken(error: Exception) -> SendFailure:
    kind = type(error).__name__
    if isinstance(error, _CONNECTING):
        return Unreachable(f"No connection to Zalo ({kind}); nothing was sent")
    return InDoubt(f"Zalo did not confirm the request ({kind}): it may or may not have had its effect")


def status_failure(status: int) -> SendFailure | None:
    """What a status means where the body holds no word of the platform's; None for success."""
    if 200 <= status < 300:
        return None
    if status == 429:
        return SlowDown("Zalo asks to wait (HTTP 429)", after=_PAUSE)
    if status == 413:
        return Refused("Zalo: the message is too large (HTTP 413)")
    if status == 408 or status >= 500:
        return InDoubt(f"Zalo did not confirm the request (HTTP {status}): it may or may not have had its effect")
    return Misconfigured(f"Something between us and Zalo refused the request (HTTP {status})")

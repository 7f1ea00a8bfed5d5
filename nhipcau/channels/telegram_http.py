"""python-telegram-bot's HTTP port on aiohttp: about twice as fast as the default, and mute about addresses.

Every address of the Bot API contains the token, and aiohttp puts addresses into its errors. So no error of
aiohttp leaves this module, not even as the context of another one.
"""

import json
import os
from functools import lru_cache
from typing import Any, cast

import aiohttp
import msgspec
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

# The library's next habit, chosen now: else every RetryAfter it builds raises a deprecation warning.
os.environ.setdefault("PTB_TIMEDELTA", "true")

# Named in full, or aiohttp works out anew for every request which of its own headers are missing.
_NO_BODY = {"User-Agent": BaseRequest.USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
_JSON = _NO_BODY | {"Content-Type": "application/json"}
_CONNECTING = (
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientConnectorError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)


class NotSent(Exception):
    """No connection was had: the request cannot have had an effect."""


class MaybeSent(Exception):
    """The connection broke after the request may have left: nobody knows its effect."""


class Form:
    """Fields of one request, as Telegram reads them. Takes RequestData's place in `BaseRequest.post`."""

    contains_files = False

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields

    def as_data(self) -> RequestData:
        """RequestData is final and has no public constructor, yet `post` only hands it on to `do_request`."""
        return cast(RequestData, self)


class AioRequest(BaseRequest):
    """One pool of connections. Opens itself at the first request: a process which only sends needs no start.

    Timeouts are in seconds. Raises TimedOut or NetworkError caused by NotSent or by MaybeSent.
    """

    def __init__(
        self, *, pool: int = 256, connect: float = 10, read: float = 20, write: float = 60, proxy: str = ""
    ) -> None:
        self._pool = pool
        self._connect = connect
        self._read = read
        self._write = write
        self._proxy = proxy or None
        self._usual = self._timeout(read)
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer when the caller names none."""
        return self._read

    @property
    def is_open(self) -> bool:
        """Whether connections may be open: `shutdown` is due."""
        return self._session is not None

    async def initialize(self) -> None:
        """Opens the pool, if it is not open yet."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._pool),
                cookie_jar=aiohttp.DummyCookieJar(),
            )

    async def shutdown(self) -> None:
        """Closes all connections; a later request opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body. Of the timeouts only `read_timeout` can differ from the constructor's."""
        await self.initialize()
        timeout = self._usual if read_timeout is BaseRequest.DEFAULT_NONE else self._timeout(read_timeout)
        body, headers = _body(request_data)
        try:
            status, answer = await self._exchange(method, url, timeout=timeout, data=body, headers=headers)
        except (aiohttp.ClientError, OSError) as error:
            failure, cause = _failure(error)
        else:
            as_expected = answer.startswith(b'{"ok":true') or method == "GET"
            return (status, answer) if as_expected else _repaired(status, answer)
        raise failure from cause

    async def _exchange(self, method: str, url: str, **options: Any) -> tuple[int, bytes]:
        assert self._session is not None  # noqa: S101 - initialize() has just opened it
        # Without redirects: the token must not travel to another host.
        target = _address(url)
        async with self._session.request(
            method, target, proxy=self._proxy, allow_redirects=False, **options
        ) as response:
            return response.status, await response.read()

    def _timeout(self, read: float | None) -> aiohttp.ClientTimeout:
        total = None if read is None else self._connect + read + self._write
        return aiohttp.ClientTimeout(total=total, connect=self._connect, sock_read=read)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Telegram's answer. Unlike the library's own parser this one never logs it."""
        try:
            return cast(dict[str, Any], decoded(payload))
        except ValueError:
            raise TelegramError("Telegram's answer is not JSON") from None


@lru_cache(maxsize=64)
def _address(url: str) -> URL:
    """One of the few addresses that are called again and again."""
    return URL(url, encoded=True)


def decoded(payload: bytes) -> Any:
    """What the JSON says. Raises ValueError. Halves of surrogate pairs, which msgspec refuses, are let through."""
    for decode in (msgspec.json.decode, json.loads):
        try:
            return decode(payload)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            continue
    raise ValueError("not JSON")


def _body(data: "RequestData | Form | None") -> tuple[Any, dict[str, str]]:
    """Our own messages as JSON, a tenth of a form: there every Vietnamese letter becomes up to nine characters."""
    if isinstance(data, Form):
        return msgspec.json.encode(data.fields), _JSON
    if data is None or not data.parameters:
        return None, _NO_BODY
    form = aiohttp.FormData(data.json_parameters, quote_fields=False)  # Telegram shows file names as they come
    for name, (filename, content, mime) in (data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form, _NO_BODY


def _failure(error: Exception) -> tuple[NetworkError, Exception]:
    kind = type(error).__name__
    cause = NotSent(kind) if isinstance(error, _CONNECTING) else MaybeSent(kind)
    return (TimedOut(kind) if isinstance(error, TimeoutError) else NetworkError(kind)), cause


def _repaired(status: int, answer: bytes) -> tuple[int, bytes]:
    """An answer the library can read: a proxy's page becomes {}, a refusal with status 200 a 400."""
    try:
        said = decoded(answer)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        return (502 if status < 300 else status), b"{}"
    if status < 300 and "result" not in said:
        code = said.get("error_code")
        return (code if isinstance(code, int) and code >= 400 else 400), answer
    return status, answer

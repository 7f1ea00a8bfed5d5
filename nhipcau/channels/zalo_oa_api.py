"""Calls of the OA's API: with a token that works, at the pace the platform allows, its errors as failures."""

import hmac
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import aiohttp
import msgspec

from nhipcau.channels.failures import InDoubt, SendFailure, Throttled
from nhipcau.channels.zalo_http import Answer, ZaloHttp, status_failure
from nhipcau.channels.zalo_oa_failures import RATE_LIMIT, STOPPED, TOKEN_REFUSED, failure
from nhipcau.channels.zalo_oa_settings import OaSettings
from nhipcau.channels.zalo_tokens import TokenKeeper

_FIRST_PAUSE = 5.0  # seconds
_LAST_PAUSE = 60.0
ALARM = "zalo_oa_account"

Json = dict[str, Any]
Attempt = Callable[[dict[str, str]], Awaitable[Answer]]


class Brake:
    """The platform's wish for less: nobody sends for 5 s, then 10 ... 60, each with jitter; a success ends it."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._until = 0.0
        self._pause = 0.0

    def insist(self) -> None:
        """Raises Throttled while nothing may be sent: surely not delivered."""
        left = self._until - self._now()
        if left > 0:
            raise Throttled(after=left)

    def pull(self) -> Throttled:
        """The limit was reached. Several calls under way that learn it count as one."""
        if self._until <= self._now():
            self._pause = min(2 * self._pause or _FIRST_PAUSE, _LAST_PAUSE)
            self._until = self._now() + self._pause * random.uniform(0.8, 1.2)
        return Throttled("Zalo: the limit of calls is reached (-32)", after=max(0.1, self._until - self._now()))

    def hold(self) -> None:
        """Nobody can be written to: only now and then somebody tries."""
        self._until = self._now() + _LAST_PAUSE

    def heard(self, headers: Mapping[str, str]) -> None:
        """A call went through; the headers tell how many more may."""
        if self._until <= self._now():
            self._pause = 0.0
        if headers.get("x-ratelimit-remain", "").strip() == "0":
            self.pull()


class OaApi:
    """One OA's calls. Raises SendFailure throughout."""

    def __init__(
        self,
        http: ZaloHttp,
        tokens: TokenKeeper,
        settings: OaSettings,
        app_secret: str,
        *,
        now: Callable[[], datetime],
        count: Callable[[str], None] = lambda name: None,
        alarm: Callable[[str, bool], None] = lambda name, on: None,
    ) -> None:
        self._http = http
        self._tokens = tokens
        self._base = settings.api_url.rstrip("/")
        self._secret = app_secret.encode() if settings.appsecret_proof else b""
        self._now = now
        self._count = count
        self._alarm = alarm
        self.brake = Brake()

    async def post(self, path: str, body: Json) -> Any:
        """The `data` of the answer."""
        encoded = msgspec.json.encode(body)

        async def attempt(headers: dict[str, str]) -> Answer:
            whole = headers | {"Content-Type": "application/json"}
            return await self._http.request("POST", self._base + path, headers=whole, data=encoded)

        return await self._call(attempt)

    async def get(self, path: str, data: Json | None = None) -> Any:
        """GET with its parameters as one JSON value, as this API wants them."""
        query = f"?data={_quoted(data)}" if data else ""
        return await self._call(lambda headers: self._get(path + query, headers))

    async def look(self, path: str, token: str) -> Any:
        """GET with this token; renews none."""
        code, said = await self._attempt(lambda headers: self._get(path, headers), token)
        if code:
            raise self._failure(code, said)
        return said.get("data")

    async def upload(self, path: str, content: bytes, name: str, mime: str) -> Any:
        """A file as multipart."""

        async def attempt(headers: dict[str, str]) -> Answer:
            form = aiohttp.FormData(quote_fields=False)
            form.add_field("file", content, filename=name, content_type=mime)
            return await self._http.request("POST", self._base + path, read=60, headers=headers, data=form)

        return await self._call(attempt)

    async def _get(self, path: str, headers: dict[str, str]) -> Answer:
        return await self._http.request("GET", self._base + path, headers=headers)

    async def _call(self, attempt: Attempt) -> Any:
        self.brake.insist()
        token = await self._tokens.access()
        code, said = await self._attempt(attempt, token)
        if code in TOKEN_REFUSED:
            token = await self._tokens.renewed(token)
            code, said = await self._attempt(attempt, token)
        if code == 0:
            return said.get("data")
        raise self._failure(code, said)

    async def _attempt(self, attempt: Attempt, token: str) -> tuple[int, Json]:
        answer = await attempt(self._headers(token))
        said = answer.object()
        code = error_code(said)
        if code == 0:
            self.brake.heard(answer.headers)
            self._alarm(ALARM, False)
        if said is None or code is None:
            raise status_failure(answer.status) or InDoubt(
                "Zalo's answer cannot be read: it may have taken the message"
            )
        return code, said

    def _headers(self, token: str) -> dict[str, str]:
        if not self._secret:
            return {"access_token": token}
        return {"access_token": token, "appsecret_proof": hmac.digest(self._secret, token.encode(), "sha256").hex()}

    def _failure(self, code: int, said: Json) -> SendFailure:
        if code == RATE_LIMIT:
            return self.brake.pull()
        if code in STOPPED:
            self.brake.hold()
            self._alarm(ALARM, True)
        found = failure(code, str(said.get("message") or "")[:200], self._now())
        if type(found) is SendFailure:
            self._count("zalo_oa_unknown_error")
        return found


def error_code(said: Json | None) -> int | None:
    """The answer's `error`, a number or its digits; None where there is none."""
    try:
        return int((said or {})["error"])
    except (LookupError, TypeError, ValueError):
        return None


def _quoted(data: Json) -> str:
    """URL-encoded JSON, every reserved character included."""
    return quote(msgspec.json.encode(data), safe="")

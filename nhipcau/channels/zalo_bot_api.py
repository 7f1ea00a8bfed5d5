"""Calls of the Zalo Bot Platform's methods. The token stands in every address and never in an error.

Source: Zalo Bot Platform, "Making requests" (bot.zaloplatforms.com/docs).
"""

from typing import Any

from nhipcau.channels.failures import InDoubt
from nhipcau.channels.zalo_http import ZaloHttp, status_failure

_LONGEST = 200  # characters of a description that are worth showing


class Answered(Exception):
    """Zalo refused: `code` is its error_code."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(f"{code} {description}".strip())
        self.code = code


class BotApi:
    """One bot's methods. Opens its connections at the first call."""

    def __init__(self, base_url: str, token: str) -> None:
        self._http = ZaloHttp()
        self._root = f"{base_url.rstrip('/')}/bot{token}/"
        self._token = token

    async def close(self) -> None:
        await self._http.close()

    async def call(self, method: str, *, read: float = 0, **fields: Any) -> Any:
        """The method's result, None where Zalo gives none. `read`: seconds to wait, 0 for the usual ones.

        Raises Answered when Zalo refuses, SendFailure when something else is in the way.
        """
        answer = await self._http.request("POST", self._root + method, read=read, json=fields)
        said = answer.object()
        if said is None or not isinstance(said.get("ok"), bool):
            raise status_failure(answer.status) or InDoubt(
                "The answer made no sense: nobody knows whether Zalo took it"
            )
        if said["ok"]:
            return said.get("result")
        code = said.get("error_code")
        description = str(said.get("description") or "")[:_LONGEST].replace(self._token, "…")
        raise Answered(code if isinstance(code, int) else answer.status, description)

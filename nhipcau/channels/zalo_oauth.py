"""Zalo's OAuth v4 for one app: a permission granted once by a person, and pairs of tokens that follow each other."""

from typing import Any
from urllib.parse import urlencode

from nhipcau.channels.failures import InDoubt
from nhipcau.channels.zalo_http import ZaloHttp
from nhipcau.channels.zalo_oa_api import error_code
from nhipcau.channels.zalo_oa_failures import refresh_failure
from nhipcau.channels.zalo_oa_settings import OaSettings
from nhipcau.channels.zalo_tokens import Granted

Json = dict[str, Any]

_HOUR = 3600
_SHORTEST, _LONGEST = 600, 90 * 86_400  # seconds that an access token may live


class OAuth:
    """Zalo's OAuth v4 for one app."""

    def __init__(self, http: ZaloHttp, settings: OaSettings, app_secret: str) -> None:
        self._http = http
        self._url = settings.oauth_url.rstrip("/") + "/v4/oa"
        self._app_id = settings.app_id
        self._secret = app_secret

    def permission_link(self, redirect: str, state: str, challenge: str) -> str:
        """What an administrator of the OA opens in a browser."""
        fields = {"app_id": self._app_id, "redirect_uri": redirect, "code_challenge": challenge, "state": state}
        return f"{self._url}/permission?" + urlencode({name: value for name, value in fields.items() if value})

    async def exchange(self, code: str, verifier: str = "") -> Granted:
        """The first pair, for the code of a permission. Raises as `refresh`."""
        return await self._ask({"code": code, "grant_type": "authorization_code", "code_verifier": verifier})

    async def refresh(self, token: str) -> Granted:
        """The next pair. Raises Misconfigured for a refusal, which is final; Unreachable or InDoubt otherwise."""
        return await self._ask({"refresh_token": token, "grant_type": "refresh_token"})

    async def _ask(self, fields: dict[str, str]) -> Granted:
        form = {name: value for name, value in (fields | {"app_id": self._app_id}).items() if value}
        headers = {"secret_key": self._secret}
        answer = await self._http.request("POST", f"{self._url}/access_token", read=10, headers=headers, data=form)
        said = answer.object()
        if said is not None and said.get("access_token") and said.get("refresh_token"):
            return Granted(str(said["access_token"]), str(said["refresh_token"]), _seconds(said.get("expires_in")))
        if said is None or answer.status >= 500 or answer.status in (408, 429):  # not a word of Zalo's about the token
            raise InDoubt(f"Zalo's answer about the token cannot be read (HTTP {answer.status})")
        raise refresh_failure(error_code(said) or 0, _reason(said))


def _seconds(value: Any) -> int:
    """`expires_in`, a text of seconds; an hour, the shortest that is told of, where it is missing or cannot be.

    A life of nothing would be renewed without end, and each renewal puts the account at stake.
    """
    try:
        seconds = int(value)
    except (TypeError, ValueError):
        return _HOUR
    return seconds if _SHORTEST <= seconds <= _LONGEST else _HOUR


def _reason(said: Json) -> str:
    told = [said.get(name) for name in ("error_name", "error_reason", "error_description", "message")]
    return "; ".join(dict.fromkeys(str(one)[:200] for one in told if one)) or "no reason given"

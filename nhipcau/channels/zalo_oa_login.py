"""How an administrator lets us in: a link to Zalo, and what comes back from there.

What was begun is kept in the vault, so that the browser may return to another process than the one that made the
link. Zalo OA, OAuth v4, "permission".
"""

import base64
import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import msgspec
from aiohttp import web

from nhipcau.channels.failures import SendFailure
from nhipcau.channels.vault import Vault
from nhipcau.channels.zalo_oa_settings import OaSettings
from nhipcau.channels.zalo_oauth import OAuth
from nhipcau.channels.zalo_tokens import TokenKeeper

log = logging.getLogger(__name__)

_NAME = "login"
_LIFE = timedelta(minutes=15)  # a code lives ten


class NotAdmitted(Exception):
    """What came back does not belong to a login that was begun here: run `nhipcau zalo login` again."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or self.__doc__)


class _Begun(msgspec.Struct, frozen=True):
    state: str
    verifier: str
    at: datetime


class Login:
    """The permission of one OA. Raises NotAdmitted, and SendFailure where Zalo gives no tokens."""

    def __init__(
        self, vault: Vault, oauth: OAuth, tokens: TokenKeeper, settings: OaSettings, now: Callable[[], datetime]
    ) -> None:
        self._vault = vault
        self._oauth = oauth
        self._tokens = tokens
        self._settings = settings
        self._now = now

    async def begin(self) -> str:
        """The link to open."""
        verifier = secrets.token_urlsafe(32)[:43] if self._settings.pkce else ""
        begun = _Begun(secrets.token_urlsafe(24), verifier, self._now())
        await self._keep(msgspec.json.encode(begun))
        challenge = _challenge(verifier) if verifier else ""
        return self._oauth.permission_link(self._settings.granted_url, begun.state, challenge)

    async def finish(self, code: str, state: str, oa_id: str) -> None:
        """What the browser brought back."""
        begun = await self._begun()
        if not code or not hmac.compare_digest(state.encode(), begun.state.encode()):
            raise NotAdmitted
        if oa_id and oa_id != self._settings.oa_id:
            raise NotAdmitted(f"The permission was granted for OA {oa_id}, not for zalo_oa.oa_id in the configuration.")
        await self._keep(b"")  # a code works once, and so does a login
        await self._tokens.adopt(await self._oauth.exchange(code, begun.verifier))

    async def finish_pasted(self, pasted: str) -> None:
        """The address the browser ended at, as somebody copied it."""
        fields = parse_qs(urlsplit(pasted.strip()).query)
        code, state, oa_id = (fields.get(name, [""])[0] for name in ("code", "state", "oa_id"))
        await self.finish(code, state, oa_id)

    async def finish_by_refresh(self, refresh: str) -> None:
        """A refresh token that the console's API Explorer made."""
        await self._tokens.adopt(await self._oauth.refresh(refresh.strip()))

    async def granted(self, request: web.Request) -> web.Response:
        """GET: the browser's way back."""
        code, state, oa_id = (request.query.get(name, "") for name in ("code", "state", "oa_id"))
        try:
            await self.finish(code, state, oa_id)
        except NotAdmitted as refusal:
            return web.Response(status=403, text=f"{refusal}\n")
        except SendFailure as failure:
            log.error("Zalo gave no tokens for the permission: %s", failure)
            return web.Response(status=502, text="Zalo gave no tokens: see the log, and begin the login again.\n")
        return web.Response(text="The OA is connected. You may close this page.\n")

    async def _begun(self) -> _Begun:
        kept = await self._vault.read(_NAME)
        if not kept.body:
            raise NotAdmitted
        begun = msgspec.json.decode(kept.body, type=_Begun)
        if self._now() - begun.at > _LIFE:
            raise NotAdmitted
        return begun

    async def _keep(self, body: bytes) -> None:
        while not await self._vault.swap(_NAME, (await self._vault.read(_NAME)).version, body):
            continue


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")

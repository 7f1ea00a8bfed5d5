"""Permission and tokens: OAuth v4 of the Official Account, with refresh tokens that serve once."""

import base64
import hashlib
import secrets
from dataclasses import dataclass

from nhipcau.emulators.zalo_bot_clock import Clock
from nhipcau.emulators.zalo_oa_refusals import BAD_APP, BAD_GRANT, BAD_REDIRECT, BAD_REFRESH, OAuthRefusal, Refusal

CODE_LIFE = 600  # seconds
ACCESS_LIFE = 90_000  # 25 hours
REFRESH_LIFE = 90 * 86_400  # three months
FIELDS = {
    "authorization_code": {"code", "app_id", "grant_type", "code_verifier"},
    "refresh_token": {"refresh_token", "app_id", "grant_type"},
}


@dataclass
class Refresh:
    """One attempt to get a new pair with a refresh token."""

    at: float
    token: str
    outcome: str  # "ok", "used", "replaced", "revoked", "expired" or "unknown"


@dataclass
class _Pair:
    access: str
    refresh: str
    born: float
    end: str = ""  # why it holds no longer: "used", "replaced" by a new grant, "revoked"
    ended: float = 0.0


class Tokens:
    """All pairs ever given. Only the newest is good; `grace` keeps an old access token alive after a refresh."""

    def __init__(self, clock: Clock, app_id: str, app_secret: str) -> None:
        self.app_id, self.app_secret = app_id, app_secret
        self.grace = 0.0  # seconds
        self.pkce_required = False
        self.callback_urls: list[str] = []  # empty: any
        self.refreshes: list[Refresh] = []
        self.violations: list[str] = []
        self._clock = clock
        self._codes: dict[str, tuple[float, str]] = {}  # born, challenge
        self._pairs = [self._new_pair()]

    @property
    def access_token(self) -> str:
        """The one that holds now."""
        return self._pairs[-1].access

    @property
    def refresh_token(self) -> str:
        """The one that holds now."""
        return self._pairs[-1].refresh

    def revoke(self) -> None:
        """The administrator withdraws the permission: nothing holds any more, and the client is told nothing."""
        self._end("revoked", at=0.0)

    def check(self, access_token: str) -> None:
        """Raises Refusal unless this access token holds."""
        pair = next((pair for pair in self._pairs if pair.access == access_token), None)
        if pair is None:
            raise Refusal(-216)
        now = self._clock.now()
        if pair.end and now >= pair.ended + self.grace:
            raise Refusal(-216)
        if now >= pair.born + ACCESS_LIFE:
            raise Refusal(-220)

    # ---- the permission page

    def check_link(self, query: dict[str, str]) -> None:
        """Raises OAuthRefusal unless this permission link is sound."""
        if query.get("app_id") != self.app_id:
            raise OAuthRefusal(BAD_APP, "Invalid app id", "app_id is not that of an active application")
        redirect = query.get("redirect_uri", "")
        if "://" not in redirect or (self.callback_urls and redirect not in self.callback_urls):
            raise OAuthRefusal(BAD_REDIRECT, "Invalid redirect uri", "redirect_uri is not registered")
        if self.pkce_required and len(query.get("code_challenge", "")) != 43:
            raise OAuthRefusal(BAD_GRANT, "Invalid code challenge", "code_challenge has 43 characters")

    def new_code(self, challenge: str = "") -> str:
        """What the administrator's browser brings back."""
        code = secrets.token_urlsafe(40)
        self._codes[code] = (self._clock.now(), challenge)
        return code

    # ---- the token endpoint

    def exchange(self, form: dict[str, str], secret_key: str) -> dict[str, str]:
        """A new pair for a code or a refresh token. Raises OAuthRefusal."""
        grant = form.get("grant_type", "")
        if form.get("app_id") != self.app_id:
            raise OAuthRefusal(BAD_APP, "Invalid app id", "app_id is not that of an active application")
        if not secrets.compare_digest(secret_key.encode(), self.app_secret.encode()):
            raise OAuthRefusal(BAD_GRANT, "Invalid secret key", "the header secret_key is not the app's secret key")
        if grant not in FIELDS:
            raise OAuthRefusal(BAD_GRANT, "Invalid grant type", "grant_type: authorization_code or refresh_token")
        self.violations += [f"access_token: unknown field {name}" for name in sorted(form.keys() - FIELDS[grant])]
        if grant == "refresh_token":
            self._refresh(form.get("refresh_token", ""))
        else:
            self._redeem(form.get("code", ""), form.get("code_verifier", ""))
        pair = self._next_pair()
        return {"access_token": pair.access, "refresh_token": pair.refresh, "expires_in": str(ACCESS_LIFE)}

    def _redeem(self, code: str, verifier: str) -> None:
        born, challenge = self._codes.pop(code, (0.0, ""))
        if self._clock.now() >= born + CODE_LIFE:
            raise OAuthRefusal(BAD_GRANT, "Invalid code", "the code is unknown, used or older than ten minutes")
        if challenge and challenge_of(verifier) != challenge:
            raise OAuthRefusal(BAD_GRANT, "Invalid code verifier", "code_verifier does not fit the code_challenge")
        self._end("replaced")

    def _refresh(self, token: str) -> None:
        outcome = self._judge(token)
        self.refreshes.append(Refresh(self._clock.now(), token, outcome))
        if outcome == "used":
            self.violations.append("access_token: a refresh token was used twice")
        if outcome != "ok":
            raise OAuthRefusal(BAD_REFRESH, "Invalid refresh token", f"the refresh token is {outcome}")
        self._end("used")

    def _judge(self, token: str) -> str:
        pair = next((pair for pair in self._pairs if pair.refresh == token), None)
        if pair is None:
            return "unknown"
        if pair.end:
            return pair.end
        return "expired" if self._clock.now() >= pair.born + REFRESH_LIFE else "ok"

    def _end(self, why: str, at: float | None = None) -> None:
        newest = self._pairs[-1]
        if not newest.end:
            newest.end, newest.ended = why, self._clock.now() if at is None else at

    def _next_pair(self) -> _Pair:
        self._pairs.append(self._new_pair())
        return self._pairs[-1]

    def _new_pair(self) -> _Pair:
        return _Pair(secrets.token_urlsafe(96), secrets.token_urlsafe(96), self._clock.now())


def challenge_of(verifier: str) -> str:
    """The code_challenge of a code_verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()

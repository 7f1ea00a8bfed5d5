"""Keeps the token pair of one OA alive. The refresh token works once: who loses its successor loses the account
until a person grants it again. So:

- a mark "refresh under way" is committed before Zalo is asked, by one process at a time (compare-and-swap);
- the new pair is committed before anybody uses it;
- after a try whose outcome nobody knows (its process died, Zalo did not answer) the same token is tried again, with
  growing pauses; from the second failure on the alarm is raised;
- a refusal is final: it is written down, never tried again, and raises the alarm;
- where Zalo refuses even a token that has just replaced a refused one, renewing does not help: it is left alone for
  an hour, and the alarm rings.

Zalo OA, OAuth v4, "access_token".
"""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from nhipcau.channels.failures import Misconfigured, SendFailure, Unreachable
from nhipcau.channels.vault import Kept, Vault

log = logging.getLogger(__name__)

NAME = "tokens"
ALARM = "zalo_oa_tokens"
GRANT = "run `nhipcau zalo login` and grant the permission as an administrator of the OA"
DUE_SHARE = 0.8  # of its life after which an access token is renewed: at 20 of 25 hours
OLD = timedelta(days=60)  # a refresh token lives three months; by then somebody must have been told
LEASE = 60.0  # seconds; more than the longest request, so that a mark as old as this has no maker at work
FIRST_PAUSE = 60.0  # seconds after a failed try, doubled each time
LAST_PAUSE = 1800.0
VAIN = timedelta(hours=1)  # so long a pair that came for a refused token is not replaced when it is refused as well
PATIENCE = 5.0  # seconds to wait for another one's refresh; its request takes less than one


class Granted(NamedTuple):
    """A pair as Zalo gives it; `seconds` is the access token's life."""

    access: str
    refresh: str
    seconds: int


class Pending(msgspec.Struct, frozen=True):
    """A refresh under way: with which token, by whom, since when."""

    digest: str
    by: str
    at: datetime


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored. `failed` counts tries in a row that brought no pair; `refused` says why Zalo will give none.

    `forced`: when this pair replaced a token that Zalo had refused; `vain`: it refuses this one as well.
    """

    access: str
    refresh: str
    since: datetime
    until: datetime
    pending: Pending | None = None
    failed: int = 0
    failed_at: datetime | None = None
    refused: str = ""
    forced: datetime | None = None
    vain: bool = False

    def is_due(self, now: datetime, dead: str) -> bool:
        """Whether to renew: `dead` is an access token that Zalo refused, "" where none was."""
        return self.access == dead if dead else now >= self.since + DUE_SHARE * (self.until - self.since)

    def pause(self, now: datetime) -> float:
        """Seconds until the next try is allowed."""
        if not self.failed or self.failed_at is None:
            return 0.0
        pause = min(FIRST_PAUSE * 2 ** min(self.failed - 1, 10), LAST_PAUSE)
        return float(max(0.0, pause - abs((now - self.failed_at).total_seconds())))


Refresh = Callable[[str], Awaitable[Granted]]
"""Asks Zalo for the next pair. Raises Misconfigured for a refusal, another SendFailure where none was heard."""
Alarm = Callable[[str, bool], None]
"""Raises (True) or lifts the alarm of this name."""


class TokenKeeper:
    """Hands out access tokens. `now` gives the hour with its zone; `hide` learns what logs must not show."""

    def __init__(
        self,
        vault: Vault,
        refresh: Refresh,
        *,
        alarm: Alarm = lambda name, on: None,
        hide: Callable[..., None] = lambda *values: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        lease: float = LEASE,
        patience: float = PATIENCE,
        vain: timedelta = VAIN,
    ) -> None:
        self._vault = vault
        self._refresh = refresh
        self._alarm = alarm
        self._hide = hide
        self._now = now
        self._lease = lease
        self._patience = patience
        self._vain = vain
        self._me = secrets.token_hex(8)
        self._one_at_a_time = asyncio.Lock()
        self._known: Tokens | None = None
        self._work: asyncio.Task[Any] | None = None

    async def state(self) -> Tokens | None:
        """What is stored; None before the first grant."""
        return (await self._read())[1]

    async def access(self) -> str:
        """A token that works now. Raises Misconfigured where a person must act, Unreachable where time will help."""
        known = self._known
        if known is not None and not known.refused and not known.is_due(self._now(), ""):
            return known.access
        return await self._renewed("")

    async def renewed(self, dead: str) -> str:
        """Another token than `dead`, which Zalo refused before its time. Raises as `access`."""
        return await self._renewed(dead)

    async def adopt(self, granted: Granted) -> None:
        """Keeps a pair that a person granted, in place of whatever there is."""
        while not await self._swap(await self._vault.read(NAME), self._fresh(granted)):
            continue
        self._alarm(ALARM, False)

    async def look_after(self) -> str:
        """Renews in time, whether anything is sent or not; gives a sentence while the alarm rings."""
        self._known = None  # another process may have renewed or adopted
        sentence = ""
        try:
            await self.access()
        except SendFailure as failure:
            sentence = str(failure)
        tokens = await self.state()
        if tokens is not None and tokens.vain and self._is_just_forced(tokens):
            sentence = str(_vain())
        elif tokens is not None and self._now() - tokens.since > OLD:
            sentence = sentence or f"Zalo's refresh token is older than {OLD.days} days: {GRANT}."
        elif tokens is not None and not tokens.refused and tokens.failed < 2:
            sentence = ""  # time will help
        self._alarm(ALARM, bool(sentence))
        return sentence

    async def close(self) -> None:
        """Lets a refresh under way end: cut off, it would leave everybody in the dark."""
        if self._work is not None:
            await asyncio.wait([self._work])

    # ---- renewing

    async def _renewed(self, dead: str) -> str:
        async with self._one_at_a_time:
            self._work = asyncio.create_task(self._renew(dead))
            return str(await asyncio.shield(self._work))

    async def _renew(self, dead: str) -> str:
        waited = 0.0
        while True:
            kept, tokens = await self._read()
            if tokens is None:
                raise Misconfigured(f"There is no token for the Zalo OA yet: {GRANT}.")
            if not tokens.is_due(self._now(), dead):
                return tokens.access
            if dead and self._is_just_forced(tokens):
                await self._tell_in_vain(kept, tokens)
                raise _vain()
            hindrance = self._hindrance(tokens, waited)
            if hindrance is None and await self._mark(kept, tokens):
                hindrance = await self._ask(tokens.refresh, forced=bool(dead))
                if hindrance is None:
                    continue
            if hindrance is not None and not dead and self._now() < tokens.until:
                return tokens.access  # due, but it still lives
            if hindrance is not None and not isinstance(hindrance, _Wait):
                raise hindrance
            waited += 0.1
            await asyncio.sleep(0.1)

    def _hindrance(self, tokens: Tokens, waited: float) -> SendFailure | None:
        """Why Zalo may not be asked now."""
        now = self._now()
        if tokens.refused:
            return _refused(tokens.refused)
        if tokens.pending is not None and not self._is_left(tokens.pending):
            return _Wait() if waited < self._patience else Unreachable("Zalo's token is being renewed", after=5)
        if pause := tokens.pause(now):
            return Unreachable(f"Zalo's token could not be renewed {tokens.failed} times", after=pause)
        return None

    def _is_left(self, pending: Pending) -> bool:
        """Whether the maker of this mark can no longer be at work."""
        return abs((self._now() - pending.at).total_seconds()) > self._lease

    async def _mark(self, kept: Kept, tokens: Tokens) -> bool:
        """Commits that a refresh begins. A mark that was left counts as a failed try."""
        pending = Pending(digest(tokens.refresh), self._me, self._now())
        failed = tokens.failed + (tokens.pending is not None)
        if failed > tokens.failed and failed > 1:
            self._cry(f"The refresh of Zalo's token broke off {failed} times; it is tried again.")
        return await self._swap(kept, msgspec.structs.replace(tokens, pending=pending, failed=failed))

    def _is_just_forced(self, tokens: Tokens) -> bool:
        """Whether another renewal could not help."""
        return tokens.forced is not None and abs(self._now() - tokens.forced) < self._vain

    async def _tell_in_vain(self, kept: Kept, tokens: Tokens) -> None:
        if not tokens.vain and await self._swap(kept, msgspec.structs.replace(tokens, vain=True)):
            self._cry(str(_vain()))

    async def _ask(self, refresh: str, *, forced: bool) -> SendFailure | None:
        """One request to Zalo; its outcome is on disk when this returns. None: there is a new pair."""
        try:
            granted = await self._refresh(refresh)
        except Misconfigured as refusal:
            why = str(refusal)
            self._cry(f"{_refused(why)} Nothing more can be sent.")
            await self._settle(refresh, lambda tokens: msgspec.structs.replace(tokens, pending=None, refused=why))
            return _refused(why)
        except SendFailure as failure:
            await self._settle(refresh, self._failed)
            return failure if isinstance(failure, Unreachable) else Unreachable(str(failure), after=FIRST_PAUSE)
        at = self._now() if forced else None
        await self._settle(refresh, lambda _: msgspec.structs.replace(self._fresh(granted), forced=at))
        self._alarm(ALARM, False)
        log.info("Zalo's token was renewed.")
        return None

    def _failed(self, tokens: Tokens) -> Tokens:
        failed = tokens.failed + 1
        if failed > 1:
            self._cry(f"Zalo's token could not be renewed {failed} times; it is tried again. See `nhipcau doctor`.")
        return msgspec.structs.replace(tokens, pending=None, failed=failed, failed_at=self._now())

    async def _settle(self, refresh: str, change: Callable[[Tokens], Tokens]) -> None:
        """Writes the outcome, and does not give up: what Zalo gave exists nowhere else.

        Where the stored refresh token is another one, somebody has a newer pair, and this outcome is of no account.
        """
        wait = 0.1
        while True:
            try:
                kept, tokens = await self._read()
                if tokens is None or tokens.refresh != refresh or await self._swap(kept, change(tokens)):
                    return
            except Exception as error:
                log.critical("Zalo's new token cannot be stored (%s); trying again.", type(error).__name__)
                await asyncio.sleep(wait)
                wait = min(2 * wait, 5.0)

    # ---- storing

    async def _read(self) -> tuple[Kept, Tokens | None]:
        kept = await self._vault.read(NAME)
        self._known = msgspec.json.decode(kept.body, type=Tokens) if kept.version else None
        if self._known is not None:
            self._hide(self._known.access, self._known.refresh)
        return kept, self._known

    async def _swap(self, kept: Kept, tokens: Tokens) -> bool:
        self._hide(tokens.access, tokens.refresh)
        done = await self._vault.swap(NAME, kept.version, msgspec.json.encode(tokens))
        self._known = tokens if done else None
        return done

    def _fresh(self, granted: Granted) -> Tokens:
        now = self._now()
        until = now + timedelta(seconds=granted.seconds)
        return Tokens(access=granted.access, refresh=granted.refresh, since=now, until=until)

    def _cry(self, sentence: str) -> None:
        log.critical("%s", sentence)
        self._alarm(ALARM, True)


class _Wait(SendFailure):
    """Another one is renewing the token; the next look will show it."""


def _refused(why: str) -> Misconfigured:
    return Misconfigured(f"Zalo refused the OA's refresh token ({why}): {GRANT}.")


def _vain() -> Misconfigured:
    return Misconfigured(f"Zalo refuses even a new token of the OA: is the app still linked to it? Then {GRANT}.")


def digest(token: str) -> str:
    """Tells tokens apart without telling them."""
    return hashlib.sha256(token.encode()).hexdigest()[:16]


def advice(tokens: Tokens | None, now: datetime) -> list[tuple[bool, str]]:
    """What `nhipcau doctor` says: (well?, sentence)."""
    if tokens is None:
        return [(False, f"Zalo OA: there is no token yet: {GRANT}.")]
    if tokens.refused:
        return [(False, f"Zalo OA: the refresh token was refused ({tokens.refused}): {GRANT}.")]
    days, hours = (now - tokens.since).days, (tokens.until - now).total_seconds() / 3600
    if hours <= 0:
        why = f"the access token has run out and could not be renewed ({tokens.failed} tries): start the server"
        return [(False, f"Zalo OA: {why}; if it runs, {GRANT}.")]
    told = f"Zalo OA: the access token lives {hours:.0f} more hours; the refresh token is {days} days old."
    if tokens.failed > 1:
        return [(False, f"{told} Renewing failed {tokens.failed} times: is oauth.zaloapp.com reachable?")]
    return [(now - tokens.since <= OLD, told if now - tokens.since <= OLD else f"{told} Before it is 90: {GRANT}.")]

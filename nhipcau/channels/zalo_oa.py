"""A Zalo Official Account, through Zalo's OpenAPI. One object serves one OA."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from nhipcau.channels import zalo_oa_messages
from nhipcau.channels.contract import Limits, Receive
from nhipcau.channels.failures import InDoubt, Misconfigured, SendFailure, SlowDown, Unreachable, WindowClosed
from nhipcau.channels.message import Outgoing, Receipt
from nhipcau.channels.typed_taps import TypedTaps
from nhipcau.channels.vault import Vault, Visits
from nhipcau.channels.zalo_http import ZaloHttp
from nhipcau.channels.zalo_oa_api import OaApi
from nhipcau.channels.zalo_oa_bulletins import Bulletins, Uploads
from nhipcau.channels.zalo_oa_chats import Chat
from nhipcau.channels.zalo_oa_events import Event, Reader
from nhipcau.channels.zalo_oa_login import Login
from nhipcau.channels.zalo_oa_settings import OaSettings
from nhipcau.channels.zalo_oa_webhook import Webhook
from nhipcau.channels.zalo_oauth import OAuth
from nhipcau.channels.zalo_tokens import GRANT, TokenKeeper, advice
from nhipcau.channels.zalo_windows import Window, Windows

log = logging.getLogger(__name__)

_PART_TRIES = 3
_PART_WAIT = 30.0  # seconds: the longest wait between two parts of one text
_LOOK_EVERY = 60.0  # seconds between two looks at the tokens


class ZaloOA:
    """One OA. `app_secret` speaks for the app (OAuth), `oa_secret` proves Zalo's webhooks: two different values.

    `vault` and `visits` are kept over restarts. `hide` learns values that logs must never show, as they change.
    Raises Misconfigured, with what to do, for what cannot work.
    """

    name = "zalo_oa"
    repeatable = False

    def __init__(
        self,
        settings: OaSettings,
        *,
        app_secret: str,
        oa_secret: str,
        vault: Vault,
        visits: Visits,
        count: Callable[[str], None] = lambda name: None,
        alarm: Callable[[str, bool], None] = lambda name, on: None,
        hide: Callable[..., None] = lambda *values: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        _require_sound(settings, app_secret, oa_secret)
        self.account = settings.oa_id
        self.secrets: tuple[str, ...] = (app_secret, oa_secret)
        self.limits = Limits(
            text=settings.text_characters,
            buttons=0 if settings.buttons == "none" else zalo_oa_messages.BUTTONS,
            overall_rate=settings.calls_per_minute / 60,
        )
        self._settings = settings
        self._now = now
        self._taps = TypedTaps(oa_secret, settings.oa_id)
        self._http = ZaloHttp()
        oauth = OAuth(self._http, settings, app_secret)
        self.tokens = TokenKeeper(vault, oauth.refresh, alarm=alarm, hide=hide, now=now)
        self.login = Login(vault, oauth, self.tokens, settings, now)
        self.windows = Windows(visits, free_hours=settings.free_hours, open_hours=settings.open_hours, now=now)
        self.api = OaApi(self._http, self.tokens, settings, app_secret, now=now, count=count, alarm=alarm)
        self.bulletins = Bulletins(self.api, settings.target_encoding)
        self.uploads = Uploads(self.api, vault, now)
        reader = Reader(settings.oa_id, self._taps)
        self._webhook = Webhook(
            settings.app_id, oa_secret, reader, self._store, gather_ms=settings.gather_ms, count=count, now=now
        )
        self._receive: Receive | None = None
        self._work: asyncio.Task[None] | None = None

    # ---- receiving

    async def start(self, receive: Receive) -> None:
        """Begins to receive and to look after the tokens. Without tokens it receives too, so that one can log in."""
        self._receive = receive
        self._work = asyncio.create_task(self._look_after())

    async def stop(self) -> None:
        """Stops receiving; a refresh of the tokens under way ends first."""
        self._receive = None
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait([self._work])
            self._work = None
        await self.tokens.close()
        await self._http.close()

    def routes(self) -> Sequence[web.RouteDef]:
        """The webhook, the way back from granting the permission, and the proof that the domain is ours."""
        routes = [
            web.post(self._settings.hook_path, self._webhook.deliver),
            web.get(self._settings.granted_path, self.login.granted),
        ]
        if self._settings.verifier_file:
            path = Path(self._settings.verifier_file)
            routes.append(web.get(f"/{path.name}", lambda _request: _page(path)))
        return routes

    async def _store(self, events: Sequence[Event]) -> None:
        if self._receive is None:
            raise RuntimeError("not started")
        visits = [(event.incoming.chat, event.incoming.at) for event in events if event.visit]
        # Together, so that they are written in one transaction; the window first, for an answer needs it open.
        await asyncio.gather(self.windows.opened(visits), self._receive([event.incoming for event in events]))

    async def _look_after(self) -> None:
        """Renews the tokens in time, whether anything is sent or not."""
        told = ""
        while True:
            try:
                sentence = await self.tokens.look_after()
            except Exception as error:
                log.error("Zalo's tokens could not be looked after (%s); it is tried again.", type(error).__name__)
                sentence = told
            if sentence and sentence != told:
                log.critical("%s", sentence)
            told = sentence
            await asyncio.sleep(_LOOK_EVERY)

    # ---- sending

    async def send(self, chat: str, message: Outgoing, *, message_id: str) -> Receipt:
        """Sends once. Raises SendFailure; InDoubt when only some parts of a long message went out."""
        target = Chat.parse(chat)
        if target.is_person and await self.windows.of(chat) is Window.CLOSED:
            raise WindowClosed("Zalo: this person has not written for seven days; it was not sent")
        planned = zalo_oa_messages.calls(target, message, self._settings, self._taps.write)
        sent = [await self._send(chat, *planned[0])]
        for call in planned[1:]:
            try:
                sent.append(await self._send_patiently(chat, *call))
            except SendFailure as error:
                raise InDoubt(f"{len(sent)} of {len(planned)} parts were sent, then: {error}") from error
        return Receipt(message_ids=tuple(sent))

    async def _send(self, chat: str, path: str, body: dict[str, Any]) -> str:
        try:
            data = await self.api.post(path, body)
        except WindowClosed:
            self.windows.closed(chat)
            raise
        return str(data["message_id"]) if isinstance(data, dict) and "message_id" in data else ""

    async def _send_patiently(self, chat: str, path: str, body: dict[str, Any]) -> str:
        for _ in range(_PART_TRIES):
            try:
                return await self._send(chat, path, body)
            except (SlowDown, Unreachable) as error:  # surely not sent
                if error.after > _PART_WAIT:
                    raise
                await asyncio.sleep(error.after or 1.0)
        return await self._send(chat, path, body)

    # ---- advice

    async def check(self) -> Sequence[tuple[bool, str]]:
        """The tokens' ages, what Zalo says of the OA, and where the webhook must point. Renews nothing."""
        tokens = await self.tokens.state()
        told = advice(tokens, self._now())
        if tokens is not None and not tokens.refused and tokens.until > self._now():
            told.append(await self._check_account(tokens.access))
        told.append((True, self._package()))
        if not self._settings.public_url.startswith("https://"):
            told.append((False, "Zalo OA: server.public_url must be this server's https:// address."))
            return told
        address = self._settings.public_url.rstrip("/") + self._settings.hook_path
        told.append(
            (len(address) <= 75, f"Zalo OA: in the console the webhook's address must be {address}, 75 at most.")
        )
        return told

    def _package(self) -> str:
        mine = self._settings
        late = f"{mine.billed_messages_per_month} messages a month, {mine.billed_message_dong} dong for each above"
        return (
            f"Zalo OA, as configured: {mine.calls_per_minute:g} calls a minute; free within {mine.free_hours:g} hours "
            f"of a person's last message; until {mine.open_hours:g} hours {late}. Compare it with the package."
        )

    async def _check_account(self, token: str) -> tuple[bool, str]:
        try:
            about = await self.api.look("/v2.0/oa/getoa", token)
        except SendFailure as failure:
            return False, f"Zalo OA: {failure}"
        finally:
            if self._receive is None:
                await self._http.close()
        found = str(about.get("oa_id") or about.get("oaid") or "") if isinstance(about, dict) else ""
        if found != self.account:
            return False, f"Zalo OA: the token belongs to OA {found}, not to zalo_oa.oa_id {self.account}: {GRANT}."
        return True, f"Zalo OA: the token belongs to {about.get('name', found)} ({about.get('package_name', '?')})."


async def _page(path: Path) -> web.Response:
    body = await asyncio.to_thread(path.read_bytes)
    return web.Response(body=body, content_type="text/html", charset="utf-8")


def _require_sound(settings: OaSettings, app_secret: str, oa_secret: str) -> None:
    if not settings.oa_id.isdigit() or not settings.app_id.isdigit():
        raise Misconfigured("zalo_oa.oa_id and zalo_oa.app_id are numbers: copy them from developers.zalo.me")
    if not app_secret or not oa_secret:
        raise Misconfigured(
            "The Zalo OA needs NHIPCAU_ZALO_APP_SECRET (the app's) and NHIPCAU_ZALO_OA_SECRET (from its webhook page)"
        )

"""One running program: the database, the channels, the dispatcher, the sender and the server, joined."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from nhipcau import clock
from nhipcau.bot import erasing, metrics, vault
from nhipcau.bot.aftermath import build_aftermath
from nhipcau.bot.config import Config, Secrets
from nhipcau.bot.curation import Curation
from nhipcau.bot.dispatcher import Dispatcher
from nhipcau.bot.links import links
from nhipcau.bot.log import hide
from nhipcau.bot.mailbox import StoreMailbox
from nhipcau.bot.sender import Sender
from nhipcau.bot.server import build_server
from nhipcau.bot.zalo import connect, connect_bot
from nhipcau.channels.contract import Channel
from nhipcau.channels.web import WebChat, WebSettings
from nhipcau.handlers import kept_payslips
from nhipcau.handlers import session as sessions
from nhipcau.handlers.all import build_router
from nhipcau.handlers.services import Services, UnionInfo
from nhipcau.knowledge.answer import Knowledge
from nhipcau.store import inbox, outbox
from nhipcau.store.errors import is_outage
from nhipcau.store.store import Store, open_store
from nhipcau.union import attempts, audit_trail, invitations, linking, unit_counts, unit_tree

if TYPE_CHECKING:
    from nhipcau.channels.telegram import Telegram

log = logging.getLogger(__name__)


def build_channels(config: Config, secrets: Secrets, store: Store) -> list[Channel]:
    """The channels this configuration switches on."""
    channels: list[Channel] = []
    if config.web_chat.enabled:
        channels.append(WebChat(StoreMailbox(store), _web_settings(config)))
    if config.telegram.enabled:
        channels.append(telegram_channel(config, secrets))
    if config.zalo_oa.enabled:
        channels.append(connect(config, secrets, store))
    if config.zalo_bot.enabled:
        channels.append(connect_bot(config, secrets, store))
    for channel in channels:
        hide(*channel.secrets)
    return channels


def _union(config: Config) -> UnionInfo:
    return UnionInfo(config.union.name, config.union.contact, config.database.keep_messages_days)


def _web_settings(config: Config) -> WebSettings:
    per_minute = config.web_chat.messages_per_minute
    return WebSettings(
        title=config.union.name,
        contact=config.union.contact,
        embed_origins=config.web_chat.embed_origins,
        trust_proxy=config.server.trust_proxy,
        session_per_minute=per_minute,
        address_per_minute=30 * per_minute,
    )


def telegram_channel(config: Config, secrets: Secrets) -> "Telegram":
    """The bot, not started. Raises Misconfigured."""
    from nhipcau.channels.telegram import Telegram  # 0.3 s and 30 MB that a web-only server need not pay

    return Telegram(
        token=secrets.telegram_token,
        mode=config.telegram.mode,
        public_url=config.server.public_url,
        secret=secrets.telegram_secret,
        base_url=config.telegram.api_url,
        overall_rate=config.telegram.messages_per_second,
        chat_rate=config.telegram.messages_per_second_per_chat,
        count=lambda cause: metrics.refused.labels(cause).inc(),
    )


def _links(config: Config, channels: Sequence[Channel]) -> Callable[[str], Sequence[str]]:
    """Known from the moment when Telegram has told the bot's name."""

    def found(parameter: str) -> Sequence[str]:
        names = (getattr(channel, "username", "") for channel in channels)
        return links(config, next(filter(None, names), ""), parameter)

    return found


@asynccontextmanager
async def running(config: Config, secrets: Secrets, knowledge: Knowledge) -> AsyncIterator[str]:
    """Everything started, in the order that loses nothing; yields the server's address.

    `knowledge` is the shipped one; what officers published stands in its place.

    What an earlier process left is taken up before anything new comes in. On the way out turns end first, then
    sends, then receiving; what did not finish, or came meanwhile, is in the database.
    """
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(config.database.url, secrets.keyring, serve=True))
        channels = build_channels(config, secrets, store)
        by_name = {(channel.name, channel.account): channel for channel in channels}
        router = build_router(Services(knowledge, _union(config), store, clock.today, _links(config, channels)))
        curation = Curation(store, knowledge, router.learn)
        await curation.refresh()
        sender = Sender(store, by_name, build_aftermath(store))
        dispatcher = Dispatcher(store, router, sender, by_name)
        stack.push_async_callback(sender.stop)
        stack.push_async_callback(dispatcher.stop)
        await sender.resume()
        await dispatcher.resume()
        address = await stack.enter_async_context(_served(config, store, channels))
        for channel in channels:
            stack.push_async_callback(channel.stop)
            await channel.start(dispatcher.receive)
        # On the way out once more, and now first: a channel that stops cuts off the sends under way.
        stack.push_async_callback(sender.stop)
        stack.push_async_callback(dispatcher.stop)
        tidy = _tidy(store, config.database.keep_messages_days)
        for work in (sender.sweep(), curation.watch(), erasing.watch(store), tidy):
            _cancelled_at_the_end(stack, asyncio.create_task(work))
        yield address


@asynccontextmanager
async def _served(config: Config, store: Store, channels: Sequence[Channel]) -> AsyncIterator[str]:
    runner = web.AppRunner(build_server(store, channels), access_log=None, shutdown_timeout=5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, config.server.host, config.server.port)
        await site.start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


def _cancelled_at_the_end(stack: AsyncExitStack, task: "asyncio.Task[None]") -> None:
    task.add_done_callback(_tell_of_its_end)

    async def end() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    stack.push_async_callback(end)


def _tell_of_its_end(task: "asyncio.Task[None]") -> None:
    """Such work never ends by itself: without a word nobody would learn that it did."""
    if not task.cancelled() and (fault := task.exception()) is not None:
        log.critical("Work that must go on has ended; restart the program.", exc_info=fault)


async def _tidy(store: Store, keep_days: int) -> None:
    """Deletes old messages and brings what was decided about units into effect, at start and then every hour.

    A database out of reach is waited for.
    """
    while True:
        before = datetime.now(UTC) - timedelta(days=keep_days)
        try:
            for forget in (inbox.forget, outbox.forget, sessions.forget, vault.forget):
                await store.writer.transaction(partial(forget, before=before))
            await store.writer.transaction(partial(kept_payslips.forget, now=datetime.now(UTC)))
            await store.writer.transaction(partial(unit_tree.take_effect, today=clock.today()))
            await store.writer.transaction(unit_counts.fold)
            await store.writer.transaction(partial(invitations.forget, before=datetime.now(UTC)))
            await store.writer.transaction(partial(linking.forget, before=datetime.now(UTC)))
            await store.writer.transaction(partial(attempts.forget, before=datetime.now(UTC) - attempts.KEPT))
            await _tell_head(store)
        except Exception as error:
            if not is_outage(error):
                raise
            log.error("The hourly work could not be done (%s); trying again in an hour.", type(error).__name__)
        await asyncio.sleep(3600)


async def _tell_head(store: Store) -> None:
    """Logs lie elsewhere than the database: the hash there shows later whether the audit log was cut or rewritten."""
    async with store.read() as conn:
        head = await conn.run_sync(audit_trail.head)
    if head.id:
        log.info("The audit log has %d lines; the last hash is %s.", head.id, head.hash)

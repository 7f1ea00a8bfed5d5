"""One running program: the database, the channels, the dispatcher, the sender and the server, joined."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

from aiohttp import web

from nhipcau.bot import clock, metrics
from nhipcau.bot.aftermath import build_aftermath
from nhipcau.bot.config import Config, Secrets
from nhipcau.bot.curation import Curation
from nhipcau.bot.dispatcher import Dispatcher
from nhipcau.bot.mailbox import StoreMailbox
from nhipcau.bot.sender import Sender
from nhipcau.bot.server import build_server
from nhipcau.channels.contract import Channel
from nhipcau.channels.web import WebChat, WebSettings
from nhipcau.handlers import session as sessions
from nhipcau.handlers.all import build_router
from nhipcau.handlers.services import Services, UnionInfo
from nhipcau.knowledge.answer import Knowledge
from nhipcau.store import inbox, outbox
from nhipcau.store.errors import is_outage
from nhipcau.store.store import Store, open_store

log = logging.getLogger(__name__)


def build_channels(config: Config, secrets: Secrets, store: Store) -> list[Channel]:
    """The channels this configuration switches on."""
    channels: list[Channel] = []
    if config.web_chat.enabled:
        channels.append(WebChat(StoreMailbox(store), _web_settings(config)))
    if config.telegram.enabled:
        channels.append(_telegram(config, secrets))
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


def _telegram(config: Config, secrets: Secrets) -> Channel:
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


@asynccontextmanager
async def running(config: Config, secrets: Secrets, knowledge: Knowledge) -> AsyncIterator[str]:
    """Everything started, in the order that loses nothing; yields the server's address.

    `knowledge` is the shipped one; what officers published stands in its place.

    What an earlier process left is taken up before anything new comes in. On the way out turns end first, then
    sends, then receiving; what did not finish, or came meanwhile, is in the database.
    """
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(config.database.url, serve=True))
        channels = build_channels(config, secrets, store)
        by_name = {(channel.name, channel.account): channel for channel in channels}
        router = build_router(Services(knowledge, _union(config), store, clock.today))
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
        for work in (sender.sweep(), curation.watch(), _tidy(store, config.database.keep_messages_days)):
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
    """Deletes old messages, once at start and then every hour; a database out of reach is waited for."""
    while True:
        before = datetime.now(UTC) - timedelta(days=keep_days)
        try:
            for forget in (inbox.forget, outbox.forget, sessions.forget):
                await store.writer.transaction(partial(forget, before=before))
        except Exception as error:
            if not is_outage(error):
                raise
            log.error("Old messages could not be deleted (%s); trying again in an hour.", type(error).__name__)
        await asyncio.sleep(3600)

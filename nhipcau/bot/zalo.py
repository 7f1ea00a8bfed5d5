"""The Zalo accounts of a configuration, with all they need of this program."""

import msgspec

from nhipcau.bot import log, metrics
from nhipcau.bot.config import Config, Secrets
from nhipcau.bot.vault import StoreVault, StoreVisits
from nhipcau.channels.zalo_bot import ZaloBot
from nhipcau.channels.zalo_oa import ZaloOA
from nhipcau.channels.zalo_oa_settings import OaSettings
from nhipcau.store.store import Store


def connect(config: Config, secrets: Secrets, store: Store) -> ZaloOA:
    """Not started. Raises Misconfigured, with what to do."""
    named = msgspec.structs.asdict(config.zalo_oa)
    del named["enabled"]
    account = ZaloOA.name, config.zalo_oa.oa_id
    return ZaloOA(
        OaSettings(public_url=config.server.public_url, **named),
        app_secret=secrets.zalo_app_secret,
        oa_secret=secrets.zalo_oa_secret,
        vault=StoreVault(store, *account),
        visits=StoreVisits(store, *account),
        count=lambda cause: metrics.refused.labels(cause).inc(),
        alarm=lambda what, on: metrics.alarms.labels(what).set(on),
        hide=log.hide,
    )


def connect_bot(config: Config, secrets: Secrets, store: Store) -> ZaloBot:
    """A bot of the Zalo Bot Platform, not started. Raises Misconfigured, with what to do."""
    bot = config.zalo_bot
    return ZaloBot(
        token=secrets.zalo_bot_token,
        vault=StoreVault(store, ZaloBot.name, secrets.zalo_bot_token.partition(":")[0]),
        mode=bot.mode,
        public_url=config.server.public_url,
        secret=secrets.zalo_bot_secret,
        api_url=bot.api_url,
        overall_rate=bot.messages_per_second,
        chat_rate=bot.messages_per_second_per_chat,
        monthly=bot.messages_per_month,
        users=bot.users,
        count=lambda cause: metrics.refused.labels(cause).inc(),
        gauge=lambda limit, share: metrics.quota.labels(ZaloBot.name, limit).set(share),
    )

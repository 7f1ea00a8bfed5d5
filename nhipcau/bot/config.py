"""The configuration: read once, typed, and refused in one sentence that names the key."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from nhipcau.store.errors import BadKey
from nhipcau.store.keyring import Keyring

KEY = "NHIPCAU_KEY"  # the variable; with _FILE behind it the name of a file


class ConfigError(Exception):
    """The configuration cannot be used."""


class _Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all sections: unknown keys are refused. (mypy wants `frozen` repeated on each.)"""


PerSecond = Annotated[float, msgspec.Meta(ge=0, le=1000)]  # 0: no limit of ours
Days = Annotated[int, msgspec.Meta(ge=1, le=3650)]
Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]


class Union(_Section, frozen=True, kw_only=True):
    name: str = "Công đoàn"
    contact: str = "công đoàn cơ sở nơi anh/chị làm việc"


class Database(_Section, frozen=True, kw_only=True):
    url: str = "sqlite:///data/nhipcau.db"
    keep_messages_days: Days = 30


class Server(_Section, frozen=True, kw_only=True):
    host: str = "127.0.0.1"
    port: Port = 8080
    public_url: str = ""
    trust_proxy: bool = False


class WebChat(_Section, frozen=True, kw_only=True):
    enabled: bool = True
    embed_origins: tuple[str, ...] = ()
    messages_per_minute: Annotated[int, msgspec.Meta(ge=1, le=600)] = 20


class Telegram(_Section, frozen=True, kw_only=True):
    enabled: bool = False
    mode: Literal["polling", "webhook"] = "polling"
    messages_per_second: PerSecond = 25
    messages_per_second_per_chat: PerSecond = 1
    api_url: str = "https://api.telegram.org/bot"


class ZaloOa(_Section, frozen=True, kw_only=True):
    enabled: bool = False
    oa_id: str = ""
    app_id: str = ""
    verifier_file: str = ""
    calls_per_minute: Annotated[float, msgspec.Meta(ge=0, le=4000)] = 100
    free_hours: Annotated[float, msgspec.Meta(ge=0, le=720)] = 48
    open_hours: Annotated[float, msgspec.Meta(ge=0, le=8760)] = 168
    billed_messages_per_month: Annotated[int, msgspec.Meta(ge=0)] = 500
    billed_message_dong: Annotated[int, msgspec.Meta(ge=0)] = 55
    text_characters: Annotated[int, msgspec.Meta(ge=200, le=2000)] = 2000
    buttons: Literal["attachment", "template", "none"] = "attachment"
    quote_field: Literal["quote_message_id", "react_message_id"] = "quote_message_id"
    target_encoding: Literal["strings", "numbers", "arrays"] = "strings"
    gather_ms: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 30
    appsecret_proof: bool = False
    pkce: bool = True
    api_url: str = "https://openapi.zalo.me"
    oauth_url: str = "https://oauth.zaloapp.com"


class ZaloBot(_Section, frozen=True, kw_only=True):
    enabled: bool = False
    mode: Literal["polling", "webhook"] = "polling"
    messages_per_second: PerSecond = 10
    messages_per_second_per_chat: PerSecond = 1
    messages_per_month: Annotated[int, msgspec.Meta(ge=0)] = 3000
    users: Annotated[int, msgspec.Meta(ge=0)] = 50
    api_url: str = "https://bot-api.zaloplatforms.com"


class Log(_Section, frozen=True, kw_only=True):
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class Config(_Section, frozen=True, kw_only=True):
    """Everything an operator can set. `secrets` holds values by name; they come from outside the file."""

    union: Union = Union()
    database: Database = Database()
    server: Server = Server()
    web_chat: WebChat = WebChat()
    telegram: Telegram = Telegram()
    zalo_oa: ZaloOa = ZaloOa()
    zalo_bot: ZaloBot = ZaloBot()
    log: Log = Log()


class Secrets(msgspec.Struct, frozen=True):
    """Values that must never be printed."""

    telegram_token: str = ""
    telegram_secret: str = ""
    key: str = ""  # of the database: one, or several separated by commas, of which the first seals

    zalo_app_secret: str = ""
    zalo_oa_secret: str = ""
    zalo_bot_token: str = ""
    zalo_bot_secret: str = ""

    @property
    def hidden(self) -> tuple[str, ...]:
        """Every value of these that logs must not show."""
        return tuple(value for one in msgspec.structs.astuple(self) for value in one.split(","))

    @property
    def keyring(self) -> Keyring:
        """Raises BadKey."""
        return Keyring.parse(self.key)

    def __repr__(self) -> str:
        return "Secrets(…)"


def load_config(path: Path) -> Config:
    """Reads a file. Raises ConfigError with a sentence that names the key and what is expected."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(
            f"There is no {path}. Copy config.example.toml to {path.name} and change what differs."
        ) from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from error
    try:
        return msgspec.convert(raw, Config)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {_explain(str(error))}") from error


def _explain(message: str) -> str:
    """msgspec's message with the key in the operator's notation: section.key."""
    what, _, place = message.partition(" - at `$")
    key = place.rstrip("`").lstrip(".")
    if what.startswith("Object contains unknown field "):
        name = what.removeprefix("Object contains unknown field ").strip("`")
        full = f"{key}.{name}".lstrip(".")
        return f"the key {full} is unknown; remove it or compare it with config.example.toml."
    return f"the key {key} has a wrong value: {what[:1].lower()}{what[1:]}." if key else f"{what}."


def load_secrets(config: Config, environment: Mapping[str, str] = os.environ) -> Secrets:
    """The secrets this configuration needs. Raises ConfigError that names the one that is missing."""
    secrets = Secrets(
        telegram_token=_secret("NHIPCAU_TELEGRAM_TOKEN", environment),
        telegram_secret=_secret("NHIPCAU_TELEGRAM_SECRET", environment),
        key=_secret(KEY, environment),
        zalo_app_secret=_secret("NHIPCAU_ZALO_APP_SECRET", environment),
        zalo_oa_secret=_secret("NHIPCAU_ZALO_OA_SECRET", environment),
        zalo_bot_token=_secret("NHIPCAU_ZALO_BOT_TOKEN", environment),
        zalo_bot_secret=_secret("NHIPCAU_ZALO_BOT_SECRET", environment),
    )
    if config.telegram.enabled:
        _check_telegram(config, secrets)
    if config.zalo_oa.enabled:
        _check_zalo_oa(config, secrets)
    if config.zalo_bot.enabled:
        _check_zalo_bot(config, secrets)
    _check_key(secrets.key)
    return secrets


def load_key(environment: Mapping[str, str] = os.environ) -> str:
    """The key of the database, or several. Raises ConfigError where there is none, or one that cannot be a key."""
    key = _secret(KEY, environment)
    _check_key(key)
    return key


def _check_key(key: str) -> None:
    if not key:
        raise ConfigError(
            "There is no key for the members' data: make one with `nhipcau key new`, keep it in a file of its own, "
            "and name that file in NHIPCAU_KEY_FILE (or put the key into NHIPCAU_KEY)."
        )
    try:
        Keyring.parse(key)
    except BadKey as error:
        raise ConfigError(f"{KEY} is not a key: {error}") from error


def _check_telegram(config: Config, secrets: Secrets) -> None:
    if not secrets.telegram_token:
        raise ConfigError(
            "telegram.enabled is true but there is no token: set NHIPCAU_TELEGRAM_TOKEN, or "
            "NHIPCAU_TELEGRAM_TOKEN_FILE to a file that holds it (BotFather gives it)."
        )
    if config.telegram.mode == "webhook" and not config.server.public_url.startswith("https://"):
        raise ConfigError('telegram.mode is "webhook": server.public_url must be the https:// address of this server.')
    if config.telegram.mode == "webhook" and not secrets.telegram_secret:
        raise ConfigError(
            'telegram.mode is "webhook" but there is no secret: set NHIPCAU_TELEGRAM_SECRET to 32 random '
            "letters and digits (python -c 'import secrets; print(secrets.token_hex(16))')."
        )


def _check_zalo_oa(config: Config, secrets: Secrets) -> None:
    if not (config.zalo_oa.oa_id.isdigit() and config.zalo_oa.app_id.isdigit()):
        raise ConfigError(
            "zalo_oa.enabled is true but zalo_oa.oa_id and zalo_oa.app_id are not both numbers in quotation marks: "
            "developers.zalo.me shows them."
        )
    for name, value in (
        ("NHIPCAU_ZALO_APP_SECRET", secrets.zalo_app_secret),
        ("NHIPCAU_ZALO_OA_SECRET", secrets.zalo_oa_secret),
    ):
        if not value:
            raise ConfigError(
                f"zalo_oa.enabled is true but there is no {name}: set it, or {name}_FILE to a file that holds it. The "
                "app's secret stands on the app's settings page, the OA's on its webhook page; they differ."
            )
    of_zalo = config.zalo_oa.api_url.startswith("https://")  # not an emulator's
    if of_zalo and not config.server.public_url.startswith("https://"):
        raise ConfigError(
            "zalo_oa.enabled is true: server.public_url must be this server's https:// address, where Zalo delivers."
        )


def _check_zalo_bot(config: Config, secrets: Secrets) -> None:
    if not secrets.zalo_bot_token:
        raise ConfigError(
            "zalo_bot.enabled is true but there is no token: set NHIPCAU_ZALO_BOT_TOKEN, or "
            "NHIPCAU_ZALO_BOT_TOKEN_FILE to a file that holds it (Zalo Bot Manager sends it in a Zalo message)."
        )
    if config.zalo_bot.mode == "webhook" and not config.server.public_url.startswith("https://"):
        raise ConfigError('zalo_bot.mode is "webhook": server.public_url must be the https:// address of this server.')
    if config.zalo_bot.mode == "webhook" and not secrets.zalo_bot_secret:
        raise ConfigError(
            'zalo_bot.mode is "webhook" but there is no secret: set NHIPCAU_ZALO_BOT_SECRET to 32 random '
            "letters and digits (python -c 'import secrets; print(secrets.token_hex(16))')."
        )


def _secret(name: str, environment: Mapping[str, str]) -> str:
    if value := environment.get(name, "").strip():
        return value
    file = environment.get(f"{name}_FILE", "").strip()
    if not file:
        return ""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{name}_FILE names {file}, which cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name}_FILE names {file}, which does not hold text.") from error

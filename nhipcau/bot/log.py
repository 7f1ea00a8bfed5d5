"""Logging: one line per event, never a secret, never a member's words."""

import logging
import sys
from collections.abc import Iterable

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class Redact(logging.Filter):
    """Replaces secret values wherever they turn up, tracebacks included."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        self._secrets = [one for one in secrets if one]

    def filter(self, record: logging.LogRecord) -> bool:
        message = _message(record)
        if record.exc_info:
            message += "\n" + logging.Formatter().formatException(record.exc_info)
            record.exc_info = record.exc_text = None
        for secret in self._secrets:
            message = message.replace(secret, "…")
        record.msg, record.args = message, None
        return True


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # a wrong log call must not stop what it tells of
        return str(record.msg)


def set_up(level: str, secrets: Iterable[str]) -> None:
    """Logs to standard error. Libraries that would print addresses with tokens stay silent below WARNING."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(FORMAT))
    handler.addFilter(Redact(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("httpx", "httpcore", "telegram", "aiosqlite", "alembic", "asyncio", "aiohttp.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)

"""Logging: one line per event, never a secret, never a member's words."""

import logging
import sys
import traceback
from collections.abc import Iterable

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


_hidden: set[str] = set()
"""Values that no line may show. It grows: tokens are renewed while the program runs."""


def hide(*values: str) -> None:
    """From now on these show as "…"."""
    _hidden.update(value for value in values if value)


class Redact(logging.Filter):
    """Replaces secret values wherever they turn up, and leaves out what faults say."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        hide(*secrets)

    def filter(self, record: logging.LogRecord) -> bool:
        message = _message(record)
        if isinstance(record.exc_info, tuple):
            message += _trace(record.exc_info[1])
            record.exc_info = record.exc_text = None
        for secret in tuple(_hidden):
            message = message.replace(secret, "…")
        record.msg, record.args = message, None
        return True


def _trace(error: BaseException | None) -> str:
    """The way of a fault without its words, which may be a member's: int("0905 123 456") quotes them."""
    steps: list[str] = []
    while error is not None:
        frames = "".join(traceback.format_tb(error.__traceback__))
        steps.append(f"\n{type(error).__module__}.{type(error).__qualname__}, raised at\n{frames}".rstrip())
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\nfollowing upon".join(steps)


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
    # What it says of a request that cannot be read quotes the header, cookie or secret included, and the address.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)

"""Every error of the Bot API becomes one of the failures which all channels share. Only this file judges."""

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from nhipcau.channels.failures import (
    Gone,
    InDoubt,
    Misconfigured,
    Moved,
    Refused,
    SendFailure,
    SlowDown,
    Unreachable,
)
from nhipcau.channels.telegram_http import NotSent

# Telegram's wording is no contract: compared in lower case, by parts, as public trackers quote it.
_GONE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "bot was kicked",
    "is not a member",
    "group chat was deactivated",
    "not enough rights",
    "have no rights to send",
    "chat_write_forbidden",
)
_PAUSE = 5.0  # seconds, where a 429 does not say how long


def failure(error: TelegramError) -> SendFailure:
    """What this error means for the message: try again, person gone, our fault, or nobody knows."""
    said = str(error).lower()
    if isinstance(error, RetryAfter):
        return SlowDown(f"Telegram asks to wait ({error})", after=_seconds(error))
    if isinstance(error, ChatMigrated):
        return Moved(str(error.new_chat_id))
    if isinstance(error, InvalidToken | Conflict | EndPointNotFound):
        return Misconfigured(f"Telegram refused the bot's account ({error}): check the token with `nhipcau doctor`")
    if isinstance(error, Forbidden | BadRequest):
        return _refusal(error, said)
    return _broken(error, said)


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return float(wait) if isinstance(wait, int | float) else wait.total_seconds()


def _refusal(error: TelegramError, said: str) -> SendFailure:
    if said.endswith(("(403)", "(400)")):  # no description: a proxy speaks, not Telegram, and nobody is gone
        return Misconfigured(f"Something between us and Telegram refused the request: {error}")
    if isinstance(error, Forbidden) or any(words in said for words in _GONE):
        return Gone(f"Telegram: {error}")
    return Refused(f"Telegram: {error}")


def _broken(error: TelegramError, said: str) -> SendFailure:
    if isinstance(error.__cause__, NotSent):
        return Unreachable(f"No connection to Telegram ({error}); nothing was sent")
    if isinstance(error, NetworkError) and "too many requests" in said:
        return SlowDown(after=_PAUSE)
    if isinstance(error, NetworkError) and "request entity too large" in said:
        return Refused("Telegram: the message is too large")
    return InDoubt(f"Telegram did not confirm the message ({error}): it may or may not have arrived")

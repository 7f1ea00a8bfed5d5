"""Every error of the Zalo Bot Platform becomes one of the failures which all channels share. Only this file judges.

Source: Zalo Bot Platform, "Error codes". The documents name no time to wait and no "blocked".
"""

from nhipcau.channels.failures import (
    Gone,
    InDoubt,
    Misconfigured,
    NotTaken,
    QuotaUsed,
    Refused,
    SendFailure,
    Throttled,
)
from nhipcau.channels.zalo_bot_api import Answered

_LATER = 3600.0  # seconds until a used-up plan is tried again


def failure(error: Answered, *, spent: bool = False) -> SendFailure:
    """What this refusal means for a message. `spent`: by our own count a limit of the plan is reached."""
    if error.code == 401:
        return Misconfigured(f"Zalo refused the bot's token ({error}): check it with `nhipcau doctor`")
    if error.code == 403:  # by the documents an internal error
        return NotTaken(f"Zalo did not take the message ({error})")
    if error.code == 404:
        return Gone(f"Zalo does not know this chat ({error})")
    if error.code == 429 and spent:
        return QuotaUsed(
            f"The Zalo bot's plan is used up ({error}): wait for the next month, or buy more", after=_LATER
        )
    if error.code == 429:
        return Throttled(f"Zalo asks to wait ({error})")
    if error.code == 408 or error.code >= 500:
        return InDoubt(f"Zalo did not confirm the message ({error}): it may or may not have arrived")
    return Refused(f"Zalo: {error}")

"""Why a message could not be sent. Each failure answers: try again, and when? is the person gone? our fault?

The docstring is the sentence an officer reads when no better one is given.
"""

import inspect


class SendFailure(Exception):
    """The message was not sent."""

    retry: bool = False  # may the same message be tried again?
    tries: int = 30  # how often, counted from the first; with the growing waits 30 take about 18 hours
    sent: bool | None = False  # False: surely not delivered; None: nobody knows
    gone: bool = False  # the person can no longer be reached here
    ours: bool = False  # a fault of this program or its configuration

    def __init__(self, sentence: str = "", *, after: float = 0.0) -> None:
        super().__init__(sentence or inspect.cleandoc(type(self).__doc__ or ""))
        self.after = after  # seconds to wait before the next try


class SlowDown(SendFailure):
    """The platform asks us to wait before writing to this chat again."""

    retry = True


class Throttled(SlowDown):
    """The platform asks us to wait before writing to anybody again."""

    tries = 1000


class Unreachable(SendFailure):
    """No connection to the platform; nothing was sent, the message will be tried again."""

    retry = True


class NotTaken(SendFailure):
    """The platform could not take the message just now; it is tried three times."""

    retry = True
    tries = 3


class OutsideHours(SendFailure):
    """The platform takes such messages at other hours only; the message waits for them."""

    retry = True


class InDoubt(SendFailure):
    """The connection broke while sending: the message may or may not have arrived. It is not repeated."""

    sent = None


class Gone(SendFailure):
    """The person blocked the bot, deleted the account, or the chat no longer exists."""

    gone = True


class WindowClosed(SendFailure):
    """The platform lets us write to this person only after the person wrote to us; nothing was sent."""


class Declined(SendFailure):
    """The person wants no messages of this kind; others still arrive."""


class Moved(SendFailure):
    """The group now lives under another id; the message will be tried there."""

    retry = True

    def __init__(self, new_chat: str) -> None:
        super().__init__()
        self.new_chat = new_chat


class Refused(SendFailure):
    """The platform refused the message's content; a developer must look at it."""

    ours = True


class QuotaUsed(SendFailure):
    """The account has sent all that it may send or has paid for: wait for the next period, or buy more."""

    ours = True
    retry = True


class Misconfigured(SendFailure):
    """The platform refused our account: check the token with `nhipcau doctor`."""

    ours = True
    retry = True

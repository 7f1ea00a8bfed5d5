"""Taps on platforms where a button's payload comes back as an ordinary text that anybody could type.

Such a text is believed only with our mark on it: `#up:1a2~Kq3x9T2aVb`, where the last ten letters are made with a
key of ours from the account, the chat and the payload. Typed by hand, copied from another chat or altered it is no tap.
"""

import base64
import hashlib
import hmac
import re

OLD = "c:"
"""The payload of a tap whose mark no longer holds: the router answers that the button is from an earlier message,
and an open question stays open."""

_MARKED = re.compile(r"#(.{1,128})~([A-Za-z0-9_-]{10})", re.DOTALL)


class TypedTaps:
    """The marks of one account. `secret` stays the same over restarts, or older buttons no longer work."""

    def __init__(self, secret: str, account: str) -> None:
        self._key = hmac.digest(secret.encode(), b"nhipcau: marks of buttons", hashlib.sha256)
        self._account = account

    def write(self, chat: str, payload: str) -> str:
        """What the button carries: printable, and of use in this chat alone."""
        return f"#{payload}~{self._mark(chat, payload)}"

    def read(self, chat: str, text: str) -> str | None:
        """The payload of a tap, OLD for one whose mark does not hold, None for a text that is none of ours."""
        marked = _MARKED.fullmatch(text.strip())
        if marked is None:
            return None
        payload, mark = marked.groups()
        return payload if hmac.compare_digest(mark, self._mark(chat, payload)) else OLD

    def _mark(self, chat: str, payload: str) -> str:
        about = "\0".join((self._account, chat, payload))
        digest = hmac.digest(self._key, about.encode(errors="surrogatepass"), hashlib.sha256)
        return base64.urlsafe_b64encode(digest)[:10].decode()

"""What an operator may set about the web chat."""

import re

import msgspec

from nhipcau.channels.failures import Misconfigured

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")


class WebSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The page's words, who may embed it, and how much one person or one address may ask of us.

    Whole factories sit behind one address, so its limits are wide; those of a session are for one person.
    """

    title: str = "Công đoàn"  # the union's name, in the page's header
    contact: str = ""  # one line: telephone, address or hours of the union's office
    language: str = "vi"  # of the page until its reader chooses; "vi" or "en"
    embed_origins: tuple[str, ...] = ()  # sites that may show the chat in a frame: "https://congdoan.example"
    trust_proxy: bool = False  # believe X-Forwarded-For, -Proto and -Host: only behind a proxy of ours
    session_burst: int = 5  # messages a person may write at once
    session_per_minute: int = 20
    address_burst: int = 100
    address_per_minute: int = 600
    sockets_per_address: int = 300  # sockets and waiting polls together
    poll_seconds: float = 25  # how long a poll waits for news
    recheck_seconds: float = 25  # how often a socket looks without being woken; about 2 with several processes

    def insist(self) -> None:
        """Raises Misconfigured, naming the setting and its value, where a value cannot work."""
        for origin in self.embed_origins:
            if not _ORIGIN.fullmatch(origin):
                raise Misconfigured(
                    f"embed_origins: {origin!r} is no origin; write it in small letters like https://site.example"
                )
        if self.language not in ("vi", "en"):
            raise Misconfigured(f"language: {self.language!r} is neither vi nor en")

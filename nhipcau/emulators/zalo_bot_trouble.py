"""What can go wrong on the way: refusals with Zalo's numbers, pages of a proxy, and connections that break."""

from dataclasses import dataclass

REFUSALS: dict[int, str] = {
    400: "Bad request",
    401: "Unauthorized",
    403: "Internal server error",  # so the documents say
    404: "Not Found",
    408: "Request timeout",
    429: "Quota exceeded",
    500: "Internal server error",
    503: "Service unavailable",
}
PAGES: dict[str, tuple[int, bytes]] = {
    "proxy 403": (403, b"<html>Forbidden</html>"),
    "proxy 502": (502, b"<html>Bad Gateway</html>"),
    "nonsense": (200, b"<html>It works</html>"),
}
DROPPED = "dropped"  # the connection breaks before anything is stored
NO_ANSWER = "stored, no answer"  # the message is delivered, then the connection breaks
SILENCE = "stored, silence"  # the message is delivered, then nothing more is heard
SENDS = ("sendMessage", "sendPhoto", "sendSticker", "sendVoice")


@dataclass
class Trouble:
    """One kind of trouble for the next `times` calls of a method ("": of those that send)."""

    code: int | str
    method: str = ""
    times: int = 1

    def __post_init__(self) -> None:
        known = (*REFUSALS, *PAGES, DROPPED, NO_ANSWER, SILENCE)
        if self.code not in known:
            raise ValueError(f"no such trouble: {self.code}; there are {', '.join(map(str, known))}")

    def concerns(self, method: str) -> bool:
        """Whether this call is hit."""
        return self.times > 0 and (method == self.method if self.method else method in SENDS)

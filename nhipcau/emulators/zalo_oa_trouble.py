"""What can go wrong on the way to the OpenAPI: refusals, pages of a proxy, and connections that break."""

from dataclasses import dataclass

PAGES: dict[str, tuple[int, bytes]] = {
    "proxy 403": (403, b"<html>Forbidden</html>"),
    "proxy 502": (502, b"<html>Bad Gateway</html>"),
    "nonsense": (200, b"<html>It works</html>"),
}
TIMEOUT = "timeout"  # nothing is stored, nothing is heard
DROPPED = "dropped"  # the connection breaks before anything is stored
NO_ANSWER = "stored, no answer"  # all is done as asked, then the connection breaks
SILENCE = "stored, silence"  # all is done as asked, then nothing more is heard
STORED = (NO_ANSWER, SILENCE)
SILENT = (TIMEOUT, SILENCE)


@dataclass
class Trouble:
    """One kind of trouble for the next `times` calls.

    `kind`: a negative number (a refusal of the OpenAPI), a status from 400 on (of HTTP), or one of the words above.
    `endpoint`: the path or its end ("message/cs", "access_token"); None: whatever sends messages.
    """

    kind: int | str
    endpoint: str | None = None
    times: int = 1

    def __post_init__(self) -> None:
        words = (*PAGES, TIMEOUT, DROPPED, *STORED)
        known = self.kind < 0 or 400 <= self.kind < 600 if isinstance(self.kind, int) else self.kind in words
        if not known:
            words_told = ", ".join(words)
            raise ValueError(f"no such trouble: {self.kind}; there are negative codes, HTTP statuses, {words_told}")

    def concerns(self, path: str) -> bool:
        """Whether this call is hit."""
        hit = "/message" in path and "quota" not in path if self.endpoint is None else path.endswith(self.endpoint)
        return self.times > 0 and hit

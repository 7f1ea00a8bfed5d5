"""Files the Official Account uploads before it sends them: small, of few kinds, good for seven days."""

import secrets
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath

from nhipcau.emulators.zalo_bot_clock import Clock
from nhipcau.emulators.zalo_oa_refusals import Refusal, breach

LIFE = 7 * 86_400  # seconds
MEGABYTE = 1_000_000
A_MONTH = 5000  # requests
STARTS = {"image": (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"), "gif": (b"GIF87a", b"GIF89a")}
ENDINGS = (".pdf", ".doc", ".docx", ".csv")
LARGEST = {"image": MEGABYTE, "gif": 5 * MEGABYTE, "file": 5 * MEGABYTE}


@dataclass(frozen=True)
class Upload:
    """One file."""

    id: str
    kind: str
    name: str
    content: bytes
    at: float


class Uploads:
    """All that was uploaded."""

    def __init__(self, clock: Clock) -> None:
        self.requests: Counter[str] = Counter()  # by month
        self._clock = clock
        self._kept: dict[str, Upload] = {}

    def put(self, kind: str, name: str, content: bytes) -> Upload:
        """Takes a file in. Raises Refusal."""
        _check(kind, name, content)
        month = self._clock.month()
        if self.requests[month] >= A_MONTH:
            raise Refusal(-211)
        self.requests[month] += 1
        kept = Upload(secrets.token_urlsafe(45), kind, name, content, self._clock.now())
        self._kept[kept.id] = kept
        return kept

    def get(self, id: str, kind: str) -> Upload:  # noqa: A002
        """A file of this kind. Raises Refusal for one that was never uploaded or lies here too long."""
        found = self._kept.get(id)
        if found is None or found.kind != kind:
            raise breach(-201, f"there is no {kind} with the id {id}")
        if self._clock.now() >= found.at + LIFE:
            raise Refusal(-100)
        return found

    def find(self, id: str) -> Upload | None:  # noqa: A002
        """Any file, however old: the phone keeps what it got."""
        return self._kept.get(id)


def _check(kind: str, name: str, content: bytes) -> None:
    if len(content) > LARGEST[kind]:
        raise breach(-210, f"the {kind} has {len(content)} bytes, at most {LARGEST[kind]} are allowed")
    if kind == "file" and PurePath(name).suffix.lower() not in ENDINGS:
        raise breach(-201, f"a file ends in {', '.join(ENDINGS)}")
    if kind != "file" and not content.startswith(STARTS[kind]):
        raise breach(-201, f"this is no {'jpg or png' if kind == 'image' else 'gif'}")

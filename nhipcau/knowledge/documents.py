"""The register of legal documents: only what stands here may be cited, and only while it is in force."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

import msgspec

from nhipcau.knowledge.figures import DOCUMENTS_FILE, LAW


class DocumentError(ValueError):
    """The register cannot be read: the message says why."""


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A law, decree or circular: from `valid_from` (None: before all we know) up to and with `valid_to`."""

    title: str
    short: str
    valid_from: date | None = None
    valid_to: date | None = None
    replaced_by: str | None = None

    def in_force(self, on: date) -> bool:
        """Whether the document is in force on the day `on`."""
        begun = self.valid_from is None or self.valid_from <= on
        return begun and (self.valid_to is None or on <= self.valid_to)


class Documents(Mapping[str, Document]):
    """All documents by official number, such as `45/2019/QH14`."""

    def __init__(self, documents: Iterable[tuple[str, Document]]) -> None:
        self._by_number = dict(documents)

    @classmethod
    def load(cls, folder: Path = LAW) -> "Documents":
        """Read `documents.toml` of a folder. DocumentError tells what is wrong in it."""
        try:
            table = tomllib.loads((folder / DOCUMENTS_FILE).read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise DocumentError(f"{DOCUMENTS_FILE}: {error}") from error
        return cls((number, _document(number, fields)) for number, fields in table.items())

    def __getitem__(self, number: str) -> Document:
        return self._by_number[number]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_number)

    def __len__(self) -> int:
        return len(self._by_number)

    def in_force(self, number: str, on: date) -> bool:
        """Whether the document is registered and in force on the day `on`."""
        document = self._by_number.get(number)
        return document is not None and document.in_force(on)

    def short(self, number: str) -> str:
        """The short Vietnamese title, or the bare number of a document nobody registered."""
        document = self._by_number.get(number)
        return document.short if document else number


def _document(number: str, fields: object) -> Document:
    try:
        return msgspec.convert(fields, Document)
    except msgspec.ValidationError as error:
        raise DocumentError(f"{DOCUMENTS_FILE}: {number}: {error}") from error

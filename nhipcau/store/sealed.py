"""Column types for what names a person: sealed on the way in, opened on the way out, found by its digest.

A table says once what is sealed, and no query can forget it. `about` is "table.column". The keyring hangs on the
engine's dialect, which SQLAlchemy hands to the types.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql import operators

from nhipcau.store.keyring import Keyring


def give_keyring(engine: sa.Engine | AsyncEngine, keyring: Keyring) -> None:
    """All connections of this engine seal and open with these keys."""
    engine.dialect.keyring = keyring  # type: ignore[attr-defined]


def keyring_of(conn: Any) -> Keyring:
    """The keys of a connection."""
    keyring: Keyring = conn.dialect.keyring
    return keyring


class _Incomparable(sa.TypeDecorator.Comparator[Any]):
    """The same value sealed twice is two values: a comparison would silently find nothing."""

    def operate(self, op: Any, *other: Any, **more: Any) -> Any:
        if op in (operators.eq, operators.ne, operators.in_op, operators.not_in_op):
            raise TypeError("A sealed column cannot be compared: look rows up by the digest beside it.")
        return super().operate(op, *other, **more)


class Sealed(sa.TypeDecorator[bytes]):
    """Bytes that only the key opens."""

    impl = sa.LargeBinary
    cache_ok = True
    comparator_factory = _Incomparable

    def __init__(self, about: str) -> None:
        super().__init__()
        self.about = about

    def process_bind_param(self, value: bytes | None, dialect: Any) -> bytes | None:
        return None if value is None else dialect.keyring.seal(value, self.about)

    def process_result_value(self, value: bytes | None, dialect: Any) -> bytes | None:
        return None if value is None else dialect.keyring.open(value, self.about)


class SealedText(sa.TypeDecorator[str]):
    """Words that only the key opens."""

    impl = sa.LargeBinary
    cache_ok = True
    comparator_factory = _Incomparable

    def __init__(self, about: str) -> None:
        super().__init__()
        self.about = about

    def process_bind_param(self, value: str | None, dialect: Any) -> bytes | None:
        return None if value is None else dialect.keyring.seal(value.encode(), self.about)

    def process_result_value(self, value: bytes | None, dialect: Any) -> str | None:
        return None if value is None else dialect.keyring.open(value, self.about).decode()


class Digest(sa.TypeDecorator[str]):
    """Finds rows by a sealed value: `where(table.c.chat_digest == chat)`. `about` names the sealed column.

    Read back it is 32 hexadecimal digits that tell nobody anything.
    """

    impl = sa.Text
    cache_ok = True

    def __init__(self, about: str) -> None:
        super().__init__()
        self.about = about

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else dialect.keyring.digest(value, self.about)

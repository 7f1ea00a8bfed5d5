"""One sealed word in the database tells which key it is sealed under, before anything is read or written."""

import sqlalchemy as sa

from nhipcau.store.errors import NotRotated
from nhipcau.store.sealed import keyring_of
from nhipcau.store.tables import metadata

key_check = sa.Table(
    "key_check",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("word", sa.LargeBinary, nullable=False),
)

_ABOUT = "key_check.word"
_WHOLE, _ROTATING = b"whole", b"rotating"


def check(conn: sa.Connection) -> None:
    """A new database takes this key. Raises WrongKey for another one's, NotRotated where a rotation must end first."""
    if not _is_whole(conn):
        raise NotRotated


def begin_rotation(conn: sa.Connection) -> bool:
    """From now until the end nothing else opens this database. False where nothing is to be done."""
    if _is_whole(conn):
        return False
    _write(conn, _ROTATING)
    return True


def end_rotation(conn: sa.Connection) -> None:
    """Everything is sealed under the first key."""
    _write(conn, _WHOLE)


def _is_whole(conn: sa.Connection) -> bool:
    """Whether all is sealed under the first key; a database without a word is new."""
    keyring = keyring_of(conn)
    word = conn.execute(sa.select(key_check.c.word)).scalar()
    if word is None:
        conn.execute(sa.insert(key_check).values(id=1, word=keyring.seal(_WHOLE, _ABOUT)))
        return True
    return keyring.open(word, _ABOUT) == _WHOLE and keyring.is_current(word)


def _write(conn: sa.Connection, word: bytes) -> None:
    conn.execute(sa.update(key_check).values(word=keyring_of(conn).seal(word, _ABOUT)))

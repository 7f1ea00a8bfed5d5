"""What can go wrong with the database, each with the sentence its reader needs."""

import inspect

import sqlalchemy as sa


class StoreError(Exception):
    """The database could not be used."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or inspect.cleandoc(type(self).__doc__ or ""))


class BadDatabaseUrl(StoreError):
    """The database address must look like sqlite:///data/nhipcau.db or postgresql://user@host/name."""


class AlreadyServed(StoreError):
    """Another nhipcau process works on this database; stop it first, or give this one a database of its own."""


class BadKey(StoreError):
    """A key is 32 random bytes in base64; `nhipcau key new` makes one."""


class WrongKey(StoreError):
    """The database is sealed under another key: give that one, after the new one and a comma if it is to be changed."""


class NotRotated(StoreError):
    """The data are not all sealed under the first key: stop the server and run `nhipcau key rotate`."""


class WriterStopped(StoreError):
    """The program is stopping and takes no more changes; what was accepted before is kept."""


class BadSheet(StoreError):
    """The list cannot be read; save it as .xlsx or as CSV in UTF-8."""


def is_outage(error: Exception) -> bool:
    """Whether the database itself is out of reach, so that the same work may succeed later."""
    if isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated:
        return True
    # sa.exc.TimeoutError: every reader is busy.
    return isinstance(error, (OSError, sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError))

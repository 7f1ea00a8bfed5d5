"""What an operator reads in place of a traceback, where the operator can do something about it."""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import NoReturn

import sqlalchemy as sa
import typer

from nhipcau.bot.config import ConfigError
from nhipcau.channels.failures import SendFailure
from nhipcau.store.errors import StoreError


@contextlib.contextmanager
def sentences(command: str) -> Iterator[None]:
    """Ends the command with exit code 2 and one sentence. NHIPCAU_DEBUG keeps the traceback of an outage."""
    try:
        yield
    except (ConfigError, StoreError, SendFailure) as error:
        refuse(command, str(error))
    except (OSError, sa.exc.SQLAlchemyError) as error:
        if os.environ.get("NHIPCAU_DEBUG"):
            raise
        refuse(command, outage(error))


def outage(error: Exception) -> str:
    """A fault of the database or the network in one line, without SQL and without the database's address."""
    if isinstance(error, sa.exc.SQLAlchemyError):
        cause = getattr(error, "orig", None) or error
        return f"The database cannot be used: {str(cause).partition(chr(10))[0]}; check database.url."
    if isinstance(error, ConnectionError):
        return f"The database or the network does not answer: {error}; check database.url."
    return str(error)


def refuse(command: str, sentence: str) -> NoReturn:
    """Says it on standard error and ends with exit code 2."""
    print(f"{command}: {sentence}", file=sys.stderr)
    raise typer.Exit(2) from None

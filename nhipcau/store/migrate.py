"""Brings a database to the newest schema. Alembic's history lies in `migrations/`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def config(connection: Connection | None = None) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    settings.attributes["connection"] = connection
    return settings


def upgrade(connection: Connection) -> None:
    """Applies what is missing, in the connection's transaction; nothing to do is quick."""
    command.upgrade(config(connection), "head")

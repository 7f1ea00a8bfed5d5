"""Brings a database to the newest schema. Alembic's history lies in `migrations/`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection


def config(connection: Connection | None = None) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    settings.attributes["connection"] = connection
    return settings


SEALED = "0004"  # the first revision whose tables name nobody without the key
CHANGED_IN_PLACE = ("entry_revision", "figure_revision")  # by it; the other tables were made anew


def upgrade(connection: Connection) -> bool:
    """Applies what is missing, in the connection's transaction; nothing to do is quick.

    True where rows were sealed that stood open before: their old pages must go.
    """
    before = MigrationContext.configure(connection).get_current_revision()
    command.upgrade(config(connection), "head")
    return before is not None and before < SEALED

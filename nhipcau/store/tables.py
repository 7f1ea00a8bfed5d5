"""The base of all tables, and the column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A 64-bit key. SQLite makes only an INTEGER key the table itself; any other costs a second tree per row."""


class Moment(sa.TypeDecorator[datetime]):
    """An instant, kept as milliseconds since 1970 UTC: no zone can be lost or misread on either database."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else int(value.timestamp() * 1000)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


SHOWN = "web"
"""The channel whose page shows its own history."""


def index_where(name: str, *columns: sa.Column[Any], where: str) -> sa.Index:
    """A partial index: the few rows it holds are all that its queries ever look at."""
    return sa.Index(name, *columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upsert(table: sa.Table, conn: Any) -> Any:
    """An INSERT of the connection's dialect, so that `on_conflict_…` is at hand."""
    if conn.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)

"""Units: counters of members kept by triggers, the words they are found by, changes that wait for their day.

A later migration that rebuilds `member` on SQLite (batch mode) must create the triggers again; `nhipcau doctor` and
tests/union/test_unit_counts.py tell where they are missing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BYTEWISE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

# SQLite calls a trigger for every row: one counter a unit is brought up to date.
_ADD = """
    INSERT INTO member_count (unit_id, members, joined)
        SELECT {row}.unit_id, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM member_count WHERE unit_id = {row}.unit_id);
    UPDATE member_count SET members = members {sign} 1, joined = joined {sign} ({row}.joined_at IS NOT NULL)
        WHERE unit_id = {row}.unit_id AND {row}.left_at IS NULL;
"""
_ROWWISE = """
CREATE TRIGGER member_count_{name} AFTER {event} ON member
WHEN {when} BEGIN {body} END
"""

# PostgreSQL calls one for every statement: it adds rows, so no transaction waits for another's counter.
_FUNCTION = """
CREATE FUNCTION member_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO member_count (unit_id, members, joined)
            SELECT unit_id, count(*), count(joined_at) FROM fresh
            WHERE unit_id IS NOT NULL AND left_at IS NULL GROUP BY unit_id;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO member_count (unit_id, members, joined)
            SELECT unit_id, -count(*), -count(joined_at) FROM stale
            WHERE unit_id IS NOT NULL AND left_at IS NULL GROUP BY unit_id;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO member_count (unit_id, members, joined)
            SELECT unit_id, sum(n), sum(j) FROM (
                SELECT unit_id, 1 AS n, (joined_at IS NOT NULL)::int AS j FROM fresh WHERE left_at IS NULL
                UNION ALL
                SELECT unit_id, -1, -(joined_at IS NOT NULL)::int FROM stale WHERE left_at IS NULL
            ) AS moved WHERE unit_id IS NOT NULL GROUP BY unit_id HAVING sum(n) <> 0 OR sum(j) <> 0;
    ELSE
        DELETE FROM member_count;
    END IF;
    RETURN NULL;
END $$
"""
_STATEMENTWISE = (
    ("insert", "INSERT", "REFERENCING NEW TABLE AS fresh"),
    ("delete", "DELETE", "REFERENCING OLD TABLE AS stale"),
    ("update", "UPDATE", "REFERENCING NEW TABLE AS fresh OLD TABLE AS stale"),
    ("truncate", "TRUNCATE", ""),
)


def upgrade() -> None:
    op.create_table(
        "member_count",
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("members", sa.Integer, nullable=False),
        sa.Column("joined", sa.Integer, nullable=False),
    )
    op.create_index("ix_member_count_unit_id", "member_count", ["unit_id"])
    op.create_table(
        "unit_word",
        sa.Column("word", BYTEWISE, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.PrimaryKeyConstraint("word", "unit_id", name="pk_unit_word"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_unit_word_unit_id", "unit_word", ["unit_id"])
    op.create_table(
        "unit_term",
        sa.Column("word", BYTEWISE, nullable=False),
        sa.Column("units", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("word", name="pk_unit_term"),
        sqlite_with_rowid=False,
    )
    op.add_column("unit", sa.Column("is_open", sa.Boolean, nullable=False, server_default=sa.true()))
    op.add_column("unit_history", sa.Column("action", sa.Text, nullable=False, server_default="found"))
    op.add_column("unit_history", sa.Column("merged_into", ROW_ID))
    op.add_column("unit_history", sa.Column("in_force", sa.Boolean, nullable=False, server_default=sa.true()))
    op.drop_index("ix_unit_history_unit_id", "unit_history")
    op.create_index("ix_unit_history_unit", "unit_history", ["unit_id", "since"])
    op.create_index("ix_unit_history_parent_id", "unit_history", ["parent_id"])
    op.create_index("ix_unit_history_since", "unit_history", ["since"])
    waiting = sa.text("NOT in_force")
    op.create_index(
        "ix_unit_history_waiting", "unit_history", ["since"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_index("ix_unit_parent_id", "unit", ["parent_id"])
    _triggers()


def _triggers() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_FUNCTION)
        for name, event, tables in _STATEMENTWISE:
            op.execute(
                f"CREATE TRIGGER member_count_{name} AFTER {event} ON member {tables} "
                "FOR EACH STATEMENT EXECUTE FUNCTION member_counted()"
            )
        return
    more, less = _ADD.format(row="NEW", sign="+"), _ADD.format(row="OLD", sign="-")
    known = "{row}.unit_id IS NOT NULL".format
    op.execute(_ROWWISE.format(name="insert", event="INSERT", when=known(row="NEW"), body=more))
    op.execute(_ROWWISE.format(name="delete", event="DELETE", when=known(row="OLD"), body=less))
    less = less.replace("SELECT OLD.unit_id, 0, 0 WHERE", "SELECT OLD.unit_id, 0, 0 WHERE OLD.unit_id IS NOT NULL AND")
    more = more.replace("SELECT NEW.unit_id, 0, 0 WHERE", "SELECT NEW.unit_id, 0, 0 WHERE NEW.unit_id IS NOT NULL AND")
    event = "UPDATE OF unit_id, left_at, joined_at"
    op.execute(_ROWWISE.format(name="update", event=event, when="TRUE", body=less + more))


def downgrade() -> None:
    for name in ("insert", "delete", "update", "truncate"):
        on = " ON member" if op.get_bind().dialect.name == "postgresql" else ""
        op.execute(f"DROP TRIGGER IF EXISTS member_count_{name}{on}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION member_counted()")
    op.drop_index("ix_unit_parent_id", "unit")
    for name in ("waiting", "since", "parent_id", "unit"):
        op.drop_index(f"ix_unit_history_{name}", "unit_history")
    op.create_index("ix_unit_history_unit_id", "unit_history", ["unit_id"])
    op.drop_column("unit_history", "in_force")
    op.drop_column("unit_history", "merged_into")
    op.drop_column("unit_history", "action")
    op.drop_column("unit", "is_open")
    for table in ("unit_term", "unit_word", "member_count"):
        op.drop_table(table)

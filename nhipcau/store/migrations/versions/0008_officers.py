"""Officers and audit: no line of the log is changed or deleted; invitations know who opened them; deputies by absence."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REFUSAL = "lines of the audit log are never changed"
HELD = sa.text("revoked_at IS NULL")


def upgrade() -> None:
    _guard_the_log()
    for column in ("opened_by", "ended_at", "outcome"):
        op.drop_column("invitation", column)
    op.add_column("invitation", sa.Column("opener", sa.LargeBinary))
    op.add_column("invitation", sa.Column("opener_digest", sa.Text))
    op.add_column("invitation", sa.Column("called", sa.LargeBinary))
    op.add_column("invitation", sa.Column("accepted_at", sa.BigInteger))
    op.create_index("ix_invitation_invited_by", "invitation", ["invited_by"])
    for column in ("deputy_for", "ends_at"):
        op.drop_column("role_grant", column)
    op.create_index(
        "ix_role_grant_held",
        "role_grant",
        ["officer_id", "role", "unit_id"],
        unique=True,
        sqlite_where=HELD,
        postgresql_where=HELD,
    )
    op.create_index("ix_absence_deputy_id", "absence", ["deputy_id"])


def _guard_the_log() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_line_kept() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_line_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_line "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_line_kept()"
        )
        return
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_line_kept_{event.lower()} BEFORE {event} ON audit_line "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
    # INSERT OR REPLACE deletes without calling the trigger above.
    op.execute(
        "CREATE TRIGGER audit_line_kept_insert BEFORE INSERT ON audit_line "
        "WHEN EXISTS (SELECT 1 FROM audit_line WHERE id = NEW.id) "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )


def downgrade() -> None:
    op.drop_index("ix_absence_deputy_id", "absence")
    op.drop_index("ix_role_grant_held", "role_grant")
    op.add_column("role_grant", sa.Column("deputy_for", ROW_ID))
    op.add_column("role_grant", sa.Column("ends_at", sa.BigInteger))
    op.drop_index("ix_invitation_invited_by", "invitation")
    for column in ("accepted_at", "called", "opener_digest", "opener"):
        op.drop_column("invitation", column)
    op.add_column("invitation", sa.Column("opened_by", ROW_ID))
    op.add_column("invitation", sa.Column("ended_at", sa.BigInteger))
    op.add_column("invitation", sa.Column("outcome", sa.Text))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_line_kept ON audit_line")
        op.execute("DROP FUNCTION audit_line_kept()")
        return
    for event in ("update", "delete", "insert"):
        op.execute(f"DROP TRIGGER audit_line_kept_{event}")

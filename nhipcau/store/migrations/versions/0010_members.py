"""Members: whether a phone number was proven; wrong tries; what waits to be erased."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("member", sa.Column("phone_proven", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "attempt",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"),
    )
    op.create_index("ix_attempt_who", "attempt", ["who"])
    op.create_index("ix_attempt_at", "attempt", ["at"])
    op.create_table(
        "erasure",
        sa.Column("key_digest", sa.Text, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key_digest", name="pk_erasure"),
    )


def downgrade() -> None:
    op.drop_table("erasure")
    op.drop_table("attempt")
    op.drop_column("member", "phone_proven")

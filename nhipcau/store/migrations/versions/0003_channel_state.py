"""What channels remember over restarts: sealed values by name, and when each person last turned to an account."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_state",
        sa.Column("key", sa.Text),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_channel_state"),
    )
    op.create_table(
        "channel_visit",
        sa.Column("chat_digest", sa.Text),
        sa.Column("chat", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("chat_digest", name="pk_channel_visit"),
    )


def downgrade() -> None:
    for table in ("channel_visit", "channel_state"):
        op.drop_table(table)

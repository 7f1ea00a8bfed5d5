"""Checked payslips that members asked to keep."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "kept_payslip",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("key_digest", sa.Text, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("report", sa.LargeBinary, nullable=False),
        sa.Column("kept_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_kept_payslip"),
    )
    op.create_index("ix_kept_payslip_key_digest", "kept_payslip", ["key_digest"])


def downgrade() -> None:
    op.drop_table("kept_payslip")

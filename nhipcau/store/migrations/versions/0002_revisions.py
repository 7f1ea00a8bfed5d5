"""Officers' changes of entries and figures."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "entry_revision",
        sa.Column("id", ROW_ID, autoincrement=True),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.Column("seed", sa.Text),
        *_life(),
        sa.PrimaryKeyConstraint("id", name="pk_entry_revision"),
        sa.UniqueConstraint("served", name="uq_entry_revision_served"),
    )
    op.create_index("ix_entry_revision_entry", "entry_revision", ["entry"])
    op.create_table(
        "figure_revision",
        sa.Column("id", ROW_ID, autoincrement=True),
        sa.Column("figure", sa.Text, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("article", sa.Text),
        sa.Column("clause", sa.Text),
        sa.Column("confidence", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        *_life(),
        sa.PrimaryKeyConstraint("id", name="pk_figure_revision"),
        sa.UniqueConstraint("served", name="uq_figure_revision_served"),
    )


def _life() -> list[sa.Column[Any]]:
    return [
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("reviewed_by", sa.Text),
        sa.Column("reviewed_at", sa.BigInteger),
        sa.Column("ended_by", sa.Text),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("ended_why", sa.Text),
        sa.Column("served", sa.BigInteger),
    ]


def downgrade() -> None:
    for table in ("figure_revision", "entry_revision"):
        op.drop_table(table)

"""Bulletins, and the ledger of their deliveries."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.BigInteger


def upgrade() -> None:
    op.create_table(
        "bulletin",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("author", ROW_ID, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in ("content", "audience", "wishes")),
        sa.Column("approved_by", ROW_ID),
        sa.Column("send_at", MOMENT),
        sa.Column("total", sa.Integer),
        sa.Column("started_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bulletin"),
    )
    op.create_index("ix_bulletin_unit_id", "bulletin", ["unit_id"])
    op.create_table(
        "delivery",
        sa.Column("bulletin_id", ROW_ID, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("member_id", ROW_ID, nullable=False),
        sa.Column("contact", sa.Text),
        sa.Column("way", sa.SmallInteger, nullable=False),
        sa.Column("price", sa.Integer, nullable=False),
        sa.Column("state", sa.SmallInteger, nullable=False),
        sa.Column("attempts", sa.SmallInteger, nullable=False),
        sa.Column("claim", ROW_ID),
        sa.Column("due_at", MOMENT),
        sa.Column("failure", sa.Text),
        sa.Column("receipt", sa.Text),
        *(sa.Column(f"{sign}_at", MOMENT) for sign in ("sent", "delivered", "seen", "opened", "understood")),
        sa.PrimaryKeyConstraint("bulletin_id", "seq", name="pk_delivery"),
    )
    op.create_index("ix_delivery_member", "delivery", ["member_id", "bulletin_id"])
    _partial("ix_delivery_claimed", ["bulletin_id", "seq"], "state = 1")
    _partial("ix_delivery_mailbox", ["member_id"], "state = 7")


def _partial(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "delivery", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    op.drop_table("delivery")
    op.drop_table("bulletin")

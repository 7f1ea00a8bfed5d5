"""The inbox, the outbox, contacts, conversations, and the log of questions."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", ROW_ID, autoincrement=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("starts", sa.Integer, nullable=False),
        sa.Column("done_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint(
            "channel", "account", "event_id", "chat", name="uq_inbox_channel_account_event_id_chat"
        ),
    )
    op.create_index("ix_inbox_open", "inbox", ["id"], **_where("done_at IS NULL"))
    op.create_index("ix_inbox_shown", "inbox", ["account", "chat", "id"], **_where("channel = 'web'"))
    op.create_table(
        "outbox",
        sa.Column("id", ROW_ID, autoincrement=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("lane", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("about", sa.BigInteger),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("receipt", sa.Text),
        sa.Column("failure", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_shown", "outbox", ["account", "chat", "id"], **_where("channel = 'web'"))
    op.create_index("ix_outbox_open", "outbox", ["id"], **_where("state IN ('waiting', 'sending')"))
    op.create_table(
        "contact",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("met_at", sa.BigInteger, nullable=False),
        sa.Column("gone_at", sa.BigInteger),
    )
    op.create_table(
        "conversation",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "question",
        sa.Column("id", ROW_ID, autoincrement=False),
        sa.Column("asked_on", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("entry", sa.Text),
        sa.Column("chosen", sa.Text),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("helpful", sa.Boolean),
        sa.Column("reason", sa.Text),
        sa.Column("settled_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
    )
    op.create_index("ix_question_asked_on", "question", ["asked_on"])
    op.create_table(
        "callback",
        sa.Column("id", ROW_ID, autoincrement=False),
        sa.Column("question", sa.BigInteger, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_callback"),
    )


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def downgrade() -> None:
    for table in ("callback", "question", "conversation", "contact", "outbox", "inbox"):
        op.drop_table(table)

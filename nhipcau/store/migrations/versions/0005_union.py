"""The union: units, members, officers, consent, audit."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BYTEWISE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.BigInteger


def upgrade() -> None:
    _units()
    _members()
    _officers()
    _audit()
    op.add_column("contact", sa.Column("member_id", ROW_ID))
    op.add_column("contact", sa.Column("account", sa.Text, nullable=False, server_default=""))
    op.add_column("contact", sa.Column("heard_at", MOMENT))
    op.create_index("ix_contact_member_id", "contact", ["member_id"])


def _table(name: str, *columns: Any, key: tuple[str, ...] = ("id",)) -> None:
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"))


def _index(table: str, column: str, name: str = "") -> None:
    op.create_index(name or f"ix_{table}_{column}", table, [column])


def _units() -> None:
    _table(
        "unit",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("parent_id", ROW_ID),
        sa.Column("path", BYTEWISE, nullable=False),
        sa.Column("sector", sa.Text, nullable=False),
        sa.Column("commune", sa.Text, nullable=False),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("closed_on", sa.Date),
        sa.Column("merged_into", ROW_ID),
        sa.UniqueConstraint("code", name="uq_unit_code"),
        sa.UniqueConstraint("path", name="uq_unit_path"),
    )
    _table(
        "unit_history",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("parent_id", ROW_ID),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    )
    _index("unit_history", "unit_id")
    _table(
        "headcount",
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("declared", sa.Integer, nullable=False),
        key=("unit_id", "day"),
    )


def _members() -> None:
    _table(
        "member",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID),
        *(sa.Column(name, sa.LargeBinary) for name in ("name", "phone", "card")),
        sa.Column("phone_digest", sa.Text),
        sa.Column("card_digest", sa.Text),
        sa.Column("sex", sa.Text, nullable=False),
        sa.Column("birth_year", sa.Integer),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("topics", sa.Text, nullable=False),
        sa.Column("quiet_from", sa.Integer),
        sa.Column("quiet_to", sa.Integer),
        sa.Column("consent", sa.Text, nullable=False),
        sa.Column("stopped_at", MOMENT),
        sa.Column("import_id", ROW_ID),
        sa.Column("joined_at", MOMENT),
        sa.Column("left_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    _index("member", "unit_id")
    _index("member", "import_id")
    _index("member", "phone_digest", "ix_member_phone")
    _index("member", "card_digest", "ix_member_card")
    _table(
        "consent_log",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("member_id", ROW_ID, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    _index("consent_log", "member_id")
    _table(
        "link_code",
        sa.Column("member_id", ROW_ID, nullable=False),
        sa.Column("code_digest", sa.Text, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.UniqueConstraint("code_digest", name="uq_link_code_code_digest"),
        key=("member_id",),
    )


def _officers() -> None:
    _table(
        "role_grant",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("officer_id", ROW_ID, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("granted_by", ROW_ID),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.Column("deputy_for", ROW_ID),
        sa.Column("ends_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
    )
    _index("role_grant", "officer_id")
    _index("role_grant", "unit_id")
    _table(
        "absence",
        sa.Column("officer_id", ROW_ID, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("deputy_id", ROW_ID),
        key=("officer_id",),
    )
    _table(
        "invitation",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("token_digest", sa.Text, nullable=False),
        sa.Column("name", sa.LargeBinary, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("invited_by", ROW_ID),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("opened_by", ROW_ID),
        sa.Column("opened_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("outcome", sa.Text),
        sa.UniqueConstraint("token_digest", name="uq_invitation_token_digest"),
    )


def _audit() -> None:
    _table(
        "audit_line",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", ROW_ID),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("subject_id", ROW_ID),
        sa.Column("unit_id", ROW_ID),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )


def downgrade() -> None:
    op.drop_index("ix_contact_member_id", "contact")
    for column in ("heard_at", "account", "member_id"):
        op.drop_column("contact", column)
    tables = "audit_line invitation absence role_grant link_code consent_log member headcount unit_history unit"
    for table in tables.split():
        op.drop_table(table)

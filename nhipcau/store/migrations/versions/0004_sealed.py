"""What leads to a person is sealed under a key outside the database: addresses, messages, conversations, names."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from nhipcau.store.keyring import Keyring
from nhipcau.store.sealed import keyring_of

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BATCH = 1000
OFFICERS = ("made_by", "reviewed_by", "ended_by")
NAMED = {  # constraints and indexes of 0001, whose names the new tables take over
    "inbox": (["pk_inbox", "uq_inbox_channel_account_event_id_chat"], ["ix_inbox_open", "ix_inbox_shown"]),
    "outbox": (["pk_outbox"], ["ix_outbox_open", "ix_outbox_shown"]),
    "contact": (["contact_pkey"], []),
    "conversation": (["conversation_pkey"], []),
    "callback": (["pk_callback"], []),
}


def upgrade() -> None:
    op.create_table(
        "key_check",
        sa.Column("id", sa.Integer, autoincrement=False),
        sa.Column("word", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_key_check"),
    )
    for table in NAMED:
        _set_aside(table)
    _create_messages()
    _create_people()
    _move("inbox", "id", _inbox)
    _move("outbox", "id", _outbox)
    _move("contact", "key", _contact)
    _move("conversation", "key", _conversation)
    _move("callback", "id", _callback)
    for table in NAMED:
        op.drop_table(f"plain_{table}")
    for table in ("entry_revision", "figure_revision"):
        _seal_officers(table)


def _set_aside(table: str) -> None:
    constraints, indexes = NAMED[table]
    for index in indexes:
        op.drop_index(index, table)
    op.rename_table(table, f"plain_{table}")
    if op.get_bind().dialect.name == "postgresql":  # on SQLite these names belong to their table
        for constraint in constraints:
            op.drop_constraint(constraint, f"plain_{table}")


def _create_messages() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", ROW_ID, autoincrement=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        *_sealed("chat"),
        *_sealed("event"),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("starts", sa.Integer, nullable=False),
        sa.Column("done_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("event_digest", name="uq_inbox_event_digest"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", ROW_ID, autoincrement=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        *_sealed("chat"),
        sa.Column("lane", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("about", sa.BigInteger),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("receipt", sa.Text),
        sa.Column("failure", sa.LargeBinary),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    for table, condition in (("inbox", "done_at IS NULL"), ("outbox", "state IN ('waiting', 'sending')")):
        op.create_index(f"ix_{table}_open", table, ["id"], **_where(condition))
        op.create_index(f"ix_{table}_shown", table, ["account", "chat_digest", "id"], **_where("channel = 'web'"))


def _create_people() -> None:
    op.create_table(
        "contact",
        *_sealed("key"),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("met_at", sa.BigInteger, nullable=False),
        sa.Column("gone_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("key_digest", name="pk_contact"),
    )
    op.create_table(
        "conversation",
        *_sealed("key"),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key_digest", name="pk_conversation"),
    )
    op.create_table(
        "callback",
        sa.Column("id", ROW_ID, autoincrement=False),
        sa.Column("question", sa.BigInteger, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        *_sealed("chat"),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_callback"),
    )


def _sealed(name: str) -> list[sa.Column[Any]]:
    return [
        sa.Column(f"{name}_digest", sa.Text, nullable=False),
        sa.Column(name, sa.LargeBinary, nullable=False),
    ]


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


Row = dict[str, Any]


def _move(name: str, order: str, sealed: Callable[[Keyring, Row], Row]) -> None:
    """Copies the rows in batches, so that a large database needs little memory."""
    conn = op.get_bind()
    keyring = keyring_of(conn)
    plain = sa.Table(f"plain_{name}", sa.MetaData(), autoload_with=conn)
    target = sa.Table(name, sa.MetaData(), autoload_with=conn)
    batch = sa.select(plain).order_by(plain.c[order]).limit(BATCH)
    rows = [dict(row._mapping) for row in conn.execute(batch)]
    while rows:
        last = rows[-1][order]
        conn.execute(sa.insert(target), [sealed(keyring, row) for row in rows])
        rows = [dict(row._mapping) for row in conn.execute(batch.where(plain.c[order] > last))]


def _value(keyring: Keyring, about: str, value: str) -> Row:
    name = about.partition(".")[2]
    return {name: keyring.seal(value.encode(), about), f"{name}_digest": keyring.digest(value, about)}


def _inbox(keyring: Keyring, row: Row) -> Row:
    event = ":".join((row["channel"], row["account"], row["chat"], row.pop("event_id")))
    return {
        **row,
        **_value(keyring, "inbox.chat", row["chat"]),
        **_value(keyring, "inbox.event", event),
        "body": keyring.seal(row["body"], "inbox.body"),
    }


def _outbox(keyring: Keyring, row: Row) -> Row:
    failure = row["failure"]
    return {
        **row,
        **_value(keyring, "outbox.chat", row["chat"]),
        "body": keyring.seal(row["body"], "outbox.body"),
        "failure": None if failure is None else keyring.seal(failure.encode(), "outbox.failure"),
    }


def _contact(keyring: Keyring, row: Row) -> Row:
    return {**row, **_value(keyring, "contact.key", row["key"])}


def _conversation(keyring: Keyring, row: Row) -> Row:
    body = keyring.seal(row["body"], "conversation.body")
    return {**row, **_value(keyring, "conversation.key", row["key"]), "body": body}


def _callback(keyring: Keyring, row: Row) -> Row:
    return {**row, **_value(keyring, "callback.chat", row["chat"])}


def _seal_officers(table: str) -> None:
    """Officers' names in place: these tables are small."""
    with op.batch_alter_table(table) as batch:
        for name in OFFICERS:
            using = f"convert_to({name}, 'UTF8')"
            batch.alter_column(name, type_=sa.LargeBinary, existing_type=sa.Text, postgresql_using=using)
    conn = op.get_bind()
    keyring = keyring_of(conn)
    bare = sa.table(table, sa.column("id"), *(sa.column(name, sa.LargeBinary()) for name in OFFICERS))
    for row in conn.execute(sa.select(bare)).mappings().all():
        names = {name: keyring.seal(row[name], f"{table}.{name}") for name in OFFICERS if row[name] is not None}
        conn.execute(sa.update(bare).where(bare.c.id == row["id"]).values(names))


def downgrade() -> None:
    raise NotImplementedError("What is sealed stays sealed: restore the backup made before the upgrade.")

"""Members: the persons of the union, whether they came by an imported list, by the chat, or both."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from nhipcau.store.sealed import Digest, SealedText
from nhipcau.store.tables import Moment, RowId, metadata

member = sa.Table(
    "member",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=False),
    sa.Column("unit_id", RowId, index=True),  # None: stays without a unit
    sa.Column("name", SealedText("member.name")),
    sa.Column("phone", SealedText("member.phone")),  # digits, international, without a plus: 84901234567
    sa.Column("phone_digest", Digest("member.phone")),
    # False for a number that was only typed: nothing of a list may be shown to whoever types a number of it.
    sa.Column("phone_proven", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("card", SealedText("member.card")),  # number of the member's card: A-Z and 0-9
    sa.Column("card_digest", Digest("member.card")),
    sa.Column("sex", sa.Text, nullable=False),  # "f", "m", "" not told
    sa.Column("birth_year", sa.Integer),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("topics", sa.Text, nullable=False),  # JSON: topics of bulletins that are not wanted
    sa.Column("quiet_from", sa.Integer),  # minutes after midnight in Vietnam; None: the union's quiet hours
    sa.Column("quiet_to", sa.Integer),
    sa.Column("consent", sa.Text, nullable=False),  # version of the text agreed to; "" none, or withdrawn
    sa.Column("stopped_at", Moment),  # wants no bulletins since then
    sa.Column("import_id", RowId, index=True),  # the list that brought this row
    sa.Column("joined_at", Moment),  # first talked with us as a member; None: known by a list only
    sa.Column("left_at", Moment),
    sa.Column("created_at", Moment, nullable=False),
)
sa.Index("ix_member_phone", member.c.phone_digest)
sa.Index("ix_member_card", member.c.card_digest)

consent_log = sa.Table(
    "consent_log",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=False),
    sa.Column("member_id", RowId, nullable=False, index=True),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),  # given, declined, withdrawn
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

link_code = sa.Table(
    "link_code",
    metadata,
    sa.Column("member_id", RowId, primary_key=True, autoincrement=False),
    sa.Column("code_digest", Digest("link_code.code"), nullable=False, unique=True),
    sa.Column("expires_at", Moment, nullable=False),
)

TOPICS = ("wages", "insurance", "safety", "welfare", "training", "culture", "union-news")
"""What bulletins are about. A member may refuse any of them."""


class Member(NamedTuple):
    """One member as kept; the columns of `member`."""

    id: int
    unit_id: int | None
    name: str | None
    phone: str | None
    phone_proven: bool
    card: str | None
    sex: str
    birth_year: int | None
    language: str
    topics: str
    quiet_from: int | None
    quiet_to: int | None
    consent: str
    stopped_at: datetime | None
    import_id: int | None
    joined_at: datetime | None
    created_at: datetime

    @property
    def unwanted(self) -> frozenset[str]:
        """Topics of bulletins that the member does not want."""
        return frozenset(msgspec.json.decode(self.topics, type=list[str]))


_SHOWN = tuple(member.c[name] for name in Member._fields)


def by_id(conn: sa.Connection, member_id: int) -> Member | None:
    row = conn.execute(sa.select(*_SHOWN).where(member.c.id == member_id)).one_or_none()
    return None if row is None else Member(*row)


class Correction(NamedTuple):
    """New values of some columns of one member."""

    member_id: int
    values: Mapping[str, Any]


def correct(conn: sa.Connection, corrections: Sequence[Correction]) -> None:
    """Changes members. A phone is given with `phone_proven`; its digest follows by itself."""
    for one in corrections:
        values = dict(one.values)
        if "phone" in values:
            values["phone_digest"] = values["phone"]
        conn.execute(sa.update(member).where(member.c.id == one.member_id).values(values))


def merge(conn: sa.Connection, gone: int, kept: int) -> None:
    """Two rows of one person become one: `kept` takes what it lacks, `gone` is deleted.

    Who stopped the bulletins on either has stopped them. Other rooms' rows of `gone` must have gone over before.
    """
    old, new = by_id(conn, gone), by_id(conn, kept)
    if old is None or new is None:
        return
    values = {name: getattr(old, name) for name in _FILLED if getattr(new, name) in (None, "")}
    if old.phone and (not new.phone or (old.phone_proven and not new.phone_proven)):
        values |= {"phone": old.phone, "phone_proven": old.phone_proven}
    for name in ("stopped_at", "joined_at"):
        values[name] = min(filter(None, (getattr(old, name), getattr(new, name))), default=None)
    if values.get("card"):
        values["card_digest"] = values["card"]
    conn.execute(sa.update(consent_log).where(consent_log.c.member_id == gone).values(member_id=kept))
    conn.execute(sa.delete(link_code).where(link_code.c.member_id.in_([gone, kept])))
    conn.execute(sa.delete(member).where(member.c.id == gone))
    correct(conn, [Correction(kept, values)])


_FILLED = ("unit_id", "name", "card", "sex", "birth_year", "quiet_from", "quiet_to", "consent", "import_id")


def forget(conn: sa.Connection, member_ids: Collection[int]) -> None:
    """Deletes members, with what they agreed to and their codes."""
    ids = list(member_ids)
    for column in (consent_log.c.member_id, link_code.c.member_id, member.c.id):
        conn.execute(sa.delete(column.table).where(column.in_(ids)))


_NOT_DIGITS = re.compile(r"[\s.()/-]")
_NOT_CARD = re.compile(r"[^A-Z0-9]")


def phone_of(text: str) -> str | None:
    """A number in international form without a plus ("84901234567"), or None for what is no phone number."""
    flat = _NOT_DIGITS.sub("", text)
    digits = flat.removeprefix("+").removeprefix("00") if flat[:1] == "+" or flat[:2] == "00" else flat
    if not (digits.isascii() and digits.isdigit()):
        return None
    if digits[0] == "0":
        digits = f"84{digits[1:]}"
    elif len(digits) == 9 and digits == flat:  # a spreadsheet drops the zero
        digits = f"84{digits}"
    national = len(digits) in (11, 12) if digits.startswith("84") else 8 <= len(digits) <= 15
    return digits if national else None


def card_of(text: str) -> str | None:
    """The number of a member's card as it is kept: "DL 0123-456" is "DL0123456". None for what is none."""
    card = _NOT_CARD.sub("", text.upper())
    return card if 4 <= len(card) <= 24 and any(map(str.isdigit, card)) else None

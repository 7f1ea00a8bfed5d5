"""Who a bulletin is for: counted beforehand, and written once into the ledger.

One set-based statement does each, so that a million members take seconds and nobody is read into memory.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from nhipcau.broadcasts.bulletin import Audience
from nhipcau.broadcasts.ledger import State, Way, delivery
from nhipcau.store.tables import Moment
from nhipcau.union.contacts import contact
from nhipcau.union.members import member
from nhipcau.union.units import unit, within


class Road(NamedTuple):
    """How the contacts of one of our accounts are reached; a member goes over the first road that fits.

    `account` is "channel:account"; `heard_since`: only who wrote to us after that moment; `price` in VND.
    """

    account: str
    way: Way
    price: int = 0
    heard_since: Any = None


class Share(NamedTuple):
    """How many members go over one road. `account` "" and way NONE: those without a channel."""

    account: str
    way: Way
    members: int
    price: int  # of all of them, VND


def preview(conn: sa.Connection, audience: Audience, topic: str, roads: Sequence[Road]) -> list[Share]:
    """What `resolve` would write, by road."""
    routed = _routed(conn, audience, topic, roads)
    counted = sa.select(routed.c.rank, sa.func.count()).group_by(routed.c.rank).order_by(routed.c.rank)
    return [_share(roads, rank, int(count)) for rank, count in conn.execute(counted)]


def _share(roads: Sequence[Road], rank: str, count: int) -> Share:
    if rank == _NOWHERE:
        return Share("", Way.NONE, count, 0)
    road = roads[int(rank)]
    return Share(road.account, road.way, count, count * road.price)


def resolve(conn: sa.Connection, bulletin_id: int, audience: Audience, topic: str, roads: Sequence[Road]) -> int:
    """Writes the audience into the ledger, those of one road side by side. Returns how many members."""
    routed = _routed(conn, audience, topic, roads)
    seq = sa.func.row_number().over(order_by=(routed.c.rank, routed.c.member_id)) - 1
    rows = sa.select(
        sa.literal(bulletin_id, sa.BigInteger),
        seq,
        routed.c.member_id,
        sa.type_coerce(routed.c.contact, sa.Text),
        _by_rank(routed, [int(road.way) for road in roads], int(Way.NONE)),
        _by_rank(routed, [road.price for road in roads], 0),
        _by_rank(routed, [_first_state(road) for road in roads], int(State.UNREACHABLE)),
        sa.literal(0, sa.SmallInteger),
    )
    columns = ["bulletin_id", "seq", "member_id", "contact", "way", "price", "state", "attempts"]
    conn.execute(sa.insert(delivery).from_select(columns, rows))
    last = sa.select(sa.func.max(delivery.c.seq)).where(delivery.c.bulletin_id == bulletin_id)
    return int(conn.execute(sa.select(sa.func.coalesce(last.scalar_subquery(), -1))).scalar_one()) + 1


def _first_state(road: Road) -> int:
    return int(State.MAILBOX if road.way is Way.MAILBOX else State.PLANNED)


def _by_rank(routed: sa.Subquery, values: Sequence[int], otherwise: int) -> sa.ColumnElement[int]:
    """The value of each row's road."""
    cases = {_rank(place): sa.literal(value, sa.Integer) for place, value in enumerate(values)}
    return sa.case(cases, value=routed.c.rank, else_=otherwise) if cases else sa.literal(otherwise, sa.Integer)


_NOWHERE = "~~"


def _rank(place: int) -> str:
    return f"{place:02}"


def _routed(conn: sa.Connection, audience: Audience, topic: str, roads: Sequence[Road]) -> sa.Subquery:
    """One row per member that is meant: the rank of the road, and the contact at its end.

    The least of "rank, then the contact's key" is one aggregate over an index; a window function over all contacts
    of a million members took 2.5 times as long.
    """
    chosen = _chosen(conn, audience, topic).subquery()
    key = sa.type_coerce(contact.c.key_digest, sa.Text)
    best = (
        sa.select(contact.c.member_id, sa.func.min(_road_rank(roads) + key).label("best"))
        .where(contact.c.gone_at.is_(None), contact.c.member_id.is_not(None))
        .group_by(contact.c.member_id)
        .cte("best")
    )
    found = (
        sa.select(chosen.c.id.label("member_id"), best.c.best)
        .select_from(chosen.outerjoin(best, best.c.member_id == chosen.c.id))
        .subquery()
    )
    rank = sa.func.coalesce(sa.func.substr(found.c.best, 1, 2), _NOWHERE)
    return sa.select(found.c.member_id, rank.label("rank"), sa.func.substr(found.c.best, 3).label("contact")).subquery()


def _road_rank(roads: Sequence[Road]) -> sa.ColumnElement[str | None]:
    """The place of the first road that fits a contact; NULL where none does."""
    cases = [(_fits(road), sa.literal(_rank(place))) for place, road in enumerate(roads)]
    return sa.case(*cases, else_=sa.null()) if cases else sa.cast(sa.null(), sa.Text)


def _fits(road: Road) -> sa.ColumnElement[bool]:
    ours = contact.c.account == road.account
    return ours if road.heard_since is None else ours & (contact.c.heard_at >= sa.literal(road.heard_since, Moment))


def _chosen(conn: sa.Connection, audience: Audience, topic: str) -> sa.Select[Any]:
    """Ids of the members who are meant and want bulletins on this topic."""
    conditions = [
        member.c.consent != "",
        member.c.left_at.is_(None),
        member.c.stopped_at.is_(None),
        sa.not_(member.c.topics.contains(f'"{topic}"', autoescape=True)),
        sa.or_(sa.false(), *_below(conn, audience.units)),
        *(sa.not_(condition) for condition in _below(conn, audience.except_units)),
    ]
    narrow = (
        (unit.c.region, audience.regions),
        (unit.c.sector, audience.sectors),
        (member.c.language, audience.languages),
        (member.c.sex, (audience.sex,) if audience.sex else ()),
    )
    conditions += [column.in_(wanted) for column, wanted in narrow if wanted]
    return sa.select(member.c.id).join(unit, unit.c.id == member.c.unit_id).where(*conditions)


def _below(conn: sa.Connection, codes: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    """For each code: the unit itself and everything under it."""
    paths = conn.execute(sa.select(unit.c.path).where(unit.c.code.in_(list(codes)))).scalars()
    return [within(path) for path in paths]

"""A small union: one company with two workshops, members on several channels, and a bulletin for all of them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import sqlalchemy as sa

from nhipcau.broadcasts.audience import Road, resolve
from nhipcau.broadcasts.bulletin import Audience, Bulletin, Content, Stage, bulletin, insert
from nhipcau.broadcasts.ledger import Way
from nhipcau.store.store import Store
from nhipcau.store.writer import Change
from nhipcau.union import contacts
from nhipcau.union.contacts import Belonging, Contact
from nhipcau.union.members import member
from nhipcau.union.units import path_of, unit

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
TELEGRAM = Road("telegram:1", Way.DIRECT)
WEB = Road("web:w", Way.DIRECT)
ROADS = (TELEGRAM, WEB)
CONTENT = Content(
    headline="Lương tối thiểu vùng tăng từ 01/01/2026",
    short="Người lao động được tăng lương.",
    who="Tất cả",
    when="01/01/2026",
    do="Xem phiếu lương",
    topic="wages",
)
BULLETIN = Bulletin(
    id=77,
    unit_id=1,
    author=500,
    stage=Stage.SENDING,
    version=1,
    content=CONTENT,
    audience=Audience(units=("CTY",)),
    changed_at=NOW,
)


def _unit(number: int, code: str, above: str, **more: str) -> dict[str, object]:
    told = {"sector": "", "commune": "", "region": "III", "contact": "", "kind": "grassroots"} | more
    return dict(
        told, id=number, code=code, name=code, folded=code, path=path_of(number, above), opened_on=date(2020, 1, 1)
    )


async def found(store: Store) -> None:
    """Unit CTY with the workshops XUONG1 (region III) and XUONG2 (region IV)."""

    def write(conn: sa.Connection) -> None:
        top = path_of(1)
        units = [_unit(1, "CTY", ""), _unit(2, "XUONG1", top), _unit(3, "XUONG2", top, region="IV", sector="may")]
        for one in units:
            conn.execute(sa.insert(unit), one)

    await store.writer.transaction(write)


async def join(store: Store, number: int, *chats: str, unit_id: int = 2, **more: object) -> None:
    """A member of a workshop who can be reached in these chats."""
    told = {"sex": "f", "language": "vi", "topics": "[]", "consent": "2026-1", "created_at": NOW} | more
    await store.writer.transaction(lambda conn: conn.execute(sa.insert(member), dict(told, id=number, unit_id=unit_id)))
    for chat in chats:
        await store.writer.commit(Change(contacts.save, Contact(chat, "vi", heard_at=NOW)))
        await store.writer.commit(Change(contacts.belong, Belonging(chat, number)))


async def join_many(store: Store, count: int) -> None:
    for number in range(1, count + 1):
        await join(store, number, f"telegram:1:{number}")


async def start(store: Store, roads: Sequence[Road] = ROADS, one: Bulletin = BULLETIN) -> int:
    """The bulletin, resolved and sending. Returns how many members it is for."""

    def write(conn: sa.Connection) -> int:
        insert(conn, [one])
        return resolve(conn, one.id, one.audience, one.content.topic, roads)

    return int(await store.writer.transaction(write))


async def turn_to(store: Store, stage: Stage) -> None:
    await store.writer.transaction(
        lambda conn: conn.execute(sa.update(bulletin).where(bulletin.c.id == BULLETIN.id).values(stage=stage))
    )

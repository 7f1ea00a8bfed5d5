"""A small union, and people who join it."""

from nhipcau.channels.message import Kind, Outgoing
from nhipcau.store.ids import ids
from nhipcau.union import members
from nhipcau.union.members import Member
from nhipcau.union.units import by_code
from tests.handlers.room import Room
from tests.union.forest import plant

MAY = "Công đoàn cơ sở Công ty May Hòa Bình"
CAO_SU = "Công đoàn cơ sở Công ty Cao su Buôn Hồ"


async def founded(room: Room) -> Room:
    """The room with the small union in its database."""
    await room.store.writer.transaction(plant)
    return room


def neighbour(room: Room, chat: str) -> Room:
    """Another chat on the same database."""
    return Room(room.store, room.knowledge, chat=chat)


async def scans(room: Room, code: str) -> Outgoing:
    """Opens the link of a unit."""
    return await room.does(Kind.START, text="/start", payload=f"u_{code}")


async def joins(room: Room, code: str = "DL-MAY") -> Member:
    await scans(room, code)
    await room.taps("Đồng ý")
    return await myself(room)


async def myself(room: Room) -> Member:
    contact = await room.contact()
    assert contact is not None and contact.member is not None
    async with room.store.read() as conn:
        found = await conn.run_sync(members.by_id, contact.member)
    assert found is not None
    return found


async def listed(room: Room, unit: str | None = "DL-MAY", **values: object) -> int:
    """A row as an imported list brings it."""

    def insert(conn: object) -> int:
        where = by_code(conn, unit) if unit else None  # type: ignore[arg-type]
        row = {"id": ids.next(), "unit_id": where.id if where else None, "language": "vi", "sex": "", "topics": "[]"}
        row |= {"consent": "", "import_id": 1, "created_at": room.now, **values}
        row |= {f"{name}_digest": row[name] for name in ("phone", "card") if name in row}
        conn.execute(members.member.insert(), [row])  # type: ignore[attr-defined]
        return int(row["id"])  # type: ignore[call-overload]

    return int(await room.store.writer.transaction(insert))

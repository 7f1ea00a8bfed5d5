"""An officer's page in a province of 200,000 members, and the audit log: written, and walked.

python -m tests.bench.officers [--quick]
"""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from nhipcau.knowledge import desk
from nhipcau.knowledge.answer import Knowledge
from nhipcau.store.ids import ids
from nhipcau.store.store import Store, open_store
from nhipcau.union import audit, audit_trail, contacts, invitations, unit_tree
from nhipcau.union.audit import Line
from nhipcau.union.contacts import Belonging, Contact
from nhipcau.union.invitations import Acceptance, Invite, Opening
from nhipcau.union.members import member
from nhipcau.union.officers import absence, role_grant
from nhipcau.union.permissions import Role
from nhipcau.union.unit_rules import Decision
from nhipcau.union.unit_tree import Founding
from nhipcau.union.units import by_code
from tests.conftest import KEYRING, empty_database
from tests.handlers.room import Room

UNITS, OFFICERS, INVITED, QUESTIONS, WISHES = 2_000, 5_000, 100, 300_000, 500
CHUNK = 10_000
NOW = datetime.now(UTC)
DECISION = Decision(date(2026, 1, 1), "bench", date(2026, 11, 22))


async def fill(store: Store, members: int) -> None:
    """A province with members, officers, questions; the room's person administers it and curates its answers."""
    units = [Founding("P", "Liên đoàn Lao động tỉnh", "province")]
    units += [Founding(f"U{n}", f"Công đoàn cơ sở Công ty {n}", "grassroots", "P") for n in range(UNITS)]
    await store.transact(lambda conn: unit_tree.create_many(conn, units, DECISION))
    numbers = [ids.next() for _ in range(members)]
    for start in range(0, members, CHUNK):
        some = numbers[start : start + CHUNK]
        await store.transact(lambda conn, some=some: conn.execute(sa.insert(member), [person(one) for one in some]))
    await store.transact(lambda conn: appoint(conn, numbers[:OFFICERS]))
    await store.transact(lambda conn: invited(conn, numbers[0]))
    for start in range(0, QUESTIONS, CHUNK):
        asked = [question(n) for n in range(start, start + CHUNK)]
        await store.transact(lambda conn, asked=asked: desk.log(conn, asked))
    wishes = [desk.Wish(n * 40, "web", "web", str(n)) for n in range(WISHES)]
    await store.transact(lambda conn: desk.wish(conn, wishes))


def person(number: int) -> dict[str, Any]:
    return {"id": number, "sex": "", "language": "vi", "topics": "[]", "consent": "", "created_at": NOW, "name": "Hoa"}


def question(number: int) -> desk.Asked:
    day = date.today() - timedelta(days=number % 365)  # noqa: DTZ011
    return desk.Asked(desk.new_id(), day, "web", "vi", "hỏi", "unknown" if number % 10 == 0 else "answer", None, 0.5)


def appoint(conn: sa.Connection, officers: list[int]) -> None:
    """The first has two roles at the top, and stands in for twenty others."""
    units = {code: by_code(conn, code) for code in ("P", *(f"U{n}" for n in range(UNITS)))}
    places = [("P", Role.ADMINISTRATOR), ("P", Role.CURATOR)]
    rows = [(officers[0], *one) for one in places]
    rows += [(one, f"U{n % UNITS}", list(Role)[n % 6]) for n, one in enumerate(officers[1:])]
    conn.execute(sa.insert(role_grant), [granted(who, units[code], role) for who, code, role in rows])
    away = [{"officer_id": one, "until": NOW + timedelta(days=3), "deputy_id": officers[0]} for one in officers[1:21]]
    conn.execute(sa.insert(absence), away)
    contacts.save(conn, [Contact("telegram:1:7", "vi")])
    contacts.belong(conn, [Belonging("telegram:1:7", officers[0])])


def granted(who: int, unit: Any, role: Role) -> dict[str, Any]:
    return {"id": ids.next(), "officer_id": who, "role": role.value, "unit_id": unit.id, "granted_at": NOW}


def invited(conn: sa.Connection, by: int) -> None:
    where = by_code(conn, "U1")
    assert where is not None
    made = invitations.invite(conn, [Invite(f"t{n}", "Hoa", Role.AUTHOR, where.id, by) for n in range(INVITED)])
    invitations.bind(conn, [Opening(one, f"web:web:{one}", None) for one in made])
    invitations.accept(conn, [Acceptance(one, f"web:web:{one}", "Hoa") for one in made])


async def home(store: Store, knowledge: Knowledge, runs: int) -> dict[str, float]:
    room = Room(store, knowledge, today=date.today())  # noqa: DTZ011
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        await room.says("/officer")
        taken.append((time.perf_counter() - began) * 1000)
        assert "chưa có câu trả lời tốt" in room.text
    taken.sort()
    return {
        "officer_home_median_ms": round(statistics.median(taken), 1),
        "officer_home_p95_ms": round(taken[int(len(taken) * 0.95)], 1),
    }


async def log(store: Store, lines: int) -> dict[str, float]:
    some = [Line(7, "member.read", "member", n, 9, {"rows": 3}) for n in range(1000)]
    write: Callable[[sa.Connection], Any] = lambda conn: audit.record(conn, some)  # noqa: E731
    began = time.perf_counter()
    for _ in range(lines // 1000):
        await store.transact(write)
    wrote = time.perf_counter() - began
    began = time.perf_counter()
    async with store.read() as conn:
        verdict = await conn.run_sync(audit_trail.verify)
    walked = time.perf_counter() - began
    assert verdict.broken is None
    return {
        "audit_written_per_s": round(lines / wrote),
        "audit_verified_per_s": round(verdict.head.id / walked),
    }


async def measure(kind: str, *, quick: bool) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        async with empty_database(kind, Path(folder)) as url, open_store(url, KEYRING) as store:
            await fill(store, 20_000 if quick else 200_000)
            figures = await home(store, Knowledge.load(), 40 if quick else 200)
            return figures | await log(store, 20_000 if quick else 200_000)


def main(quick: bool) -> dict[str, float]:
    figures: dict[str, float] = {}
    for kind in ("sqlite", "postgresql"):
        found = asyncio.run(measure(kind, quick=quick))
        figures |= {f"{name}_{kind}": value for name, value in found.items()}
    return figures


if __name__ == "__main__":
    print(json.dumps(main("--quick" in sys.argv), indent=1))

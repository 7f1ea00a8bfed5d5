"""A whole country: 150,000 units, 11 million members (PostgreSQL); what a subtree's count, a search, a move cost.

python -m tests.bench.units [--quick] [--database sqlite|postgresql]

The database is made for it and dropped afterwards; 11 million members take about 3 GB and some minutes. On SQLite,
which is for one union, there are a million members.
"""

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from nhipcau.store.store import Store, open_store
from nhipcau.union import unit_counts, unit_history, unit_search, unit_tree
from nhipcau.union.unit_rules import Decision
from nhipcau.union.unit_tree import Founding
from nhipcau.union.units import unit, within
from tests.conftest import KEYRING, empty_database

DAY = date(2026, 11, 22)
DECISION = Decision(date(2026, 1, 1), "bench", DAY)
PROVINCES, UPPERS = 34, 40  # provinces; upper-level unions in each
CHUNK = 100_000
FIRST = ["Công ty TNHH", "Công ty Cổ phần", "Trường Tiểu học", "Trường Mầm non", "Bệnh viện", "Xí nghiệp", "Chi nhánh"]
TRADE = ["May", "Gỗ", "Cao su", "Cà phê", "Thủy sản", "Giày da", "Xây dựng", "Vận tải", "Điện lực", "Cơ khí", ""]
SYLLABLES = (  # noqa: SIM905
    "An Bình Cường Dũng Đại Đông Gia Hà Hải Hòa Hoàng Hồng Hùng Hương Khánh Kim Lan Long Mai Minh Nam Nghĩa Ngọc "
    "Phát Phú Phúc Quang Quỳnh Sơn Tài Tân Thái Thanh Thành Thiên Thịnh Thuận Tiến Trung Trường Tuấn Việt Vĩnh Xuân Yên"
).split()


def names(count: int) -> list[str]:
    rng = random.Random(7)
    return [
        " ".join(["Công đoàn cơ sở", rng.choice(FIRST), rng.choice(TRADE), *rng.sample(SYLLABLES, 2), str(n % 997)])
        for n in range(count)
    ]


def country(count: int) -> list[Founding]:
    found = [Founding("VN", "Tổng Liên đoàn Lao động", "national")]
    for p in range(PROVINCES):
        found.append(Founding(f"P{p}", f"Liên đoàn Lao động tỉnh {p}", "province", "VN"))
        found += [Founding(f"P{p}-{u}", f"Công đoàn cấp trên {p} {u}", "upper", f"P{p}") for u in range(UPPERS)]
    for n, name in enumerate(names(count)):
        found.append(Founding(f"U{n}", name, "grassroots", f"P{n % PROVINCES}-{n // PROVINCES % UPPERS}"))
    return found


def enter(conn: sa.Connection, first: int, count: int, per_unit: int) -> None:
    """Members of one unit after another, as lists bring them."""
    if conn.dialect.name == "postgresql":
        numbers = f"generate_series({first}, {first + count - 1}) AS g(n)"
    else:
        series = f"SELECT {first} UNION ALL SELECT n + 1 FROM g WHERE n < {first + count - 1}"
        numbers = f"(WITH RECURSIVE g(n) AS ({series}) SELECT n FROM g) AS g"
    conn.execute(
        sa.text(
            "INSERT INTO member (id, unit_id, sex, language, topics, consent, created_at) "
            f"SELECT g.n, p.unit_id, '', 'vi', '[]', '', 0 FROM {numbers} JOIN place AS p ON p.n = g.n / {per_unit}"
        )
    )


def places(conn: sa.Connection) -> int:
    """The grassroots units, numbered; a table of this bench alone."""
    conn.execute(sa.text("CREATE TABLE place (n INTEGER PRIMARY KEY, unit_id BIGINT)"))
    numbered = "SELECT row_number() OVER (ORDER BY path) - 1, id FROM unit WHERE kind = 'grassroots'"
    conn.execute(sa.text(f"INSERT INTO place {numbered}"))
    return int(conn.execute(sa.text("SELECT count(*) FROM place")).scalar_one())


class Bench:
    def __init__(self, store: Store) -> None:
        self.store = store

    async def timed(self, job: Callable[[sa.Connection], Any]) -> float:
        began = time.perf_counter()
        await self.store.writer.transaction(job)
        return time.perf_counter() - began

    async def median_ms(self, job: Callable[[sa.Connection], Any], runs: int = 5) -> float:
        taken = []
        async with self.store.read() as conn:
            await conn.run_sync(job)
            for _ in range(runs):
                began = time.perf_counter()
                await conn.run_sync(job)
                taken.append((time.perf_counter() - began) * 1000)
        return round(statistics.median(taken), 1)


def plain(path: str) -> Callable[[sa.Connection], Any]:
    """What counting one by one would cost."""
    text = "SELECT count(*) FROM member m JOIN unit ON unit.id = m.unit_id WHERE m.left_at IS NULL AND "
    low, high = path, f"{path[:-1]}0"
    return lambda conn: conn.execute(sa.text(f"{text} unit.path >= '{low}' AND unit.path < '{high}'")).scalar_one()


def units_in(path: str) -> Callable[[sa.Connection], Any]:
    query = sa.select(sa.func.count()).select_from(unit).where(within(path), unit.c.is_open)
    return lambda conn: conn.execute(query).scalar_one()


async def counts(bench: Bench) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, code in (("country", "VN"), ("province", "P7"), ("upper", "P7-3")):
        async with bench.store.read() as conn:
            one = await conn.run_sync(lambda sync, code=code: unit_tree.find_unit(sync, code))
        found[f"members_{name}_ms"] = await bench.median_ms(lambda conn, one=one: unit_counts.members_below(conn, one))
        found[f"members_{name}_plain_ms"] = await bench.median_ms(plain(one.path), runs=1)
        found[f"units_{name}_ms"] = await bench.median_ms(units_in(one.path))
        found[f"declared_{name}_ms"] = await bench.median_ms(
            lambda conn, one=one: unit_counts.declared_below(conn, one.id, DAY), runs=1
        )
        found[f"subtree_on_a_day_{name}_ms"] = await bench.median_ms(
            lambda conn, one=one: unit_history.subtree(conn, one.id, DAY), runs=1
        )
    return found


async def searches(bench: Bench, all_names: list[str], times: int) -> dict[str, float]:
    """Half of what is typed has no marks, a third a wrong letter, a third only its last words."""
    rng, taken, right = random.Random(11), [], 0
    async with bench.store.read() as conn:
        for n in range(times):
            name = rng.choice(all_names)
            words = unit_search.spelled(name)
            typed = name if n % 2 else " ".join(words)
            if n % 3 == 0:
                typed = " ".join(words[-4:])
            if n % 3 == 1:
                at = rng.randrange(len(typed) - 1)
                typed = typed[:at] + typed[at + 1] + typed[at] + typed[at + 2 :]
            began = time.perf_counter()
            found = await conn.run_sync(unit_search.find, typed)
            taken.append((time.perf_counter() - began) * 1000)
            right += any(one.unit.name == name for one in found)
        began = time.perf_counter()
        await conn.run_sync(unit_search.find, "công ty may")
        common = (time.perf_counter() - began) * 1000
    taken.sort()
    return {
        "search_median_ms": round(taken[len(taken) // 2], 1),
        "search_p95_ms": round(taken[int(len(taken) * 0.95)], 1),
        "search_slowest_ms": round(taken[-1], 1),
        "search_common_words_ms": round(common, 1),
        "search_found_share": round(right / times, 3),
    }


async def measure(store: Store, units: int, members: int) -> dict[str, float]:
    bench, found = Bench(store), dict[str, float]()
    plan = country(units)
    found["units"], found["found_units_s"] = (
        len(plan),
        round(await bench.timed(lambda conn: unit_tree.create_many(conn, plan, DECISION)), 1),
    )
    grassroots = await store.writer.transaction(places)
    per_unit = max(1, members // grassroots)
    began = time.perf_counter()
    for first in range(0, members, CHUNK):
        size = min(CHUNK, members - first)
        await store.writer.transaction(lambda conn, first=first, size=size: enter(conn, first, size, per_unit))
    found["members"], found["enter_members_s"] = members, round(time.perf_counter() - began, 1)
    if store.reading.dialect.name == "postgresql":
        async with store.reading.connect() as conn:
            await conn.execute(sa.text("SET default_transaction_read_only = off"))
            for table in ("member", "unit", "member_count", "unit_word", "unit_term", "unit_history"):
                await conn.execute(sa.text(f"VACUUM ANALYZE {table}"))
            await conn.execute(sa.text("SET default_transaction_read_only = on"))
    found |= await counts(bench)
    found |= await searches(bench, [one.name for one in plan[-units:]], 300)
    found["reclassify_s"] = round(
        await bench.timed(lambda conn: unit_tree.reclassify(conn, "P7-3", "sector", DECISION._replace(since=DAY))), 2
    )
    found["move_upper_s"] = round(
        await bench.timed(lambda conn: unit_tree.move(conn, "P7-3", "P8", DECISION._replace(since=DAY))), 2
    )
    found |= await trigger_cost(bench, members, per_unit)
    found["doctor_counts_s"] = round(await bench.timed(unit_counts.differing), 1)
    found["fold_s"] = round(await bench.timed(unit_counts.fold), 1)
    return found


async def trigger_cost(bench: Bench, members: int, per_unit: int) -> dict[str, float]:
    """Entering members with the counters and without."""
    size = min(CHUNK, members // 4)
    await bench.timed(lambda conn: conn.execute(sa.text(f"DELETE FROM member WHERE id < {2 * size}")))
    kept = await bench.timed(lambda conn: enter(conn, 0, size, per_unit))

    def without(conn: sa.Connection) -> None:
        if conn.dialect.name == "postgresql":
            conn.execute(sa.text("ALTER TABLE member DISABLE TRIGGER member_count_insert"))
        else:
            conn.execute(sa.text("DROP TRIGGER member_count_insert"))

    await bench.timed(without)
    bare = await bench.timed(lambda conn: enter(conn, size, size, per_unit))
    await bench.timed(unit_counts.recount)
    return {
        "member_with_counter_us": round(kept / size * 1e6, 1),
        "member_without_counter_us": round(bare / size * 1e6, 1),
    }


async def run(database: str, quick: bool) -> dict[str, float]:
    units, members = (15_000, 200_000) if quick else (150_000, 11_000_000 if database == "postgresql" else 1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        async with empty_database(database, Path(folder)) as url:
            async with open_store(url, KEYRING) as store:
                return await measure(store, units, members)


def main(quick: bool = False, database: str = "postgresql") -> dict[str, float]:
    return asyncio.run(run(database, quick))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    given = parser.parse_args()
    print(json.dumps(main(given.quick, given.database), indent=1))

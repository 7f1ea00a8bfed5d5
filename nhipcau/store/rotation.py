"""Seals and digests everything anew when the key changes: in batches, with the server stopped.

A table's declaration is enough: each sealed column is sealed anew, each digest made anew from the column it names.
A digest of what stands in no column (an invitation's token) cannot be: such links end with the old key. A kill
leaves some rows under the old key, and a mark that keeps servers away; the next run passes over the others.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import sqlalchemy as sa

from nhipcau.store import guard, key_check, migrate
from nhipcau.store.engine import Transact, driver_url, reading_engine, transact_on
from nhipcau.store.guard import Guard
from nhipcau.store.keyring import Keyring
from nhipcau.store.sealed import Digest, Sealed, SealedText, keyring_of
from nhipcau.store.tables import metadata

BATCH = 500

Progress = Callable[[str, int], None]
"""Told after each batch: the table, and how many rows were sealed anew in it."""


class Plan(NamedTuple):
    """What a table needs. `bare` gives and takes its columns as they stand in the file."""

    bare: sa.TableClause
    key: str
    sealed: Mapping[str, str]  # column → what it is sealed about
    digests: Mapping[str, str]  # column → the sealed column it is made from, as "table.column"


async def rotate(url: str, keyring: Keyring, tell: Progress) -> bool:
    """Everything is under the first key afterwards. False where it was so before.

    Raises AlreadyServed while a server runs, WrongKey where a row's key is not in the keyring.
    """
    async with _held(url, keyring) as transact:
        if not await transact(_begin):
            return False
        plans = plans_of(metadata)
        for plan in plans:
            await _rotate(transact, plan, tell)
        await transact.compact([plan.bare.name for plan in plans])
        await transact(key_check.end_rotation)
        return True


def plans_of(tables: sa.MetaData) -> list[Plan]:
    """One plan for each table that holds something sealed."""
    return [plan for table in tables.sorted_tables if (plan := _plan(table)).sealed]


def _plan(table: sa.Table) -> Plan:
    sealed = {one.name: one.type.about for one in table.c if isinstance(one.type, Sealed | SealedText)}
    digests = {one.name: one.type.about for one in table.c if isinstance(one.type, Digest)}
    digests = {name: about for name, about in digests.items() if _source(about) in sealed}
    key = ",".join(column.name for column in table.primary_key)
    columns: list[sa.ColumnClause[Any]] = [sa.column(name, sa.LargeBinary()) for name in sealed]
    columns += [sa.column(name, sa.Text()) for name in digests]
    if key not in digests:
        columns.append(sa.column(key))
    return Plan(sa.table(table.name, *columns), key, sealed, digests)


def _source(about: str) -> str:
    return about.partition(".")[2]


@asynccontextmanager
async def _held(url: str, keyring: Keyring) -> AsyncIterator[Transact]:
    address = driver_url(url)
    transact, reading = transact_on(address, keyring), reading_engine(address, keyring)
    held: Guard | None = None
    try:
        held = await guard.hold(reading)
        yield transact
    finally:
        if held is not None:
            await held.release()
        await reading.dispose()
        await transact.close()


def _begin(conn: sa.Connection) -> bool:
    migrate.upgrade(conn)
    return key_check.begin_rotation(conn)


async def _rotate(transact: Transact, plan: Plan, tell: Progress) -> None:
    after: Any = None
    renewed = 0
    while True:
        last, changed = await transact(lambda conn, after=after: _batch(conn, plan, after))  # type: ignore[misc]
        if last is None:
            return
        after, renewed = last, renewed + changed
        tell(plan.bare.name, renewed)


def _batch(conn: sa.Connection, plan: Plan, after: Any) -> tuple[Any, int]:
    """Renews the next rows; gives the last one's key, None at the end, and how many were not current."""
    key = plan.bare.c[plan.key]
    some = sa.select(plan.bare).order_by(key).limit(BATCH)
    rows = conn.execute(some if after is None else some.where(key > after)).mappings().all()
    keyring = keyring_of(conn)
    stale = [row for row in rows if any(row[name] and not keyring.is_current(row[name]) for name in plan.sealed)]
    if stale:
        changes = [_renewed(keyring, plan, row) for row in stale]
        change: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in (*plan.sealed, *plan.digests)}
        conn.execute(sa.update(plan.bare).where(key == sa.bindparam("old_key")).values(change), changes)
    return (rows[-1][plan.key] if rows else None), len(stale)


def _renewed(keyring: Keyring, plan: Plan, row: Mapping[Any, Any]) -> dict[str, Any]:
    plain = {name: keyring.open(row[name], about) for name, about in plan.sealed.items() if row[name] is not None}
    change: dict[str, Any] = {"old_key": row[plan.key]}
    for name, about in plan.sealed.items():
        change[f"new_{name}"] = keyring.seal(plain[name], about) if name in plain else None
    for name, about in plan.digests.items():
        value = plain.get(_source(about))
        change[f"new_{name}"] = keyring.digest(value.decode(), about) if value is not None else None
    return change

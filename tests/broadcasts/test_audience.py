"""Who a bulletin is for."""

import msgspec
import pytest
import sqlalchemy as sa

from nhipcau.broadcasts.audience import Road, Share, preview
from nhipcau.broadcasts.bulletin import Audience
from nhipcau.broadcasts.ledger import State, Way, delivery
from nhipcau.store.store import Store
from nhipcau.store.writer import Change
from nhipcau.union import contacts
from tests.broadcasts.room import BULLETIN, NOW, ROADS, TELEGRAM, WEB, found, join, start


async def rows(store: Store) -> list[tuple[int, int, Way, State]]:
    columns = (delivery.c.seq, delivery.c.member_id, delivery.c.way, delivery.c.state)
    async with store.read() as conn:
        got = await conn.execute(sa.select(*columns).order_by(delivery.c.seq))
        return [(row.seq, row.member_id, Way(row.way), State(row.state)) for row in got]


async def test_one_copy_for_a_person_with_two_channels(store: Store) -> None:
    await found(store)
    await join(store, 10, "web:w:a", "telegram:1:7")
    assert await start(store) == 1
    async with store.read() as conn:
        copies = (await conn.execute(sa.select(delivery.c.contact))).scalars().all()
    assert copies == [store.keyring.digest("telegram:1:7", "contact.key")]


async def test_those_of_one_road_stand_side_by_side_and_nobody_is_left_out(store: Store) -> None:
    await found(store)
    await join(store, 10, "web:w:a")
    await join(store, 11)
    await join(store, 12, "telegram:1:7")
    assert await start(store) == 3
    assert await rows(store) == [
        (0, 12, Way.DIRECT, State.PLANNED),
        (1, 10, Way.DIRECT, State.PLANNED),
        (2, 11, Way.NONE, State.UNREACHABLE),
    ]


NARROWED = [
    (Audience(units=("CTY",)), {10, 11}),
    (Audience(units=("XUONG1",)), {10}),
    (Audience(units=("CTY",), except_units=("XUONG1",)), {11}),
    (Audience(units=("CTY",), regions=("IV",)), {11}),
    (Audience(units=("CTY",), sectors=("may",)), {11}),
    (Audience(units=("CTY",), sex="m"), {11}),
    (Audience(units=("CTY",), languages=("vi",)), {10}),
    (Audience(units=("XUONG1", "XUONG2")), {10, 11}),
    (Audience(units=()), set()),
    (Audience(units=("NOBODY",)), set()),
]


@pytest.mark.parametrize(("audience", "meant"), NARROWED)
async def test_only_whom_it_concerns(store: Store, audience: Audience, meant: set[int]) -> None:
    await found(store)
    await join(store, 10, "telegram:1:10")
    await join(store, 11, "telegram:1:11", unit_id=3, sex="m", language="en")
    await start(store, one=msgspec.structs.replace(BULLETIN, audience=audience))
    assert {member for _, member, _, _ in await rows(store)} == meant


@pytest.mark.parametrize("more", [{"consent": ""}, {"stopped_at": NOW}, {"left_at": NOW}, {"topics": '["wages"]'}])
async def test_who_does_not_want_it_is_not_meant(store: Store, more: dict[str, object]) -> None:
    await found(store)
    await join(store, 10, "telegram:1:10", **more)
    assert await start(store) == 0


async def test_who_blocked_us_on_one_channel_is_reached_on_the_other(store: Store) -> None:
    await found(store)
    await join(store, 10, "telegram:1:7", "web:w:a")
    await store.writer.commit(Change(contacts.lose, "telegram:1:7"))
    async with store.read() as conn:
        shares = await conn.run_sync(lambda sync: preview(sync, BULLETIN.audience, "wages", ROADS))
    assert shares == [Share("web:w", Way.DIRECT, 1, 0)]


async def test_a_closed_window_costs_money_or_waits(store: Store) -> None:
    await found(store)
    await join(store, 10, "zalo_oa:5:a")
    shut = Road("zalo_oa:5", Way.WINDOW, heard_since=NOW.replace(year=2027))
    for last, expected in ((Road("zalo_oa:5", Way.PAID, 220), 220), (Road("zalo_oa:5", Way.MAILBOX), 0)):
        async with store.read() as conn:
            shares = await conn.run_sync(
                lambda sync, road=last: preview(sync, BULLETIN.audience, "wages", (TELEGRAM, WEB, shut, road))
            )
        assert shares == [Share("zalo_oa:5", last.way, 1, expected)]

"""Who can be reached where."""

from collections.abc import Sequence

import sqlalchemy as sa

from nhipcau.store.store import Store
from nhipcau.store.writer import Change
from nhipcau.union import contacts
from nhipcau.union.contacts import Contact

HEN = Contact("telegram:1:7", "vi")
MOAN = Contact("web:web:7", "en")


async def known(store: Store, *keys: str) -> dict[str, Contact]:
    async with store.read() as conn:
        return await contacts.fetch(conn, keys)


async def keep(store: Store, *people: Contact) -> None:
    await store.writer.commit(*(Change(contacts.save, one) for one in people))


async def met(store: Store) -> Sequence[sa.Row[tuple[object]]]:
    async with store.read() as conn:
        return (await conn.execute(sa.select(contacts.contact.c.met_at))).all()


async def test_people_are_kept_by_their_chat(store: Store) -> None:
    await keep(store, HEN, MOAN)
    assert await known(store, HEN.key, MOAN.key, "zalo:1:7") == {HEN.key: HEN, MOAN.key: MOAN}


async def test_nobody_asked_for_is_nobody_found(store: Store) -> None:
    assert await known(store) == {}


async def test_a_change_keeps_the_day_we_met(store: Store) -> None:
    await keep(store, HEN)
    before = await met(store)
    await keep(store, HEN._replace(language="en"))
    assert (await known(store, HEN.key))[HEN.key].language == "en"
    assert await met(store) == before


async def test_who_is_lost_is_found_again_by_the_next_message(store: Store) -> None:
    await keep(store, HEN, MOAN)
    await store.writer.commit(Change(contacts.lose, HEN.key))
    found = await known(store, HEN.key, MOAN.key)
    assert (found[HEN.key].reachable, found[MOAN.key].reachable) == (False, True)
    await keep(store, HEN)
    assert (await known(store, HEN.key))[HEN.key].reachable


async def test_losing_a_stranger_is_no_fault(store: Store) -> None:
    await store.writer.commit(Change(contacts.lose, "telegram:1:404"))
    assert await known(store, "telegram:1:404") == {}


async def test_who_blocks_before_we_met_is_kept_as_unreachable(store: Store) -> None:
    await keep(store, HEN._replace(reachable=False))
    assert not (await known(store, HEN.key))[HEN.key].reachable


async def test_a_chat_belongs_to_a_member_whatever_else_is_kept_of_it(store: Store) -> None:
    await keep(store, HEN)
    await store.writer.commit(Change(contacts.belong, contacts.Belonging(HEN.key, 7)))
    await keep(store, HEN._replace(language="en"))
    assert (await known(store, HEN.key))[HEN.key].member == 7

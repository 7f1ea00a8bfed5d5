"""The key is changed: nothing is lost, nothing opens with the old one, and a kill in the middle does no harm."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

import nhipcau.bot.program  # noqa: F401  # registers every room's tables
from nhipcau.bot import vault
from nhipcau.handlers import session as sessions
from nhipcau.handlers.session import Session
from nhipcau.knowledge import desk
from nhipcau.store import inbox, outbox, rotation, timeline
from nhipcau.store.errors import AlreadyServed, NotRotated, WrongKey
from nhipcau.store.inbox import Arrived
from nhipcau.store.keyring import Keyring, new_key
from nhipcau.store.outbox import Draft, Ending, State
from nhipcau.store.store import Store, open_store
from nhipcau.store.tables import metadata
from nhipcau.store.writer import Change
from nhipcau.union import contacts
from nhipcau.union.contacts import Contact
from tests.conftest import now
from tests.store.thief import loot

OLD, NEW = new_key(), new_key()
BOTH = Keyring([NEW, OLD])
MANY = 8 * rotation.BATCH
WEB = ("web", "web", "7")


def quietly(_table: str, _rows: int) -> None:
    """Nobody watches."""


async def fill(url: str, events: int = 3) -> None:
    """A database under the old key with something in every table of messages."""
    async with open_store(url, Keyring([OLD])) as store:
        await store.writer.commit(*(Change(inbox.insert, Arrived(*WEB, f"w-{n}", b"asked")) for n in range(events)))
        row = {"key": "zalo:1:tokens", "version": 1, "body": b"token", "changed_at": now()}
        await store.transact(lambda conn: conn.execute(sa.insert(vault.channel_state), row))
        (letter,) = await store.writer.commit(Change(outbox.insert, Draft(*WEB, b"told")))
        await store.writer.commit(
            Change(outbox.end, Ending(letter.id, State.WAITING, failure="chat 7 moved")),
            Change(contacts.save, Contact("web:web:7", "en")),
            Change(contacts.save, Contact("web:web:8", "vi")),
            Change(sessions.save, ("web:web:7", Session(offered=("menu",)))),
            Change(desk.wish, desk.Wish(11, *WEB)),
        )


async def all_found(store: Store, events: int = 3) -> None:
    async with store.read() as conn:
        assert [one.chat for one in await outbox.still_open(conn)] == ["7"]
        found = await contacts.fetch(conn, ["web:web:7", "web:web:8"])
        assert [found[key].language for key in ("web:web:7", "web:web:8")] == ["en", "vi"]
        assert (await sessions.fetch(conn, ["web:web:7"]))["web:web:7"].offered == ("menu",)
        assert await desk.waiting(conn, [11]) == [desk.Wish(11, *WEB)]
        assert len(await timeline.after(conn, WEB[1:], 0, 9999)) == events + 1
        assert (await conn.execute(sa.select(vault.channel_state.c.body))).scalar_one() == b"token"
        assert (await conn.execute(sa.select(outbox.outbox.c.failure))).scalar_one() == "chat 7 moved"
    assert await store.writer.commit(Change(inbox.insert, Arrived(*WEB, "w-1", b"again"))) == [None]


async def sealed_values(url: str) -> list[bytes]:
    """All that is sealed, as it stands in the database."""
    async with open_store(url, Keyring([OLD])) as store, store.read() as conn:
        found: list[bytes] = []
        for plan in rotation.plans_of(metadata):
            rows = await conn.execute(sa.select(*(plan.bare.c[name] for name in plan.sealed)))
            found += [value for row in rows for value in row if value is not None]
        return found


async def refused(url: str, keys: Sequence[str], error: type[Exception]) -> None:
    with pytest.raises(error):
        async with open_store(url, Keyring(keys)):
            pass


async def test_after_a_rotation_the_new_key_finds_all_and_the_old_one_opens_nothing(database_url: str) -> None:
    await fill(database_url)
    before = await sealed_values(database_url)
    assert len(before) > 10
    await refused(database_url, [NEW], WrongKey)
    await refused(database_url, [NEW, OLD], NotRotated)
    assert await rotation.rotate(database_url, BOTH, quietly)
    await refused(database_url, [OLD], WrongKey)
    async with open_store(database_url, Keyring([NEW])) as store:
        await all_found(store)
    stolen = await loot(database_url)
    assert not [one for one in before if one in stolen], "what the old key opens is in no free page either"


async def test_a_second_rotation_has_nothing_to_do(database_url: str) -> None:
    await fill(database_url)
    assert [await rotation.rotate(database_url, BOTH, quietly) for _ in range(2)] == [True, False]


async def test_a_running_server_is_not_disturbed(database_url: str) -> None:
    async with open_store(database_url, Keyring([OLD]), serve=True):
        with pytest.raises(AlreadyServed):
            await rotation.rotate(database_url, BOTH, quietly)
    async with open_store(database_url, Keyring([OLD]), serve=True):
        pass


async def test_without_the_old_key_nothing_is_changed(database_url: str) -> None:
    await fill(database_url)
    with pytest.raises(WrongKey):
        await rotation.rotate(database_url, Keyring([NEW]), quietly)
    async with open_store(database_url, Keyring([OLD])) as store:
        await all_found(store)


async def test_a_rotation_that_is_killed_keeps_servers_away_and_goes_on_when_called_again(
    database_url: str, tmp_path: Path
) -> None:
    await fill(database_url, MANY)
    config = tmp_path / "config.toml"
    config.write_text(f'[database]\nurl = "{database_url}"\n', encoding="utf-8")
    command = [str(Path(sys.executable).with_name("nhipcau")), "key", "rotate", "--config", str(config)]
    environment = os.environ | {"NHIPCAU_KEY": f"{NEW},{OLD}"}
    killed = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.PIPE)
    assert killed.stderr is not None
    async for line in killed.stderr:
        if line.startswith(b"inbox: "):
            killed.kill()
            break
    assert await killed.wait() == -signal.SIGKILL
    await refused(database_url, [OLD], WrongKey)
    for keys in ([NEW], [NEW, OLD]):
        await refused(database_url, keys, NotRotated)
    told: dict[str, int] = {}
    assert await rotation.rotate(database_url, BOTH, told.__setitem__)
    assert 0 < told["inbox"] <= MANY - rotation.BATCH, "what was done before the kill is not done again"
    async with open_store(database_url, Keyring([NEW])) as store:
        await all_found(store, MANY)


def test_every_table_with_something_sealed_can_be_rotated() -> None:
    plans = {plan.bare.name: plan for plan in rotation.plans_of(metadata)}
    assert {"inbox", "outbox", "contact", "conversation", "callback"} <= plans.keys()
    for name, plan in plans.items():
        assert plan.key in metadata.tables[name].c, f"{name}: a table with sealed columns needs one column as its key"

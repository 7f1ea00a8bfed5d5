"""Whoever takes the database without the key learns no address, no number, no name, and nothing that was said."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa

from nhipcau.knowledge.answer import Knowledge
from nhipcau.store.sealed import Sealed, SealedText
from nhipcau.store.store import open_store
from nhipcau.store.tables import metadata
from tests.conftest import KEYRING
from tests.journeys.room import Bridge, open_bridge
from tests.store.thief import loot, traces

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHANNELS = ["web", "web on postgresql", "telegram polling", "telegram webhook on postgresql"]
PLATFORM_ID = 7_730_914_286
PHONE, AMOUNT, UNIT, PRIVATE = "0905123456", "7.654.321", "u_R13NG", "chuyện nhà chị Hơ Bia"
SHORTEST = 5  # characters: a shorter value stands in any file by chance


async def live(bridge: Bridge) -> None:
    """A member uses whatever there is, and is in the middle of something when the thief comes."""
    person: Any = await bridge.meet(PLATFORM_ID)
    await person.start(UNIT)
    await person.asks("tang ca chu nhat tinh sao")
    await person.taps("👎")
    await person.taps("Lý do khác")
    await person.asks(f"gọi em số {PHONE}")
    await person.asks("mua xe dap dien o dau re")
    await person.taps("cán bộ")
    await person.taps("Đồng ý")
    if "kinds" in bridge.can:
        await person.sends(contact={"phone_number": PHONE, "first_name": "Hơ Bia", "user_id": PLATFORM_ID})
    await person.asks("/phieuluong")
    await person.asks(AMOUNT)
    await person.asks(PRIVATE)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=CHANNELS)
async def bridge(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, knowledge: Knowledge
) -> AsyncIterator[Bridge]:
    folder: Path = tmp_path_factory.mktemp("bridge")
    async with open_bridge(request.param, folder, knowledge) as opened:
        await live(opened)
        yield opened


async def read_with_the_key(url: str) -> list[str]:
    """Every sealed value, as its owner reads it."""
    found: list[bytes | str] = []
    async with open_store(url, KEYRING) as store, store.read() as conn:
        for table in metadata.sorted_tables:
            sealed = [column for column in table.c if isinstance(column.type, Sealed | SealedText)]
            if sealed:
                found += [value for row in await conn.execute(sa.select(*sealed)) for value in row if value]
    return [one.decode() if isinstance(one, bytes) else one for one in found]


async def test_with_the_key_all_is_there(bridge: Bridge) -> None:
    """Else the next test would find nothing because nothing was kept."""
    told = "\n".join(await read_with_the_key(bridge.database))
    assert PHONE in told
    assert AMOUNT in told
    assert UNIT in told
    assert PRIVATE in told
    assert (str(PLATFORM_ID) in told) is ("kinds" in bridge.can)


async def test_without_the_key_nothing_is_told(bridge: Bridge) -> None:
    values = {one for one in await read_with_the_key(bridge.database) if len(one) >= SHORTEST}
    assert len(values) > 20
    stolen = await loot(bridge.database)
    assert traces(stolen, PHONE, AMOUNT, AMOUNT.replace(".", ""), UNIT, PRIVATE, str(PLATFORM_ID), *values) == []


async def test_the_log_of_questions_leads_to_nobody(bridge: Bridge) -> None:
    """It alone is readable. Its rows share no value with those of the inbox, the outbox or the conversations."""
    async with open_store(bridge.database, KEYRING) as store, store.read() as conn:
        rows = (await conn.execute(sa.text("SELECT id, asked_on, text, confidence FROM question"))).all()
        assert len(rows) >= 2
        told = {str(value) for row in rows for value in row if len(str(value)) > SHORTEST}
        for table in ("inbox", "outbox", "conversation", "contact"):
            others = (await conn.execute(sa.text(f"SELECT * FROM {table}"))).all()
            assert others
            assert not told & {str(value) for row in others for value in row}

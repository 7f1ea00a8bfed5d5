"""An officer's life on every channel: invited, accepted, confirmed, at work, removed."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa
from typer.testing import CliRunner

from nhipcau.bot.cli import app
from nhipcau.knowledge.answer import Knowledge
from nhipcau.store.store import open_store
from nhipcau.union import unit_tree
from nhipcau.union.unit_rules import Decision
from nhipcau.union.unit_tree import Founding
from tests.conftest import KEYRING
from tests.journeys.room import CHANNELS, Bridge, open_bridge
from tests.journeys.said import Said

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAY = date(2026, 1, 1)
TELEGRAM = "https://t.me/nhipcau_bot?start="
UNITS = [
    Founding("DL", "Liên đoàn Lao động tỉnh Đắk Lắk", "province"),
    Founding("DL-MAY", "Công đoàn cơ sở Công ty May Hòa Bình", "grassroots", "DL"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bridge(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, knowledge: Knowledge
) -> AsyncIterator[Bridge]:
    async with open_bridge(request.param, tmp_path_factory.mktemp("bridge"), knowledge) as opened:
        async with open_store(opened.database, KEYRING) as store:
            await store.writer.transaction(_plant)
        yield opened


def _plant(conn: sa.Connection) -> None:
    unit_tree.create_many(conn, UNITS, Decision(DAY, "Quyết định", DAY))


async def command(bridge: Bridge, *words: str) -> str:
    result = await asyncio.to_thread(CliRunner().invoke, app, [*words, "--config", str(bridge.config)])
    assert result.exit_code == 0, result.output
    return result.stdout


async def accepts(person: Any, parameter: str, name: str) -> Said:
    assert "được mời làm cán bộ công đoàn" in (await person.start(parameter)).text
    assert "họ tên" in (await person.taps("Đồng ý")).text
    said: Said = await person.asks(name)
    return said


async def first_administrator(bridge: Bridge) -> Any:
    told = await command(bridge, "officers", "invite", "--role", "administrator", "--unit", "DL", "--name", "Hoa")
    parameter, number = re.findall(r"o_[\w-]+", told)[0], re.findall(r"confirm (\d+)", told)[0]
    hoa = await bridge.person()
    assert "Người mời sẽ xác nhận" in (await accepts(hoa, parameter, "Lê Thị Hoa")).text
    assert "accepted by Lê Thị Hoa" in await command(bridge, "officers", "confirm")
    assert "is an officer now" in await command(bridge, "officers", "confirm", number)
    assert "quản trị, Liên đoàn Lao động tỉnh Đắk Lắk" in (await hoa.hears()).text
    return hoa


async def invites(hoa: Any, link: str) -> str:
    """The link's parameter, from the message that is to be passed on."""
    await hoa.asks("/officer")
    assert "làm việc gì" in (await hoa.taps("Mời cán bộ")).text
    assert "công đoàn nào" in (await hoa.taps("soạn bản tin")).text
    assert "tên hoặc mã" in (await hoa.taps("cấp dưới")).text
    assert "Đúng là" in (await hoa.asks("may hoa binh")).text
    assert "Tên cán bộ mới" in (await hoa.taps("DL-MAY")).text
    assert "soạn bản tin, Công đoàn cơ sở Công ty May Hòa Bình" in (await hoa.asks("anh Bình")).text
    said = (await hoa.taps("Đồng ý")).text
    parameter: str = re.findall(r"/start (o_[\w-]+)", said)[0]
    assert f"{link}{parameter}" in said
    assert "cho riêng anh Bình" in (await hoa.hears()).text
    return parameter


async def no_officer(person: Any) -> None:
    """The same words as for a command that does not exist."""
    asked, unknown = await person.asks("/officer"), await person.asks("/khongco")
    assert asked.text == unknown.text
    assert "cán bộ:" not in asked.text


@pytest.mark.parametrize("bridge", list(CHANNELS), indirect=True, scope="module")
async def test_from_invitation_to_removal(bridge: Bridge, request: pytest.FixtureRequest) -> None:
    hoa, binh, stranger = await first_administrator(bridge), await bridge.person(), await bridge.person()
    await no_officer(stranger)
    parameter = await invites(hoa, TELEGRAM if "telegram" in request.node.callspec.id else "")
    assert "Công ty May Hòa Bình" in (await binh.start(parameter)).text
    assert "người khác mở trước" in (await stranger.start(parameter)).text
    assert "Người mời sẽ xác nhận" in (await accepts(binh, parameter, "Y Bình Niê")).text
    assert "Y Bình Niê" in (await hoa.hears()).text
    await no_officer(binh)
    assert "đã nhận lời mời" in (await hoa.asks("/officer")).text
    assert "Anh/chị đã mời: anh Bình" in (await hoa.taps("Xem: Y Bình")).text
    assert "Y Bình Niê đã là cán bộ" in (await hoa.taps("Đúng người")).text
    assert "soạn bản tin" in (await binh.hears()).text
    assert "Không có việc nào đang chờ" in (await binh.asks("/canbo")).text
    await hoa.asks("/officer")
    await hoa.taps("Cho thôi vai trò")
    await hoa.taps("cấp dưới")
    await hoa.asks("DL-MAY")
    await hoa.taps("DL-MAY")
    assert "ngay bây giờ" in (await hoa.taps("Y Bình Niê")).text
    assert "Đã xong" in (await hoa.taps("Đồng ý")).text
    assert "đã kết thúc" in (await binh.hears()).text
    await no_officer(binh)
    assert "The audit log is whole" in await command(bridge, "audit", "verify")

"""A member's life on every channel: joining, seeing, changing, stopping, linking, and being forgotten."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from nhipcau.bot import erasing
from nhipcau.channels.message import Kind
from nhipcau.knowledge.answer import Knowledge
from nhipcau.store.inbox import inbox
from nhipcau.store.store import open_store
from nhipcau.union.contacts import contact
from nhipcau.union.members import member
from tests.conftest import KEYRING, now
from tests.handlers.member_room import CAO_SU, MAY
from tests.journeys.room import CHANNELS, Bridge, WebPerson, open_bridge
from tests.union.forest import plant

pytestmark = pytest.mark.asyncio(loop_scope="module")

AGREE, ASK_ONLY = "Đồng ý", "Không, tôi chỉ hỏi đáp"
PHONE = "84905123456"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bridge(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, knowledge: Knowledge
) -> AsyncIterator[Bridge]:
    async with open_bridge(request.param, tmp_path_factory.mktemp("bridge"), knowledge) as opened:
        async with open_store(opened.database, KEYRING) as store:
            await store.writer.transaction(plant)
        yield opened


everywhere = pytest.mark.parametrize("bridge", list(CHANNELS), indirect=True, scope="module")
on_telegram = pytest.mark.parametrize("bridge", ["telegram polling", "telegram webhook"], indirect=True, scope="module")


async def joined(bridge: Bridge, code: str = "DL-MAY") -> Any:
    person = await bridge.person()
    assert "giữ địa chỉ đoạn chat này" in (await person.start(f"u_{code}")).text
    assert "Anh/chị đã vào" in (await person.taps(AGREE)).text
    return person


async def members_of(bridge: Bridge) -> int:
    return len(await bridge.rows(member))


@everywhere
async def test_joining_by_the_code_on_a_poster(bridge: Bridge) -> None:
    person = await joined(bridge, "DL-MAY_p")
    assert MAY in (await person.asks("thông tin của tôi")).text


@everywhere
async def test_declining_and_still_being_answered(bridge: Bridge) -> None:
    person, before = await bridge.person(), await members_of(bridge)
    assert MAY in (await person.start("u_DL-MAY")).text
    assert "không giữ gì cả" in (await person.taps(ASK_ONLY)).text
    assert "200%" in (await person.asks("tang ca chu nhat tinh sao")).text
    assert "không biết anh/chị là ai" in (await person.asks("/me")).text
    assert await members_of(bridge) == before


@everywhere
async def test_finding_one_s_unit_by_name_and_changing_it(bridge: Bridge) -> None:
    person = await bridge.person()
    await person.asks("vào công đoàn của tôi")
    await person.asks("may hoa binh")
    assert MAY in (await person.taps("May Hòa Bình")).text
    await person.taps(AGREE)
    assert "Chuyển sang: " + CAO_SU in (await person.asks("mã DL-CAO-SU")).text
    assert CAO_SU in (await person.taps("Chuyển")).text


@everywhere
async def test_stopping_and_resuming(bridge: Bridge) -> None:
    person = await joined(bridge)
    assert "Đã dừng gửi bản tin" in (await person.asks("dừng")).text
    assert "đang dừng" in (await person.asks("/me")).text
    assert "nhận bản tin trở lại" in (await person.asks("tiếp tục nhận")).text
    assert "Bản tin: đang nhận" in (await person.asks("/me")).text


@everywhere
async def test_correcting_seeing_and_being_forgotten(bridge: Bridge) -> None:
    person, before = await joined(bridge), await members_of(bridge)
    await person.asks("/correct")
    await person.taps("Họ tên")
    assert "Đã sửa" in (await person.asks("Hơ Bia Niê")).text
    assert "Hơ Bia Niê" in (await person.asks("/me")).text
    assert "Hơ Bia Niê" in (await person.asks("/export")).text
    assert '"Hơ Bia Niê"' in (await person.hears()).text
    assert "không lấy lại được" in (await person.asks("/erase")).text
    assert "lần hỏi cuối" in (await person.taps(AGREE)).text
    assert "Đã xóa" in (await person.taps("Xóa hết")).text
    assert await members_of(bridge) == before - 1
    contacts = len(await bridge.rows(contact))
    async with open_store(bridge.database, KEYRING) as store:
        assert await erasing.erase_due(store, now() + timedelta(minutes=2)) == 1
    assert len(await bridge.rows(contact)) == contacts - 1
    assert not [row for row in await bridge.rows(inbox) if "Hơ Bia Niê".encode() in row.body]
    assert "không biết anh/chị là ai" in (await person.asks("/me")).text


@on_telegram
async def test_linking_telegram_and_the_web(bridge: Bridge) -> None:
    person = await joined(bridge)
    before = await members_of(bridge)
    await person.asks("nối kênh")
    code = re.findall(r"\d{6}", (await person.taps("Cho tôi mã")).text)[0]
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        page = WebPerson(http, bridge.url)
        await page.open()
        assert "Đã nối" in (await page.asks(f"nối {code}")).text
        assert "web vừa" not in (told := (await person.hears()).text) and "được nối với đoạn chat này" in told
        assert "Kênh: web, Telegram" in (await page.asks("/me")).text
        assert await members_of(bridge) == before
        assert "Đã tách" in (await person.taps("Không phải tôi")).text
        assert "không biết anh/chị là ai" in (await page.asks("/me")).text


@on_telegram
async def test_the_own_number_by_a_tap(bridge: Bridge) -> None:
    person = await joined(bridge)
    await person.asks("/correct")
    await person.taps("Điện thoại")
    keyboard = person._last.fields["reply_markup"]
    assert '"request_contact":true' in str(keyboard).replace(" ", "").replace("True", "true").replace("'", '"')
    other = {"phone_number": f"+{PHONE}", "first_name": "B", "user_id": 1}
    assert "người khác" in (await person.sends(contact=other)).text
    assert "Đã sửa" in (await person.sends(contact=other | {"user_id": person.person.id})).text
    assert PHONE in (await person.asks("/me")).text
    events = [row for row in await bridge.rows(inbox) if Kind.CONTACT.encode() in row.body]
    assert len([row for row in events if PHONE.encode() in row.body]) == 1

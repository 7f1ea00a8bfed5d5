"""What nobody should send: refused or shown unchanged, never a traceback, and no content in the log."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from nhipcau.bot import metrics
from nhipcau.channels.telegram_webhook import SECRET_HEADER
from nhipcau.knowledge import desk
from nhipcau.knowledge.answer import Knowledge
from nhipcau.store.inbox import inbox
from tests.channels.telegram_room import SECRET
from tests.journeys.room import Bridge, EmulatedPerson, open_bridge

pytestmark = pytest.mark.asyncio(loop_scope="module")
CHANNELS = ["telegram webhook", "telegram webhook on postgresql"]
HOOK = "/telegram/123456"
WORDS = "lời riêng của đoàn viên"


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=CHANNELS)
async def bridge(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, knowledge: Knowledge
) -> AsyncIterator[Bridge]:
    before = faults()
    async with open_bridge(request.param, tmp_path_factory.mktemp("bridge"), knowledge) as opened:
        yield opened
        await still_well(opened)
    assert faults() == before, "something in here was a fault of ours"


async def post(url: str, body: bytes, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Status and text; 0 where the server hangs up on a body it will not read."""
    named = {SECRET_HEADER: SECRET} if headers is None else headers
    try:
        async with aiohttp.ClientSession() as http, http.post(url, data=_stream(body), headers=named) as answer:
            return answer.status, await answer.text()
    except aiohttp.ClientConnectionError:
        return 0, ""


async def _stream(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body) or 1, 65536):
        yield body[start : start + 65536]


def counted(cause: str) -> float:
    return metrics.registry.get_sample_value("nhipcau_refused_total", {"cause": cause}) or 0.0


def faults() -> float:
    handling = metrics.registry.get_sample_value("nhipcau_faults_total") or 0.0
    return handling + counted("server_fault") + counted("telegram_not_stored")


def message(text: Any, number: int = 1, name: str = "Y Moan", **more: Any) -> dict[str, Any]:
    person = {"id": 5005, "first_name": name, "is_bot": False}
    chat = {"id": 5005, "type": "private", "first_name": name}
    told = {"message_id": number, "date": 1790000000, "chat": chat, "from": person, "text": text}
    return {"update_id": number, "message": told | more}


async def still_well(bridge: Bridge) -> None:
    """The next person is served as if nothing had been."""
    person: EmulatedPerson = await bridge.person()
    assert "200%" in (await person.asks("tang ca chu nhat tinh sao")).text


@pytest.mark.parametrize("headers", [{}, {SECRET_HEADER: ""}, {SECRET_HEADER: "wrong"}, {SECRET_HEADER: SECRET + "x"}])
async def test_without_the_secret_nothing_is_stored(bridge: Bridge, headers: dict[str, str]) -> None:
    before, rows = counted("telegram_wrong_secret"), len(await bridge.rows(inbox))
    status, text = await post(bridge.url + HOOK, json.dumps(message(WORDS)).encode(), headers)
    assert (status, text) == (403, "")
    assert counted("telegram_wrong_secret") == before + 1
    assert len(await bridge.rows(inbox)) == rows


MALFORMED = [
    b"", b"{", b"null", b"[]", b"3", b'"text"', b"\xff\xfe", b'{"message": {"text": "\xff"}}', b"\x00", b"{}" * 9,
    b'{"update_id": 1}', b'{"update_id": 1, "message": []}', b'{"update_id": 1, "message": {"text": {}}}',
    b'{"update_id": 1, "poll": {"id": "1"}}', b'{"update_id": 1, "chosen_inline_result": {}}',
    b"[" * 100_000, b'{"a":' * 50_000, b"1" * 5000, b"NaN", b'{"update_id": 1e999, "message": {}}',
    json.dumps(message(["a"], 71)).encode(),
    json.dumps(message("x", 72, date="today")).encode(), json.dumps(message("x", 73, date=10**18)).encode(),
    json.dumps(message("x", 74, chat={"id": "5", "type": "private"})).encode(),
]  # fmt: skip


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
async def test_what_is_no_update_is_passed_over(bridge: Bridge, body: bytes) -> None:
    """200, because sending it again would not mend it."""
    rows = len(await bridge.rows(inbox))
    assert await post(bridge.url + HOOK, body) == (200, "")
    assert len(await bridge.rows(inbox)) == rows


@pytest.mark.parametrize("path", [HOOK, "/chat/send"])
async def test_ten_megabytes_are_refused(bridge: Bridge, path: str) -> None:
    rows = len(await bridge.rows(inbox))
    headers = {SECRET_HEADER: SECRET, "Origin": bridge.url, "Cookie": f"nc_chat={'a' * 43}"}
    status, _ = await post(bridge.url + path, b"x" * 10_000_000, headers)
    assert status in (413, 0)
    assert len(await bridge.rows(inbox)) == rows
    await still_well(bridge)


async def test_a_foreign_bot_s_address_is_not_found(bridge: Bridge) -> None:
    assert (await post(bridge.url + "/telegram/999", b"{}"))[0] == 404


STRANGE = [
    "luong\0 toi thieu vung 3\0",
    "\ud83d luong toi thieu vung 3",
    "\u202e3 gnùv \u202dlương tối thiểu vùng 3",
    "<b>luong</b> toi thieu *vung* _3_ `x` [a](http://b)",
    "z̸̢̧̛" * 40,
    "\u200b\u200b\u200b",
    "\ufeff\u2028\u2029",
    "'; DROP TABLE question; --",
    "{union} {0} %s %(x)s \\",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿👩‍👩‍👧" * 20,
    "ﷺ" * 300,
]


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
async def test_strange_text_gets_an_answer_and_harms_nobody(bridge: Bridge, text: str) -> None:
    person: EmulatedPerson = await bridge.person()
    said = await person.asks(text)
    assert said.text
    assert "Xin lỗi" not in said.text, "an apology means a fault of ours"


async def test_markup_is_text_on_the_way_back_too(bridge: Bridge) -> None:
    person: EmulatedPerson = await bridge.person()
    await person.asks("<i>luong</i> toi thieu vung 3 & 4")
    sent = person.person.sent()[-1]
    assert not {"parse_mode", "entities"} & set(sent.fields)


async def test_names_are_neither_kept_nor_shown(bridge: Bridge) -> None:
    name = "<script>alert(1)</script>\u202eY Moan"
    update = message("thoi tiet <b>hom nay</b>", 501, name)
    assert (await post(bridge.url + HOOK, json.dumps(update).encode()))[0] == 200
    for _ in range(100):
        if any("<b>hom nay" in row.text for row in await bridge.rows(desk.question)):
            break
        await asyncio.sleep(0.05)
    else:
        pytest.fail("the question was not kept as it was written")
    assert all(b"script" not in row.body for row in await bridge.rows(inbox))


async def test_nothing_of_it_is_logged(bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for body in (message([WORDS]), {"update_id": 1, "unknown": WORDS}, message(WORDS, 601, date=WORDS)):
            await post(bridge.url + HOOK, json.dumps(body).encode())
        await post(bridge.url + HOOK, WORDS.encode())
        await post(bridge.url + HOOK, json.dumps(message(WORDS, 602)).encode(), {})
        await (await bridge.person()).asks(WORDS + "\0")
    assert "passed over" in caplog.text
    assert WORDS not in caplog.text
    assert "Traceback" not in caplog.text


# ---- anything at all

KEYS = re.findall(
    r"\w+",
    """
    update_id message edited_message callback_query my_chat_member message_id date chat from id type text caption data
    photo voice location contact edit_date new_chat_member status language_code file_id sticker entities is_bot
    reply_to_message file_size
    """,
)
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.sampled_from(["private", "group", "channel", "kicked", "member", "/start", "luong", "pick:si-one-off:0"]),
)  # fmt: skip
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=15,
)
people = st.fixed_dictionaries({"id": st.integers(1, 2**52)}, optional={"language_code": leaves, "is_bot": leaves})
chats = st.fixed_dictionaries({"id": st.integers(1, 2**52), "type": st.just("private")})
near_misses = st.fixed_dictionaries(
    {"message_id": st.integers(0, 2**53), "date": st.integers(0, 2**33), "chat": chats, "from": people},
    optional=dict.fromkeys(("text", "caption", "photo", "voice", "sticker", "location", "contact", "dice"), trees),
)
taps = st.fixed_dictionaries({"id": st.text(min_size=1, max_size=9), "from": people, "data": st.text(max_size=64)})
updates = st.one_of(
    trees,
    st.fixed_dictionaries({"update_id": st.integers(0, 2**40), "message": near_misses}),
    st.fixed_dictionaries({"update_id": st.integers(0, 2**40), "callback_query": taps}),
)


@settings(max_examples=60)
@given(update=updates)
async def test_any_json_is_taken_or_passed_over(bridge: Bridge, update: Any) -> None:
    assert await post(bridge.url + HOOK, json.dumps(update).encode()) == (200, "")


@settings(max_examples=30)
@given(body=st.binary(max_size=300))
async def test_any_bytes_are_passed_over(bridge: Bridge, body: bytes) -> None:
    assert await post(bridge.url + HOOK, body) == (200, "")


@settings(max_examples=30)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80))
async def test_any_text_gets_an_answer(bridge: Bridge, text: str) -> None:
    person: EmulatedPerson = await bridge.person()
    assert (await person.asks(text)).text


async def test_the_web_chat_shows_what_was_written(bridge: Bridge) -> None:
    """Unchanged, and escaped by nobody: the page writes it as text."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        async with http.get(f"{bridge.url}/chat"):
            pass
        texts = ["<img src=x onerror=alert(1)>", "\u202eevil\u202c", "a\u0300\u0301", "&amp; \\ \" '"]
        for number, text in enumerate(texts):
            frame = {"id": f"frame-{number:05}", "kind": "text", "text": text}
            async with http.post(f"{bridge.url}/chat/send", json=frame, headers={"Origin": bridge.url}) as answer:
                assert answer.status == 200
        async with http.get(f"{bridge.url}/chat/poll") as answer:
            posts = (await answer.json())["posts"]
    assert [post["text"] for post in posts if post.get("mine")] == texts

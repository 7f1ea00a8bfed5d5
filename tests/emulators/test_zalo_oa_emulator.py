"""The emulated Official Account behaves as Zalo's documents say: tokens, sending, trouble."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from yarl import URL

from nhipcau.emulators.zalo_oa_chat import Button
from nhipcau.emulators.zalo_oa_people import Person
from nhipcau.emulators.zalo_oa_tokens import challenge_of
from nhipcau.emulators.zalo_oa_trouble import Trouble
from tests.emulators.zalo_oa_client import Client, Json, platform

HOUR, DAY = 3600, 86_400
QUERY = {"title": "Có", "type": "oa.query.show", "payload": "#co"}


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with platform() as one:
        yield one


@pytest.fixture
async def person(client: Client) -> Person:
    person = client.oa.person()
    await person.write("xin chào")
    return person


def template(**payload: Any) -> Json:
    return {"attachment": {"type": "template", "payload": payload}}


def media(kind: str = "image", **element: Any) -> Json:
    return template(template_type="media", elements=[{"media_type": kind, **element}])


def asking(**changes: Any) -> Json:
    element = {"title": "Liên hệ", "subtitle": "Xin số", "image_url": "https://a.vn/1.jpg"}
    return template(template_type="request_user_info", elements=[element | changes])


# ---- permission and tokens


async def test_the_permission_page_leads_back_with_a_code_that_serves_once(client: Client) -> None:
    challenge, oa = challenge_of("v" * 43), client.oa
    query = {"app_id": oa.app_id, "redirect_uri": "https://a.vn/back?x=1", "code_challenge": challenge, "state": "st"}
    page = f"{oa.oauth_url}/v4/oa/permission"
    async with client.session.get(page, params=query) as shown:
        assert "Cho phép" in await shown.text()
    async with client.session.post(page, params=query, allow_redirects=False) as sent:
        back = URL(sent.headers["Location"])
    assert (back.query["oa_id"], back.query["state"], back.query["x"]) == (oa.oa_id, "st", "1")
    form = {"grant_type": "authorization_code", "code": back.query["code"], "code_verifier": "v" * 43}
    assert (await client.tokens(**form))["access_token"] == oa.access_token
    assert (await client.tokens(**form))["error"] < 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"app_id": "1"}, -14002), ({"redirect_uri": "/back"}, -14003), ({"redirect_uri": ""}, -14003)],
)
async def test_a_wrong_permission_link(client: Client, changes: Json, code: int) -> None:
    query = {"app_id": client.oa.app_id, "redirect_uri": "https://a.vn/back"} | changes
    async with client.session.get(f"{client.oa.oauth_url}/v4/oa/permission", params=query) as answer:
        assert (await answer.json())["error"] == code


@pytest.mark.parametrize("wrong", ["verifier", "late", "secret", "app", "grant"])
async def test_a_code_is_refused(client: Client, wrong: str) -> None:
    code = client.oa.tokens.new_code(challenge_of("v" * 43))
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": "v" * 43}
    changes = {"verifier": {"code_verifier": "x"}, "app": {"app_id": "1"}, "grant": {"grant_type": "password"}}
    client.oa.clock.advance(601 if wrong == "late" else 0)
    answer = await client.tokens(secret="x" if wrong == "secret" else "", **form | changes.get(wrong, {}))
    assert answer["error"] < 0
    assert {"error_name", "error_reason", "ref_doc"} < answer.keys()
    assert "data" not in answer


async def test_a_refresh_token_serves_once_and_the_old_pair_is_dead(client: Client) -> None:
    old_access, old_refresh = client.oa.access_token, client.oa.refresh_token
    new = await client.refresh(old_refresh)
    assert (new["access_token"], new["expires_in"]) == (client.oa.access_token, "90000")
    assert (await client.post("/v3.0/oa/quota/group", {}, access_token=old_access))["error"] == -216
    assert (await client.refresh(old_refresh))["error"] < 0
    assert [one.outcome for one in client.oa.refreshes] == ["ok", "used"]
    assert client.oa.violations == ["access_token: a refresh token was used twice"]


async def test_tokens_age_by_the_emulators_clock(client: Client) -> None:
    assert (await client.get("/v2.0/oa/getoa"))["data"]["oa_id"] == client.oa.oa_id
    client.oa.clock.advance(25 * HOUR)
    assert (await client.get("/v2.0/oa/getoa"))["error"] == -220
    client.oa.clock.advance(90 * DAY)
    assert (await client.refresh(client.oa.refresh_token))["error"] < 0
    assert client.oa.refreshes[-1].outcome == "expired"
    assert client.oa.violations == []


async def test_a_permission_that_is_withdrawn_ends_everything(client: Client) -> None:
    refresh = client.oa.refresh_token
    client.oa.tokens.revoke()
    assert (await client.get("/v2.0/oa/getoa"))["error"] == -216
    assert (await client.refresh(refresh))["error"] < 0
    assert client.oa.refreshes[-1].outcome == "revoked"


async def test_a_call_without_token_or_with_a_wrong_proof(client: Client) -> None:
    url = f"{client.oa.api_url}/v2.0/oa/getoa"
    async with client.session.get(url, headers={"Authorization": "Bearer x"}) as answer:
        assert (answer.status, (await answer.json())["error"]) == (200, -216)
    assert len(client.oa.violations) == 2
    assert (await client.post("/v3.0/oa/quota/group", {}, appsecret_proof="0"))["error"] == -242


# ---- messages


SOUND = [
    {"text": "x" * 2000},
    {"text": "Chọn", "attachment": {"type": "template", "payload": {"buttons": [QUERY] * 5}}},
    template(template_type="button", text="Chọn", buttons=[QUERY | {"image_icon": "default"}]),
    media(url="https://a.vn/1.jpg") | {"text": "Ảnh"},
    media("gif", url="https://a.vn/1.gif", width=10, height=10),
    media("sticker", attachment_id="23311"),
    asking(),
]
UNSOUND = [
    ({}, -201), ("chào", -201), ({"text": ""}, -201), ({"text": " "}, -201), ({"text": 5}, -201),
    ({"text": "x" * 2001}, -210), ({"text": "😀" * 1001}, -210), ({"text": "a", "attachment": {}}, -201),
    ({"attachment": {"type": "image", "payload": {}}}, -233), (template(template_type="promotion"), -233),
    (template(template_type="list", elements=[]), -233), (template(buttons=[QUERY]), -201),
    (template(template_type="button", text="a", buttons=[QUERY] * 6), -210),
    (template(template_type="button", text="a", buttons=[]), -201),
    (template(template_type="button", text="a", buttons=[QUERY | {"title": "x" * 101}]), -210),
    (template(template_type="button", text="a", buttons=[QUERY | {"payload": "x" * 1001}]), -210),
    (template(template_type="button", text="a", buttons=[QUERY | {"payload": {"url": "x"}}]), -201),
    (template(template_type="button", text="a", buttons=[QUERY | {"type": "oa.open.url"}]), -201),
    (template(template_type="button", text="a", buttons=[QUERY | {"type": "oa.dance"}]), -201),
    (media(), -201), (media(url="http://a.vn/1.jpg"), -201), (media(url="https://a.vn", attachment_id="1"), -201),
    (media("gif", url="https://a.vn/1.gif"), -201), (media("film", url="https://a.vn"), -233),
    (media(attachment_id="nothing"), -201), (template(template_type="media", elements=[{}, {}]), -201),
    ({"attachment": {"type": "file", "payload": {"token": "nothing"}}}, -201),
    (asking(title="x" * 101), -210), (asking(subtitle="x" * 501), -210), (asking(image_url=""), -201),
    ({"text": "a", "quote_message_id": "nothing"}, -201),
]  # fmt: skip


@pytest.mark.parametrize("message", SOUND, ids=str)
async def test_a_sound_message_arrives(client: Client, person: Person, message: Json) -> None:
    answer = await client.send(person, message)
    (heard,) = await person.hear()
    assert (answer["error"], answer["message"]) == (0, "Success")
    assert (answer["data"]["message_id"], answer["data"]["user_id"]) == (heard.message_id, person.id)
    assert int(answer["data"]["sent_time"]) > 10**12
    assert client.oa.violations == []


@pytest.mark.parametrize(("message", "code"), UNSOUND, ids=lambda value: str(value)[:60])
async def test_an_unsound_message_is_refused_with_200(client: Client, person: Person, message: Any, code: int) -> None:
    assert (await client.send(person, message))["error"] == code
    assert person.messages == []
    assert client.oa.violations


async def test_unknown_fields_are_overlooked_but_noted(client: Client, person: Person) -> None:
    assert (await client.send(person, {"text": "a", "markdown": True}))["error"] == 0
    assert client.oa.violations == ["message has the unknown field markdown"]


async def test_where_sources_disagree_there_are_switches(client: Client, person: Person) -> None:
    bare = {"text": "Chọn", "attachment": {"type": "template", "payload": {"buttons": [QUERY]}}}
    client.oa.dialect.bare_buttons = False
    assert (await client.send(person, bare))["error"] == -233
    client.oa.dialect.utf16 = False
    assert (await client.send(person, {"text": "😀" * 2000}))["error"] == 0
    client.oa.error_as_text, client.oa.with_quota = True, True
    answer = await client.send(person, {"text": "a"})
    assert (answer["error"], answer["data"]["quota"]["quota_type"]) == ("0", "reply")


async def test_a_quoted_message(client: Client, person: Person) -> None:
    quoted = person.chat[0].message_id
    assert (await client.send(person, {"text": "a", "quote_message_id": quoted}))["error"] == 0
    assert person.messages[0].quote == quoted


BUTTONS = [
    QUERY,
    {"title": "Ẩn", "type": "oa.query.hide", "payload": "#an"},
    {"title": "Trang", "type": "oa.open.url", "payload": {"url": "https://a.vn"}},
    {"title": "Gọi", "type": "oa.open.phone", "payload": {"phone_code": "84905"}},
    {"title": "Nhắn", "type": "oa.open.sms", "payload": {"phone_code": "84906", "content": "a"}},
]


async def test_taps_do_what_a_phone_does(client: Client, person: Person) -> None:
    await client.send(person, template(template_type="button", text="Chọn", buttons=BUTTONS))
    (heard,) = await person.hear()
    assert heard.text == "Chọn"
    assert heard.buttons[0] == Button("Có", "oa.query.show", "#co")
    labels = ("Có", "Ẩn", "Trang", "Gọi", "Nhắn")
    assert [await person.tap(label) for label in labels] == ["#co", "#an", "https://a.vn", "84905", "84906"]
    texts = [event["message"]["text"] for event in await client.events()]
    assert texts == ["xin chào", "#co", "#an"]
    assert [line.hidden for line in person.chat if line.src] == [False, False, True]
    with pytest.raises(LookupError, match="'Có', 'Ẩn'"):
        await person.tap("Không")


# ---- who, when, how many


@pytest.mark.parametrize(
    ("hours", "code", "counted"), [(47, 0, 0), (49, 0, 1), (167, 0, 1), (169, -230, 0), (46 * 24, -227, 0)]
)
async def test_windows_since_the_last_interaction(client: Client, hours: int, code: int, counted: int) -> None:
    person = client.oa.person()
    await person.write("chào")
    client.oa.clock.advance(hours * HOUR)
    await client.refresh(client.oa.refresh_token)
    assert (await client.send(person, {"text": "a"}))["error"] == code
    assert client.oa.counted_messages == counted
    assert client.oa.violations == []


async def test_who_can_be_reached(client: Client, person: Person) -> None:
    stranger, gone, follower = (client.oa.person() for _ in range(3))
    await gone.follow()
    await gone.unfollow()
    await follower.follow()
    await person.block()
    codes = [(await client.send(one, {"text": "a"}))["error"] for one in (stranger, gone, follower, person)]
    assert codes == [-213, -213, 0, -217]
    assert (await client.post("/v3.0/oa/message/cs", {"recipient": {"user_id": int(person.id)}}))["error"] == -201


async def test_the_package_ends(client: Client, person: Person) -> None:
    client.oa.package_messages = 1
    client.oa.clock.advance(50 * HOUR)
    await client.refresh(client.oa.refresh_token)
    assert [(await client.send(person, {"text": "a"}))["error"] for _ in range(2)] == [0, -211]


async def test_the_pace_is_told_and_kept(client: Client, person: Person) -> None:
    client.oa.requests_per_minute = 2
    codes = [(await client.send(person, {"text": "a"}))["error"] for _ in range(3)]
    assert codes == [0, 0, -32]
    client.oa.clock.advance(60)
    await client.send(person, {"text": "a"})
    assert client.limits == {"X-RateLimit-Limit": "2", "X-RateLimit-Remain": "1"}
    client.oa.oa_requests_per_minute = 1
    assert "Your OA" in (await client.send(person, {"text": "a"}))["message"]


# ---- trouble


@pytest.mark.parametrize(("kind", "status", "error"), [(-32, 200, -32), (-200, 200, -200), (503, 503, None)])
async def test_refusals_for_so_many_calls(client: Client, person: Person, kind: int, status: int, error: int) -> None:
    client.oa.trouble(kind, "message/cs", times=2)
    url, headers = f"{client.oa.api_url}/v3.0/oa/message/cs", {"access_token": client.oa.access_token}
    body = {"recipient": {"user_id": person.id}, "message": {"text": "a"}}
    for _ in range(2):
        async with client.session.post(url, json=body, headers=headers) as answer:
            assert answer.status == status
    assert [one.error for one in client.oa.requests] == [error, error]
    assert person.messages == []
    assert (await client.send(person, {"text": "a"}))["error"] == 0


@pytest.mark.parametrize(("kind", "arrived"), [("stored, no answer", 1), ("dropped", 0)])
async def test_connections_that_break(client: Client, person: Person, kind: str, arrived: int) -> None:
    client.oa.trouble(kind)
    with pytest.raises(aiohttp.ClientError):
        await client.send(person, {"text": "a"})
    assert len(person.messages) == arrived


@pytest.mark.parametrize(("kind", "arrived"), [("stored, silence", 1), ("timeout", 0)])
async def test_silence(client: Client, person: Person, kind: str, arrived: int) -> None:
    client.oa.trouble(kind)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.send(person, {"text": "a"}), 0.2)
    await client.oa.settled()
    assert len(person.messages) == arrived


async def test_a_refresh_whose_answer_is_lost_has_used_the_token(client: Client) -> None:
    old = client.oa.refresh_token
    client.oa.trouble("stored, no answer", "access_token")
    with pytest.raises(aiohttp.ClientError):
        await client.refresh(old)
    assert client.oa.refresh_token != old
    assert (await client.refresh(old))["error"] < 0


def test_there_is_no_such_trouble() -> None:
    with pytest.raises(ValueError, match="stored, no answer"):
        Trouble("earthquake")

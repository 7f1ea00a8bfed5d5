"""The rest of the emulated OpenAPI: uploads, people, articles, templates, groups, and calls that exist no longer."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from nhipcau.emulators.zalo_oa_people import Person
from tests.emulators.zalo_oa_client import Client, Json, platform

HOUR, DAY = 3600, 86_400
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
ARTICLE = {
    "type": "normal", "title": "Bản tin", "author": "Ban", "description": "Tin", "status": "show",
    "cover": {"cover_type": "photo", "photo_url": "https://a.vn/1.jpg", "status": "show"},
    "body": [{"type": "text", "content": "Chào"}],
}  # fmt: skip


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with platform() as one:
        yield one


@pytest.fixture
async def person(client: Client) -> Person:
    person = client.oa.person(phone="84905000111")
    await person.follow()
    return person


def image(id: str) -> Json:  # noqa: A002
    element = {"media_type": "image", "attachment_id": id}
    return {"attachment": {"type": "template", "payload": {"template_type": "media", "elements": [element]}}}


# ---- uploads


@pytest.mark.parametrize(
    ("kind", "name", "content", "code"),
    [
        ("image", "a.png", PNG, 0),
        ("image", "a.gif", b"GIF89a", -201),
        ("image", "a.png", PNG + bytes(1_000_000), -210),
        ("gif", "a.gif", b"GIF89a", 0),
        ("file", "a.pdf", b"%PDF", 0),
        ("file", "a.exe", b"MZ", -201),
        ("file", "a.docx", bytes(5_000_001), -210),
    ],
)
async def test_uploads(client: Client, kind: str, name: str, content: bytes, code: int) -> None:
    answer = await client.upload(kind, name, content)
    assert answer["error"] == code
    assert list(answer.get("data", ())) == ([] if code else ["token" if kind == "file" else "attachment_id"])


async def test_an_upload_lives_for_seven_days(client: Client, person: Person) -> None:
    told = image((await client.upload("image", "a.png", PNG))["data"]["attachment_id"])
    assert (await client.send(person, told))["error"] == 0
    client.oa.clock.advance(7 * DAY)
    await client.refresh(client.oa.refresh_token)
    assert (await client.send(person, told))["error"] == -100


# ---- people


async def test_a_profile(client: Client, person: Person) -> None:
    answer = await client.get("/v3.0/oa/user/detail", user_id=person.id)
    assert (answer["data"]["user_id"], answer["data"]["user_is_follower"]) == (person.id, True)
    assert (await client.get("/v3.0/oa/user/detail", user_id="1"))["error"] == -213


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"offset": 0, "count": 50}, 0), ({"offset": 9952, "count": 1}, -210), ({"offset": 0, "count": 51}, -210),
        ({"offset": "0", "count": 1}, -201), ({"offset": 0}, -201),
        ({"offset": 0, "count": 1, "last_interaction_period": "soon"}, -201),
    ],
)  # fmt: skip
async def test_limits_of_lists(client: Client, asked: Json, code: int) -> None:
    assert (await client.get("/v3.0/oa/user/getlist", **asked))["error"] == code


async def test_parameters_of_get_are_json_in_data(client: Client) -> None:
    for query in ({"data": "offset=0"}, {"offset": "0", "count": "50"}):
        assert (await client.query("/v3.0/oa/user/getlist", query))["error"] == -201


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, 2), ({"is_follower": "true"}, 1), ({"is_follower": False}, 1), ({"tag_name": "tổ 1"}, 1),
        ({"last_interaction_period": "TODAY"}, 1), ({"last_interaction_period": "L7D"}, 2),
        ({"last_interaction_period": "YESTERDAY"}, 1), ({"last_interaction_period": "2020_01_01:2020_12_31"}, 0),
    ],
)  # fmt: skip
async def test_lists_are_filtered(client: Client, asked: Json, found: int) -> None:
    client.oa.person()  # whom the OA has not met
    await client.oa.person().write("chào")
    client.oa.clock.advance(DAY - HOUR)
    follower = client.oa.person()
    await follower.follow()
    await client.post("/v2.0/oa/tag/tagfollower", {"user_id": follower.id, "tag_name": "tổ 1"})
    answer = await client.get("/v3.0/oa/user/getlist", offset=0, count=50, **asked)
    assert (answer["data"]["total"], len(answer["data"]["users"])) == (found, found)


async def test_tags(client: Client, person: Person) -> None:
    told = {"user_id": person.id, "tag_name": "tổ 1"}
    await client.post("/v2.0/oa/tag/tagfollower", told)
    assert (await client.get("/v2.0/oa/tag/gettagsofoa"))["data"] == ["tổ 1"]
    assert (await client.post("/v2.0/oa/tag/rmfollowerfromtag", told)) == {"error": 0, "message": "Success"}
    assert person.tags == set()


async def test_history(client: Client, person: Person) -> None:
    await person.write("chào")
    await client.send(person, {"text": "vâng"})
    rows = (await client.get("/v2.0/oa/conversation", user_id=person.id, offset=0, count=10))["data"]
    assert [(row["src"], row["message"]) for row in rows] == [(0, "vâng"), (1, "chào")]
    assert [row["message"] for row in (await client.get("/v2.0/oa/listrecentchat", offset=0, count=10))["data"]] == [
        "vâng"
    ]


async def test_quotas(client: Client, person: Person) -> None:
    path = "/v3.0/oa/quota/message"
    assert int((await client.post(path, {"user_id": person.id}))["data"]["last_interaction"]) > 10**12
    asked = {"quota_owner": "OA", "product_type": "cs", "quota_type": "sub_quota"}
    assert (await client.post(path, asked))["data"][0]["remain"] == 500
    asset = client.oa.asset("gmf10")
    assert (await client.post("/v3.0/oa/quota/group", asked))["data"][0]["asset_id"] == asset.id
    assert (await client.post(path, {"quota_owner": "me"}))["error"] == -201


# ---- articles and broadcasts


async def article(client: Client) -> str:
    token = (await client.post("/v2.0/article/create", ARTICLE))["data"]["token"]
    assert (await client.post("/v2.0/article/verify", {"token": token}))["error"] == -214
    return str((await client.post("/v2.0/article/verify", {"token": token}))["data"]["id"])


async def broadcast(client: Client, id: str, **target: Any) -> int:  # noqa: A002
    elements = [{"media_type": "article", "attachment_id": id}]
    payload = {"template_type": "media", "elements": elements}
    message = {"attachment": {"type": "template", "payload": payload}}
    told = {"recipient": {"target": target}, "message": message}
    return int((await client.post("/v2.0/oa/message", told))["error"])


@pytest.mark.parametrize(
    ("change", "code"),
    [({"title": "x" * 151}, -210), ({"type": "video"}, -201), ({"body": []}, -201), ({"cover": None}, -201)],
)
async def test_an_unsound_article(client: Client, change: Json, code: int) -> None:
    assert (await client.post("/v2.0/article/create", ARTICLE | change))["error"] == code


async def test_a_broadcast_reaches_followers_once_a_day_and_so_often_a_month(client: Client, person: Person) -> None:
    client.oa.broadcasts_a_month = 2
    await client.oa.person().write("không theo dõi")
    told = await article(client)
    assert [await broadcast(client, told), await broadcast(client, told)] == [0, -211]
    assert [message.attachments[0]["title"] for message in person.messages] == ["Bản tin"]
    assert sum(len(one.messages) for one in client.oa.people.values()) == 1
    client.oa.clock.advance(14 * HOUR)
    assert await broadcast(client, told) == -234


@pytest.mark.parametrize(
    ("target", "reached"),
    [({"ages": "1,2"}, 1), ({"ages": [3]}, 0), ({"gender": 0}, 1), ({"gender": 2}, 0), ({"platform": "2"}, 1)],
)
async def test_targets_in_three_encodings(client: Client, person: Person, target: Json, reached: int) -> None:
    assert await broadcast(client, await article(client), **target) == 0
    assert len(person.messages) == reached


async def test_unsound_broadcasts(client: Client, person: Person) -> None:
    told = await article(client)
    assert await broadcast(client, told, ages="9") == -201
    assert await broadcast(client, "nothing") == -201
    assert person.messages == []


# ---- templates


async def by_uid(client: Client, person: Person, **change: Any) -> int:
    told = {"user_id": person.id, "template_id": "t1", "template_data": {"name": "An"}} | change
    return int((await client.post("/v3.0/oa/message/template", told))["error"])


async def test_templates_by_uid(client: Client, person: Person) -> None:
    client.oa.template("t1", "name")
    client.oa.template("t2", "name", by_uid=False)
    client.oa.template("t3", "name", tag=3)
    person.refuses.add("promotion")
    assert await by_uid(client, person) == 0
    assert person.messages[0].attachments[0]["data"] == {"name": "An"}
    assert await by_uid(client, person, template_data={}) == -201
    assert [await by_uid(client, person, template_id=f"t{number}") for number in (2, 3, 4)] == [-249, -244, -201]
    client.oa.templates_a_day = 1
    assert await by_uid(client, person) == -144
    client.oa.zca_messages, client.oa.templates_a_day = 0, 2
    assert await by_uid(client, person) == -321
    client.oa.clock.advance(13 * HOUR)
    assert await by_uid(client, person) == -234


async def test_templates_by_phone_are_reported_to_the_webhook(client: Client, person: Person) -> None:
    client.oa.template("t1", "name")
    client.oa.postman.muted.clear()
    told = {"phone": "84905000111", "template_id": "t1", "template_data": {"name": "An"}, "tracking_id": "x1"}
    assert (await client.by_phone(**told))["data"]["quota"]["remainingQuota"] == "4999"
    report = (await client.events())[-1]
    assert (report["recipient"]["id"], report["message"]["tracking_id"]) == ("84905000111", "x1")
    assert client.heard[-1][0]["X-ZEvent-Server"] == "ZNS"
    changes: list[Json] = [{"phone": "0905"}, {"phone": "84905999999"}, {"template_id": "t2"}, {"template_data": {}}]
    assert [(await client.by_phone(**told | change))["error"] for change in changes] == [-108, -118, -109, -112]
    client.oa.tokens.revoke()
    assert (await client.by_phone(**told))["error"] == -124


# ---- groups, visitors, reactions


async def test_a_group_from_its_asset_to_its_end(client: Client, person: Person) -> None:
    asset, newcomer = client.oa.asset("gmf10"), client.oa.person()
    told = {"group_name": "Tổ 1", "group_description": "", "asset_id": asset.id, "member_user_ids": [person.id]}
    made = (await client.post("/v3.0/oa/group/creategroupwithoa", told))["data"]
    assert (await client.post("/v3.0/oa/group/creategroupwithoa", told))["error"] == -238
    group = client.oa.groups[made["group_id"]]
    message = {"recipient": {"group_id": group.id}, "message": {"text": "Họp"}}
    assert (await client.post("/v3.0/oa/group/message", message))["error"] == 0
    assert [one.text for one in group.messages] == ["Họp"]
    await group.join(newcomer)
    await group.write(newcomer, "Vâng")
    assert (await client.get("/v3.0/oa/group/listmember", group_id=group.id, offset=0, count=5))["data"]["total"] == 2
    await group.leave(newcomer)
    await group.delete()
    assert (await client.post("/v3.0/oa/group/message", message))["error"] == -237
    message["recipient"]["group_id"] = "f414"
    assert (await client.post("/v3.0/oa/group/message", message))["error"] == -403
    names = [event["event_name"] for event in await client.events()]
    told_of = ["create_group", "user_join_group", "user_send_group_text", "user_out_group", "delete_group"]
    assert names == ["follow", *told_of]


async def test_a_visitor_without_a_name(client: Client) -> None:
    visitor = client.oa.visitor()
    await visitor.write("chào")
    (event,) = await client.events()
    assert (event["event_name"], event["message"]["conversation_id"]) == ("anonymous_send_text", visitor.conversation)
    recipient = {"anonymous_id": visitor.id, "conversation_id": visitor.conversation}
    told = {"recipient": recipient, "message": {"text": "Vâng"}}
    assert (await client.post("/v2.0/oa/message", told))["error"] == 0
    assert visitor.messages[0].text == "Vâng"


async def test_reactions_come_and_go(client: Client, person: Person) -> None:
    message = (await person.write("chào"))["message"]["msg_id"]
    codes = []
    for icon in ("/-heart", "/-dance", "/-remove"):
        action = {"react_icon": icon, "react_message_id": message}
        told = {"recipient": {"user_id": person.id}, "sender_action": action}
        codes.append((await client.post("/v2.0/oa/message", told))["error"])
    assert codes == [0, -201, 0]
    assert person.chat[0].reactions == []


# ---- calls that exist no longer, or never did


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v3.0/oa/message/promotion", -233),
        ("/v3.0/oa/message/transaction", -233),
        ("/v2.0/oa/message", -240),
        ("/v3.0/oa/message/nothing", 404),
        ("/v4/oa/access_token", 404),
        ("/message/template", 404),
    ],
)
async def test_stopped_and_unknown_calls(client: Client, person: Person, path: str, code: int) -> None:
    told = {"recipient": {"user_id": person.id}, "message": {"text": "a"}}
    if path.startswith("/v4") or path.startswith("/message"):  # of another host
        async with client.session.post(client.oa.api_url + path, json=told) as answer:
            assert answer.status == code
        return
    assert (await client.post(path, told))["error"] == code
    assert len(client.oa.violations) == 1

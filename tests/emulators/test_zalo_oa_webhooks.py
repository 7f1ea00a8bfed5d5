"""Events of the emulated Official Account: signed, in time, again and again, doubled, out of order."""

import hashlib
import json
from collections.abc import AsyncIterator

import pytest

from nhipcau.emulators.zalo_oa_people import Person
from nhipcau.emulators.zalo_oa_postman import LADDER, signature
from tests.emulators.zalo_oa_client import Client, platform


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with platform() as one:
        yield one


@pytest.fixture
async def person(client: Client) -> Person:
    person = client.oa.person()
    await person.write("xin chào")
    return person


def test_the_signature_of_the_documented_formula() -> None:
    told = b'{"app_id":"1","timestamp":"2"}'
    assert signature("1", told, "2", "s") == f"mac={hashlib.sha256(b'1' + told + b'2s').hexdigest()}"
    body = (
        '{"app_id":"1234567890123456789","sender":{"id":"2468458835296197922"},"user_id_by_app":"552177279717587730",'
        '"recipient":{"id":"388613280878808645"},"event_name":"user_send_text","message":{"text":"Xin chào, lương tối '
        'thiểu vùng?","msg_id":"96d3cdf3af150460909"},"timestamp":"1760000000123"}'
    ).encode()
    assert len(body) == 298
    expected = "mac=659d425630ea33e6cd079f2fa394a09ccb39adf6415c087d8c0617147fb0e018"
    assert signature("1234567890123456789", body, "1760000000123", "oaSecretKeyForTests01") == expected


async def test_an_event_is_signed_and_its_ids_are_long_strings(client: Client, person: Person) -> None:
    (event,) = await client.events()
    headers, body = client.heard[0]
    told = signature(client.oa.app_id, body, event["timestamp"], client.oa.oa_secret)
    assert headers["X-ZEvent-Signature"] == told
    assert "num_retry" not in headers
    assert event.keys() == {
        "app_id", "sender", "user_id_by_app", "recipient", "event_name", "message", "timestamp",
    }  # fmt: skip
    ids = (event["app_id"], event["sender"]["id"], event["recipient"]["id"], event["user_id_by_app"])
    assert all(isinstance(one, str) and int(one) > 2**53 for one in ids)
    assert event["message"]["text"] == "xin chào"


async def test_what_is_not_received_comes_again_along_the_ladder_and_then_never(client: Client) -> None:
    client.answers = [500] * 6
    await client.oa.person().write("một")
    await client.oa.settled()
    for step in LADDER:
        client.oa.clock.advance(step - 1)
        before = len(client.heard)
        await client.oa.settled()
        assert len(client.heard) == before
        client.oa.clock.advance(1)
        await client.oa.settled()
    assert [headers.get("num_retry") for headers, _ in client.heard] == [None, "1", "2", "3", "4", "5"]
    assert len({body for _, body in client.heard}) == 1
    await client.oa.person().write("hai")
    assert len(await client.events()) == 6
    client.oa.subscribe()
    assert (await client.events())[-1]["message"]["text"] == "hai"


async def test_a_slow_webhook_is_asked_again(client: Client) -> None:
    client.oa.postman.patience, client.slow = 0.1, 0.3
    await client.oa.person().write("chào")
    await client.oa.settled()
    client.slow = 0.0
    client.oa.clock.advance(30)
    await client.oa.settled()
    assert [attempt.status for attempt in client.oa.postman.attempts] == [0, 200]


async def test_duplicates_and_disorder(client: Client, person: Person) -> None:
    await client.events()
    client.oa.duplicate_webhooks(2)
    await person.write("một")
    assert [event["message"]["text"] for event in await client.events()] == ["xin chào", *["một"] * 3]
    client.oa.duplicate_webhooks(0)
    client.oa.shuffle_webhooks(1)
    for number in range(10):
        await person.write(str(number))
    texts = [event["message"]["text"] for event in await client.events()][4:]
    assert sorted(texts) == [str(number) for number in range(10)] != texts


async def test_probes_and_the_proof_of_the_domain(client: Client) -> None:
    assert await client.oa.probe() == await client.oa.probe(b"{}") == 200
    assert [(body, "X-ZEvent-Signature" in headers) for headers, body in client.heard] == [(b"", False), (b"{}", False)]
    assert await client.oa.verifies_domain("Abc123")


async def test_toggles_echoes_and_receipts(client: Client, person: Person) -> None:
    client.oa.postman.muted = {"user_send"}
    await client.send(person, {"text": "a"})
    client.oa.write_by_hand(person, "tôi đây")
    await person.write("im lặng")
    await person.see()
    names = [event["event_name"] for event in (await client.events())[1:]]
    assert names == ["oa_send_text", "user_received_message", "oa_send_text", "user_seen_message"]
    seen = json.loads(client.heard[-1][1])
    assert seen["message"]["msg_ids"] == [message.message_id for message in person.messages]
    client.oa.postman.muted, client.oa.postman.only_hash = set(), True
    await person.write("#menu")
    await person.write("menu")
    assert [event["message"]["text"] for event in (await client.events())[5:]] == ["#menu"]


ACTS: dict[str, tuple[str, set[str]]] = {
    "send_image": ("user_send_image", {"thumbnail", "url"}), "send_gif": ("user_send_gif", {"thumbnail", "url"}),
    "send_link": ("user_send_link", {"thumbnail", "description", "url"}), "send_audio": ("user_send_audio", {"url"}),
    "send_business_card": ("user_send_business_card", {"thumbnail", "description", "url"}),
    "send_video": ("user_send_video", {"url", "thumbnail", "description"}),
    "send_sticker": ("user_send_sticker", {"url", "id"}), "send_location": ("user_send_location", {"coordinates"}),
    "send_file": ("user_send_file", {"size", "name", "checksum", "type", "url"}),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
async def test_what_a_person_sends(client: Client, act: str) -> None:
    await getattr(client.oa.person(), act)()
    (event,) = await client.events()
    name, payload = ACTS[act]
    assert (event["event_name"], event["message"]["attachments"][0]["payload"].keys()) == (name, payload)


OTHERS: dict[str, tuple[str, set[str]]] = {
    "follow": ("follow", {"oa_id", "follower", "user_id_by_app", "source"}),
    "unfollow": ("unfollow", {"oa_id", "follower", "user_id_by_app", "source"}),
    "submit_info": ("user_submit_info", {"sender", "recipient", "user_id_by_app", "info"}),
    "click_chat_now": ("user_click_chatnow", {"oa_id", "user_id", "user_id_by_app"}),
    "withdraw": ("user_withdraw", {"oa_id", "user_id", "user_id_by_app"}),
    "send_unknown": ("user_send_hologram", {"sender", "recipient", "user_id_by_app", "message"}),
}


@pytest.mark.parametrize("act", OTHERS)
async def test_what_a_person_does(client: Client, act: str) -> None:
    await getattr(client.oa.person(), act)()
    (event,) = await client.events()
    name, fields = OTHERS[act]
    assert (event["event_name"], event.keys() - {"app_id", "event_name", "timestamp"}) == (name, fields)

"""People as the OpenAPI tells of them: profiles, lists, tags and past messages, and the OA itself."""

from datetime import date, datetime, timedelta
from typing import Any

from nhipcau.emulators.zalo_bot_clock import VIETNAM
from nhipcau.emulators.zalo_oa_account import Account
from nhipcau.emulators.zalo_oa_chat import FROM_OA, Seen
from nhipcau.emulators.zalo_oa_checks import day_of, known, number, text_id, word
from nhipcau.emulators.zalo_oa_people import MEDIA, Person
from nhipcau.emulators.zalo_oa_refusals import Refusal, breach

Json = dict[str, Any]

FARTHEST, PAGE, ROWS = 9951, 50, 10
DAYS = {"TODAY": (0, 0), "YESTERDAY": (1, 1), "L7D": (6, 0), "L30D": (29, 0)}  # ago: from, to


def detail(oa: Account, fields: Json) -> Json:
    """One person."""
    known(oa, fields, "user_id", where="data")
    person = met(oa, fields.get("user_id"))
    return {
        "user_id": person.id,
        "user_id_by_app": person.id_by_app,
        "user_external_id": "",
        "display_name": person.name,
        "user_alias": person.alias or person.name,
        "is_sensitive": False,
        "user_last_interaction_date": day_of(person.last_interaction or oa.clock.now()),
        "user_is_follower": person.following,
        "avatar": f"{MEDIA}/avatar.jpg",
        "avatars": {"120": f"{MEDIA}/avatar120.jpg", "240": f"{MEDIA}/avatar240.jpg"},
        "dynamic_param": "",
        "tags_and_notes_info": {"notes": [], "tag_names": sorted(person.tags)},
        "shared_info": {"address": "", "city": "", "district": "", "phone": "", "name": ""} | person.shared,
    }


def getlist(oa: Account, fields: Json) -> Json:
    """A page of the people the OA has met."""
    known(oa, fields, "offset", "count", "tag_name", "last_interaction_period", "is_follower", where="data")
    offset = number(fields.get("offset"), "offset", FARTHEST)
    count = number(fields.get("count"), "count", PAGE)
    days = _days(oa, fields["last_interaction_period"]) if "last_interaction_period" in fields else None
    people = [one for one in oa.people.values() if one.last_interaction is not None and _wanted(one, fields, days)]
    page = people[offset : offset + count]
    told = [{"user_id": person.id} for person in page]
    return {"total": len(people), "count": len(page), "offset": offset, "users": told}


def update(oa: Account, fields: Json) -> None:
    """What the OA itself knows of a person."""
    known(oa, fields, "user_id", "name", "phone", "address", "city_id", "district_id")
    person = met(oa, fields.get("user_id"))
    person.shared |= {name: value for name, value in fields.items() if name != "user_id"}


def tag(oa: Account, fields: Json) -> None:
    known(oa, fields, "user_id", "tag_name")
    met(oa, fields.get("user_id")).tags.add(word(fields.get("tag_name"), "tag_name", 100))


def untag(oa: Account, fields: Json) -> None:
    known(oa, fields, "user_id", "tag_name")
    met(oa, fields.get("user_id")).tags.discard(text_id(fields.get("tag_name"), "tag_name"))


def remove_tag(oa: Account, fields: Json) -> None:
    known(oa, fields, "tag_name")
    name = text_id(fields.get("tag_name"), "tag_name")
    for person in oa.people.values():
        person.tags.discard(name)


def tags(oa: Account, fields: Json) -> list[str]:
    known(oa, fields, where="data")
    return sorted({tag for person in oa.people.values() for tag in person.tags})


def conversation(oa: Account, fields: Json) -> list[Json]:
    """A chat, the newest message first."""
    known(oa, fields, "user_id", "offset", "count", where="data")
    person = met(oa, fields.get("user_id"))
    return _page([_row(oa, person, one) for one in reversed(person.chat)], fields)


def recent_chats(oa: Account, fields: Json) -> list[Json]:
    """The newest message of each chat."""
    known(oa, fields, "offset", "count", where="data")
    newest = [(person.chat[-1], person) for person in oa.people.values() if person.chat]
    newest.sort(key=lambda pair: pair[0].at, reverse=True)
    return _page([_row(oa, person, one) for one, person in newest], fields)


def getoa(oa: Account, fields: Json) -> Json:
    """The OA."""
    known(oa, fields, where="data")
    return {
        "oa_id": oa.oa_id,
        "name": oa.name,
        "description": "",
        "oa_alias": "nhipcau",
        "is_verified": True,
        "oa_type": 4,
        "cate_name": "",
        "num_follower": sum(person.following for person in oa.people.values()),
        "avatar": f"{MEDIA}/oa.jpg",
        "cover": f"{MEDIA}/cover.jpg",
        "package_name": "Growth",
        "package_valid_through_date": "31/12/2027",
        "package_auto_renew_date": "",
        "linked_ZCA": "",
    }


def met(oa: Account, user_id: Any) -> Person:
    """Somebody who interacted with the OA at some time. Raises Refusal."""
    person = oa.people.get(text_id(user_id, "user_id"))
    if person is None or (person.last_interaction is None and not person.chat):
        raise Refusal(-213)
    return person


def _wanted(person: Person, fields: Json, days: tuple[date, date] | None) -> bool:
    follower = str(fields.get("is_follower", person.following)).lower() == str(person.following).lower()
    tagged = fields.get("tag_name") in (None, *person.tags)
    day = datetime.fromtimestamp(person.last_interaction or 0.0, VIETNAM).date()
    return follower and tagged and (days is None or days[0] <= day <= days[1])


def _days(oa: Account, period: Any) -> tuple[date, date]:
    """First and last day of a period. Raises Refusal."""
    today = datetime.fromtimestamp(oa.clock.now(), VIETNAM).date()
    if period in DAYS:
        return today - timedelta(days=DAYS[period][0]), today - timedelta(days=DAYS[period][1])
    try:
        first, last = (datetime.strptime(day, "%Y_%m_%d").date() for day in str(period).split(":"))  # noqa: DTZ007
    except ValueError:
        raise breach(-201, f"last_interaction_period is one of {', '.join(DAYS)} or two days") from None
    return first, last


def _page(rows: list[Json], fields: Json) -> list[Json]:
    offset = number(fields.get("offset"), "offset", 10**6)
    return rows[offset : offset + number(fields.get("count"), "count", ROWS)]


def _row(oa: Account, person: Person, one: Seen) -> Json:
    ours, theirs = (oa.oa_id, oa.name, f"{MEDIA}/oa.jpg"), (person.id, person.name, f"{MEDIA}/avatar.jpg")
    sender, receiver = (ours, theirs) if one.src == FROM_OA else (theirs, ours)
    row: Json = {"src": one.src, "time": int(one.at * 1000), "type": one.kind, "message": one.text}
    row |= {"message_id": one.message_id, "from_id": sender[0], "to_id": receiver[0]}
    row |= {"from_display_name": sender[1], "from_avatar": sender[2]}
    row |= {"to_display_name": receiver[1], "to_avatar": receiver[2]}
    attached = one.attachments[0] if one.attachments else {}
    return row | {name: attached[name] for name in ("url", "thumbnail", "description") if name in attached}


ENDPOINTS = {
    "GET /v3.0/oa/user/detail": detail,
    "GET /v3.0/oa/user/getlist": getlist,
    "POST /v3.0/oa/user/update": update,
    "POST /v2.0/oa/updatefollowerinfo": update,
    "POST /v2.0/oa/tag/tagfollower": tag,
    "POST /v2.0/oa/tag/rmfollowerfromtag": untag,
    "POST /v2.0/oa/tag/rmtag": remove_tag,
    "GET /v2.0/oa/tag/gettagsofoa": tags,
    "GET /v2.0/oa/conversation": conversation,
    "GET /v2.0/oa/listrecentchat": recent_chats,
    "GET /v2.0/oa/getoa": getoa,
}

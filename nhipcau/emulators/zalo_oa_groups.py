"""Groups of an Official Account (GMF). Source: OA documentation, group messages."""

from typing import Any

from nhipcau.emulators.zalo_oa_account import Account
from nhipcau.emulators.zalo_oa_chat import FROM_OA, Seen, understood
from nhipcau.emulators.zalo_oa_checks import known, number, text_id, word
from nhipcau.emulators.zalo_oa_followers import met
from nhipcau.emulators.zalo_oa_people import new_message_id
from nhipcau.emulators.zalo_oa_places import Group
from nhipcau.emulators.zalo_oa_refusals import Refusal, breach
from nhipcau.emulators.zalo_oa_sending import sound
from nhipcau.emulators.zalo_oa_stock import Asset

Json = dict[str, Any]

INVITED = 99  # people at once
PAGE = 50
SETTINGS = ("lock_send_msg", "join_appr", "enable_msg_history", "enable_link_join")


def create(oa: Account, fields: Json) -> Json:
    """A new group, for an asset that is not used yet."""
    known(oa, fields, "group_name", "group_description", "asset_id", "member_user_ids")
    name = word(fields.get("group_name"), "group_name", 100)
    asset = _asset(oa, fields.get("asset_id"))
    members = [met(oa, id) for id in _ids(fields)]  # noqa: A001
    if len(members) >= asset.places:
        raise Refusal(-210)
    asset.used = True
    group = Group(oa, name, members, asset.places, description=fields.get("group_description", ""))
    oa.groups[group.id] = group
    group.tell("create_group", *members)
    return _told(group) | {"status": "success"}


def getlist(oa: Account, fields: Json) -> Json:
    known(oa, fields, "offset", "count", where="data")
    groups = [_told(group) for group in oa.groups.values()]
    return {"total": len(groups), "groups": _page(groups, fields)}


def update(oa: Account, fields: Json) -> Json:
    known(oa, fields, "group_id", "group_name", "group_description", "group_avatar", *SETTINGS)
    group = _group(oa, fields.get("group_id"))
    group.settings |= {name: fields[name] for name in SETTINGS if name in fields}
    group.tell("update_group_info")
    return _told(group)


def members(oa: Account, fields: Json) -> Json:
    known(oa, fields, "group_id", "offset", "count", where="data")
    people = _group(oa, fields.get("group_id")).members
    told = [{"user_id": person.id, "name": person.name} for person in people]
    return {"total": len(told), "members": _page(told, fields)}


def invite(oa: Account, fields: Json) -> None:
    """Those invited are in at once."""
    known(oa, fields, "group_id", "member_user_ids")
    group = _group(oa, fields.get("group_id"))
    people = [met(oa, id) for id in _ids(fields)]  # noqa: A001
    if len(group.members) + len(people) >= group.places:
        raise Refusal(-210)
    group.members += people
    group.tell("user_join_group", *people)


def conversation(oa: Account, fields: Json) -> list[Json]:
    known(oa, fields, "group_id", "offset", "count", where="data")
    chat = _group(oa, fields.get("group_id")).chat
    rows = [{"src": one.src, "message_id": one.message_id, "message": one.text} for one in reversed(chat)]
    return _page(rows, fields)


def message(oa: Account, fields: Json) -> Json:
    """A message to all members."""
    known(oa, fields, "recipient", "message")
    recipient = fields.get("recipient")
    if not isinstance(recipient, dict):
        raise breach(-201, "recipient is an object with group_id")
    known(oa, recipient, "group_id", where="recipient")
    group = _group(oa, recipient.get("group_id"))
    told = understood(sound(oa, fields.get("message")))
    seen = Seen(new_message_id(), FROM_OA, told.pop("text"), oa.clock.now(), **told)
    group.chat.append(seen)
    sides = {"sender": {"id": oa.oa_id}, "recipient": {"id": group.id}}
    oa.emit(f"oa_send_group_{seen.kind}", **sides, message={"msg_id": seen.message_id, "text": seen.text})
    oa.notify()
    return {"message_id": seen.message_id, "group_id": group.id, "sent_time": str(oa.clock.milliseconds())}


def _group(oa: Account, id: Any) -> Group:  # noqa: A002
    group = oa.groups.get(text_id(id, "group_id"))
    if group is None or not group.with_oa:
        raise Refusal(-403)
    if group.disabled:
        raise Refusal(-237)
    return group


def _asset(oa: Account, id: Any) -> Asset:  # noqa: A002
    asset = oa.assets.get(text_id(id, "asset_id"))
    if asset is None:
        raise breach(-201, "asset_id names no asset")
    if asset.used:
        raise Refusal(-238)
    return asset


def _ids(fields: Json) -> list[str]:
    ids = fields.get("member_user_ids", [])
    if not isinstance(ids, list):
        raise breach(-201, "member_user_ids is a list")
    if len(ids) > INVITED:
        raise breach(-210, f"member_user_ids are {len(ids)}, at most {INVITED} are allowed")
    return ids


def _told(group: Group) -> Json:
    told = {"group_id": group.id, "group_link": group.link, "name": group.name, "description": group.description}
    return told | {"total_member": len(group.members), "settings": group.settings}


def _page(rows: list[Json], fields: Json) -> list[Json]:
    offset = number(fields.get("offset"), "offset", 10**6)
    return rows[offset : offset + number(fields.get("count"), "count", PAGE)]


ENDPOINTS = {
    "POST /v3.0/oa/group/creategroupwithoa": create,
    "GET /v3.0/oa/group/getgroupsofoa": getlist,
    "POST /v3.0/oa/group/updateinfo": update,
    "GET /v3.0/oa/group/listmember": members,
    "POST /v3.0/oa/group/invite": invite,
    "GET /v3.0/oa/group/conversation": conversation,
    "POST /v3.0/oa/group/message": message,
}

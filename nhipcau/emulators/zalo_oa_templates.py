"""ZBS template messages: fixed wording, approved beforehand, paid. By UID on the OA's host, by phone on their own.

Source: ZBS documentation.
"""

from typing import Any

from nhipcau.emulators.zalo_oa_account import Account
from nhipcau.emulators.zalo_oa_checks import hour_of, known, text_id, word
from nhipcau.emulators.zalo_oa_people import Person
from nhipcau.emulators.zalo_oa_refusals import Refusal, breach
from nhipcau.emulators.zalo_oa_sending import reachable
from nhipcau.emulators.zalo_oa_stock import Template

Json = dict[str, Any]

HOURS = range(6, 22)  # 06:00 to 21:59
PROMOTION = 3
TRACKING_ID = 48


def by_uid(oa: Account, fields: Json) -> Json:
    """To somebody who interacted with the OA at some time."""
    known(oa, fields, "user_id", "template_id", "template_data")
    person = reachable(oa, fields.get("user_id"))
    template = _template(oa, fields, unknown=-201, missing=-201)
    if not template.by_uid:
        raise breach(-249, f"template {template.id}")
    if template.tag == PROMOTION and "promotion" in person.refuses:
        raise Refusal(-244)
    _spend(oa, night=-234, no_money=-321)
    seen = _deliver(oa, person, fields)
    return {"message_id": seen, "user_id": person.id, "sent_time": str(oa.clock.milliseconds())}


def by_phone(oa: Account, fields: Json) -> Json:
    """To any phone number on Zalo. What became of it comes to the webhook."""
    known(oa, fields, "phone", "template_id", "template_data", "tracking_id", "sending_mode", "mode")
    phone = text_id(fields.get("phone"), "phone")
    if not phone.startswith("84") or not phone.isdigit():
        raise breach(-108, "phone is 84 and the number without its zero")
    tracking = word(fields["tracking_id"], "tracking_id", TRACKING_ID) if "tracking_id" in fields else ""
    _template(oa, fields, unknown=-109, missing=-112)
    person = next((one for one in oa.people.values() if one.phone == phone), None)
    if person is None:
        raise Refusal(-118)
    if person.blocked or "templates" in person.refuses:
        raise Refusal(-139)
    _spend(oa, night=-133, no_money=-115)
    msg_id, now = _deliver(oa, person, fields), str(oa.clock.milliseconds())
    sides = {"sender": {"id": oa.oa_id}, "recipient": {"id": phone}}
    report = {"delivery_time": now, "msg_id": msg_id, "tracking_id": tracking}
    oa.emit("user_received_message", headers={"X-ZEvent-Server": "ZNS"}, **sides, message=report)
    return {"msg_id": msg_id, "sent_time": now, "sending_mode": fields.get("sending_mode", "1"), "quota": _quota(oa)}


def quota(oa: Account, _: Json) -> Json:
    return _quota(oa)


def quality(_oa: Account, _: Json) -> Json:
    return {"oaCurrentQuality": "HIGH", "oa7dayQuality": "HIGH"}


def templates(oa: Account, _: Json) -> list[Json]:
    return [{"templateId": one.id, "status": "ENABLE" if one.enabled else "DISABLE"} for one in oa.templates.values()]


def info(oa: Account, fields: Json) -> Json:
    template = oa.templates.get(fields.get("template_id", ""))
    if template is None:
        raise breach(-109, "template_id")
    told = [{"name": name, "require": True} for name in sorted(template.parameters)]
    return {"templateId": template.id, "status": "ENABLE", "listParams": told, "templateTag": template.tag}


def _template(oa: Account, fields: Json, *, unknown: int, missing: int) -> Template:
    template = oa.templates.get(text_id(fields.get("template_id"), "template_id"))
    if template is None:
        raise breach(unknown, "template_id names no template")
    if not template.enabled:
        raise Refusal(-131)
    told = fields.get("template_data")
    if not isinstance(told, dict) or told.keys() != template.parameters:
        raise breach(missing, f"template_data has exactly {', '.join(sorted(template.parameters))}")
    return template


def _spend(oa: Account, *, night: int, no_money: int) -> None:
    if hour_of(oa.clock.now()) not in HOURS:
        raise Refusal(night)
    if not oa.zca_connected:
        raise Refusal(-320)
    if oa.templates_sent[oa.today()] >= oa.templates_a_day:
        raise Refusal(-144)
    if oa.zca_messages <= 0:
        raise Refusal(no_money)
    oa.zca_messages -= 1
    oa.templates_sent[oa.today()] += 1


def _deliver(oa: Account, person: Person, fields: Json) -> str:
    shown = {"type": "template", "id": fields["template_id"], "data": fields["template_data"]}
    return oa.deliver(person, attachments=[shown], raw=fields).message_id


def _quota(oa: Account) -> Json:
    left = oa.templates_a_day - oa.templates_sent[oa.today()]
    return {"dailyQuota": str(oa.templates_a_day), "remainingQuota": str(left)}


ENDPOINTS = {"POST /v3.0/oa/message/template": by_uid}
ZBS_ENDPOINTS = {
    "POST /message/template": by_phone,
    "GET /message/quota": quota,
    "GET /quality": quality,
    "GET /template/all": templates,
    "GET /template/info/v2": info,
}

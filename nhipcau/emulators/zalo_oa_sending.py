"""POST /v3.0/oa/message/cs: who may be written to, when, and what it costs. Source: OA documentation, CS v3."""

from typing import Any

from nhipcau.emulators.zalo_oa_account import Account
from nhipcau.emulators.zalo_oa_chat import understood
from nhipcau.emulators.zalo_oa_checks import known, text_id
from nhipcau.emulators.zalo_oa_messages import faults
from nhipcau.emulators.zalo_oa_people import Person
from nhipcau.emulators.zalo_oa_refusals import Refusal, breach

Json = dict[str, Any]

HOUR = 3600
FREE, COUNTED, INACTIVE = 48 * HOUR, 7 * 24 * HOUR, 45 * 24 * HOUR  # after the last interaction


def consult(oa: Account, fields: Json) -> Json:
    """A consultation message to one person."""
    known(oa, fields, "recipient", "message")
    person = recipient(oa, fields.get("recipient"))
    message = sound(oa, fields.get("message"))
    _check_quote(oa, person, message)
    age = window(oa, person)
    if age > FREE:
        _count(oa)
    seen = oa.deliver(person, **understood(message))
    answer = {"message_id": seen.message_id, "user_id": person.id, "sent_time": str(oa.clock.milliseconds())}
    return answer | ({"quota": quota(oa, age)} if oa.with_quota else {})


def recipient(oa: Account, told: Any) -> Person:
    """The person a message goes to. Raises Refusal."""
    if not isinstance(told, dict):
        raise breach(-201, "recipient is an object with user_id")
    known(oa, told, "user_id", where="recipient")
    return reachable(oa, told.get("user_id"))


def reachable(oa: Account, user_id: Any) -> Person:
    """Somebody whom the OA has met and who did not block it. Raises Refusal."""
    person = oa.people.get(text_id(user_id, "user_id"))
    if person is None or person.last_interaction is None:
        raise Refusal(-213)
    if person.blocked:
        raise Refusal(-217)
    return person


def sound(oa: Account, message: Any) -> Json:
    """The message, if nothing is wrong with it; else raises Refusal. Notes what the platform would overlook."""
    found = list(faults(message, oa.dialect))
    for fault in found:
        if not fault.code:
            oa.breach(fault.says)
    worst = next((fault for fault in found if fault.code), None)
    if worst:
        raise breach(worst.code, worst.says)
    _check_uploads(oa, message)
    return dict(message)


def window(oa: Account, person: Person) -> float:
    """Seconds since the person's last interaction. Raises Refusal when the window is closed."""
    age = oa.clock.now() - (person.last_interaction or 0.0)
    if age > INACTIVE:
        raise Refusal(-227)
    if age > COUNTED:
        raise Refusal(oa.closed_window_code)
    return age


def quota(oa: Account, age: float) -> Json:
    """What answers carried until March 2026."""
    if age <= FREE:
        return {"quota_type": "reply", "remain": 8, "total": 8}  # stayed at eight, whatever was sent
    left = oa.package_messages - oa.counted_messages
    owner = {"owner_type": "OA", "owner_id": oa.oa_id}
    return {"quota_type": "sub_quota", "remain": left, "total": oa.package_messages, **owner}


def _check_uploads(oa: Account, message: Json) -> None:
    payload = message.get("attachment", {}).get("payload", {})
    if "token" in payload:
        oa.uploads.get(payload["token"], "file")
    for element in payload.get("elements", ()):
        if "attachment_id" in element and element.get("media_type") in ("image", "gif"):
            oa.uploads.get(element["attachment_id"], element["media_type"])


def _check_quote(oa: Account, person: Person, message: Json) -> None:
    quoted = message.get(oa.dialect.quote_field)
    if quoted is not None and quoted not in {one.message_id for one in person.chat}:
        raise breach(-201, f"{oa.dialect.quote_field} names no message of this chat")


def _count(oa: Account) -> None:
    if oa.counted_messages >= oa.package_messages:
        raise Refusal(-211)
    oa.counted_messages += 1


ENDPOINTS = {"POST /v3.0/oa/message/cs": consult}

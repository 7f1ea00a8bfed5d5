"""POST /v2.0/oa/message: what is left of it. Broadcasts of articles, reactions, and answers to nameless visitors."""

from typing import Any

from nhipcau.emulators.zalo_oa_account import Account
from nhipcau.emulators.zalo_oa_articles import find
from nhipcau.emulators.zalo_oa_chat import FROM_OA, FROM_USER, Seen, understood
from nhipcau.emulators.zalo_oa_checks import day_of, hour_of, known, text_id
from nhipcau.emulators.zalo_oa_people import Person, new_message_id
from nhipcau.emulators.zalo_oa_refusals import Refusal, breach
from nhipcau.emulators.zalo_oa_sending import reachable, sound

Json = dict[str, Any]

ICONS = (":>", "--b", ":-((", "-:((", "/-strong", "/-heart", ":-h", "-h", ":o", "/-remove")
REACTIONS = 50  # on one message
ARTICLES = 5  # in one broadcast
HOURS = range(6, 22)
TARGET = {"ages": range(8), "gender": range(3), "locations": range(3), "cities": range(64), "platform": range(1, 4)}
PERSONS = {"ages": "ages", "gender": "gender", "locations": "location", "cities": "city", "platform": "platform"}


def message(oa: Account, fields: Json) -> Json:
    """Whichever of the three this is; messages to a person have gone to v3.0."""
    recipient = fields.get("recipient")
    if not isinstance(recipient, dict):
        raise breach(-201, "recipient is an object")
    if "sender_action" in fields:
        return _react(oa, recipient, fields["sender_action"])
    if "anonymous_id" in recipient:
        return _answer_visitor(oa, recipient, fields)
    if "target" in recipient:
        return _broadcast(oa, recipient, fields)
    raise breach(-240, "messages to a person go to /v3.0/oa/message/cs")


def _react(oa: Account, recipient: Json, action: Any) -> Json:
    person = reachable(oa, recipient.get("user_id"))
    if not isinstance(action, dict) or action.get("react_icon") not in ICONS:
        raise breach(-201, f"react_icon is one of {' '.join(ICONS)}")
    known(oa, action, "react_icon", "react_message_id", where="sender_action")
    there = (one for one in person.chat if one.message_id == action.get("react_message_id"))
    seen = next(there, None)
    if seen is None or seen.src != FROM_USER:
        raise breach(-201, "react_message_id names no message of this person")
    _put_reaction(seen, action["react_icon"])
    told = {"msg_id": seen.message_id, "react_icon": action["react_icon"]}
    oa.emit("oa_reacted_message", sender={"id": oa.oa_id}, recipient={"id": person.id}, message=told)
    oa.notify()
    return {"message_id": seen.message_id, "user_id": person.id}


def _put_reaction(seen: Seen, icon: str) -> None:
    if icon == "/-remove":
        seen.reactions.clear()
    elif len(seen.reactions) >= REACTIONS:
        raise Refusal(-210)
    else:
        seen.reactions.append(icon)


def _answer_visitor(oa: Account, recipient: Json, fields: Json) -> Json:
    known(oa, recipient, "anonymous_id", "conversation_id", where="recipient")
    visitor = oa.visitors.get(text_id(recipient.get("anonymous_id"), "anonymous_id"))
    if visitor is None or visitor.conversation != recipient.get("conversation_id"):
        raise Refusal(-213)
    told = understood(sound(oa, fields.get("message")))
    seen = Seen(new_message_id(), FROM_OA, told.pop("text"), oa.clock.now(), **told)
    visitor.chat.append(seen)
    sides = {"sender": {"id": oa.oa_id}, "recipient": {"id": visitor.id}}
    oa.emit(f"oa_send_anonymous_{seen.kind}", **sides, message={"msg_id": seen.message_id, "text": seen.text})
    oa.notify()
    return {"message_id": seen.message_id, "user_id": visitor.id}


# ---- broadcasts


def _broadcast(oa: Account, recipient: Json, fields: Json) -> Json:
    known(oa, recipient, "target", where="recipient")
    chosen = {name: _numbers(name, value) for name, value in _target(oa, recipient).items()}
    articles = [find(oa, id) for id in _article_ids(fields.get("message"))]  # noqa: A001
    if hour_of(oa.clock.now()) not in HOURS:
        raise Refusal(-234)
    wanted = [one for one in oa.people.values() if one.following and not one.blocked and _fits(one, chosen)]
    free = [person for person in wanted if _may_receive(oa, person)]
    if wanted and not free:
        raise Refusal(-211)
    attachments = [{"type": "article", "id": one.id, "title": one.content["title"]} for one in articles]
    for person in free:
        oa.broadcasts.append((person.id, oa.clock.now()))
        oa.deliver(person, attachments=attachments)
    return {"message_id": new_message_id()}


def _target(oa: Account, recipient: Json) -> Json:
    target = recipient.get("target", {})
    if not isinstance(target, dict):
        raise breach(-201, "recipient.target is an object")
    known(oa, target, *TARGET, where="target")
    return {name: value for name, value in target.items() if name in TARGET}


def _numbers(name: str, value: Any) -> set[int]:
    """The sources show numbers, lists of them, and text with commas: all are taken."""
    listed = value if isinstance(value, list) else str(value).split(",")
    try:
        numbers = {int(one) for one in listed}
    except (TypeError, ValueError):
        raise breach(-201, f"target.{name} holds numbers") from None
    if not numbers <= set(TARGET[name]):
        raise breach(-201, f"target.{name} is from {TARGET[name][0]} to {TARGET[name][-1]}")
    return numbers


def _article_ids(told: Any) -> list[str]:
    try:
        payload = told["attachment"]["payload"]
        elements = payload["elements"]
        sound_shape = payload["template_type"] == "media" and all(one["media_type"] == "article" for one in elements)
        ids = [one["attachment_id"] for one in elements]
    except (KeyError, TypeError):
        raise breach(-201, "a broadcast is an attachment of articles") from None
    if not sound_shape or not ids:
        raise breach(-233, "a broadcast is an attachment of articles")
    if len(ids) > ARTICLES:
        raise breach(-210, f"a broadcast has {len(ids)} articles, at most {ARTICLES} are allowed")
    return ids


def _fits(person: Person, chosen: dict[str, set[int]]) -> bool:
    return all(
        getattr(person, PERSONS[name]) in numbers or (name == "gender" and 0 in numbers)
        for name, numbers in chosen.items()
    )


def _may_receive(oa: Account, person: Person) -> bool:
    """One a day, and so many a month as the package has."""
    today = day_of(oa.clock.now())
    days = [day_of(at) for who, at in oa.broadcasts if who == person.id]
    this_month = [day for day in days if day[3:] == today[3:]]
    return today not in days and len(this_month) < oa.broadcasts_a_month


ENDPOINTS = {"POST /v2.0/oa/message": message}

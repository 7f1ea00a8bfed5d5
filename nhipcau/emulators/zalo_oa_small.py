"""Small endpoints: what may still be sent, uploads, and calls that exist no longer. Source: OA documentation."""

from collections.abc import Callable
from typing import Any

from nhipcau.emulators.zalo_oa_account import Account
from nhipcau.emulators.zalo_oa_checks import known, text_id
from nhipcau.emulators.zalo_oa_followers import met
from nhipcau.emulators.zalo_oa_refusals import breach
from nhipcau.emulators.zalo_oa_uploads import LARGEST

Json = dict[str, Any]

PRODUCTS, QUOTAS, OWNERS = ("cs", "transaction"), ("sub_quota", "purchase_quota", "reward_quota"), ("OA", "App")
VALID = "31/12/2027"


def messages(oa: Account, fields: Json) -> Json | list[Json]:
    """Of one person, or of the package."""
    if "user_id" not in fields:
        _check_asset_question(oa, fields)
        left = oa.package_messages - oa.counted_messages
        asset = {"asset_id": f"cs-{oa.oa_id[:6]}", "product_type": "cs", "quota_type": "sub_quota"}
        return [asset | {"valid_through": VALID, "total": oa.package_messages, "remain": left}]
    known(oa, fields, "user_id")
    person = met(oa, fields["user_id"])
    last = str(int((person.last_interaction or 0) * 1000))
    promotion = {"daily_remain": 0, "daily_total": 0, "monthly_remain": 0, "monthly_total": 0}
    return {"last_interaction": last, "cs_reply": {"remain": 8, "total": 8}, "promotion": promotion}


def old_messages(oa: Account, fields: Json) -> Json:
    """v2.0, still answered."""
    known(oa, fields, "message_id", "user_id", "type")
    text_id(fields.get("message_id") or fields.get("user_id"), "message_id or user_id")
    return {"type": fields.get("type", "reply"), "remain": 8, "total": 8}


def groups(oa: Account, fields: Json) -> list[Json]:
    """Assets that make groups."""
    known(oa, fields, "quota_owner", "product_type", "quota_type")
    told = {"quota_type": "sub_quota", "valid_through": VALID, "total": 1}
    return [
        {"asset_id": one.id, "product_type": one.product_type, **told, "remain": int(not one.used)}
        for one in oa.assets.values()
    ]


def _check_asset_question(oa: Account, fields: Json) -> None:
    known(oa, fields, "quota_owner", "product_type", "quota_type")
    sound = fields.get("quota_owner") in OWNERS and fields.get("product_type", "cs") in PRODUCTS
    if not sound or fields.get("quota_type", QUOTAS[0]) not in QUOTAS:
        raise breach(-201, "the question names user_id, or quota_owner, product_type and quota_type")


def upload(kind: str) -> Callable[[Account, Json], Json]:
    """The endpoint that takes in one kind of file."""

    def endpoint(oa: Account, fields: Json) -> Json:
        file = fields.get("file")
        if not isinstance(file, tuple):
            raise breach(-201, "an upload is multipart with the field file")
        known(oa, fields, "file", where="the upload")
        kept = oa.uploads.put(kind, *file)
        return {"token" if kind == "file" else "attachment_id": kept.id}

    return endpoint


def stopped(code: int) -> Callable[[Account, Json], Json]:
    """A call that exists no longer. What these answer is not recorded: this is our choice."""

    def endpoint(_oa: Account, _fields: Json) -> Json:
        raise breach(code, "this call was stopped")

    return endpoint


ENDPOINTS = {
    "POST /v3.0/oa/quota/message": messages,
    "POST /v2.0/oa/quota/message": old_messages,
    "POST /v3.0/oa/quota/group": groups,
    "POST /v3.0/oa/message/promotion": stopped(-233),
    "POST /v3.0/oa/message/transaction": stopped(-233),
    "GET /v2.0/oa/getprofile": stopped(-240),
    "GET /v2.0/oa/getfollowers": stopped(-240),
    **{f"POST /v2.0/oa/upload/{kind}": upload(kind) for kind in LARGEST},
}

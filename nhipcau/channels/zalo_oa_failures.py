"""What each error of the OA's API means for the message. Only this file judges.

Zalo OA, "Error codes". Zalo answers nearly all failures with HTTP 200 and a negative `error`.
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta, timezone
from typing import NamedTuple

from nhipcau.channels.failures import (
    Declined,
    Gone,
    Misconfigured,
    NotTaken,
    OutsideHours,
    QuotaUsed,
    Refused,
    SendFailure,
    Throttled,
    Unreachable,
    WindowClosed,
)

RATE_LIMIT = -32
TOKEN_REFUSED = frozenset({-216, -220})
STOPPED = frozenset({-204, -205, -209, -212, -215, -219, -221})
"""Nothing can be sent to anybody until a person acts."""
_QUOTA, _GRANT = -211, -223  # the second is also told of a quota of articles: only the message shows which

_HANOI = timezone(timedelta(hours=7))
_MORNING = time(6, 5)  # templates are taken from 06:00; five minutes for clocks that differ
_HOUR = 3600.0
_DAY = 24 * _HOUR


class UploadExpired(Refused):
    """The uploaded file has expired: upload it anew and try once more."""


class Meaning(NamedTuple):
    """`after`: seconds until the next try, where trying helps."""

    failure: Callable[..., SendFailure]
    sentence: str
    after: float = 0.0


CODES: dict[int, Meaning] = {
    -32: Meaning(Throttled, "the limit of calls is reached"),
    -100: Meaning(UploadExpired, "the uploaded file has expired"),
    -200: Meaning(NotTaken, "sending failed"),
    -201: Meaning(Refused, "a parameter is not valid"),
    -202: Meaning(Misconfigured, "the signature of the call is not valid"),
    -204: Meaning(Misconfigured, "the OA is disabled"),
    -205: Meaning(Misconfigured, "the OA does not exist"),
    -209: Meaning(Misconfigured, "the app is not activated: activate it at developers.zalo.me"),
    -210: Meaning(Refused, "a parameter is over its limit"),
    -211: Meaning(QuotaUsed, "the OA's quota is used up", _HOUR),
    -212: Meaning(Misconfigured, "the app has not registered this API: add Official Account API to it"),
    -213: Meaning(Gone, "the person does not follow the OA"),
    -214: Meaning(NotTaken, "the article is still being processed"),
    -215: Meaning(Misconfigured, "the app id is not valid"),
    -216: Meaning(Misconfigured, "the access token is not valid, and a new one neither"),
    -217: Meaning(Gone, "the person blocks messages of the OA"),
    -218: Meaning(WindowClosed, "the person has received all that may be sent in this period"),
    -219: Meaning(Misconfigured, "the app was removed or disabled"),
    -220: Meaning(Misconfigured, "the access token has run out, and a new one too"),
    -221: Meaning(Misconfigured, "the OA must be verified"),
    -223: Meaning(Misconfigured, "the OA has not granted this to the app, or its articles are used up"),
    -224: Meaning(Misconfigured, "the OA's package must be upgraded"),
    -227: Meaning(Gone, "the person is banned, or has not used Zalo for 45 days"),
    -230: Meaning(WindowClosed, "the person has not written for seven days"),
    -232: Meaning(WindowClosed, "the conversation has expired"),
    -233: Meaning(Refused, "this type of message is not supported"),
    -234: Meaning(OutsideHours, "such messages are not taken at night"),
    -235: Meaning(Misconfigured, "this API is not for this type of OA"),
    -237: Meaning(Gone, "the group is disabled or has expired"),
    -238: Meaning(Refused, "the asset is already used: choose another"),
    -239: Meaning(NotTaken, "a temporary fault"),
    -240: Meaning(Refused, "this call was shut down: a fault of this program"),
    -241: Meaning(Refused, "the asset is already used: choose another"),
    -242: Meaning(Misconfigured, "appsecret_proof is wrong: check NHIPCAU_ZALO_APP_SECRET"),
    -244: Meaning(Declined, "the person refuses this kind of message"),
    -248: Meaning(Refused, "the content breaks Zalo's rules: a person must look at it"),
    -249: Meaning(Refused, "this template cannot be sent by user id"),
    -305: Meaning(WindowClosed, "the window is closed"),
    -311: Meaning(QuotaUsed, "the quota is used up", _HOUR),
    -320: Meaning(Misconfigured, "the OA must connect a ZCA account before it can pay"),
    -321: Meaning(QuotaUsed, "the ZCA account has no money left", _HOUR),
    -403: Meaning(Gone, "the OA is not in this group"),
    -1340: Meaning(Refused, "a form error"),
    -1341: Meaning(Refused, "a form error"),
    # Templates by phone number (ZBS)
    -108: Meaning(Gone, "the phone number is not valid"),
    -109: Meaning(Refused, "the template's id is not valid"),
    -114: Meaning(Gone, "the number has no active Zalo account"),
    -115: Meaning(QuotaUsed, "there is no money left", _HOUR),
    -118: Meaning(Gone, "the account does not exist or is disabled"),
    -119: Meaning(Gone, "the account cannot receive this"),
    -124: Meaning(Misconfigured, "the access token is not valid"),
    -126: Meaning(Misconfigured, "development mode is not set up for this"),
    -127: Meaning(Misconfigured, "development mode sends to administrators only"),
    -131: Meaning(Refused, "the template is not approved"),
    -133: Meaning(OutsideHours, "such messages are not taken at night"),
    -135: Meaning(Misconfigured, "the OA may not send templates"),
    -136: Meaning(Misconfigured, "the OA must connect a ZCA account"),
    -137: Meaning(QuotaUsed, "the ZCA account could not be charged", _HOUR),
    -139: Meaning(Declined, "the person refuses this OA's templates"),
    -140: Meaning(Declined, "the person may not get this kind of template"),
    -141: Meaning(Declined, "the person refuses this OA's templates"),
    -144: Meaning(QuotaUsed, "the day's templates are used up", _DAY),
    -146: Meaning(Refused, "the template was disabled for its quality"),
    -147: Meaning(QuotaUsed, "the template's limit for the day is reached", _DAY),
    -1351: Meaning(Misconfigured, "the OA may not send templates"),
    -1441: Meaning(QuotaUsed, "the day's templates are used up", _DAY),
    -1471: Meaning(QuotaUsed, "the template's limit is reached", _DAY),
    -1472: Meaning(QuotaUsed, "the template's limit is reached", _DAY),
    **{code: Meaning(Refused, "a parameter of the template is not valid") for code in range(-1129, -1119)},
    **{code: Meaning(Refused, "this type of template is refused") for code in range(-162, -157)},
}


def failure(code: int, said: str, now: datetime) -> SendFailure:
    """The failure for an error of the API. One that nobody knows fails this recipient and nobody else."""
    meaning = CODES.get(_QUOTA if code == _GRANT and "quota" in said.lower() else code)
    if meaning is None:
        return SendFailure(f"Zalo: error {code}, which is not documented ({said})")
    after = until_morning(now) if meaning.failure is OutsideHours else meaning.after
    return meaning.failure(f"Zalo: {meaning.sentence} ({code}: {said})", after=after)


def until_morning(now: datetime) -> float:
    """Seconds until templates are taken again."""
    local = now.astimezone(_HANOI)
    morning = datetime.combine(local.date(), _MORNING, _HANOI)
    return (morning - local).total_seconds() + (_DAY if local >= morning else 0)


def refresh_failure(code: int, said: str) -> SendFailure:
    """OAuth: all but the limit of calls is final, and a person must grant again."""
    if code == RATE_LIMIT:
        return Unreachable(f"Zalo's limit of calls is reached ({code}: {said})")
    return Misconfigured(f"{code}: {said}")

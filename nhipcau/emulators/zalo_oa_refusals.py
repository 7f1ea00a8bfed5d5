"""How the Official Account OpenAPI says no. Meanings: error table of the OA documentation; wording is ours."""

from typing import Any

Json = dict[str, Any]


class Refusal(Exception):
    """An answer other than "Success". `breach` tells what the client did that a sound client never does."""

    def __init__(self, code: int, says: str = "", *, breach: str = "") -> None:
        super().__init__(says or MEANINGS.get(code, "Error"))
        self.code = code
        self.breach = breach

    @property
    def envelope(self) -> Json:
        return {"error": self.code, "message": str(self)}


def breach(code: int, why: str) -> Refusal:
    """A refusal that is the client's own fault."""
    return Refusal(code, f"{MEANINGS[code]}: {why}", breach=why)


MEANINGS: dict[int, str] = {
    -32: "Your application reached limit call api",
    -100: "attachment_id was expired",
    -108: "Phone number is invalid",
    -109: "Template id is invalid",
    -112: "Template data is invalid",
    -114: "The phone number has no Zalo account or is inactive",
    -115: "Out of balance",
    -118: "Zalo account does not exist or is disabled",
    -119: "Account cannot receive messages",
    -124: "Access token is invalid",
    -131: "Template is not approved",
    -133: "Messages cannot be sent at night",
    -139: "User refuses messages of this Official Account",
    -144: "Daily quota of the Official Account is used up",
    -200: "Sending message failed",
    -201: "Params is invalid",
    -202: "Mac is invalid",
    -204: "Official Account is disabled",
    -205: "Official Account does not exist",
    -209: "Application has not been activated",
    -210: "Parameter exceeds its limit",
    -211: "Out of quota",
    -212: "Official Account has not been registered for this API",
    -213: "User has not followed the Official Account",
    -214: "Article is being processed",
    -215: "App id is invalid",
    -216: "Access token is invalid",
    -217: "User has blocked invitations of the Official Account",
    -218: "The recipient has reached the receive quota",
    -219: "Application was removed or disabled",
    -220: "Access token has expired",
    -221: "Official Account has not been verified",
    -223: "Official Account has not granted this application",
    -224: "Official Account package must be upgraded",
    -227: "User is banned or was inactive for more than 45 days",
    -230: "User has not interacted with the Official Account in the last 7 days",
    -232: "User has not interacted or the conversation has expired",
    -233: "Message type is invalid or not supported",
    -234: "Messages cannot be sent at night",
    -235: "API does not support this type of Official Account",
    -237: "Group is disabled or expired",
    -238: "Asset was used",
    -239: "Temporarily unavailable",
    -240: "MessageV2 api has been shut down, use MessageV3",
    -241: "Asset was used",
    -242: "appsecret_proof is invalid",
    -244: "User refuses this kind of message",
    -248: "Content violates the platform's standards",
    -249: "Template cannot be sent by UID",
    -305: "User has not interacted with the Official Account in the last 7 days",
    -311: "Out of quota",
    -320: "Official Account must connect a Zalo Cloud Account",
    -321: "Zalo Cloud Account is out of money",
    -403: "Official Account is not a member of the group",
    -1340: "Form is invalid",
    -1341: "Form is invalid",
}
OA_LIMIT = "Your OA reached limit call api"

# OAuth. The documentation gives meanings to the first two; the others are named in it without one.
BAD_APP = -14002
BAD_REDIRECT = -14003
BAD_REFRESH = -14012
BAD_GRANT = -14024


class OAuthRefusal(Exception):
    """An answer of the permission host: it knows no envelope."""

    def __init__(self, code: int, name: str, reason: str) -> None:
        super().__init__(reason)
        self.answer: Json = {
            "error_name": name,
            "error_reason": reason,
            "ref_doc": "https://developers.zalo.me/docs/official-account",
            "error_description": reason,
            "error": code,
        }

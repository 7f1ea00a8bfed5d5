"""How one OA is reached and what its package allows. Whatever Zalo's documents leave open is a setting."""

from typing import Literal

import msgspec


class OaSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Defaults are those of the documentation; where it is silent, the careful choice."""

    oa_id: str
    app_id: str
    public_url: str = ""
    api_url: str = "https://openapi.zalo.me"
    oauth_url: str = "https://oauth.zaloapp.com"
    calls_per_minute: float = 100  # 0: no limit of ours
    text_characters: int = 2000
    buttons: Literal["attachment", "template", "none"] = "attachment"
    quote_field: str = "quote_message_id"
    appsecret_proof: bool = False
    pkce: bool = True
    verifier_file: str = ""
    free_hours: float = 48
    open_hours: float = 168
    gather_ms: int = 30  # deliveries within this time are put into the order of their timestamps
    billed_messages_per_month: int = 500  # after the first 48 hours, in the package
    billed_message_dong: int = 55  # each of those above
    target_encoding: Literal["strings", "numbers", "arrays"] = "strings"

    @property
    def hook_path(self) -> str:
        """Where Zalo delivers events."""
        return f"/zalo/oa/{self.oa_id}"

    @property
    def granted_path(self) -> str:
        """Where the browser returns to after the permission was granted."""
        return f"{self.hook_path}/granted"

    @property
    def granted_url(self) -> str:
        return self.public_url.rstrip("/") + self.granted_path

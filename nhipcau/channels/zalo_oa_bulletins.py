"""What bulletins need of an OA beyond writing to one person: articles, templates, groups, quotas, uploads.

Zalo OA, "article", "broadcast", "ZBS template message", "GMF", "quota", "upload". The calls that ended on 2026-03-01
(transaction and promotion messages) have no function here.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from nhipcau.channels.failures import NotTaken, Refused
from nhipcau.channels.vault import Vault
from nhipcau.channels.zalo_oa_api import OaApi

Json = dict[str, Any]
Encoding = Literal["strings", "numbers", "arrays"]

UPLOAD_LIFE = timedelta(days=6)  # Zalo keeps an upload for seven
IMAGE_BYTES = 1_000_000
FILE_BYTES = 5_000_000
FILE_ENDINGS = (".pdf", ".doc", ".docx")
_LENGTHS = {"title": 150, "author": 50, "description": 300}  # characters


class Bulletins:
    """Calls of one OA. `encoding`: how a target's numbers are written, which Zalo's own samples do in three ways."""

    def __init__(self, api: OaApi, encoding: Encoding = "strings") -> None:
        self._api = api
        self._encoding = encoding

    async def create_article(self, title: str, author: str, description: str, cover: str, body: Sequence[Json]) -> str:
        """A token to ask `verify_article` with. `cover`: an https address; `body`: parts {type, content | url}."""
        given = {"title": title, "author": author, "description": description}
        for name, longest in _LENGTHS.items():
            if len(given[name]) > longest:
                raise Refused(f"Zalo: an article's {name} has at most {longest} characters")
        photo = {"cover_type": "photo", "photo_url": cover, "status": "show"}
        fields = given | {"type": "normal", "cover": photo, "body": list(body), "status": "show", "comment": "hide"}
        return str((await self._api.post("/v2.0/article/create", fields))["token"])

    async def verify_article(self, token: str) -> str | None:
        """The article's id; None while Zalo still works on it."""
        try:
            data = await self._api.post("/v2.0/article/verify", {"token": token})
        except NotTaken:
            return None
        return str(data["id"]) if data and data.get("id") else None

    async def broadcast(self, articles: Sequence[str], target: Mapping[str, Sequence[int]]) -> str:
        """Sends articles to followers; the message's id. `target`: ages, gender, locations, cities, platform."""
        chosen = {name: written(values, self._encoding) for name, values in target.items() if values}
        elements = [{"media_type": "article", "attachment_id": article} for article in articles]
        payload = {"template_type": "media", "elements": elements}
        message = {"attachment": {"type": "template", "payload": payload}}
        data = await self._api.post("/v2.0/oa/message", {"recipient": {"target": chosen}, "message": message})
        return str(data["message_id"])

    async def send_template(self, user_id: str, template: str, data: Mapping[str, str]) -> str:
        """A paid ZBS template to one person; the message's id."""
        fields = {"user_id": user_id, "template_id": template, "template_data": dict(data)}
        return str((await self._api.post("/v3.0/oa/message/template", fields))["message_id"])

    async def send_to_group(self, group: str, text: str) -> str:
        """A message to a GMF group; the message's id."""
        fields = {"recipient": {"group_id": group}, "message": {"text": text}}
        return str((await self._api.post("/v3.0/oa/group/message", fields))["message_id"])

    async def quota_of(self, user_id: str) -> Json:
        """What may still be sent to a person. Any field can be missing: use it to inform, never to decide."""
        data = await self._api.post("/v3.0/oa/quota/message", {"user_id": user_id})
        return data if isinstance(data, dict) else {}

    async def quotas(self, *, product: str = "cs", quota: str = "sub_quota", groups: bool = False) -> list[Json]:
        """The account's assets: {asset_id, product_type, quota_type, valid_through, total, remain}, each optional."""
        path = "/v3.0/oa/quota/group" if groups else "/v3.0/oa/quota/message"
        data = await self._api.post(path, {"quota_owner": "OA", "product_type": product, "quota_type": quota})
        return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []


def written(values: Sequence[int], encoding: Encoding) -> Any:
    """[1, 2] as "1,2", as [1, 2]; one value alone as a bare number where that is the way."""
    if encoding == "arrays":
        return list(values)
    if encoding == "numbers" and len(values) == 1:
        return values[0]
    return ",".join(map(str, values))


class _Upload(msgspec.Struct, frozen=True):
    ref: str
    at: datetime


class Uploads:
    """Uploads a content once in six days, however often it is sent."""

    def __init__(self, api: OaApi, vault: Vault, now: Callable[[], datetime]) -> None:
        self._api = api
        self._vault = vault
        self._now = now

    async def image(self, content: bytes, *, anew: bool = False) -> str:
        """The attachment id of a JPEG or PNG of at most 1 MB. `anew` after Zalo said that it expired."""
        mime = _image_type(content)
        if not mime or len(content) > IMAGE_BYTES:
            raise Refused("Zalo takes JPEG and PNG images of at most 1 MB: make it smaller")
        ending = mime.partition("/")[2]
        return await self._once("image", "attachment_id", content, f"image.{ending}", mime, anew)

    async def file(self, content: bytes, name: str, mime: str, *, anew: bool = False) -> str:
        """The token of a PDF or Word file of at most 5 MB."""
        if not name.lower().endswith(FILE_ENDINGS) or not 0 < len(content) <= FILE_BYTES:
            raise Refused("Zalo takes PDF, DOC and DOCX files of at most 5 MB: send others as a link")
        return await self._once("file", "token", content, name, mime, anew)

    async def _once(self, kind: str, field: str, content: bytes, name: str, mime: str, anew: bool) -> str:
        digest = hashlib.sha256(content + name.encode()).hexdigest()
        place = f"upload:{kind}:{digest[:32]}"
        kept = await self._vault.read(place)
        if kept.version and not anew:
            upload = msgspec.json.decode(kept.body, type=_Upload)
            if self._now() - upload.at < UPLOAD_LIFE:
                return upload.ref
        data = await self._api.upload(f"/v2.0/oa/upload/{kind}", content, name, mime)
        upload = _Upload(str(data[field]), self._now())
        await self._vault.swap(place, kept.version, msgspec.json.encode(upload))  # lost to another: both are good
        return upload.ref


def _image_type(content: bytes) -> str:
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/png" if content.startswith(b"\x89PNG\r\n\x1a\n") else ""

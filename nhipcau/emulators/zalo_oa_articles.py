"""Articles, which become readable a while after they were sent in. Source: OA documentation, articles."""

from typing import Any

from nhipcau.emulators.zalo_oa_account import Account
from nhipcau.emulators.zalo_oa_checks import known, number, text_id, word
from nhipcau.emulators.zalo_oa_refusals import Refusal, breach
from nhipcau.emulators.zalo_oa_stock import Article

Json = dict[str, Any]

FIELDS = ("type", "title", "author", "cover", "description", "body", "status", "comment", "related_medias")
SHOWN = ("show", "hide")
PIECES = ("text", "image", "video", "product")


def create(oa: Account, fields: Json) -> Json:
    """Takes an article in; it is asked for with verify."""
    known(oa, fields, *FIELDS)
    _check(oa, fields)
    article = Article(fields, oa.article_polls)
    oa.articles[article.id] = article
    return {"token": article.token}


def verify(oa: Account, fields: Json) -> Json:
    """The article's id, once it is ready."""
    known(oa, fields, "token")
    token = text_id(fields.get("token"), "token")
    article = next((one for one in oa.articles.values() if one.token == token), None)
    if article is None:
        raise breach(-201, "there is no article with this token")
    if article.polls > 0:
        article.polls -= 1
        raise Refusal(-214)
    return {"id": article.id}


def update(oa: Account, fields: Json) -> Json:
    """Changes an article; it is asked for with verify again."""
    known(oa, fields, "id", *FIELDS)
    article = find(oa, fields.get("id"))
    _check(oa, fields)
    article.content, article.polls = fields, oa.article_polls
    return {"token": article.token}


def remove(oa: Account, fields: Json) -> None:
    known(oa, fields, "id")
    del oa.articles[find(oa, fields.get("id")).id]


def detail(oa: Account, fields: Json) -> Json:
    known(oa, fields, "id", where="data")
    article = find(oa, fields.get("id"))
    return {"id": article.id, **article.content}


def getlist(oa: Account, fields: Json) -> Json:
    known(oa, fields, "offset", "limit", "type", where="data")
    offset = number(fields.get("offset"), "offset", 10**6)
    page = list(oa.articles.values())[offset : offset + number(fields.get("limit"), "limit", 10)]
    told = [{"id": one.id, "title": one.content["title"], "status": one.content.get("status", "hide")} for one in page]
    return {"medias": told, "total": len(oa.articles)}


def find(oa: Account, id: Any) -> Article:  # noqa: A002
    """An article that is ready. Raises Refusal."""
    article = oa.articles.get(text_id(id, "id"))
    if article is None:
        raise breach(-201, f"there is no article {id}")
    return article


def _check(oa: Account, fields: Json) -> None:
    if fields.get("type") != "normal":
        raise breach(-201, 'type is "normal"')
    for name, limit in (("title", 150), ("author", 50), ("description", 300)):
        word(fields.get(name), name, limit)
    cover = fields.get("cover")
    if not isinstance(cover, dict) or cover.get("cover_type") not in ("photo", "video"):
        raise breach(-201, "cover has cover_type and photo_url")
    known(oa, cover, "cover_type", "photo_url", "video_id", "cover_view", "status", where="cover")
    body = fields.get("body")
    if not isinstance(body, list) or not body or any(piece.get("type") not in PIECES for piece in body):
        raise breach(-201, f"body is a list of {', '.join(PIECES)}")
    for name in ("status", "comment"):
        if fields.get(name, "hide") not in SHOWN:
            raise breach(-201, f"{name} is show or hide")


ENDPOINTS = {
    "POST /v2.0/article/create": create,
    "POST /v2.0/article/verify": verify,
    "POST /v2.0/article/update": update,
    "POST /v2.0/article/remove": remove,
    "GET /v2.0/article/getdetail": detail,
    "GET /v2.0/article/getlist": getlist,
}

"""The hosts of the platform as web applications: openapi.zalo.me, oauth.zaloapp.com, business.openapi.zalo.me."""

from collections.abc import Awaitable, Callable
from importlib import resources
from typing import Any
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from nhipcau.emulators import (
    zalo_oa_articles,
    zalo_oa_followers,
    zalo_oa_groups,
    zalo_oa_sending,
    zalo_oa_small,
    zalo_oa_templates,
    zalo_oa_v2,
)
from nhipcau.emulators.zalo_oa_account import Account
from nhipcau.emulators.zalo_oa_refusals import BAD_GRANT, OAuthRefusal, Refusal
from nhipcau.emulators.zalo_oa_requests import Handler, asked, check_proof, met, noted, pace

Json = dict[str, Any]
Endpoint = Callable[[Account, Json], Any]

ENDPOINTS: dict[str, Endpoint] = {
    **zalo_oa_articles.ENDPOINTS,
    **zalo_oa_followers.ENDPOINTS,
    **zalo_oa_groups.ENDPOINTS,
    **zalo_oa_sending.ENDPOINTS,
    **zalo_oa_small.ENDPOINTS,
    **zalo_oa_templates.ENDPOINTS,
    **zalo_oa_v2.ENDPOINTS,
}
LARGEST = 12_000_000  # bytes of a request
PERMISSION_PAGE = resources.files("nhipcau.emulators") / "static" / "permission.html"


def api_host(oa: Account) -> web.Application:
    """https://openapi.zalo.me"""

    async def perform(request: web.Request) -> web.Response:
        return await _performed(oa, request, ENDPOINTS, _admit)

    app = _application(oa)
    app.router.add_route("*", "/{path:v[23].0/.*}", _behind_trouble(oa, perform))
    return app


def zbs_host(oa: Account) -> web.Application:
    """https://business.openapi.zalo.me"""

    async def perform(request: web.Request) -> web.Response:
        return await _performed(oa, request, zalo_oa_templates.ZBS_ENDPOINTS, _admit_to_zbs)

    app = _application(oa)
    app.router.add_route("*", "/{path:.*}", _behind_trouble(oa, perform))
    return app


def oauth_host(oa: Account) -> web.Application:
    """https://oauth.zaloapp.com"""

    async def permission(request: web.Request) -> web.StreamResponse:
        return _permission(oa, request)

    async def perform(request: web.Request) -> web.Response:
        return await _exchanged(oa, request)

    async def serve(request: web.Request) -> web.StreamResponse:
        return await met(oa, request, perform, lambda code: OAuthRefusal(code, "Error", "trouble").answer)

    app = _application(oa)
    app.router.add_route("GET", "/v4/oa/permission", permission)
    app.router.add_route("POST", "/v4/oa/permission", permission)
    app.router.add_route("POST", "/v4/oa/access_token", serve)
    return app


def _application(oa: Account) -> web.Application:
    @web.middleware
    async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/phone/"):  # whose page always waits for news
            return await handler(request)
        oa.in_flight += 1
        try:
            return await handler(request)
        finally:
            oa.in_flight -= 1
            oa.notify()

    return web.Application(client_max_size=LARGEST, middlewares=[counted])


def _behind_trouble(oa: Account, perform: Callable[[web.Request], Awaitable[web.Response]]) -> Handler:
    async def serve(request: web.Request) -> web.StreamResponse:
        return await met(oa, request, perform, lambda code: Refusal(code).envelope)

    return serve


async def _performed(
    oa: Account,
    request: web.Request,
    endpoints: dict[str, Endpoint],
    admit: Callable[[Account, web.Request], dict[str, str]],
) -> web.Response:
    name = f"{request.method} {request.path}"
    if name not in endpoints:
        oa.breach(f"{name}: this host has no such call, or it is not emulated")
        return noted(oa, request, {}, web.json_response({"error": 404, "message": "Empty api"}, status=404), 404)
    fields: Json = {}
    headers: dict[str, str] = {}
    answer: Json
    try:
        headers = admit(oa, request)
        fields = await asked(request, plain=endpoints is zalo_oa_templates.ZBS_ENDPOINTS)
        data = endpoints[name](oa, fields)
        answer = ({} if data is None else {"data": data}) | {"error": 0, "message": "Success"}
    except Refusal as refusal:
        answer = refusal.envelope
        if refusal.breach:
            oa.breach(f"{request.path}: {refusal.breach}")
    told = answer | ({"error": str(answer["error"])} if oa.error_as_text else {})
    return noted(oa, request, fields, web.json_response(told, headers=headers), answer["error"])


def _admit(oa: Account, request: web.Request) -> dict[str, str]:
    """Checks the token and the pace; gives the headers of the answer. Raises Refusal."""
    oa.tokens.check(_token(oa, request))
    check_proof(oa, request)
    return {"X-RateLimit-Limit": str(oa.requests_per_minute), "X-RateLimit-Remain": str(pace(oa))}


def _admit_to_zbs(oa: Account, request: web.Request) -> dict[str, str]:
    try:
        oa.tokens.check(_token(oa, request))
    except Refusal:
        raise Refusal(-124) from None
    return {}


def _token(oa: Account, request: web.Request) -> str:
    if "Authorization" in request.headers:
        oa.breach("the token belongs into the header access_token, not into Authorization")
    if "access_token" not in request.headers:
        oa.breach(f"{request.path}: the header access_token is missing")
    return request.headers.get("access_token", "")


def _permission(oa: Account, request: web.Request) -> web.StreamResponse:
    """The page on which the OA's administrator grants, and the way back from it."""
    try:
        oa.tokens.check_link(dict(request.query))
    except OAuthRefusal as refusal:
        return web.json_response(refusal.answer)
    if request.method == "GET":
        page = PERMISSION_PAGE.read_text(encoding="utf-8").replace("{oa}", oa.name)
        return web.Response(text=page, content_type="text/html")
    told = {"code": oa.tokens.new_code(request.query.get("code_challenge", "")), "oa_id": oa.oa_id}
    told |= {"state": request.query["state"]} if "state" in request.query else {}
    redirect = request.query["redirect_uri"]
    raise web.HTTPFound(f"{redirect}{'&' if '?' in redirect else '?'}{urlencode(told)}")


async def _exchanged(oa: Account, request: web.Request) -> web.Response:
    body = (await request.read()).decode(errors="replace")
    form = dict(parse_qsl(body, keep_blank_values=True))
    answer: Json
    try:
        if request.content_type != "application/x-www-form-urlencoded":
            oa.breach("access_token: the body is a form, application/x-www-form-urlencoded")
            raise OAuthRefusal(BAD_GRANT, "Invalid request", "the body is not a form")
        answer = dict(oa.tokens.exchange(form, request.headers.get("secret_key", "")))
    except OAuthRefusal as refusal:
        answer = refusal.answer
    shown = {name: value for name, value in form.items() if name in ("grant_type", "app_id")}
    return noted(oa, request, shown, web.json_response(answer), answer.get("error", 0))

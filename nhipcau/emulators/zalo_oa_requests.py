"""What happens to every request before its endpoint has a say: trouble, pace, proof, and reading its parameters."""

import contextlib
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from nhipcau.emulators.zalo_oa_account import Account, Request
from nhipcau.emulators.zalo_oa_refusals import OA_LIMIT, Refusal, breach
from nhipcau.emulators.zalo_oa_trouble import PAGES, SILENT, STORED, Trouble

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def met(
    oa: Account,
    request: web.Request,
    perform: Callable[[web.Request], Awaitable[web.Response]],
    refusal: Callable[[int], Json],
) -> web.StreamResponse:
    """The answer, or the trouble that waits for this call."""
    trouble = oa.meets(request.path)
    if trouble is None:
        return await perform(request)
    if trouble.kind in STORED:
        await perform(request)
        return await _broken(oa, request, trouble)
    with contextlib.suppress(Refusal):
        fields = await asked(request, plain=False)
        return await _hindered(oa, request, fields, trouble, refusal)
    return await _hindered(oa, request, {}, trouble, refusal)


async def _hindered(
    oa: Account, request: web.Request, fields: Json, trouble: Trouble, refusal: Callable[[int], Json]
) -> web.StreamResponse:
    if trouble.kind in PAGES:
        status, page = PAGES[str(trouble.kind)]
        return noted(oa, request, fields, web.Response(status=status, body=page, content_type="text/html"), None)
    if isinstance(trouble.kind, str):
        return await _broken(oa, request, trouble)
    if trouble.kind > 0:
        return noted(oa, request, fields, web.Response(status=trouble.kind), None)
    return noted(oa, request, fields, web.json_response(refusal(trouble.kind)), trouble.kind)


async def _broken(oa: Account, request: web.Request, trouble: Trouble) -> web.StreamResponse:
    """Nothing more is heard, at once or for good."""
    if trouble.kind in SILENT:
        oa.in_flight -= 1  # it is never answered: nobody shall wait for that
        oa.notify()
        try:
            with contextlib.suppress(TimeoutError):
                await oa.until(lambda: oa.closing, 3600)
        finally:
            oa.in_flight += 1
    if request.transport is not None:  # else the client has gone already
        request.transport.abort()
    return web.Response()


def noted(oa: Account, request: web.Request, fields: Json, response: web.Response, error: int | None) -> web.Response:
    """The response, written down."""
    oa.requests.append(Request(request.method, request.path, fields, response.status, error, oa.clock.now()))
    return response


def check_proof(oa: Account, request: web.Request) -> None:
    """Raises Refusal where the header appsecret_proof is wrong, or missing and asked for."""
    if not oa.proof_required and "appsecret_proof" not in request.headers:
        return
    token = request.headers.get("access_token", "")
    proof = hmac.new(oa.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(request.headers.get("appsecret_proof", "").encode(), proof.encode()):
        raise breach(-242, "appsecret_proof is HMAC-SHA256 of the access token under the app secret")


def pace(oa: Account) -> int:
    """Counts this call; gives how many are left in this minute. Raises Refusal."""
    minute = int(oa.clock.now() // 60)
    if minute != oa.minute:
        oa.minute, oa.in_minute = minute, 0
    if oa.oa_requests_per_minute and oa.in_minute >= oa.oa_requests_per_minute:
        raise Refusal(-32, OA_LIMIT)
    if oa.in_minute >= oa.requests_per_minute:
        raise Refusal(-32)
    oa.in_minute += 1
    return oa.requests_per_minute - oa.in_minute


async def asked(request: web.Request, *, plain: bool) -> Json:
    """The parameters: JSON in the body, JSON in the query's `data` (unless `plain`), or a file. Raises Refusal."""
    if request.method == "GET":
        return dict(request.query) if plain else _from_query(request)
    if request.content_type == "multipart/form-data":
        return {name: _upload(value) for name, value in (await request.post()).items()}
    if request.content_type != "application/json":
        raise breach(-201, f"the body is JSON, not {request.content_type}")
    return _json((await request.read()).decode(errors="replace"), "the body")


def _from_query(request: web.Request) -> Json:
    if extra := request.query.keys() - {"data"}:
        raise breach(-201, f"parameters of GET travel in data, not in {', '.join(sorted(extra))}")
    return _json(request.query["data"], "the query's data") if "data" in request.query else {}


def _json(text: str, where: str) -> Json:
    try:
        told = json.loads(text)
    except ValueError:
        raise breach(-201, f"{where} is not JSON") from None
    if not isinstance(told, dict):
        raise breach(-201, f"{where} is not an object")
    return told


def _upload(value: Any) -> Any:
    """Text as it is; a file as (name, content), because aiohttp closes it after the request."""
    return (value.filename, value.file.read()) if isinstance(value, web.FileField) else value

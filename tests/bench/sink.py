"""A loopback Bot API that says yes to everything, as fast as it can. GET /stats tells how many messages it took."""

import sys

from aiohttp import web

ME = b'{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"b","username":"b_bot"}}'
YES = b'{"ok":true,"result":true}'
SENT = (
    b'{"ok":true,"result":{"message_id":1,"date":1790000000,"chat":{"id":5,"type":"private","first_name":"A"},'
    b'"text":"x"}}'
)


def build() -> web.Application:
    taken = {"sent": 0}

    async def call(request: web.Request) -> web.Response:
        await request.read()
        method = request.match_info["method"].lower()
        taken["sent"] += method == "sendmessage"
        body = SENT if method == "sendmessage" else ME if method == "getme" else YES
        return web.Response(body=body, content_type="application/json")

    async def stats(_request: web.Request) -> web.Response:
        return web.json_response(taken)

    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", call)
    app.router.add_get("/stats", stats)
    return app


if __name__ == "__main__":
    import uvloop

    uvloop.install()
    web.run_app(build(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)

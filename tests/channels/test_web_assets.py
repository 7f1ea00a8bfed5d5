"""The page and its files, as a browser loads them."""

import gzip
import re

import pytest
from aiohttp import ClientSession

from tests.channels.web_room import Room, open_room
from tests.channels.web_visit import Visit, visit


async def test_names_are_shown_as_written_not_as_markup() -> None:
    title = '<b onclick="x">CĐ & {{contact}} {{nothing}}</b>'
    async with open_room(title=title, contact="'☎' <i>") as room, visit(room) as member:
        page = await member.open()
    assert "&lt;b onclick=&quot;x&quot;&gt;CĐ &amp; {{contact}} {{nothing}}&lt;/b&gt;" in page
    assert "&#x27;☎&#x27; &lt;i&gt;" in page and "<b " not in page


async def test_the_page_runs_no_inline_script_and_names_no_foreign_host(member: Visit) -> None:
    page = await member.open()
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|https?://|//", page)
    policy = member.page_headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert member.page_headers["X-Content-Type-Options"] == "nosniff"
    assert member.page_headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(("query", "language"), [("", "vi"), ("?lang=en", "en"), ("?lang=%22%3E", "vi")])
async def test_the_page_speaks_the_language_asked_for(member: Visit, query: str, language: str) -> None:
    assert f'<html lang="{language}"' in await member.open("/chat" + query)


async def test_files_are_kept_by_browsers_for_ever_under_a_name_of_their_content(room: Room, member: Visit) -> None:
    names = re.findall(r'"(/chat/static/[^"]+)"', await member.open())
    assert len(set(names)) == 5
    for name in names:
        async with member.http.get(room.url + name) as file:
            assert "immutable" in file.headers["Cache-Control"]
            tag = file.headers["ETag"]
        async with member.http.get(room.url + name, headers={"If-None-Match": tag}) as file:
            assert file.status == 304
    async with member.http.get(room.url + "/chat/static/chat.000000000000.js") as file:
        assert file.status == 404


async def test_the_embedding_script_is_small_and_compressed(room: Room) -> None:
    async with ClientSession(auto_decompress=False) as http:
        async with http.get(room.url + "/embed.js", headers={"Accept-Encoding": "gzip"}) as packed:
            assert packed.headers["Content-Encoding"] == "gzip"
            script = gzip.decompress(await packed.read())
        async with http.get(room.url + "/embed.js", headers={"Accept-Encoding": "identity"}) as plain:
            assert await plain.read() == script
    assert len(script) < 4_000

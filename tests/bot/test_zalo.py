"""An Official Account connected by the command line, examined by the doctor, and silent about its tokens."""

import asyncio
import io
import logging
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from nhipcau.bot import log
from nhipcau.bot.config import load_config, load_secrets
from nhipcau.bot.doctor import examine
from nhipcau.bot.program import running
from nhipcau.bot.zalo import connect
from nhipcau.channels.failures import Misconfigured
from nhipcau.emulators.zalo_oa import zalo_oa_emulator
from nhipcau.emulators.zalo_oa_account import Account
from nhipcau.knowledge.answer import Knowledge
from nhipcau.store.store import open_store
from tests.channels.telegram_room import free_port
from tests.conftest import KEYRING


class Office:
    """An administrator with a configuration file and the platform."""

    def __init__(self, oa: Account, folder: Path, database: str) -> None:
        self.oa = oa
        self.port = free_port()
        self.config = folder / "config.toml"
        self.database = database
        self.config.write_text(
            f'[database]\nurl = "{database}"\n[server]\nport = {self.port}\n'
            f'public_url = "http://127.0.0.1:{self.port}"\n[zalo_oa]\nenabled = true\noa_id = "{oa.oa_id}"\n'
            f'app_id = "{oa.app_id}"\napi_url = "{oa.api_url}"\noauth_url = "{oa.oauth_url}"\ncalls_per_minute = 0\n',
            encoding="utf-8",
        )
        oa.webhook_url = f"http://127.0.0.1:{self.port}/zalo/oa/{oa.oa_id}"

    async def login(self, *options: str) -> Process:
        words = ["-c", "from nhipcau.bot.cli import app; app()", "zalo", "login", "--config", str(self.config)]
        return await asyncio.create_subprocess_exec(
            sys.executable, *words, *options, stdin=PIPE, stdout=PIPE, stderr=PIPE
        )

    async def tokens(self) -> str:
        """The access token that is stored, "" before the first."""
        settings = load_config(self.config)
        async with open_store(self.database, KEYRING) as store:
            oa = connect(settings, load_secrets(settings), store)
            state = await oa.tokens.state()
            await oa.stop()
        return state.access if state else ""


@pytest.fixture
async def office(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    async with zalo_oa_emulator() as oa:
        monkeypatch.setenv("NHIPCAU_ZALO_APP_SECRET", oa.app_secret)
        monkeypatch.setenv("NHIPCAU_ZALO_OA_SECRET", oa.oa_secret)
        yield Office(oa, tmp_path, database_url)
        assert oa.violations == []


async def link_of(process: Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(30):
        while not (line := (await process.stdout.readline()).decode()).startswith("http"):
            assert line, (await process.communicate())[1].decode()
    return line.strip()


async def agreed(link: str) -> str:
    """The address to which the platform sends the administrator's browser."""
    async with aiohttp.ClientSession() as http:
        async with http.get(link) as page:
            html = await page.text()
            assert page.status == 200, html
        fields = parse_qs(urlsplit(link).query)
        target = re.search(r'action="([^"]*)"', html)
        form = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', html))
        address = str(page.url.join(type(page.url)(target[1] if target else "")))
        async with http.post(address, data=form or {k: v[0] for k, v in fields.items()}, allow_redirects=False) as gone:
            return gone.headers["Location"]


async def test_login_by_a_pasted_address(office: Office) -> None:
    process = await office.login()
    address = await agreed(await link_of(process))
    out, _ = await process.communicate(address.encode() + b"\n")
    assert (process.returncode, "connected" in out.decode()) == (0, True)
    assert await office.tokens() == office.oa.access_token


async def test_login_by_the_browser_s_return_to_the_server(office: Office, knowledge: Knowledge) -> None:
    settings = load_config(office.config)
    async with running(settings, load_secrets(settings), knowledge):
        process = await office.login()
        address = await agreed(await link_of(process))
        async with aiohttp.ClientSession() as http, http.get(address) as page:
            assert (page.status, await page.text()) == (200, "The OA is connected. You may close this page.\n")
        async with aiohttp.ClientSession() as http, http.get(address) as page:
            assert page.status == 403  # a login works once
        assert await asyncio.wait_for(process.wait(), 20) == 0
        person = office.oa.person()
        await person.write("tang ca chu nhat tinh sao")
        assert "200%" in (await person.hear(timeout=20))[0].text


async def test_login_by_a_refresh_token_of_the_console(office: Office) -> None:
    process = await office.login("--refresh-token")
    await process.communicate(office.oa.refresh_token.encode() + b"\n")
    assert process.returncode == 0
    assert await office.tokens() == office.oa.access_token


async def test_at_the_limit_of_calls_answers_wait_and_all_arrive(office: Office, knowledge: Knowledge) -> None:
    process = await office.login("--refresh-token")
    await process.communicate(office.oa.refresh_token.encode() + b"\n")
    settings = load_config(office.config)
    async with running(settings, load_secrets(settings), knowledge):
        office.oa.trouble(-32, times=1)
        people = [office.oa.person() for _ in range(5)]
        for person in people:
            await person.write("tang ca chu nhat tinh sao")
        said = [await person.hear(timeout=20) for person in people]
    assert all("200%" in seen.text for (seen,) in said)
    assert [one.error for one in office.oa.requests if "message" in one.path].count(-32) == 1


async def test_a_message_zalo_cannot_take_is_tried_three_times(office: Office, knowledge: Knowledge) -> None:
    process = await office.login("--refresh-token")
    await process.communicate(office.oa.refresh_token.encode() + b"\n")
    settings = load_config(office.config)
    async with running(settings, load_secrets(settings), knowledge):
        office.oa.trouble(-200, times=3)
        person = office.oa.person()
        await person.write("tang ca chu nhat tinh sao")
        await office.oa.until(lambda: [one.error for one in office.oa.requests].count(-200) == 3, 20)
        await person.write("luong toi thieu vung 3")
        assert "vùng iii" in (await person.hear(timeout=20))[0].text.lower()


@pytest.mark.parametrize("returned", ["code=x&state=wrong", "state=&code=", "code=x&state=%ff"])
async def test_a_forged_return_is_refused(office: Office, knowledge: Knowledge, returned: str) -> None:
    settings = load_config(office.config)
    async with running(settings, load_secrets(settings), knowledge) as address:
        async with aiohttp.ClientSession() as http:
            async with http.get(f"{address}/zalo/oa/{office.oa.oa_id}/granted?{returned}") as page:
                assert page.status == 403
    assert await office.tokens() == ""


async def test_the_doctor_says_what_to_do(office: Office) -> None:
    async def told() -> str:
        return "\n".join(one.line() for one in await examine(office.config) if one.what == "zalo_oa")

    assert "MEND zalo_oa: Zalo OA: there is no token yet: run `nhipcau zalo login`" in await told()
    process = await office.login("--refresh-token")
    await process.communicate(office.oa.refresh_token.encode() + b"\n")
    found = await told()
    assert "ok   zalo_oa: Zalo OA: the access token lives 25 more hours" in found
    office.oa.tokens.revoke()
    assert "-216" in await told()


@pytest.fixture
def lines() -> AsyncIterator[io.StringIO]:
    """What the program would print, at the most talkative level."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    log.set_up("DEBUG", ())
    out = io.StringIO()
    root.handlers[0].setStream(out)  # type: ignore[attr-defined]
    yield out
    root.handlers[:], root.level = handlers, level


async def test_no_token_is_in_any_line(office: Office, knowledge: Knowledge, lines: io.StringIO) -> None:
    """Of the whole life: login, messages, refusals, renewals, a dead permission."""
    settings = load_config(office.config)
    process = await office.login("--refresh-token")
    await process.communicate(office.oa.refresh_token.encode() + b"\n")
    async with running(settings, load_secrets(settings), knowledge):
        person = office.oa.person()
        for trouble in (-216, -32, 500, "proxy 502", "dropped"):
            office.oa.trouble(trouble)
            await person.write("tang ca chu nhat tinh sao")
        await person.hear(timeout=20)
        async with aiohttp.ClientSession() as http:
            await (await http.get(f"http://127.0.0.1:{office.port}/zalo/oa/{office.oa.oa_id}/granted?code=abc")).read()
        office.oa.tokens.revoke()
        await person.write("luong toi thieu vung 3")
        await asyncio.wait_for(until_said(lines, "CRITICAL"), 20)
    said = lines.getvalue()
    secrets = [part for pair in office.oa.tokens._pairs for part in (pair.access, pair.refresh)]
    assert len(secrets) >= 6
    for secret in (*secrets, office.oa.app_secret, office.oa.oa_secret):
        assert secret not in said
    assert "tang ca" not in said


async def until_said(lines: io.StringIO, word: str) -> None:
    while word not in lines.getvalue():
        await asyncio.sleep(0.05)


def test_both_secrets_are_needed(office: Office) -> None:
    settings = load_config(office.config)
    secrets = load_secrets(settings)
    with pytest.raises(Misconfigured, match="NHIPCAU_ZALO_OA_SECRET"):
        connect(settings, type(secrets)(key=secrets.key, zalo_app_secret="a"), None)  # type: ignore[arg-type]

"""Clients which other people wrote work against the emulated Zalo Bot Platform, unchanged.

They live in an environment of their own (requirements/clients.txt), which `make test` sets up.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from nhipcau.emulators.zalo_bot import ZaloBotServer, zalo_bot_emulator
from tests.conftest import missing

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv" / "clients" / "bin" / "python"
SCRIPTS = ROOT / "tests" / "zalo-clients"


@asynccontextmanager
async def client(script: str, server: ZaloBotServer) -> AsyncIterator[dict[str, Any]]:
    """The running script; gives what it told of the methods it called first."""
    if not PYTHON.exists():
        missing("The environment of other people's clients", "run `make .venv/.clients`")
    pipe = asyncio.subprocess.PIPE
    words = (str(PYTHON), str(SCRIPTS / script), server.api_url, server.token)
    process = await asyncio.create_subprocess_exec(*words, stdout=pipe, stderr=pipe)
    assert process.stdout is not None
    assert process.stderr is not None
    complaints = asyncio.create_task(process.stderr.read())  # a full pipe would stop it
    try:
        async with asyncio.timeout(20):
            line = await process.stdout.readline()
        assert line, (await complaints).decode()
        yield json.loads(line)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await complaints


async def test_python_zalo_bot() -> None:
    async with zalo_bot_emulator() as server, client("with_python_zalo_bot.py", server) as told:
        assert told == {
            "me": "bot.NhipCau",
            "id": server.token.partition(":")[0],
            "set": True,
            "url": "https://bot.example.vn/zalo",
            "removed": True,
        }
        person = server.person(name="Y Moan Êban")
        person.write("/start")
        assert (await person.hear(patience=20))[0].text == "Chào Y Moan Êban!"
        person.write("lương tối thiểu vùng 3 & 4?")
        person.send_photo("https://photo.example/1.jpg")
        person.send_sticker("abc")
        echo, photo, sticker = await person.hear(3, patience=20)
        assert echo.text == "Bạn nói: lương tối thiểu vùng 3 & 4?"
        assert (photo.text, photo.file) == ("Ảnh của bạn", "https://photo.example/1.jpg")
        assert sticker.file == "abc"
        assert server.actions == [(person.id, "typing")]
        assert server.violations == []


async def test_pyzalo() -> None:
    async with zalo_bot_emulator() as server, client("with_pyzalo.py", server) as told:
        assert told["me"]["result"]["account_type"] == "BASIC"
        assert (told["none"]["error_code"], told["empty"]["error_code"]) == (404, 408)
        assert (told["set"]["ok"], told["removed"]["ok"], told["wrong"]["error_code"]) == (True, True, 401)
        person = server.person()
        person.write("Bảo hiểm thất nghiệp?")
        person.send_voice("https://voice.example/1.aac")
        person.send_photo("https://photo.example/1.jpg", "hóa đơn")
        text, voice, photo = await person.hear(3, patience=20)
        assert text.text == "Bạn nói: Bảo hiểm thất nghiệp?"
        assert voice.file == "https://voice.example/1.aac"
        assert (photo.text, photo.file) == ("hóa đơn", "https://photo.example/1.jpg")
        assert server.violations == ["getMe: a token nobody has"]

"""`nhipcau emulate …` as an operator starts it."""

import re
import signal
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path

COMMAND = Path(sys.executable).with_name("nhipcau")


def test_the_emulated_account_says_how_to_point_the_program_at_it() -> None:
    command = [str(COMMAND), "emulate", "zalo-oa", "--port", "0", "--server", "http://127.0.0.1:9"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as emulator:
        assert emulator.stdout is not None
        said = ""
        while "--server changes" not in said:
            said += emulator.stdout.readline()
        settings = tomllib.loads(said[said.index("[server]") : said.index("2. Make")])
        with urllib.request.urlopen(settings["zalo_oa"]["api_url"] + "/", timeout=10) as page:
            assert "Điện thoại thử" in page.read().decode()
        emulator.send_signal(signal.SIGTERM)
        assert emulator.wait(20) == 0
    assert settings["server"]["public_url"] == "http://127.0.0.1:9"
    assert int(settings["zalo_oa"]["oa_id"]) > 2**53
    assert re.search(r"NHIPCAU_ZALO_APP_SECRET=\S+ NHIPCAU_ZALO_OA_SECRET=\S+", said)


def test_the_emulated_bot_says_how_to_point_the_program_at_it() -> None:
    command = [str(COMMAND), "emulate", "zalo-bot", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as emulator:
        assert emulator.stdout is not None
        said = ""
        while "3. Open the phone" not in said:
            said += emulator.stdout.readline()
        section = tomllib.loads(said[said.index("[zalo_bot]") : said.index("2. In")])["zalo_bot"]
        token = re.search(r"NHIPCAU_ZALO_BOT_TOKEN=(\S+)", said)
        assert token is not None
        with urllib.request.urlopen(f"{section['api_url']}/bot{token[1]}/getMe", timeout=10) as answer:
            assert b"bot.NhipCau" in answer.read()
        with urllib.request.urlopen(section["api_url"] + "/", timeout=10) as page:
            assert "Điện thoại thử" in page.read().decode()
        emulator.send_signal(signal.SIGTERM)
        assert emulator.wait(20) == 0

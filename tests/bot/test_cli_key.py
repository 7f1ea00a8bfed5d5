"""The key on the command line: made, changed, missing, wrong."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from nhipcau.bot.cli import app
from nhipcau.bot.doctor import Finding, examine
from nhipcau.bot.keys import own_key
from nhipcau.knowledge.answer import Knowledge
from nhipcau.store.keyring import Keyring, new_key
from nhipcau.store.store import open_store

COMMAND = str(Path(sys.executable).with_name("nhipcau"))
OLD, NEW = new_key(), new_key()


def run(*arguments: str | Path, key: str | None = OLD) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments], env={"NHIPCAU_KEY": key})


async def _make(url: str, key: str) -> None:
    async with open_store(url, Keyring([key])):
        pass


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The configuration of a database under the old key."""
    url = f"sqlite:///{tmp_path / 'x.db'}"
    asyncio.run(_make(url, OLD))
    path = tmp_path / "config.toml"
    path.write_text(f'[database]\nurl = "{url}"\n[server]\nport = 0\n', encoding="utf-8")
    return path


def test_each_new_key_is_another_and_fits() -> None:
    keys = [run("key", "new", key=None).stdout for _ in range(3)]
    assert len(set(keys)) == 3
    for key in keys:
        Keyring.parse(key)


REFUSED = [
    (None, "make one with `nhipcau key new`"),
    ("", "make one with `nhipcau key new`"),
    ("secret", "NHIPCAU_KEY is not a key"),
    (NEW, "sealed under another key"),
    (f"{NEW},{OLD}", "nhipcau key rotate"),
]
COMMANDS = [("serve",), ("knowledge", "gaps"), ("knowledge", "reply", "1", "text"), ("knowledge", "drafts")]


@pytest.mark.parametrize(("key", "said"), REFUSED, ids=["none", "empty", "no key", "another", "two"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_without_the_right_key_nothing_is_opened(
    config: Path, command: tuple[str, ...], key: str | None, said: str
) -> None:
    result = run(*command, "--config", config, key=key)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_key_is_changed(config: Path) -> None:
    both = f"{NEW},{OLD}"
    assert "other key" not in run("knowledge", "gaps", "--config", config).stderr
    assert "All is sealed under the first key" in run("key", "rotate", "--config", config, key=both).stdout
    assert "Nothing to do" in run("key", "rotate", "--config", config, key=both).stdout
    assert run("knowledge", "gaps", "--config", config, key=NEW).exit_code == 0
    assert run("knowledge", "gaps", "--config", config, key=OLD).exit_code == 2


def test_a_change_without_the_old_key_is_refused(config: Path) -> None:
    result = run("key", "rotate", "--config", config, key=NEW)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "after the new one and a comma" in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights elsewhere")
def test_the_demo_makes_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    made = own_key(tmp_path)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert own_key(tmp_path) == made


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_the_demo_needs_nothing_from_its_user_and_opens_its_own_database_again(tmp_path: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("NHIPCAU")}
    for _ in range(2):
        words = [COMMAND, "demo", "--port", "0", "--data", str(tmp_path)]
        with subprocess.Popen(words, env=bare, stdout=subprocess.PIPE, text=True) as demo:
            assert demo.stdout is not None
            assert "/chat" in demo.stdout.readline()
            demo.send_signal(signal.SIGTERM)
        assert demo.returncode == 0


# ---- doctor


async def of_the_key(config: Path, monkeypatch: pytest.MonkeyPatch, knowledge: Knowledge) -> list[Finding]:
    monkeypatch.setattr(Knowledge, "load", classmethod(lambda _: knowledge))
    monkeypatch.setattr("nhipcau.bot.doctor.lint_base", list)
    return [finding for finding in await examine(config) if finding.what in ("key", "database", "configuration")]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights elsewhere")
@pytest.mark.parametrize(("mode", "well"), [(0o600, True), (0o400, True), (0o640, False), (0o604, False)])
async def test_the_doctor_looks_who_may_read_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, knowledge: Knowledge, mode: int, well: bool
) -> None:
    file, config = tmp_path / "key", tmp_path / "config.toml"
    file.write_text(OLD)
    file.chmod(mode)
    config.write_text(f'[database]\nurl = "sqlite:///{tmp_path / "data" / "x.db"}"\n', encoding="utf-8")
    monkeypatch.delenv("NHIPCAU_KEY")
    monkeypatch.setenv("NHIPCAU_KEY_FILE", str(file))
    (found,) = [one for one in await of_the_key(config, monkeypatch, knowledge) if one.what == "key"]
    assert found.well is well, found
    assert well or "chmod 600" in found.sentence


async def test_the_doctor_finds_a_key_beside_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, knowledge: Knowledge
) -> None:
    """Whoever takes the folder, or its backup, takes both."""
    file, config = tmp_path / "key", tmp_path / "config.toml"
    file.write_text(OLD)
    file.chmod(0o600)
    config.write_text(f'[database]\nurl = "sqlite:///{tmp_path / "x.db"}"\n', encoding="utf-8")
    monkeypatch.delenv("NHIPCAU_KEY")
    monkeypatch.setenv("NHIPCAU_KEY_FILE", str(file))
    (found,) = [one for one in await of_the_key(config, monkeypatch, knowledge) if one.what == "key"]
    assert not found.well
    assert "same folder" in found.sentence


@pytest.mark.parametrize(("key", "said"), [("", "nhipcau key new"), (NEW, "sealed under another key")], ids=["", "new"])
async def test_the_doctor_tells_a_missing_and_a_wrong_key(
    config: Path, monkeypatch: pytest.MonkeyPatch, knowledge: Knowledge, key: str, said: str
) -> None:
    monkeypatch.setenv("NHIPCAU_KEY", key)
    found = await of_the_key(config, monkeypatch, knowledge)
    assert said in next(one.sentence for one in found if not one.well)
    assert not any(key and key in one.sentence for one in found)

"""`nhipcau officers` and `nhipcau audit` on the command line."""

import asyncio
import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from nhipcau.bot.config import Config, Server, Telegram, WebChat
from nhipcau.bot.links import links
from nhipcau.store import outbox
from nhipcau.store.store import Store, open_store
from nhipcau.union import contacts, invitations, officers
from nhipcau.union.contacts import Contact
from nhipcau.union.invitations import Acceptance, Opening
from tests.bot.test_cli import COMMAND, run
from tests.conftest import KEYRING
from tests.union.forest import plant

HOA = "web:web:7"
SERVED = '[server]\npublic_url = "https://bot.example.vn/"\n'


class Office:
    """A database with the small union, and its configuration."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'x.db'}"
        self.config = folder / "config.toml"
        self.config.write_text(f'{SERVED}[database]\nurl = "{self.url}"\n', encoding="utf-8")
        self.does(plant)

    def does(self, job: Callable[[sa.Connection], Any]) -> Any:
        async def work() -> Any:
            async with open_store(self.url, KEYRING) as store:
                return await store.writer.transaction(job)

        return asyncio.run(work())

    def run(self, *words: str, code: int = 0) -> str:
        result = run(*words, "--config", self.config)
        assert result.exit_code == code, result.output
        return result.output

    def invited(self, unit: str = "DL") -> dict[str, Any]:
        found = self.run("officers", "invite", "--role", "administrator", "--unit", unit, "--name", "Hoa", "--json")
        return dict(json.loads(found))

    def accepted(self) -> int:
        number = int(self.invited()["invitation"])

        def accept(conn: sa.Connection) -> None:
            contacts.save(conn, [Contact(HOA, "en")])
            invitations.bind(conn, [Opening(number, HOA, None)])
            invitations.accept(conn, [Acceptance(number, HOA, "Lê Thị Hoa")])

        self.does(accept)
        return number


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_the_first_administrator(office: Office) -> None:
    number = office.accepted()
    waiting = office.run("officers", "confirm")
    assert f"{number}  administrator at DL: meant for Hoa; accepted by Lê Thị Hoa over web" in waiting
    assert "Lê Thị Hoa is an officer now." in office.run("officers", "confirm", str(number))
    (held,) = [json.loads(line) for line in office.run("officers", "list", "--json").splitlines()]
    assert (held["role"], held["unit"], held["name"]) == ("administrator", "DL", "Lê Thị Hoa")
    (letter,) = office.does(lambda conn: conn.execute(sa.select(outbox.outbox.c.chat, outbox.outbox.c.body)).all())
    assert letter.chat == "7" and b"You are now a union officer: administers" in letter.body
    assert "has ended" in office.run("officers", "remove", str(held["grant"]))
    assert office.run("officers", "list") == ""
    assert "no longer" in office.run("officers", "remove", str(held["grant"]), code=2)


def test_links_carry_the_token(office: Office) -> None:
    found = office.invited()
    parameter = found["message"].removeprefix("/start ")
    assert found["links"] == [f"https://bot.example.vn/chat?start={parameter}"]
    assert parameter.startswith("o_") and len(parameter) <= 64
    told = office.run("officers", "invite", "--role", "author", "--unit", "dl-may", "--name", "Hoa")
    assert "works once, within 72 hours" in told and "/start o_" in told


def test_the_wrong_person_is_rejected(office: Office) -> None:
    number = str(office.accepted())
    assert "was rejected" in office.run("officers", "confirm", number, "--reject")
    assert "holds no longer" in office.run("officers", "confirm", number, code=2)
    assert office.run("officers", "list") == ""


def test_a_removal_by_another_process_counts_at_once(office: Office) -> None:
    office.run("officers", "confirm", str(office.accepted()))
    (held,) = [json.loads(line) for line in office.run("officers", "list", "--json").splitlines()]
    removal = [COMMAND, "officers", "remove", str(held["grant"]), "--config", str(office.config)]

    async def roles_before_and_after() -> list[int]:
        """Of one store that stays open, as a server's does."""
        async with open_store(office.url, KEYRING) as store:
            found = [await roles(store)]
            await asyncio.to_thread(subprocess.run, removal, check=True, capture_output=True, timeout=60)
            return [*found, await roles(store)]

    async def roles(store: Store) -> int:
        async with store.read() as conn:
            who = (await contacts.fetch(conn, [HOA]))[HOA].member
            found = await conn.run_sync(lambda sync: officers.officer(sync, who, datetime.now(UTC)))
        return len(found.held)

    assert asyncio.run(roles_before_and_after()) == [1, 0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("officers", "invite", "--role", "author", "--unit", "NO", "--name", "Hoa"), "no unit with the code NO"),
        (("officers", "invite", "--role", "king", "--unit", "DL", "--name", "Hoa"), "'king' is not one of"),
        (("officers", "invite", "--role", "author", "--unit", "DL", "--name", " "), "2 to 80 characters"),
        (("officers", "confirm", "404"), "holds no longer"),
        (("officers", "remove", "404"), "held no longer"),
        (("officers", "list", "--unit", "NO"), "no unit with the code NO"),
        (("audit", "show", "--unit", "NO"), "no unit with the code NO"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(office: Office, words: tuple[str, ...], told: str) -> None:
    assert told in office.run(*words, code=2)


def test_not_yet_accepted_is_not_confirmed(office: Office) -> None:
    assert "not accepted yet" in office.run("officers", "confirm", str(office.invited()["invitation"]), code=2)


# ---- audit


def test_a_whole_log_and_its_hash_outside(office: Office, tmp_path: Path) -> None:
    heads = tmp_path / "heads.txt"
    first = office.run("audit", "verify", "--heads", str(heads))
    assert "is whole: 7 lines. Its last hash: " in first
    office.accepted()
    assert "10 lines, and agrees with 1 kept hashes" in office.run("audit", "verify", "--heads", str(heads))
    assert len(heads.read_text().splitlines()) == 2
    found = json.loads(office.run("audit", "verify", "--json"))
    assert (found["whole"], found["lines"], found["broken"]) == (True, 10, None)


def test_a_cut_off_end_is_named(office: Office, tmp_path: Path) -> None:
    heads = tmp_path / "heads.txt"
    office.accepted()
    office.run("audit", "verify", "--heads", str(heads))
    office.does(lambda conn: conn.execute(sa.text("DROP TRIGGER audit_line_kept_delete")))
    office.does(lambda conn: conn.execute(sa.text("DELETE FROM audit_line WHERE id > 8")))
    assert "is whole" in office.run("audit", "verify")
    assert "line 9 is missing: the end was cut off" in office.run("audit", "verify", "--heads", str(heads), code=1)
    assert json.loads(office.run("audit", "verify", "--heads", str(heads), "--json", code=1))["broken"] == 9
    heads.write_text("nonsense\n")
    assert "number and a hash" in office.run("audit", "verify", "--heads", str(heads), code=2)


def test_showing_lines_without_any_name(office: Office) -> None:
    office.accepted()
    shown = office.run("audit", "show", "--action", "officer", "--since", "2026-01-01")
    assert [line.split("  ")[3].strip() for line in map(str.strip, shown.splitlines())] == [
        "officer.invite",
        "officer.open",
        "officer.accept",
    ]
    assert "Hoa" not in shown
    assert len(office.run("audit", "show", "--unit", "dl-kcn", "--json").splitlines()) == 5
    assert office.run("audit", "show", "--since", "2126-01-01") == ""


# ---- links


def test_links_of_the_channels_that_can_carry_one() -> None:
    both = Config(telegram=Telegram(enabled=True), server=Server(public_url="https://x.vn"))
    assert links(both, "cong_doan_bot", "o_1") == [
        "https://t.me/cong_doan_bot?start=o_1",
        "https://x.vn/chat?start=o_1",
    ]
    assert links(both, "", "o_1") == ["https://x.vn/chat?start=o_1"]
    assert links(Config(web_chat=WebChat(enabled=False), server=both.server), "", "o_1") == []

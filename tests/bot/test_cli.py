"""The command line: what scripts rely on, and sentences instead of tracebacks."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest
import typer.main
from typer.testing import CliRunner, Result

from nhipcau import __version__
from nhipcau.bot.cli import app
from nhipcau.channels.message import Outgoing
from nhipcau.knowledge import desk
from nhipcau.knowledge.answer import Knowledge
from nhipcau.knowledge.lint import Finding
from nhipcau.store import outbox
from nhipcau.store.store import Store, open_store
from nhipcau.store.writer import Change
from tests.conftest import KEYRING

COMMAND = str(Path(sys.executable).with_name("nhipcau"))
KEYS = [
    "outcome", "entry", "title", "confidence", "short", "steps", "deep", "citations", "choices", "as_of",
]  # fmt: skip


@pytest.fixture(autouse=True)
def loaded_once(monkeypatch: pytest.MonkeyPatch, knowledge: Knowledge) -> None:
    monkeypatch.setattr(Knowledge, "load", classmethod(lambda _: knowledge))


def run(*arguments: str | Path, stdin: str | bytes = "") -> Result:
    result = CliRunner().invoke(app, [str(one) for one in arguments], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


def objects(result: Result) -> list[Any]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


# ---- ask


def test_ask_answers_with_all_that_scripts_rely_on() -> None:
    (found,) = objects(run("ask", "tang ca chu nhat tinh sao", "--json", "--on", "2026-11-22"))
    assert list(found) == KEYS
    assert (found["outcome"], found["entry"], found["as_of"]) == (
        "answer",
        "overtime-rate-weekly-rest",
        "2026-11-22",
    )
    assert 0.5 < found["confidence"] <= 1
    assert "200%" in found["short"]
    assert found["steps"] and found["deep"] and found["title"]
    assert {"document": "45/2019/QH14", "article": "98", "clause": "1"} in found["citations"]
    assert all(set(one) == {"document", "article", "clause"} for one in found["citations"])
    assert len(found["choices"]) <= 3


def test_ask_narrows_down() -> None:
    (found,) = objects(run("ask", "thu viec", "--json"))
    assert (found["outcome"], found["entry"], found["title"], found["short"]) == ("choose", None, None, None)
    assert 1 <= len(found["choices"]) <= 3
    assert all(set(one) == {"entry", "title"} for one in found["choices"])
    assert 0 < found["confidence"] < 1


def test_ask_in_english() -> None:
    question = ("ask", "nghi viec phai bao truoc may ngay", "--language", "en")
    (found,) = objects(run(*question, "--json"))
    assert (found["entry"], found["title"]) == ("resign-notice", "How many days of notice to give when you resign")
    assert run(*question).stdout.rstrip().endswith("This is a translation; the Vietnamese text is authoritative.")
    assert "vi or en" in run("ask", "thu viec", "--language", "fr").stderr


@pytest.mark.parametrize("text", ["thoi tiet hom nay the nao", "xin chào", "", " ", "🙂", "-"])
def test_ask_admits_what_it_does_not_know(text: str) -> None:
    (found,) = objects(run("ask", text, "--json"))
    assert (found["outcome"], found["entry"], found["citations"], found["choices"]) == ("unknown", None, [], [])
    assert 0 <= found["confidence"] <= 1
    assert list(found) == KEYS


def test_ask_on_a_day_uses_the_law_of_that_day() -> None:
    (then,) = objects(run("ask", "luong toi thieu vung 1", "--json", "--on", "2012-05-01"))
    (now,) = objects(run("ask", "luong toi thieu vung 1", "--json", "--on", "2026-11-22"))
    assert (then["outcome"], then["as_of"]) == ("unknown", "2012-05-01")
    assert (now["outcome"], now["as_of"]) == ("answer", "2026-11-22")


def test_ask_for_people() -> None:
    assert "45/2019/QH14" in run("ask", "tang ca chu nhat tinh sao").stdout
    assert "Which one is meant?" in run("ask", "thu viec").stdout
    assert "No sure answer" in run("ask", "thoi tiet").stdout


BATCH = [
    {"id": "a", "question": "tang ca chu nhat tinh sao"},
    {"id": 2, "question": "luong toi thieu vung 1", "on": "2012-05-01"},
    {"id": "c", "question": "còn vùng 4?"},
    {"id": "d", "question": "", "on": None},
    {"id": "e", "question": "x" * 5000, "style": "ignored"},
]


@pytest.mark.parametrize("by", ["file", "standard input"])
def test_ask_batch_answers_in_order(tmp_path: Path, by: str) -> None:
    text = "\n".join(json.dumps(one) for one in BATCH) + "\n\n"
    (tmp_path / "q.jsonl").write_text(text)
    file = tmp_path / "q.jsonl" if by == "file" else "-"
    found = objects(run("ask", "--batch", file, "--json", "--on", "2026-11-22", stdin=text))
    assert [one["id"] for one in found] == ["a", 2, "c", "d", "e"]
    assert [one["outcome"] for one in found][:2] == ["answer", "unknown"]
    assert found[2]["entry"] != "minimum-wage-region-4", "each is asked alone, as by a new person"
    assert [one["as_of"] for one in found][:2] == ["2026-11-22", "2012-05-01"]
    assert all(list(one) == ["id", *KEYS, "elapsed_ms"] for one in found)
    assert all(one["elapsed_ms"] >= 0 for one in found)


BAD_LINES = [
    b"{", b"[]", b'"text"', b"3", b"null", b'{"id": 1}', b'{"id":1,"question":"a","on":"tomorrow"}',
    b'{"id":1,"question":"a","on":20261122}', b'{"id":1,"question":["a"]}', b'{"id":1,"question":"\xff"}',
    b"\xff\xfe",
]  # fmt: skip


@pytest.mark.parametrize("line", BAD_LINES)
def test_ask_batch_names_the_line_it_cannot_read(line: bytes) -> None:
    result = run("ask", "--batch", "-", stdin=b'{"id":0,"question":"luong"}\n' + line + b"\n")
    assert result.exit_code == 2
    assert "line 2" in result.stderr
    assert len(result.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask"], "Give a question"),
        (["ask", "luong", "--on", "22/11/2026"], "is no day"),
        (["ask", "--batch", "/nowhere.jsonl"], "/nowhere.jsonl cannot be read"),
        (["knowledge", "eval", "/nowhere.jsonl"], "/nowhere.jsonl does not exist"),
        (["knowledge", "gaps", "-c", "/nowhere.toml"], "Copy config.example.toml"),
        (["knowledge", "reply", "1", "a", "-c", "/nowhere.toml"], "Copy config.example.toml"),
        (["serve", "-c", "/nowhere.toml"], "Copy config.example.toml"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(arguments: list[str], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


# ---- knowledge


def test_the_list_of_entries(knowledge: Knowledge) -> None:
    rows = objects(run("knowledge", "list", "--json"))
    assert [row["entry"] for row in rows] == list(knowledge.entries)
    first = rows[0]
    assert list(first) == [
        "entry", "title", "topic", "citations", "valid_from", "valid_to", "reviewed", "review_by", "phrasings",
    ]  # fmt: skip
    assert all(row["phrasings"] >= 6 for row in rows)
    assert all(row["citations"] and "{" not in row["title"] for row in rows)
    assert date.fromisoformat(first["review_by"]) > date.fromisoformat(first["reviewed"])
    assert first["entry"] in run("knowledge", "list").stdout


def test_lint_says_what_must_be_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nhipcau.bot.cli_knowledge.lint_base", list)
    assert run("knowledge", "lint").stdout == "The knowledge base is clean.\n"
    fault = Finding("base/wages/x.md", "bare-number", "6 is no figure")
    monkeypatch.setattr("nhipcau.bot.cli_knowledge.lint_base", lambda: [fault])
    result = run("knowledge", "lint")
    assert (result.exit_code, result.stdout) == (1, "base/wages/x.md: bare-number: 6 is no figure\n1 findings\n")


def test_eval_measures_a_file(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    lines = (Path(__file__).parents[1] / "knowledge" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(lines[:20]), encoding="utf-8")
    assert json.loads(run("knowledge", "eval", file, "--json").stdout)
    assert run("knowledge", "eval", file).stdout


@pytest.mark.parametrize("text", ["{", "[]", '{"id": 1}', "\xff"])
def test_eval_of_a_bad_file_is_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "q.jsonl").write_text(text, encoding="latin-1")
    result = run("knowledge", "eval", tmp_path / "q.jsonl")
    assert result.exit_code == 2
    assert "q.jsonl" in result.stderr


def configured(folder: Path, url: str, more: str = "") -> Path:
    path = folder / "config.toml"
    path.write_text(f'[database]\nurl = "{url}"\n{more}', encoding="utf-8")
    return path


async def fill(store: Store) -> None:
    row = desk.Asked(11, date.today(), "web", "vi", "thuê nhà trọ", "unknown", None, 0.1)  # noqa: DTZ011
    other = row._replace(id=12, text="Thue nha tro?")
    await store.writer.commit(Change(desk.log, row), Change(desk.log, other))
    await store.writer.commit(*(Change(desk.wish, desk.Wish(11, "web", "web", chat)) for chat in "78"))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Two people wait for a reply to question 11."""
    url = f"sqlite:///{tmp_path / 'x.db'}"

    async def prepare() -> None:
        async with open_store(url, KEYRING) as store:
            await fill(store)

    asyncio.run(prepare())
    return configured(tmp_path, url)


def test_gaps_shows_what_is_missing(config: Path) -> None:
    (found,) = objects(run("knowledge", "gaps", "--json", "-c", config))
    assert (found["count"], found["waiting"], found["id"], sorted(found["ids"])) == (2, 2, 11, [11, 12])
    assert "2 waiting for a reply" in run("knowledge", "gaps", "-c", config).stdout


def test_a_reply_goes_to_all_who_wait_and_settles_the_question(config: Path, tmp_path: Path) -> None:
    result = run("knowledge", "reply", "11", " Anh/chị liên hệ <b>công đoàn</b>. ", "-c", config)
    assert "2 person(s) will be told" in result.stdout
    again = run("knowledge", "reply", "11", "lần nữa", "-c", config)
    assert "Nobody waits" in again.stdout

    async def waiting() -> list[outbox.Letter]:
        async with open_store(f"sqlite:///{tmp_path / 'x.db'}", KEYRING) as store, store.read() as conn:
            return await outbox.still_open(conn)

    letters = asyncio.run(waiting())
    assert sorted(letter.chat for letter in letters) == ["7", "8"]
    assert Outgoing(text="Anh/chị liên hệ <b>công đoàn</b>.").text in letters[0].body.decode()
    assert objects(run("knowledge", "gaps", "--json", "-c", config)) == []  # question 12 asked the same


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_an_empty_reply_is_refused_and_nobody_loses_their_place(config: Path, text: str) -> None:
    result = run("knowledge", "reply", "11", text, "-c", config)
    assert (result.exit_code, "empty" in result.stderr) == (2, True)
    (left,) = objects(run("knowledge", "gaps", "--json", "-c", config))
    assert left["waiting"] == 2


def test_nothing_missing(tmp_path: Path) -> None:
    path = configured(tmp_path, f"sqlite:///{tmp_path / 'new' / 'x.db'}")
    assert run("knowledge", "gaps", "-c", path).stdout == "No unanswered questions.\n"


BAD_DATABASES = ["mysql://a/b", "nonsense", "sqlite://", "postgresql://nobody@127.0.0.1:1/x", "sqlite:////proc/x/y.db",
                 "postgresql://postgres@127.0.0.1:5432/no_such_database"]  # fmt: skip


@pytest.mark.parametrize("url", BAD_DATABASES)
@pytest.mark.parametrize("command", [["knowledge", "gaps"], ["knowledge", "reply", "1", "a"], ["doctor"]])
def test_a_database_out_of_reach_is_one_sentence(tmp_path: Path, url: str, command: list[str]) -> None:
    result = run(*command, "-c", configured(tmp_path, url))
    assert result.exit_code in (1, 2)
    assert "Traceback" not in result.output
    assert "database" in result.output or "/proc/x" in result.output


# ---- doctor


def test_doctor_finds_a_healthy_program_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nhipcau.bot.doctor.lint_base", list)
    monkeypatch.setattr("nhipcau.bot.doctor.FREE_BYTES", 0)
    path = configured(tmp_path, f"sqlite:///{tmp_path / 'x.db'}")
    findings = objects(run("doctor", "--json", "-c", path))
    assert {one["what"] for one in findings} >= {"configuration", "clock", "knowledge", "disk", "database", "web"}
    assert all(one["well"] for one in findings), findings
    assert run("doctor", "-c", path).stdout.count("ok  ") == len(findings)


SICK = [
    ("", "[telegram]\nenabled = true\n", "configuration", "NHIPCAU_TELEGRAM_TOKEN"),
    ("", "[web_chat]\nembed_origins = ['HTTPS://A']\n", "web", "embed_origins"),
    ("", "oops", "configuration", "not valid TOML"),
    ("mysql://a/b", "", "database", "sqlite:///data/nhipcau.db"),
]


@pytest.mark.parametrize(("url", "more", "what", "said"), SICK)
def test_doctor_says_what_to_mend(tmp_path: Path, url: str, more: str, what: str, said: str) -> None:
    path = configured(tmp_path, url or f"sqlite:///{tmp_path / 'x.db'}", more)
    result = run("doctor", "--json", "-c", path)
    assert result.exit_code == 1
    sick = [one for line in result.stdout.splitlines() if not (one := json.loads(line))["well"]]
    assert said in next(one for one in sick if one["what"] == what)["sentence"]


def test_doctor_finds_a_wrong_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NHIPCAU_TELEGRAM_TOKEN", "no-token")
    path = configured(tmp_path, f"sqlite:///{tmp_path / 'x.db'}", "[telegram]\nenabled = true\n")
    result = run("doctor", "-c", path)
    assert result.exit_code == 1
    assert "MEND channels: The Telegram token must look like" in result.stdout
    assert "no-token" not in result.output


def test_doctor_finds_an_overdue_entry_and_a_wrong_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = configured(tmp_path, f"sqlite:///{tmp_path / 'x.db'}")
    monkeypatch.setattr("nhipcau.bot.doctor.lint_base", list)
    for day, said in ((date(2031, 1, 1), "past their review"), (date(2001, 1, 1), "set the clock")):
        monkeypatch.setattr("nhipcau.clock.today", lambda day=day: day)
        assert said in run("doctor", "-c", path).stdout


# ---- every command


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in getattr(group, "commands", {}).items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = [path for path, _ in commands(typer.main.get_command(app))]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_helps_with_an_example(path: tuple[str, ...]) -> None:
    text = " ".join(run(*path, "--help").stdout.split())
    assert f"nhipcau {' '.join(path)}" in text.partition("Example")[2]


def test_the_bare_command_lists_what_it_can_do() -> None:
    text = run("--help").stdout
    assert all(path[0] in text for path in COMMANDS)


def test_version() -> None:
    assert run("version").stdout == f"{__version__}\n"


# ---- the real command


def test_the_installed_command_speaks_utf8_whatever_the_locale() -> None:
    question = [COMMAND, "ask", "tang ca chu nhat tinh sao", "--json"]
    done = subprocess.run(question, capture_output=True, timeout=60, env={"LC_ALL": "C", "PATH": ""}, check=True)
    assert json.loads(done.stdout.decode())["title"].startswith("Tiền làm thêm giờ")


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        demo = [COMMAND, "demo", "--port", str(taken.getsockname()[1]), "--data", str(tmp_path)]
        done = subprocess.run(demo, capture_output=True, timeout=60, text=True, check=False)
    assert done.returncode == 2
    assert "address already in use" in done.stderr
    assert "Traceback" not in done.stderr

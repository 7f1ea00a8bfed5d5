"""`nhipcau knowledge …`: what curators need at the desk."""

import asyncio
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer

from nhipcau.bot import clock
from nhipcau.bot.config import ConfigError, load_config
from nhipcau.channels.message import Outgoing
from nhipcau.knowledge import desk
from nhipcau.knowledge.answer import Knowledge
from nhipcau.knowledge.evaluate import evaluate
from nhipcau.knowledge.lint import lint_base
from nhipcau.store import outbox
from nhipcau.store.errors import StoreError
from nhipcau.store.store import open_store
from nhipcau.store.writer import Change

app = typer.Typer(help="The knowledge base: check it, measure it, see what is missing.", no_args_is_help=True)

ConfigOption = Annotated[Path, typer.Option("--config", "-c", envvar="NHIPCAU_CONFIG", help="Configuration.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
DEFAULT_CONFIG = Path("config.toml")


@app.command(epilog="Example: nhipcau knowledge lint")
def lint() -> None:
    """Check every entry, figure and citation; exit 1 when something must be mended."""
    findings = lint_base()
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings" if findings else "The knowledge base is clean.")
    raise typer.Exit(1 if findings else 0)


@app.command("eval", epilog="Example: nhipcau knowledge eval tests/knowledge/questions.jsonl")
def evaluate_file(
    file: Annotated[Path, typer.Argument(help="Labelled questions: id, question, expect, style.")],
    as_json: JsonOption = False,
) -> None:
    """Measure accuracy, refusals and latency on a labelled file."""
    if not file.is_file():
        _refuse(f"{file} does not exist.")
    report = evaluate(file, Knowledge.load(), clock.today())
    print(msgspec.json.encode(report.as_dict()).decode() if as_json else report.format())


@app.command("list", epilog="Example: nhipcau knowledge list --json")
def list_entries(as_json: JsonOption = False) -> None:
    """List the published entries."""
    knowledge = Knowledge.load()
    today = clock.today()
    for entry in knowledge.entries.values():
        title = knowledge.rendered(entry.id, today).title
        if not as_json:
            print(f"{entry.id:34} {title}")
            continue
        row = {
            "entry": entry.id,
            "title": title,
            "topic": entry.topic,
            "citations": [
                {"document": one.document, "article": one.article, "clause": one.clause} for one in entry.citations
            ],
            "valid_from": entry.valid_from,
            "valid_to": entry.valid_to,
            "reviewed": entry.reviewed.date if entry.reviewed else None,
            "review_by": entry.review_by,
            "phrasings": len(entry.questions),
        }
        print(msgspec.json.encode(row).decode())


@app.command(epilog="Example: nhipcau knowledge gaps --days 30")
def gaps(
    days: Annotated[int, typer.Option(help="How many days back.")] = 30,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show questions without a good answer, grouped, with counts, age, and who waits for a reply."""
    from nhipcau.bot.gaps import group

    found = asyncio.run(_gaps(config, clock.today() - timedelta(days=days)))
    for one in group(found):
        print(msgspec.json.encode(one).decode() if as_json else one.line(clock.today()))
    if not found and not as_json:
        print("No unanswered questions.")


@app.command(epilog='Example: nhipcau knowledge reply 4821973 "Anh/chị được nghỉ 12 ngày."')
def reply(
    question: Annotated[int, typer.Argument(help="The number that `gaps` shows.")],
    text: Annotated[str, typer.Argument(help="The reply, in the member's language.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Answer the people who asked to be called back about a question; the running server sends it."""
    told = asyncio.run(_reply(config, question, text.strip()))
    print(f"{told} person(s) will be told." if told else "Nobody waits for a reply to this question.")


async def _gaps(config: Path, since: date) -> list[desk.Gap]:
    with _sentences(config) as url:
        async with open_store(url) as store, store.read() as conn:
            return await desk.gaps(conn, since)


async def _reply(config: Path, question: int, text: str) -> int:
    body = msgspec.json.encode(Outgoing(text=text))
    with _sentences(config) as url:
        async with open_store(url) as store:
            async with store.read() as conn:
                wishes = await desk.waiting(conn, question)
            drafts = [Change(outbox.insert, outbox.Draft(w.channel, w.account, w.chat, body)) for w in wishes]
            if drafts:
                await store.writer.commit(*drafts, Change(desk.settle, question))
            return len(drafts)


class _sentences:  # reads as a phrase at its use
    """Gives the configured database, and ends with one sentence where that fails."""

    def __init__(self, config: Path) -> None:
        self._config = config

    def __enter__(self) -> str:
        try:
            return load_config(self._config).database.url
        except ConfigError as error:
            _refuse(str(error))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, StoreError):
            _refuse(str(error))


def _refuse(sentence: str) -> NoReturn:
    print(f"nhipcau knowledge: {sentence}", file=sys.stderr)
    raise typer.Exit(2)

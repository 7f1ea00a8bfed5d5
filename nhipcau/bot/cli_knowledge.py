"""`nhipcau knowledge …`: what curators need at the desk."""

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from nhipcau import clock
from nhipcau.bot.call_backs import waiting
from nhipcau.bot.curators import DEFAULT_CONFIG, NAME, ConfigOption, JsonOption, ServedOption, known
from nhipcau.bot.database import open_configured
from nhipcau.bot.gaps import group
from nhipcau.bot.sentences import refuse, sentences
from nhipcau.channels.message import Outgoing
from nhipcau.knowledge import desk
from nhipcau.knowledge.answer import Knowledge
from nhipcau.knowledge.evaluate import evaluate
from nhipcau.knowledge.lint import lint_base
from nhipcau.store import outbox
from nhipcau.store.writer import Change

app = typer.Typer(help="The knowledge base: check it, measure it, see what is missing.", no_args_is_help=True)


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
        refuse(NAME, f"{file} does not exist.")
    try:
        report = evaluate(file, Knowledge.load(), clock.today())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        refuse(NAME, f"{file} does not hold one labelled question a line: {error}.")
    print(msgspec.json.encode(report.as_dict()).decode() if as_json else report.format())


@app.command("list", epilog="Example: nhipcau knowledge list --json")
def list_entries(config: ServedOption = None, as_json: JsonOption = False) -> None:
    """List the shipped entries; with --config those that are served."""
    knowledge = known(config)
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
    """Answer those who asked to be called back about a question or its like; the running server sends it."""
    if not text.strip():
        refuse(NAME, "the reply is empty; write what the people who wait shall read.")
    told = asyncio.run(_reply(config, question, text.strip()))
    print(f"{told} person(s) will be told." if told else "Nobody waits for a reply to this question.")


async def _gaps(config: Path, since: date) -> list[desk.Gap]:
    with sentences(NAME):
        async with open_configured(config) as store, store.read() as conn:
            return await desk.gaps(conn, since)


async def _reply(config: Path, question: int, text: str) -> int:
    """Tells everyone who waits for this question or one of its group; returns how many."""
    body = msgspec.json.encode(Outgoing(text=text))
    with sentences(NAME):
        async with open_configured(config) as store:
            async with store.read() as conn:
                asked, wishes = await waiting(conn, [question])
            drafts = [Change(outbox.insert, outbox.Draft(w.channel, w.account, w.chat, body)) for w in wishes]
            if drafts:
                await store.writer.commit(*drafts, *(Change(desk.settle, one) for one in asked))
            return len(drafts)

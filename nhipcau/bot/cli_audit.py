"""`nhipcau audit …`: whether the audit log is whole, and what stands in it."""

from datetime import datetime, time
from pathlib import Path
from typing import Annotated

import msgspec
import sqlalchemy as sa
import typer

from nhipcau.bot.curators import DEFAULT_CONFIG, ConfigOption, JsonOption, reads
from nhipcau.bot.sentences import refuse, sentences
from nhipcau.clock import VIETNAM
from nhipcau.union import audit_trail
from nhipcau.union.audit_trail import Head, Shown, Verdict
from nhipcau.union.units import by_code

app = typer.Typer(help="The audit log: who saw, exported, decided or changed what.", no_args_is_help=True)


@app.command(epilog="Example: nhipcau audit verify --heads /mnt/usb/audit-heads.txt")
def verify(
    heads: Annotated[
        Path | None, typer.Option(help="A file outside of the database: compared with, and added to when all is well.")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Walk the whole chain and name the first broken line; exit code 1 where there is one.

    Cut-off lines at the end, and a log written anew, are found by the hashes of former days alone: keep them elsewhere.
    """
    with sentences("nhipcau audit"):
        kept = _kept(heads) if heads else []
        verdict = reads(config, lambda conn: audit_trail.verify(conn, kept))
        if heads and not verdict.broken and verdict.head.id:
            _keep(heads, verdict.head)
    print(_json(verdict) if as_json else _sentence(verdict, len(kept)))
    raise typer.Exit(1 if verdict.broken else 0)


@app.command(epilog="Example: nhipcau audit show --unit DL-MAY --action officer --since 2026-11-01")
def show(
    unit: Annotated[str, typer.Option(help="Code of a unit: with all below it.")] = "",
    action: Annotated[str, typer.Option(help="Such as officer.remove; officer means all that begin so.")] = "",
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day in Vietnam.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many lines, the newest.")] = 100,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Print lines. Persons stand there by number alone; the log holds no personal data."""
    moment = datetime.combine(since.date(), time(), VIETNAM) if since else None

    def job(conn: sa.Connection) -> list[Shown]:
        path = _path(conn, unit) if unit else ""
        return audit_trail.show(conn, path=path, action=action, since=moment, limit=limit)

    for line in reads(config, job):
        print(msgspec.json.encode(line._asdict()).decode() if as_json else _line(line))


def _path(conn: sa.Connection, code: str) -> str:
    found = by_code(conn, code)
    return found.path if found else refuse("nhipcau audit", f"There is no unit with the code {code}.")


def _line(one: Shown) -> str:
    at = one.at.astimezone(VIETNAM).strftime("%Y-%m-%d %H:%M:%S")
    actor = "program" if one.actor is None else f"officer {one.actor}"
    about = one.subject if one.subject_id is None else f"{one.subject} {one.subject_id}"
    where = "" if one.unit_id is None else f"  unit {one.unit_id}"
    return f"{one.id:>7}  {at}  {actor}  {one.action}  {about}{where}  {one.detail}"


def _kept(file: Path) -> list[Head]:
    """The heads of former days: each line a number, a hash, and the day it was written down."""
    if not file.exists():
        return []
    parts = [line.split() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    if not all(len(words) >= 2 and words[0].isdigit() for words in parts):
        refuse("nhipcau audit", f"{file} does not hold a number and a hash on each line.")
    return [Head(int(number), digest) for number, digest, *_ in parts]


def _keep(file: Path, head: Head) -> None:
    with file.open("a", encoding="utf-8") as out:
        out.write(f"{head.id} {head.hash} {datetime.now(VIETNAM).isoformat(timespec='seconds')}\n")


def _sentence(verdict: Verdict, kept: int) -> str:
    if verdict.broken:
        number, why = verdict.broken
        return f"The audit log is broken: line {number} {why}. The {verdict.head.id} lines before it are whole."
    compared = f", and agrees with {kept} kept hashes" if kept else ""
    return f"The audit log is whole: {verdict.head.id} lines{compared}. Its last hash: {verdict.head.hash or '-'}"


def _json(verdict: Verdict) -> str:
    number, why = verdict.broken or (None, None)
    found = {"whole": not verdict.broken, "lines": verdict.head.id, "hash": verdict.head.hash}
    return msgspec.json.encode(found | {"broken": number, "why": why}).decode()

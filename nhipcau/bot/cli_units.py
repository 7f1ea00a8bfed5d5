"""`nhipcau units …`: the tree of the union, by list or one unit at a time."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import sqlalchemy as sa
import typer

from nhipcau import clock
from nhipcau.bot.curators import DEFAULT_CONFIG, ConfigOption, JsonOption
from nhipcau.bot.database import open_configured
from nhipcau.bot.sentences import refuse, sentences
from nhipcau.knowledge.calc.regions import known_region
from nhipcau.store.sheets import read_sheet, write_sheet
from nhipcau.union import unit_counts, unit_history, unit_rows, unit_sheet, unit_tree
from nhipcau.union.unit_counts import Declared, Members
from nhipcau.union.unit_rows import Outcome
from nhipcau.union.unit_rules import LEVEL, Decision, UnitError
from nhipcau.union.unit_tree import Founding
from nhipcau.union.units import Unit, by_ids

T = TypeVar("T")
NAME = "nhipcau units"

app = typer.Typer(help="The units of the union: the tree, its history, declared headcounts.", no_args_is_help=True)

CodeArgument = Annotated[str, typer.Argument(help="The unit's code.")]
OnOption = Annotated[
    datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], help="The day it holds from; by default today.", metavar="YYYY-MM-DD"),
]
WhyOption = Annotated[str, typer.Option("--why", help="Why, for those who read the history later.")]


@app.command("import", epilog="Example: nhipcau units import units.xlsx --dry-run --config config.toml")
def bring(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX with the headings of docs/union.md.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be, and change nothing.")] = False,
    on: OnOption = None,
    why: WhyOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Make the tree what a list says; exit code 1 where rows were rejected."""
    decision = _decision(on, why or f"Import of {file.name}")

    def job(conn: sa.Connection) -> list[Outcome]:
        return unit_sheet.bring(conn, read_sheet(file, unit_rows.headings()), decision, known_region)

    outcomes = _tries(config, job) if dry_run else _writes(config, job)
    _print_outcomes(outcomes, dry_run, as_json)
    raise typer.Exit(1 if any(one.what == "rejected" for one in outcomes) else 0)


@app.command(epilog="Example: nhipcau units export units.xlsx --config config.toml")
def export(
    file: Annotated[Path, typer.Argument(help="A new file that ends in .xlsx or .csv.")],
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Write all open units as a list that `import` takes again."""

    def job(conn: sa.Connection) -> tuple[list[str], list[list[str | int | None]]]:
        headings, rows = unit_sheet.export_rows(conn, _decision(None, "export"))
        return headings, list(rows)

    if file.exists():
        refuse(NAME, f"{file} exists already; name a new file.")
    headings, rows = _writes(config, job)
    with sentences(NAME):
        write_sheet(file, headings, rows)
    print(_json({"file": str(file), "units": len(rows)}) if as_json else f"{len(rows)} units are in {file}.")


@app.command(epilog="Example: nhipcau units show DL-TH-0123 --on 2026-06-30")
def show(
    code: CodeArgument, on: OnOption = None, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False
) -> None:
    """Show a unit, what stands above and below it, its members, and its history; with --on as it was on a day."""
    day = on.date() if on else clock.today()
    found = _reads(config, lambda conn: _shown(conn, code, day, past=on is not None))
    print(_json(found) if as_json else "\n".join(_lines(found)))


@app.command(epilog='Example: nhipcau units create DL-MAY "Công đoàn cơ sở Công ty May" --kind grassroots --parent DL')
def create(
    code: CodeArgument,
    name: Annotated[str, typer.Argument(help="Its full name.")],
    why: WhyOption,
    kind: Annotated[str, typer.Option(help=f"One of {', '.join(LEVEL)}.")] = "grassroots",
    parent: Annotated[str, typer.Option(help="The code of the unit above; none for one at the top.")] = "",
    sector: Annotated[str, typer.Option(help="Its branch of work.")] = "",
    commune: Annotated[str, typer.Option(help="Its commune or ward: from it the region of the minimum wage.")] = "",
    contact: Annotated[str, typer.Option(help="How members reach its officers.")] = "",
    on: OnOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Found a unit."""
    region = (known_region(commune) or "") if commune else ""
    one = Founding(code, name, kind, parent, sector, commune, region, contact)
    _print_unit(_writes(config, lambda conn: unit_tree.create(conn, one, _decision(on, why))), "founded", on, as_json)


@app.command(epilog='Example: nhipcau units rename DL-MAY "Công đoàn cơ sở Công ty May Mới" --why "Đổi tên"')
def rename(
    code: CodeArgument,
    name: Annotated[str, typer.Argument(help="Its new name.")],
    why: WhyOption,
    on: OnOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Give a unit another name."""
    done = _writes(config, lambda conn: unit_tree.rename(conn, code, name, _decision(on, why)))
    _print_unit(done, "renamed", on, as_json)


@app.command(epilog='Example: nhipcau units move DL-MAY DL-KCN --why "Quyết định 12" --on 2026-12-01')
def move(
    code: CodeArgument,
    parent: Annotated[str, typer.Argument(help="The code of the unit it will stand below.")],
    why: WhyOption,
    on: OnOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Put a unit, with all below it, under another."""
    done = _writes(config, lambda conn: unit_tree.move(conn, code, parent, _decision(on, why)))
    _print_unit(done, "moved", on, as_json)


@app.command(epilog='Example: nhipcau units merge DL-MAY-2 DL-MAY --why "Sáp nhập"')
def merge(
    code: CodeArgument,
    into: Annotated[str, typer.Argument(help="The code of the unit that takes its members and the units below it.")],
    why: WhyOption,
    on: OnOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Close a unit in favour of another, which takes over its members and the units below it."""
    done = _writes(config, lambda conn: unit_tree.merge(conn, code, into, _decision(on, why)))
    _print_unit(done, f"where {code} is merged in", on, as_json)


@app.command(epilog='Example: nhipcau units close DL-MAY-2 --why "Giải thể"')
def close(
    code: CodeArgument,
    why: WhyOption,
    on: OnOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Close a unit with nothing open below it; its members go to the unit above."""
    _print_unit(_writes(config, lambda conn: unit_tree.close(conn, code, _decision(on, why))), "closed", on, as_json)


@app.command("headcount", epilog="Example: nhipcau units headcount DL-MAY 1250 --on 2026-10-01")
def declare(
    code: CodeArgument,
    members: Annotated[int, typer.Argument(help="How many members the unit declares.")],
    on: OnOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Keep how many members a unit declares for a day."""
    day = on.date() if on else clock.today()

    def job(conn: sa.Connection) -> Unit:
        one = unit_tree.find_unit(conn, code)
        unit_counts.declare(conn, one, day, members, _decision(None, "headcount"))
        return one

    _print_unit(_writes(config, job), f"with {members} declared for {day}", None, as_json)


@app.command(epilog="Example: nhipcau units recount --config config.toml")
def recount(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Count all members again, one by one; only where `nhipcau doctor` asks for it."""
    _writes(config, unit_counts.recount)
    print("All members are counted again.")


# ---- shared


def _decision(on: datetime | None, why: str) -> Decision:
    return Decision(on.date() if on else clock.today(), why, clock.today())


class _DryRun(Exception):
    """Undoes the transaction and carries what would have been."""


def _reads(config: Path, job: Callable[[sa.Connection], T]) -> T:
    async def run() -> T:
        async with open_configured(config) as store, store.read() as conn:
            return await conn.run_sync(job)

    with _refusals():
        return asyncio.run(run())


def _writes(config: Path, job: Callable[[sa.Connection], T]) -> T:
    async def run() -> T:
        async with open_configured(config) as store:
            done: T = await store.writer.transaction(job)
            return done

    with _refusals():
        return asyncio.run(run())


def _tries(config: Path, job: Callable[[sa.Connection], T]) -> T:
    """What a job would return; nothing of it is kept."""

    def undone(conn: sa.Connection) -> None:
        raise _DryRun(job(conn))

    try:
        _writes(config, undone)
    except _DryRun as end:
        result: T = end.args[0]
        return result
    raise AssertionError("a dry run always ends by its own exception")


@contextmanager
def _refusals() -> Iterator[None]:
    with sentences(NAME):
        try:
            yield
        except UnitError as error:
            refuse(NAME, str(error))


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _print_unit(one: Unit, done: str, on: datetime | None, as_json: bool) -> None:
    since = f" from {on.date()} on" if on else ""
    print(_json(one._asdict()) if as_json else f"{one.code} {one.name}: {done}{since}.")


def _print_outcomes(outcomes: list[Outcome], dry_run: bool, as_json: bool) -> None:
    counts = Counter(one.what for one in outcomes)
    if as_json:
        for one in outcomes:
            print(_json(one._asdict()))
        return
    for one in outcomes:
        if one.what != "unchanged":
            print(f"row {one.number}: {one.what} {one.code}" + (f": {one.why}" if one.why else ""))
    told = ", ".join(f"{counts[what]} {what}" for what in ("added", "changed", "unchanged", "rejected"))
    print(f"{told}." + (" Nothing was changed: this was a dry run." if dry_run else ""))


def _shown(conn: sa.Connection, code: str, day: date, *, past: bool) -> dict[str, Any]:
    one = unit_tree.find_unit(conn, code)
    chain = unit_history.above(conn, one.id, day)
    above = by_ids(conn, chain)
    below = unit_history.children_on(conn, one.id, day)
    members: Members = unit_counts.members_below(conn, one)
    declared: Declared = unit_counts.declared_below(conn, one.id, day, past=past)
    state = unit_history.state_on(conn, one.id, day)
    return {
        **one._asdict(),
        "on": day,
        "name": state.name if state else one.name,
        "above": [above[unit_id].code for unit_id in chain],
        "below": sorted(child.code for child in by_ids(conn, [child for child, _, _ in below]).values()),
        "units_in_subtree": len(unit_history.subtree(conn, one.id, day if past else None)),
        "members": members.members,
        "joined": members.joined,
        "declared": declared.members,
        "undeclared_units": declared.missing,
        "history": [
            {"since": row.since, "action": row.action, "name": row.name, "why": row.why}
            for row in unit_history.history(conn, one.id)
        ],
    }


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['code']}  {found['name']}  ({found['kind']}, {'open' if found['is_open'] else 'closed'})"
    yield f"above: {' < '.join(found['above']) or 'nothing'}"
    yield f"below: {', '.join(found['below']) or 'nothing'}; {found['units_in_subtree']} units in the subtree"
    yield f"commune: {found['commune'] or '-'}, region: {found['region'] or '-'}, sector: {found['sector'] or '-'}"
    yield f"contact: {found['contact'] or '-'}"
    yield f"members: {found['members']} known here, {found['joined']} of them joined by chat"
    yield f"declared: {found['declared']}; {found['undeclared_units']} units have declared nothing"
    for row in found["history"]:
        yield f"  {row['since']}  {row['action']}: {row['name']} ({row['why']})"

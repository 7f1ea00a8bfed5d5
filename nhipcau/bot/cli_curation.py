"""`nhipcau knowledge edit, review, publish …`: entries are changed while the program runs."""

from collections.abc import Sequence
from datetime import datetime
from difflib import unified_diff
from pathlib import Path
from typing import Annotated, Any

import msgspec
import sqlalchemy as sa
import typer

from nhipcau import clock
from nhipcau.bot import call_backs
from nhipcau.bot.curators import (
    DEFAULT_CONFIG,
    NAME,
    ByOption,
    ConfigOption,
    JsonOption,
    WhyOption,
    reads,
    refusals,
    seed,
    writes,
)
from nhipcau.bot.sentences import refuse
from nhipcau.knowledge import curation, revisions
from nhipcau.knowledge.effective import Seed, conflicts, effective
from nhipcau.knowledge.entries import Entry, entry_files, parse_entry, read_entry, write_entry
from nhipcau.knowledge.revisions import EntryRevision, FigureRevision, Made

app = typer.Typer()

RevisionArgument = Annotated[str, typer.Argument(help="The number that `drafts` shows: 12, or F12 for a figure.")]
Revision = EntryRevision | FigureRevision


@app.command(epilog='Example: nhipcau knowledge edit weekly-rest new.md --by "Lan" --why "Nghị định mới"')
def edit(
    entry: Annotated[str, typer.Argument(help="The entry's name; a new one for a new entry.")],
    file: Annotated[Path, typer.Argument(help="The whole entry, in the form of docs/content.md.")],
    by: ByOption,
    why: WhyOption,
    topic: Annotated[str, typer.Option(help="The topic of a new entry, such as wages.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Keep a draft of an entry, changed or new; refused with the findings when it breaks a rule."""
    shipped = seed()
    text = _text(file)

    def job(conn: sa.Connection) -> curation.Draft:
        known = effective(shipped, revisions.served(conn)).entries
        told = topic or _topic(entry, file, known, shipped)
        return curation.edit(conn, shipped, parse_entry(text, entry, told), Made(by, why), clock.today())

    _print_drafts([writes(config, job)], as_json)


@app.command("import", epilog='Example: nhipcau knowledge import answers/ --by "Lan" --why "Rà soát quý IV"')
def bring(
    folder: Annotated[Path, typer.Argument(help="Entries as TOPIC/NAME.md, as `export` writes them.")],
    by: ByOption,
    why: WhyOption,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Keep one draft for every entry of a folder that is new or differs; all or, when one breaks a rule, none."""
    with refusals():
        entries = [read_entry(path) for path in entry_files(folder)]
    if not entries:
        refuse(NAME, f"{folder} holds no entries; they must lie in it as TOPIC/NAME.md.")
    shipped = seed()
    kept = writes(config, lambda conn: curation.bring(conn, shipped, entries, Made(by, why), clock.today()))
    _print_drafts(kept, as_json)


@app.command(epilog="Example: nhipcau knowledge export answers/ --config config.toml")
def export(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")], config: ConfigOption = DEFAULT_CONFIG
) -> None:
    """Write the entries that readers meet as files, TOPIC/NAME.md."""
    shipped = seed()
    now = effective(shipped, reads(config, revisions.served))
    with refusals():
        if folder.exists() and any(folder.iterdir()):
            refuse(NAME, f"{folder} is not empty; name a new folder, so that no old file stays among the new ones.")
        for entry in now.entries.values():
            path = folder / entry.topic / f"{entry.id}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(write_entry(entry), encoding="utf-8")
    print(f"{len(now.entries)} entries are in {folder}.")


@app.command(epilog='Example: nhipcau knowledge review 12 --by "Bình"')
def review(revision: RevisionArgument, by: ByOption, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Find a draft right. Nobody reviews a change of their own."""
    found = writes(config, lambda conn: curation.review(conn, revision, by))
    print(f"Revision {found.number} of {_subject(found)} is reviewed; publish it with `publish {found.number}`.")


@app.command(epilog='Example: nhipcau knowledge publish 12 --by "Lan" --answers 4821973')
def publish(
    revision: RevisionArgument,
    by: ByOption,
    answers: Annotated[
        list[int] | None, typer.Option(help="A question of `gaps` that it answers: those who wait are told.")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Serve a reviewed change; every running process does so within five seconds."""
    shipped = seed()
    settled = call_backs.asked_alike(config, answers) if answers else call_backs.NOBODY

    def job(conn: sa.Connection) -> tuple[Revision, int]:
        found = curation.publish(conn, shipped, revision, by, clock.today())
        if answers and not isinstance(found, EntryRevision):
            raise curation.CurationError("a figure answers no question; publish the entry with --answers")
        return found, call_backs.tell(conn, shipped, _subject(found), settled) if answers else 0

    found, told = writes(config, job)
    print(f"Revision {found.number} of {_subject(found)} is published.")
    if answers:
        print(f"{told} person(s) will be told." if told else "Nobody waits for a reply to this question.")


@app.command(epilog='Example: nhipcau knowledge withdraw weekly-rest --by "Lan" --why "Sai số ngày"')
def withdraw(
    what: Annotated[str, typer.Argument(metavar="ENTRY|REVISION", help="An entry's name, or a revision's number.")],
    by: ByOption,
    why: WhyOption,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Take an entry from its readers within five seconds, without a review; or turn a draft down."""
    shipped = seed()
    writes(config, lambda conn: curation.withdraw(conn, shipped, what, Made(by, why)))
    print(f"{what} is withdrawn.")


@app.command(epilog="Example: nhipcau knowledge history weekly-rest --config config.toml")
def history(
    entry: Annotated[str, typer.Argument(help="The entry's name.")],
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show every change of an entry: who, when, why, and what the text was before and after."""
    found = reads(config, lambda conn: revisions.history(conn, entry))
    for one in found:
        print(_json(one) if as_json else "\n".join([line(one), *_difference(one)]))
    if not found and not as_json:
        print(f"No officer has changed {entry}.")


@app.command(epilog="Example: nhipcau knowledge drafts --json")
def drafts(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Show what waits for a review or for publication."""
    shipped = seed()
    found, served = reads(config, lambda conn: (revisions.drafts(conn), revisions.served(conn)))
    now = effective(shipped, served)
    for one in found:
        late = isinstance(one, EntryRevision) and curation.outdated(now, one)
        if as_json:
            print(_json(one, outdated=late))
        else:
            print(line(one) + (" (the entry changed since: make the draft again)" if late else ""))
    if not found and not as_json:
        print("No drafts.")


@app.command("conflicts", epilog="Example: nhipcau knowledge conflicts --json")
def show_conflicts(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Show changed entries whose shipped text is another one since. The officers' text is served."""
    shipped = seed()
    found = conflicts(shipped, reads(config, revisions.served))
    for one in found:
        print(_json(one, shipped=_file(shipped, one.entry)) if as_json else "\n".join(_both(shipped, one)))
    if not found and not as_json:
        print("No conflicts.")


def _text(file: Path) -> str:
    with refusals():
        try:
            return file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            refuse(NAME, f"{file} is not UTF-8; save it so.")


def _topic(entry: str, file: Path, known: dict[str, Entry], shipped: Seed) -> str:
    """The topic the entry has; a new one's is the folder of its file, if that is a topic."""
    before = known.get(entry) or shipped.entries.get(entry)
    if before is not None:
        return before.topic
    topics = {one.topic for one in known.values()}
    if file.absolute().parent.name in topics:
        return file.absolute().parent.name
    raise curation.CurationError(f"{entry} is new: say its --topic, such as {', '.join(sorted(topics))}")


def _print_drafts(kept: Sequence[curation.Draft], as_json: bool) -> None:
    for one in kept:
        print(
            msgspec.json.encode(one._asdict()).decode()
            if as_json
            else f"Draft {one.revision} of {one.entry} is kept; another person reviews it with `review {one.revision}`."
        )
    if not kept and not as_json:
        print("Nothing differs from what readers meet.")


def _subject(one: Revision) -> str:
    return one.entry if isinstance(one, EntryRevision) else one.figure


def line(one: Revision) -> str:
    """A revision in one line: number, state, subject, and who did what when and why."""
    life = one.life
    what = f"{one.entry}" if isinstance(one, EntryRevision) else f"{one.figure} = {one.value} from {one.since}"
    done = [f"made by {life.made_by} {_when(life.made_at)}: {life.why}"]
    if life.reviewed_by and life.reviewed_at:
        done.append(f"reviewed by {life.reviewed_by} {_when(life.reviewed_at)}")
    if life.ended_by and life.ended_at:
        done.append(
            f"{life.state} by {life.ended_by} {_when(life.ended_at)}"
            + (f": {life.ended_why}" if life.ended_why else "")
        )
    return f"{one.number:>5}  {life.state:9}  {what}  [{'; '.join(done)}]"


def _when(moment: datetime) -> str:
    return f"{moment.astimezone(clock.VIETNAM):%Y-%m-%d %H:%M}"


def _difference(one: EntryRevision) -> list[str]:
    return _diff(one.before or "", one.after or "", "before", "after")


def _diff(before: str, after: str, left: str, right: str) -> list[str]:
    return list(unified_diff(before.splitlines(), after.splitlines(), left, right, lineterm=""))


def _both(shipped: Seed, one: EntryRevision) -> list[str]:
    there = _file(shipped, one.entry)
    said = "the shipped entry changed" if there else "the entry is no longer shipped"
    return [f"{line(one)} {said} since:", *_diff(one.after or "", there or "", "served", "shipped")]


def _file(shipped: Seed, entry: str) -> str | None:
    return write_entry(shipped.entries[entry]) if entry in shipped.entries else None


def _json(one: Revision, **more: Any) -> str:
    row = one._asdict()
    life = row.pop("life")._asdict()
    row.pop("seed", None)
    return msgspec.json.encode({"revision": one.number, **row, **life, **more}).decode()

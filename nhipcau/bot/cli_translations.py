"""`nhipcau knowledge translated`: a translator says that an English text was compared with the Vietnamese one."""

from pathlib import Path
from typing import Annotated

import typer

from nhipcau import clock
from nhipcau.bot.curators import NAME, refusals, seed
from nhipcau.bot.sentences import refuse
from nhipcau.knowledge.effective import Seed
from nhipcau.knowledge.lint import Finding, lint_translation
from nhipcau.knowledge.translations import read_translation, stamp, translation_files

app = typer.Typer()


@app.command(epilog="Example: nhipcau knowledge translated weekly-rest wage-fine")
def translated(
    entries: Annotated[list[str] | None, typer.Argument(help="Entries whose English text was compared.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that have an English text.")] = False,
) -> None:
    """Confirm that an English text was compared with the shipped Vietnamese one: from then on readers meet it.

    Nothing compares the meaning of the two but you. When the Vietnamese title, short or steps change, readers meet
    the Vietnamese text until this is said again.
    """
    files, shipped = translation_files(), seed()
    if everything == bool(entries):
        refuse(NAME, "name the entries that were compared, or --all.")
    chosen = {one: _file(one, files, shipped) for one in entries or files}
    with refusals():
        findings = [found for one, path in chosen.items() for found in _faults(shipped, one, path)]
    for finding in findings:
        print(finding)
    if findings:
        print(f"{len(findings)} findings; nothing was confirmed.")
        raise typer.Exit(1)
    with refusals():
        new = [one for one, path in chosen.items() if stamp(path, shipped.entries[one])]
    for one in chosen:
        print(f"{one}: {'the English text is confirmed' if one in new else 'it was confirmed before'}.")


def _file(entry: str, files: dict[str, Path], shipped: Seed) -> Path:
    if entry not in shipped.entries:
        refuse(NAME, f"there is no entry {entry}; see nhipcau knowledge list.")
    if entry not in files:
        refuse(NAME, f"there is no English text of {entry}; write knowledge/english/{entry}.md (docs/content.md).")
    return files[entry]


def _faults(shipped: Seed, entry: str, path: Path) -> list[Finding]:
    text = read_translation(path)
    return lint_translation(shipped.entries[entry], text, shipped.figures, shipped.documents, clock.today())

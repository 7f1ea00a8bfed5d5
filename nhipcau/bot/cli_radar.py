"""`nhipcau knowledge impact, figure, due`: what a change of the law touches."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated

import msgspec
import typer

from nhipcau import clock
from nhipcau.bot.curators import (
    DEFAULT_CONFIG,
    NAME,
    ByOption,
    ConfigOption,
    JsonOption,
    WhyOption,
    reads,
    seed,
    writes,
)
from nhipcau.bot.sentences import refuse
from nhipcau.knowledge import curation, revisions
from nhipcau.knowledge.effective import effective
from nhipcau.knowledge.impact import due_list, impact
from nhipcau.knowledge.revisions import Made

app = typer.Typer()


@app.command("impact", epilog="Example: nhipcau knowledge impact 45/2019/QH14 --json")
def show_impact(
    subject: Annotated[str, typer.Argument(metavar="DOCUMENT|FIGURE", help="45/2019/QH14, or minimum_wage.hourly.I.")],
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show every entry and calculator that rests on a document or a figure."""
    found = impact(subject, effective(seed(), reads(config, revisions.served)))
    if found is None:
        refuse(NAME, f"there is no document and no figure {subject}; both are in law/*.toml.")
    if as_json:
        print(msgspec.json.encode(found).decode())
        return
    for kind, rows in (("entry", found.entries), ("calculator", found.calculators)):
        for name, why in rows.items():
            print(f"{kind:10}  {name:34}  {', '.join(why)}")
    print(f"{len(found.entries)} entries, {len(found.calculators)} calculators, {len(found.figures)} figures.")


@app.command(
    epilog="Example: nhipcau knowledge figure base_salary 2700000 --from 2027-07-01 --document 150/2027/NĐ-CP "
    '--article 3 --by "Lan" --why "Lương cơ sở mới"'
)
def figure(
    name: Annotated[str, typer.Argument(help="The figure, such as base_salary.")],
    value: Annotated[str, typer.Argument(help="Its new value, in its own unit.")],
    since: Annotated[str, typer.Option("--from", metavar="YYYY-MM-DD", help="The day from which it holds.")],
    document: Annotated[str, typer.Option(help="The document that says so.")],
    by: ByOption,
    why: WhyOption,
    article: Annotated[str | None, typer.Option(help="Its article.")] = None,
    clause: Annotated[str | None, typer.Option(help="Its clause.")] = None,
    title: Annotated[str | None, typer.Option(help="The short title of a document not registered yet.")] = None,
    confidence: Annotated[str, typer.Option(help="V2: checked against two sources; V1: one.")] = "V1",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Keep a draft of a figure's new value. Once published, what rests on the figure is due for review."""
    if confidence not in ("V1", "V2"):
        refuse(NAME, f"{confidence} is no confidence; write V1 or V2.")
    cited = (document, article, clause, confidence, title)
    new = curation.NewValue(name, _day(since), _number(value), *cited)
    shipped = seed()
    row = writes(config, lambda conn: curation.change_figure(conn, shipped, new, Made(by, why)))
    said = msgspec.json.encode({"revision": f"F{row}", "figure": name}).decode()
    print(said if as_json else f"Draft F{row} of {name} is kept; another person reviews it with `review F{row}`.")


@app.command(epilog="Example: nhipcau knowledge due --json")
def due(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Show what must be compared with the law: past its review, or resting on a figure that changed."""
    found = due_list(effective(seed(), reads(config, revisions.served)), clock.today())
    for one in found:
        print(msgspec.json.encode(one).decode() if as_json else f"{one.kind:10}  {one.name:34}  {one.since}  {one.why}")
    if not found and not as_json:
        print("Nothing is due.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse(NAME, f"{text} is no day; write it like 2026-11-22.")


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        refuse(NAME, f"{text} is no number; write it like 4140000 or 10.5.")

"""`nhipcau officers …`: the first officers, and help where nobody is left who could."""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import sqlalchemy as sa
import typer

from nhipcau.bot.config import load_config
from nhipcau.bot.curators import DEFAULT_CONFIG, ConfigOption, JsonOption, writes
from nhipcau.bot.links import ask_telegram_name, links
from nhipcau.bot.sentences import refuse, sentences
from nhipcau.channels.message import Outgoing
from nhipcau.handlers.i18n import catalogue, language
from nhipcau.handlers.officer_words import channel_name, moment, role_name
from nhipcau.store import outbox
from nhipcau.union import audit, contacts, invitations, officers
from nhipcau.union.audit import Line
from nhipcau.union.invitations import PREFIX, Decision, Invite, Invited
from nhipcau.union.officers import Listed, OfficerError, Removal
from nhipcau.union.permissions import WHOLE, Role
from nhipcau.union.units import Unit, by_code

NAME = "nhipcau officers"
MOST = 100_000  # officers listed

app = typer.Typer(help="Officers: invite the first, confirm, list, remove.", no_args_is_help=True)

UnitOption = Annotated[str, typer.Option("--unit", help="Code of the unit; the role holds for all below it, too.")]


@app.command(epilog='Example: nhipcau officers invite --role administrator --unit DL --name "Lê Thị Hoa"')
def invite(
    role: Annotated[Role, typer.Option(help="What the officer shall do.")],
    unit: UnitOption,
    name: Annotated[str, typer.Option(help="Whom it is meant for.")],
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Print a link that makes its first opener an officer, once `nhipcau officers confirm` says who it is."""
    token = invitations.new_token()

    def job(conn: sa.Connection) -> int:
        with _refusals():
            return invitations.invite(conn, [Invite(token, name, role, _unit(conn, unit).id, None)])[0]

    number = writes(config, job)
    found = _links(config, PREFIX + token)
    typed = f"/start {PREFIX}{token}"
    if as_json:
        print(msgspec.json.encode({"invitation": number, "links": found, "message": typed}).decode())
        return
    print(f"Pass one of these on to {name} alone; it works once, within 72 hours:")
    for line in [*found, f"or, on any channel, the message: {typed}"]:
        print(f"  {line}")
    print(f"When it was accepted: nhipcau officers confirm {number}")


@app.command(epilog="Example: nhipcau officers confirm 7301444403183616")
def confirm(
    number: Annotated[int | None, typer.Argument(help="Of the invitation; without it, what waits is listed.")] = None,
    reject: Annotated[bool, typer.Option("--reject", help="It is the wrong person.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Confirm that who accepted an invitation of the command line is the right person."""
    if number is None:
        waiting = writes(config, _waiting)
        for line in map(_shown, waiting):
            print(line)
        print(f"{len(waiting)} accepted invitations wait.")
        return

    def job(conn: sa.Connection) -> Invited:
        with _refusals():
            found = invitations.by_number(conn, number, datetime.now(UTC))
            if found is None or found.by is not None:
                raise OfficerError("There is no such invitation of the command line, or it holds no longer.")
            decided = Decision(number, None)
            (invitations.refuse if reject else invitations.confirm)(conn, [decided])
            if not reject:
                _tell(conn, found)
            return found

    done = writes(config, job)
    print(f"{done.called or done.name} {'was rejected' if reject else 'is an officer now'}.")


@app.command("list", epilog="Example: nhipcau officers list --unit DL-KCN")
def list_(
    unit: UnitOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """List who holds which role where; that the names were seen is recorded."""

    def job(conn: sa.Connection) -> list[Listed]:
        with _refusals():
            place = _unit(conn, unit) if unit else None
            found = officers.officers_at(conn, place.path if place else WHOLE, limit=MOST)
            number = place.id if place else None
            audit.record(conn, [Line(None, "officer.read", "unit", number, number, {"rows": len(found)})])
            return found

    for one in writes(config, job):
        held = one.held
        fields = {"grant": held.id, "role": held.role.value, "unit": held.code, "name": one.name}
        print(msgspec.json.encode(fields).decode() if as_json else "  ".join(map(str, fields.values())))


@app.command(epilog="Example: nhipcau officers remove 7301444403183617")
def remove(
    grant: Annotated[int, typer.Argument(help="The number of the role, as `list` shows it.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Take a role away, at once and everywhere."""

    def job(conn: sa.Connection) -> None:
        with _refusals():
            officers.remove(conn, [Removal(grant, None)])

    writes(config, job)
    print("The role has ended.")


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except OfficerError as error:
        refuse(NAME, str(error))


def _unit(conn: sa.Connection, code: str) -> Unit:
    found = by_code(conn, code)
    if found is None:
        raise OfficerError(f"There is no unit with the code {code}.")
    return found


def _waiting(conn: sa.Connection) -> list[Invited]:
    found = invitations.waiting(conn, None, datetime.now(UTC))
    audit.record(conn, [Line(None, "invitation.read", "invitation", one.id, one.unit.id) for one in found])
    return found


def _shown(one: Invited) -> str:
    at = moment(one.accepted_at) if one.accepted_at else ""
    place = f"{one.role.value} at {one.unit.code}"
    return (
        f"{one.id}  {place}: meant for {one.name}; accepted by {one.called} over {channel_name(one.opener or '')}, {at}"
    )


def _tell(conn: sa.Connection, found: Invited) -> None:
    """The new officer reads it in the chat where the invitation was accepted."""
    chat = found.opener or ""
    spoken = contacts.languages(conn, [chat]).get(chat, "vi")
    language.set(spoken)
    text = catalogue(spoken).gettext("You are now a union officer: {role}, {unit}.")
    body = msgspec.json.encode(Outgoing(text=text.format(role=role_name(found.role), unit=found.unit.name)))
    outbox.insert(conn, [outbox.Draft(*contacts.address(chat), body)])


def _links(config: Path, parameter: str) -> list[str]:
    with sentences(NAME):
        settings = load_config(config)
        name = asyncio.run(ask_telegram_name(config)) if settings.telegram.enabled else ""
    return links(settings, name, parameter)

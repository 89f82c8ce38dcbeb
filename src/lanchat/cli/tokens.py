"""``lanchat token``: who of the programs may read and write."""

from __future__ import annotations

import json
from typing import Any

import click

from lanchat.cli import complain, show_help
from lanchat.cli.commands import Commands
from lanchat.cli.moderate import moment, room_options
from lanchat.cli.options import color_option
from lanchat.cli.output import plain_table
from lanchat.control.client import Room, ask
from lanchat.terminal import ColorChoice, beside, console, printable


@click.group(
    cls=Commands,
    examples=[("lanchat token new build --write", "Let a program write by the name of build")],
    invoke_without_command=True,
)
@click.pass_context
def token(context: click.Context) -> None:
    """Let programs read and write: each has a token, a name and a room.

    \b
    TOKEN=$(lanchat token new build --write)
    curl -H "Authorization: Bearer $TOKEN" -d "Build 7 is done" http://ADDRESS:8765/api/messages
    """  # noqa: D301 (click's own sign, and no backslash)
    show_help(context)


@token.command(
    examples=[('lanchat token new build --write --room "Room 12"', "To write there, and not read")]
)
@click.argument("name")
@click.option(
    "--room",
    "about",
    metavar="ROOM",
    default="",
    show_default="the main one",
    help="In which room.",
)
@click.option("--read", is_flag=True, help="It may read, and not write.")
@click.option("--write", is_flag=True, help="It may write, and not read.")
@room_options
def new(*, name: str, about: str, read: bool, write: bool, room: Room) -> None:
    """Let a program in by the name NAME, and print its token, this once.

    Nobody else can have the name from then on. Without --read or --write it may do both.
    """
    if read and write:
        raise click.UsageError("--read and --write exclude each other; without them it may do both")
    rights = {"reads": not write, "writes": not read}
    made = ask(room, {"do": "token_new", "name": name, "room": about, **rights})
    where = f" in {printable(made['room'])}" if made["room"] else ""
    complain(f"{printable(made['name'])} may {_may(made)}{where}; its token is shown only now:")
    click.echo(made["token"])


@token.command("list", examples=[("lanchat token list --json", "For other programs")])
@click.option("--json", "as_json", is_flag=True, help="Print one array of JSON.")
@color_option
@room_options
def list_(*, room: Room, as_json: bool, color: ColorChoice) -> None:
    """Show which programs have a token. The tokens themselves nobody can see again."""
    from rich.text import Text

    tokens = ask(room, {"do": "token_list"})["tokens"]
    if as_json:
        click.echo(json.dumps(tokens))
        return
    table = plain_table()
    for column in ("Name", "May", "Room", "Made"):
        table.add_column(column, overflow="fold")
    for each in tokens:
        row = (each["name"], _may(each), each["room"], moment(each["made"]))
        table.add_row(*(Text(beside(cell)) for cell in row))
    console(color).print(table if tokens else "No program has a token.")


@token.command(examples=[("lanchat token revoke build", "Let it in no more")])
@click.argument("name")
@room_options
def revoke(*, name: str, room: Room) -> None:
    """Let the program called NAME in no more; what it has open ends at once."""
    revoked = ask(room, {"do": "token_revoke", "name": name})["name"]
    click.echo(f"The token of {printable(revoked)} is no longer good for anything.")


def _may(described: dict[str, Any]) -> str:
    rights = {"read": described["reads"], "write": described["writes"]}
    return " and ".join(right for right, holds in rights.items() if holds)

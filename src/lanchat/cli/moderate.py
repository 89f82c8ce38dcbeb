"""``lanchat host``: keep order from a terminal on the server's own computer."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from lanchat.cli import ExitCode, complain, show_help
from lanchat.cli.commands import Commands
from lanchat.cli.options import (
    color_option,
    data_dir_option,
    is_typed,
    log_file_option,
    shared_database_option,
)
from lanchat.cli.output import plain_table
from lanchat.control.client import Offered, Room, ask, offered
from lanchat.errors import NotRunning
from lanchat.terminal import ColorChoice, beside, console, printable
from lanchat.times import in_own_zone, told_apart

if TYPE_CHECKING:
    from rich.table import Table

_WORDS = {
    **dict.fromkeys(("unmute", "kick", "unban", "host", "unhost", "clear"), "Ana"),
    "mute": "Ana 1h",
    "ban": "Ana 2h address",
    **dict.fromkeys(("readonly", "edits", "files", "hands", "private"), "off"),
    "slow": "10s",
    "topic": '"Fractions, page 12"',
    **dict.fromkeys(("pin", "unpin", "delete"), "41"),
    "poll": '"Lunch? | Pizza | Rice"',
    "announce": '"Five minutes left"',
    "groups": "5",
    "group": "Ana 2",
    "room": "Robots",
    "rename": "Robots",
}
"""What each command is shown with."""

_F = TypeVar("_F", bound=Callable[..., Any])


def room_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What says which room is meant, as ``room``."""

    @wraps(command)
    def with_room(*, data_dir: Path, log_file: Path, database: str | None, **others: Any) -> Any:
        named = is_typed("database") and not is_typed("data_dir")
        return command(room=Room(data_dir, log_file, database, named), **others)

    return data_dir_option(shared_database_option(log_file_option(with_room)))


@click.group(
    cls=Commands,
    examples=[
        ("lanchat host list", "Who is here, and who is banned"),
        ("lanchat host mute Ana", "Let somebody read only"),
    ],
    invoke_without_command=True,
)
@click.pass_context
def host(context: click.Context) -> None:
    """Keep order in the room: the commands of its hosts, from a terminal.

    Where no server runs, bans and rules are changed in its folder and hold from its next start on.
    Where several share a database they are changed there, and every server that runs obeys.
    """
    show_help(context)


@host.command(examples=[("lanchat host link", "What opens the page of a host")])
@room_options
def link(*, room: Room) -> None:
    """Print the host link of the room: whoever opens it is host."""
    answer = ask(room, {"do": "link"})
    if "end" in answer:
        complain("no server of it runs here; this is to go behind the address of the room")
    elif answer["link"] is None:
        raise NotRunning(room.data_dir, "start it first, or name its folder with --data-dir")
    click.echo(answer["link"] or answer["end"])


@host.command("list", examples=[("lanchat host list --json", "For other programs")])
@room_options
@click.option("--json", "as_json", is_flag=True, help="Print one object of JSON.")
@color_option
def list_(*, room: Room, as_json: bool, color: ColorChoice) -> None:
    """Show who is here, what holds in the room, which others there are, and who is banned."""
    answer = ask(room, {"do": "list"})
    del answer["ok"]
    if as_json:
        click.echo(json.dumps(answer))
        return
    screen = console(color)
    for line in _rules(answer["room"]):
        screen.print(line)
    people = [
        (one["name"], one["ip"], one["role"], "muted" if one["muted"] else "", moment(one["since"]))
        for one in answer["people"]
    ]
    screen.print(
        people_table(("Name", "Address", "Role", "", "Here since"), people, "Nobody is here.")
    )
    if rooms := answer["rooms"]:
        lines = [(_called(one), str(one["members"]), _state(one), one["topic"]) for one in rooms]
        screen.print()
        screen.print(people_table(("Room", "People", "", "Topic"), lines, ""))
    if bans := answer["bans"]:
        rows = [(ban["name"], ban["address"], moment(ban["until"]), ban["by"]) for ban in bans]
        screen.print()
        screen.print(people_table(("Banned", "Address", "Until", "By"), rows, ""))


def _about(command: Offered) -> Callable[[_F], _F]:
    """The option that names another room than the main one, where there can be one."""
    if not command.here:
        return lambda carry_out: carry_out
    usual: dict[str, Any] = {"default": "", "show_default": "the main one"}
    how = {"required": True} if command.needs_room else usual
    return click.option("--room", "about", metavar="NAME", help="Which room it is about.", **how)


def _examples(command: Offered) -> list[tuple[str, str]]:
    """How it is typed, with what it does, as far as that is said shortly."""
    meaning = re.split(r"[;:.(]|, (?:for|unless|with|in|as)\b", command.help)[0].strip()
    room = ' --room "Group 2"' if command.needs_room else ""
    return [
        (f"lanchat host {command.name} {_WORDS.get(command.name, '')}".rstrip() + room, meaning)
    ]


def _sure(command: Offered) -> Callable[[_F], _F]:
    """The option that says yes beforehand, where somebody is asked."""
    if not command.grave:
        return lambda carry_out: carry_out
    return click.option("--yes", "-y", is_flag=True, help="Do not ask whether it is meant.")


def _ask_first(command: Offered, room: Room) -> None:
    """Go on where somebody says yes. Raises Exit, Abort, or UsageError where nobody could."""
    ask(room, {"do": "list"})  # whether there is a room at all
    try:
        sure = click.confirm(command.help.rstrip(".") + "?", err=True)
    except click.Abort:
        if sys.stdin is not None and sys.stdin.isatty():
            raise
        click.echo(err=True)  # nobody has ended the line of the question
        words = f"nobody could say yes to {command.name}: --yes says it"
        raise click.UsageError(words, click.get_current_context()) from None
    if not sure:
        raise click.exceptions.Exit(ExitCode.FAILED)


def _add(command: Offered) -> None:
    """Make a command of the room one of the terminal."""

    @host.command(command.name, help=command.help, examples=_examples(command))
    @click.argument(
        "words",
        nargs=-1,
        required=command.needs_words,
        metavar=command.usage.partition(" ")[2] or None,
    )
    @_sure(command)
    @_about(command)
    @room_options
    def carry_out(
        *, words: tuple[str, ...], room: Room, about: str = "", yes: bool = False
    ) -> None:
        if command.grave and not yes:
            _ask_first(command, room)
        _say(room, {"do": "command", "name": command.name, "text": " ".join(words), "room": about})


@host.command(examples=[("lanchat host bans --json", "For other programs")])
@room_options
@click.option("--json", "as_json", is_flag=True, help="Print one array of JSON.")
def bans(*, room: Room, as_json: bool) -> None:
    """Show who is banned, and until when."""
    if as_json:
        click.echo(json.dumps(ask(room, {"do": "list"})["bans"]))
    else:
        _say(room, {"do": "command", "name": "bans", "text": "", "room": ""})


def _say(room: Room, request: dict[str, Any]) -> None:
    click.echo(_safe(in_own_zone(ask(room, request)["message"])))


for _command in offered():
    if _command.name not in host.commands:
        _add(_command)


def _rules(room: dict[str, Any]) -> Iterable[str]:
    if room["topic"]:
        yield f"Topic: {printable(room['topic'])}"
    if room["locked"]:
        yield "Locked: nobody new can join."
    if room["readonly"]:
        yield "Only hosts can write."
    if room["slow"]:
        yield f"Slow mode: {room['slow']} s between two messages."
    if not room["edits"]:
        yield "Only hosts can edit what they have said."
    if not room["files"]:
        yield "Only hosts can send files."
    if room["hands"]:
        yield "Everybody has a large button for their hand."
    if room["rooms"] == "all":
        yield "Everybody can open rooms."
    if room["private"] != "hosts":
        yield f"{'Everybody' if room['private'] == 'all' else 'Nobody'} can talk in private."


def _called(room: dict[str, Any]) -> str:
    return f"group {room['name']}" if room["kind"] == "group" else str(room["name"])


def _state(room: dict[str, Any]) -> str:
    states = {"locked": "locked", "readonly": "for reading", "closed": "closed"}
    return ", ".join(words for name, words in states.items() if room[name])


def people_table(
    columns: Iterable[str], rows: Iterable[Iterable[str]], nothing: str
) -> Table | str:
    """The rows, whose cells may hold what strangers typed; ``nothing`` where there is none."""
    from rich.text import Text

    table = plain_table()
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        # As Text: square brackets are no markup, whatever the console thinks of strings.
        table.add_row(*(Text(beside(cell)) for cell in row))
    return table if table.row_count else nothing


def moment(text: str | None) -> str:
    """When something ends or was, by the clock here; None is for ever."""
    if text is None:
        return "for ever"
    # Python 3.10 does not know Z yet.
    when = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return f"{when.astimezone():%Y-%m-%d %H:%M}{told_apart(when, None)}"


def _safe(message: str) -> str:
    """The message, whose lines may hold what strangers typed."""
    return "\n".join(map(printable, message.split("\n")))

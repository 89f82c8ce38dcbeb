"""``lanchat discover``: the rooms on this network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from lanchat.cli.commands import Command
from lanchat.cli.options import color_option
from lanchat.cli.output import plain_table
from lanchat.errors import NoRoomFound
from lanchat.net.discovery import FoundRoom
from lanchat.net.discovery import discover as look_around
from lanchat.terminal import ACCENT, ColorChoice, console, printable

if TYPE_CHECKING:
    from rich.table import Table


@click.command(
    cls=Command, examples=[("lanchat discover --timeout 10", "Wait longer, in a slow network")]
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 600),
    default=3,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for answers.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each room.")
@color_option
def discover(*, timeout: float, as_json: bool, color: ColorChoice) -> None:
    """List the rooms on this network.

    Found are those of `lanchat serve` whose computers can be heard by multicast DNS, which many
    guest networks forbid. Exits with 1 where there is none.
    """
    rooms = look_around(timeout)
    if not rooms:
        raise NoRoomFound(timeout)
    if as_json:
        for room in rooms:
            click.echo(json.dumps(asdict(room)))
        return
    console(color).print(_table(rooms))


def _table(rooms: Sequence[FoundRoom]) -> Table:
    from rich.text import Text

    table = plain_table()
    table.add_column("Room", overflow="fold")
    # An address that is cut cannot be copied.
    table.add_column("Address", no_wrap=True, style=f"bold {ACCENT}")
    table.add_column("People", justify="right")
    table.add_column("Access code")
    for room in rooms:
        people = "?" if room.people is None else str(room.people)
        code = {True: "needed", False: "none", None: "?"}[room.needs_code]
        # As Text: square brackets are no markup, whatever the console thinks of strings.
        table.add_row(*map(Text, (printable(room.name), printable(room.url), people, code)))
    return table

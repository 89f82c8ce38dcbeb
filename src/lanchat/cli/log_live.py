"""``lanchat log stats --live``: who is here now and how much is said, drawn anew."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from lanchat.cli.moderate import moment, people_table
from lanchat.cli.output import counted
from lanchat.control.client import Room, ask
from lanchat.errors import NotRunning
from lanchat.terminal import console, is_screen, wait

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lanchat.terminal import ColorChoice

SECONDS = 2.0
"""Between two looks."""

WINDOW = 60.0
"""Seconds over which messages are counted."""


class Look(NamedTuple):
    """Who is here, and how many messages were said in so many seconds before."""

    people: list[dict[str, Any]]
    messages: int
    seconds: int


def looks(
    ask_room: Callable[[], dict[str, Any]], clock: Callable[[], float] = time.monotonic
) -> Iterator[Look]:
    """What one sees, look by look; a server that has started again begins to count anew."""
    counts: deque[tuple[float, int]] = deque()
    while True:
        answer, now = ask_room(), clock()
        count = int(answer.get("messages", 0))
        if counts and count < counts[-1][1]:
            counts.clear()
        counts.append((now, count))
        while now - counts[0][0] > WINDOW:
            counts.popleft()
        begin, before = counts[0]
        yield Look(answer["people"], count - before, round(now - begin))


def show(room: Room, color: ColorChoice, *, as_json: bool) -> None:
    """Show it until Ctrl+C, or until there is no server any more. Raises NotRunning."""
    if not as_json and not is_screen():
        raise click.UsageError(
            "--live is for a terminal; in a pipe --json has a line for each look"
        )

    def ask_room() -> dict[str, Any]:
        if not ask(room, {"do": "link"}).get("link"):
            raise NotRunning(room.data_dir, "start it first, or name its folder with --data-dir")
        return ask(room, {"do": "list"})

    found = looks(ask_room)
    if as_json:
        for look in found:
            click.echo(json.dumps(look._asdict()))
            wait(SECONDS)
        return
    from rich.live import Live  # slow to import, and seldom needed

    with Live(console=console(color), auto_refresh=False) as screen:
        for look in found:
            screen.update(drawn(look), refresh=True)
            wait(SECONDS)


def drawn(look: Look) -> RenderableType:
    """A line of what is said, and a table of people."""
    from rich.console import Group

    head = f"{counted(len(look.people), 'person')} here"
    if look.seconds:
        head += f", {counted(look.messages, 'message')} in the last {look.seconds} s"
    rows = [(one["name"], one["ip"], one["role"], moment(one["since"])) for one in look.people]
    return Group(head, "", people_table(("Name", "Address", "Role", "Here since"), rows, ""))

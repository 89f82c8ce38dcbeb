"""``lanchat log``: see who came and went last, and who comes now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import click

from lanchat.cli import complain, show_help
from lanchat.cli.commands import Commands
from lanchat.cli.log_lines import Layout, plain
from lanchat.cli.options import (
    color_option,
    log_file_option,
    log_folder_option,
    log_options,
    moment,
    since_option,
    until_option,
    utc_option,
)
from lanchat.cli.output import counted
from lanchat.connlog.log_record import EVENTS, Filter, Network, Record, parse_network
from lanchat.connlog.merged import Logs
from lanchat.terminal import ColorChoice, console, is_screen, painter, wait, write

DEFAULT_COUNT = 10

ALL = -1
"""How many events, where all are wanted."""

BATCH = 1_000
"""Events that are printed at once; a column is as wide as those of them need."""


def _how_many(text: str) -> int:
    if text.lower() == "all":
        return ALL
    if not (text.isascii() and text.isdecimal()):
        raise click.BadParameter(f"{text!r} is neither a number of events nor all")
    return int(text)


def _network(_: click.Context, __: click.Parameter, text: str | None) -> Network | None:
    try:
        return None if text is None else parse_network(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is neither an address nor a network") from error


@click.group(
    cls=Commands,
    lazily={"export": "lanchat.cli.log_reports:export", "stats": "lanchat.cli.log_reports:stats"},
    invoke_without_command=True,
)
@click.pass_context
def log(context: click.Context) -> None:
    """See who came and went."""
    show_help(context)


@log.command(examples=[("lanchat log path --data-dir room13", "Where the log of a room lies")])
@log_folder_option
@log_file_option
def path(*, data_dir: Path | None, log_file: Path) -> None:  # noqa: ARG001 (the log's option asks for it)
    """Print where the log lies.

    It is that of `lanchat serve` with the same options, variables and file of settings.
    """
    click.echo(log_file)


@log.command(
    examples=[
        ("lanchat log tail -f", "Go on with what happens, until Ctrl+C"),
        ("lanchat log tail --since 08:00 --event join", "Who came this morning"),
        ("ssh hall cat connections.log | lanchat log tail -n all -", "The log of another computer"),
    ]
)
@click.option(
    "-n",
    "--lines",
    type=_how_many,
    metavar="N",
    show_default=f"{DEFAULT_COUNT}, with --since or --until all",
    help="How many of the newest events to show, or all.",
)
@click.option("-f", "--follow", is_flag=True, help="Go on with whatever happens next.")
@since_option
@until_option
@click.option(
    "--event",
    "events",
    multiple=True,
    type=click.Choice(EVENTS),
    metavar="EVENT",
    help="Only this event, such as join, or these: may be given more than once.",
)
@click.option(
    "--exclude",
    "excluded",
    multiple=True,
    type=click.Choice(EVENTS),
    metavar="EVENT",
    help="Not this event, nor these: may be given more than once.",
)
@click.option(
    "--user", default="", metavar="NAME", help="Only names with this in them, in capitals or not."
)
@click.option(
    "--ip",
    "network",
    metavar="ADDRESS",
    callback=_network,
    help="Only this address or network, such as 192.168.1.0/24.",
)
@click.option("--json", "raw", is_flag=True, help="Print the lines of the log as they are.")
@utc_option
@color_option
@log_options
def tail(
    *,
    lines: int | None,
    follow: bool,
    since: str | None,
    until: str | None,
    raw: bool,
    color: ColorChoice,
    files: tuple[Path, ...],
    utc: bool,
    **conditions: Any,
) -> None:
    """Show who came and went last.

    FILE is a connection log, "-" what comes through a pipe; it may be compressed (.gz). Without it,
    it is that of `lanchat serve` with the same options. Of several ones, such as those of servers
    that share a database, the events stand in the order of their times, each with the server that
    wrote it down. With --follow a pipe is shown as it comes.
    """
    times = moment(since, "--since", utc=utc), moment(until, "--until", utc=utc)
    logs = Logs(files, _filter(*times, **conditions))
    if lines is None and since is None and until is None:
        lines = DEFAULT_COUNT
    print_all = _print_raw if raw else _print_pretty(color, utc=utc, servers=logs.names)
    try:
        for records in _in_pieces(logs, None if lines == ALL else lines, follow=follow):
            print_all(records)
    except KeyboardInterrupt:
        report_skipped(logs)
        raise
    report_skipped(logs)


def _in_pieces(logs: Logs, count: int | None, *, follow: bool) -> Iterator[Iterable[Record]]:
    """What is there, then what comes, in pieces of what can be shown at once."""
    if follow and logs.pipe is not None:
        if len(logs.readers) > 1:
            raise click.UsageError("with --follow a pipe is read alone; leave out the other files")
        yield from logs.pipe.arrivals()
        return
    yield logs.tail(count, whole=follow, missing=_wait_for if follow else None)
    if follow:
        yield from logs.follow(wait)


def report_skipped(logs: Logs) -> None:
    """Say on stderr how many lines could not be read, if any."""
    for reader in logs.readers:
        if reader.skipped:
            complain(f"{counted(reader.skipped, 'line')} of {reader.path} could not be read")


def _filter(
    since: datetime | None,
    until: datetime | None,
    *,
    events: tuple[str, ...],
    excluded: tuple[str, ...],
    user: str,
    network: Network | None,
) -> Filter:
    wanted = frozenset(events or EVENTS) - frozenset(excluded)
    return Filter(wanted, user, network, since, until)


def _wait_for(path: Path) -> None:
    complain(f"no log yet; waiting for {path}")


def _print_raw(records: Iterable[Record]) -> None:
    for piece in batches(records):
        write("".join([f"{record.as_json()}\n" for record in piece]))


def _print_pretty(
    color: ColorChoice, *, utc: bool, servers: Iterable[str]
) -> Callable[[Iterable[Record]], None]:
    screen = console(color)
    paint = painter(screen) or plain
    layout = Layout(unicode=not screen.options.ascii_only, utc=utc, servers=servers, paint=paint)

    def print_all(records: Iterable[Record]) -> None:
        for piece in batches(records):
            layout.make_room(piece)
            width = screen.width if is_screen() else None
            write("".join([f"{line}\n" for one in piece for line in layout.lines(one, width)]))

    return print_all


def batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    """So many at once that each costs little, and the first ones come soon."""
    records = iter(records)
    while piece := list(islice(records, BATCH)):
        yield piece

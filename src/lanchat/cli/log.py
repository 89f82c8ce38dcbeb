"""``lanchat log``: see who came and went last, and who comes now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import click

from lanchat.cli import Commands, complain, show_help
from lanchat.cli.log_lines import Layout
from lanchat.cli.options import (
    color_option,
    log_file_option,
    log_folder_option,
    log_options,
    moment,
)
from lanchat.cli.output import counted
from lanchat.connlog.log_record import EVENTS, Filter, Network, Record, parse_network
from lanchat.connlog.merged import Logs
from lanchat.terminal import ColorChoice, console, is_screen, wait

DEFAULT_COUNT = 10


def _network(_: click.Context, __: click.Parameter, text: str | None) -> Network | None:
    try:
        return None if text is None else parse_network(text)
    except ValueError as error:
        raise click.BadParameter("neither an address nor a network") from error


@click.group(
    cls=Commands,
    lazily={"export": "lanchat.cli.log_reports:export", "stats": "lanchat.cli.log_reports:stats"},
    invoke_without_command=True,
)
@click.pass_context
def log(context: click.Context) -> None:
    """See who came and went."""
    show_help(context)


@log.command()
@log_folder_option
@log_file_option
def path(*, data_dir: Path | None, log_file: Path) -> None:  # noqa: ARG001 (the log's option asks for it)
    """Print where the log lies.

    It is that of `lanchat serve` with the same options, variables and file of settings.
    """
    click.echo(log_file)


@log.command()
@click.option(
    "-n",
    "--lines",
    type=click.IntRange(min=0),
    metavar="N",
    show_default=f"{DEFAULT_COUNT}, with --since all",
    help="How many of the newest events to show.",
)
@click.option("-f", "--follow", is_flag=True, help="Go on with whatever happens next.")
@click.option("--since", metavar="WHEN", help="Nothing older: 10m, 2h, 1d, or an ISO 8601 time.")
@click.option(
    "--event",
    "events",
    multiple=True,
    type=click.Choice(EVENTS),
    help="Only this event, or these: may be given more than once.",
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
@click.option("--utc", is_flag=True, help="Show and take times in UTC.")
@color_option
@log_options
def tail(
    *,
    lines: int | None,
    follow: bool,
    since: str | None,
    raw: bool,
    color: ColorChoice,
    files: tuple[Path, ...],
    utc: bool,
    **conditions: Any,
) -> None:
    """Show who came and went last.

    FILE is a connection log; without it, that of `lanchat serve` with the same options. Of several
    ones, such as those of servers that share a database, the events stand in the order of their
    times, each with the server that wrote it down.
    """
    logs = Logs(files, _filter(since=since, utc=utc, **conditions))
    if lines is None and since is None:
        lines = DEFAULT_COUNT
    past = logs.tail(lines, whole=follow, missing=_wait_for if follow else None)
    show = _show_raw if raw else _show_pretty(past, color, utc=utc, servers=logs.names)
    try:
        for record in chain(past, logs.follow(wait) if follow else ()):
            show(record)
    except KeyboardInterrupt:
        click.echo(err=True)  # the terminal shows ^C on this line
        report_skipped(logs)
        raise
    report_skipped(logs)


def report_skipped(logs: Logs) -> None:
    """Say on stderr how many lines could not be read, if any."""
    for reader in logs.readers:
        if reader.skipped:
            complain(f"{counted(reader.skipped, 'line')} of {reader.path} could not be read")


def _filter(
    *,
    events: tuple[str, ...],
    user: str,
    network: Network | None,
    since: str | None,
    utc: bool,
) -> Filter:
    start = moment(since, "--since", utc=utc)
    return Filter(events=frozenset(events or EVENTS), user=user, network=network, since=start)


def _wait_for(path: Path) -> None:
    complain(f"no log yet; waiting for {path}")


def _show_raw(record: Record) -> None:
    click.echo(record.as_json())


def _show_pretty(
    past: Iterable[Record], color: ColorChoice, *, utc: bool, servers: Iterable[str]
) -> Callable[[Record], None]:
    screen = console(color)
    layout = Layout(unicode=not screen.options.ascii_only, utc=utc, servers=servers)
    layout.make_room(past)

    def show(record: Record) -> None:
        for line in layout.lines(record, screen.width if is_screen() else None):
            screen.print(line, soft_wrap=True)

    return show

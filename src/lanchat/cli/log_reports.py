"""``lanchat log export`` and ``stats``: the whole log for other programs, and in sums."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone, tzinfo
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lanchat.archive.message_formats import BYTE_ORDER_MARK, cell, rows
from lanchat.cli.commands import Command
from lanchat.cli.log import batches, report_skipped
from lanchat.cli.log_lines import duration
from lanchat.cli.options import (
    color_option,
    log_options,
    moment,
    since_option,
    until_option,
    utc_option,
)
from lanchat.cli.output import (
    counted,
    format_of,
    output_options,
    plain_table,
    progress,
    report,
    writing,
)
from lanchat.config import default_data_dir, full_path
from lanchat.connlog.log_record import Filter, Record
from lanchat.connlog.merged import Logs
from lanchat.connlog.visits import HOURS, Person, Statistics, count
from lanchat.sizes import rough_size
from lanchat.terminal import ACCENT, ColorChoice, beside, console
from lanchat.times import WallClock

COLUMNS = (
    *("time", "event", "user", "ip", "seconds"),
    *(
        "reason",
        "agent",
        "user_id",
        "version",
        "port",
        "by",
        "value",
        "room",
        "count",
        "type",
        "size",
    ),
)

FORMATS = ("csv", "jsonl")

BAR = 40
"""Columns of the busiest hour, where there is room for it."""

NUMBERS = len("08:00Z   1000 d 10 h")
"""Columns that are for the figures beside a bar."""

SHOWN = 20


@click.command(
    "export",
    cls=Command,
    examples=[
        ("lanchat log export -o log.csv", "A table of all events for a spreadsheet"),
        ("lanchat log export --since 30d -o log.jsonl", "The lines of a month, for programs"),
    ],
)
@click.option(
    "--format",
    "wanted",
    type=click.Choice(FORMATS),
    show_default="as FILE's name ends; csv where it has no ending",
    help="csv is for spreadsheets; jsonl has the lines as they are in the log.",
)
@since_option
@until_option
@utc_option
@output_options
@log_options
def export(
    *,
    wanted: str | None,
    since: str | None,
    until: str | None,
    utc: bool,
    output: Path,
    force: bool,
    files: tuple[Path, ...],
) -> None:
    """Write all events as a table or as lines of JSON.

    The oldest comes first, from the files to which the log has moved.

    FILE is a connection log, "-" what comes through a pipe; without it, that of `lanchat serve`
    with the same options. Of several ones all events are in the order of their times, each with the
    server that wrote it down.
    """
    name = wanted or format_of(output, FORMATS, "csv")
    begin, end = moment(since, "--since", utc=utc), moment(until, "--until", utc=utc)
    logs = Logs(files, Filter(since=begin, until=end))
    columns = (*COLUMNS, *["server"] * (len(logs.readers) > 1))
    clock = WallClock(utc=utc)
    written = 0
    with (
        writing(output, force=force) as write,
        progress("Events", logs.size(), path=output) as advance,
    ):
        if name == "csv":
            write(BYTE_ORDER_MARK + rows([columns]))
        for piece in batches(logs.all(advance)):
            if name == "csv":
                write(rows([_row(record, columns, clock) for record in piece]))
            else:
                write("".join([f"{record.as_json()}\n" for record in piece]))
            written += len(piece)
    report(counted(written, "event"), output)
    report_skipped(logs)


@click.command(
    "stats",
    cls=Command,
    examples=[
        ("lanchat log stats --since 30d", "Who was here in the last month, and when"),
        ("lanchat log stats hall.log gym.log", "The sums of two servers"),
        ("lanchat log stats --live", "Who is here now"),
    ],
)
@since_option
@click.option(
    "-n",
    "--people",
    "shown",
    type=click.IntRange(min=0),
    default=SHOWN,
    show_default=True,
    metavar="N",
    help="How many people to show: those who were here longest.",
)
@click.option("--json", "raw", is_flag=True, help="Print everything as JSON, times in UTC.")
@click.option(
    "--live",
    is_flag=True,
    help="Show who is here now and how much is said, on the server's computer, until Ctrl+C.",
)
@utc_option
@color_option
@log_options
def stats(
    *,
    since: str | None,
    shown: int,
    raw: bool,
    live: bool,
    utc: bool,
    color: ColorChoice,
    files: tuple[Path, ...],
) -> None:
    """Show who came how often and how long.

    A chart has the hours of the day, with the time of all people in each of them.

    FILE is a connection log, "-" what comes through a pipe; without it, that of `lanchat serve`
    with the same options. Of several ones, such as those of servers that share a database, it shows
    the sums.
    """
    if live:
        _show_live(color, as_json=raw)
        return
    zone = timezone.utc if utc else None
    logs = Logs(files)
    begin = moment(since, "--since", utc=utc)
    with progress("Events", logs.size(), path=files[0]) as advance:
        sums = count(logs.all(advance), begin, zone)
    if raw:
        click.echo(json.dumps(_as_json(sums), indent=2))
    else:
        _show(console(color), sums, shown, zone)
    report_skipped(logs)


def _show_live(color: ColorChoice, *, as_json: bool) -> None:
    from lanchat.cli.log_live import show  # a log is read without what asks a server
    from lanchat.control.client import Room

    params = click.get_current_context().params
    if params["files"]:
        raise click.UsageError("--live asks the server that runs, and takes no FILE")
    data_dir = params["data_dir"] or full_path(default_data_dir())
    show(Room(data_dir, params["log_file"]), color, as_json=as_json)


def _row(record: Record, columns: Sequence[str], clock: WallClock) -> Sequence[object]:
    day, time, apart = clock.read(record.time)
    # Strangers have typed all but the numbers.
    values = [getattr(record, name) for name in columns[1:]]
    texts = [cell(each) if isinstance(each, str) and each else each for each in values]
    return [f"{day} {time}{apart}", *texts]


def _as_json(sums: Statistics) -> dict[str, object]:
    return {
        "visits": sums.visits,
        "open_visits": sums.open_visits,
        "summed_visits": sums.summed,
        "seconds": round(sums.seconds),
        "files": sums.files,
        "file_bytes": sums.size,
        "people": [
            {
                "user": name,
                "visits": person.visits,
                "seconds": round(person.seconds),
                "first": _utc(person.first),
                "last": _utc(person.last),
                "files": person.files,
                "file_bytes": person.size,
            }
            for name, person in _longest_first(sums)
        ],
        "hours": [round(seconds) for seconds in sums.hours],
    }


def _show(screen: Console, sums: Statistics, shown: int, zone: tzinfo | None) -> None:
    people, visits = counted(len(sums.people), "person"), counted(sums.visits, "visit")
    screen.print(f"{people}, {visits}, {duration(sums.seconds)} in all")
    if sums.files:
        screen.print(f"{counted(sums.files, 'file')} sent, {rough_size(sums.size)} in all")
    if sums.open_visits:
        ends = "an end" if sums.open_visits == 1 else "ends"
        those = f"{counted(sums.open_visits, 'visit')} without {ends} in the log"
        screen.print(f"{those}, counted up to what came last", style="dim")
    if sums.summed:
        more = counted(sums.summed, "visit")
        screen.print(f"and {more} that the log only counts: too many at once", style="dim")
    if shown and sums.people:
        screen.print()
        screen.print(_table(_longest_first(sums)[:shown], zone))
        if len(sums.people) > shown:
            screen.print(f"and {len(sums.people) - shown:,} more: see --people", style="dim")
    if sums.seconds:
        screen.print()
        for line in _chart(sums.hours, screen, utc=zone is not None):
            screen.print(line)


def _table(people: list[tuple[str, Person]], zone: tzinfo | None) -> Table:
    table = plain_table()
    table.add_column("Name", style="bold", overflow="fold")
    for title in ("Visits", "Time"):
        table.add_column(title, justify="right", no_wrap=True)
    for title in ("First", "Last"):
        table.add_column(title, no_wrap=True)
    with_files = any(person.files for _, person in people)
    if with_files:
        table.add_column("Files", justify="right", no_wrap=True)
    for name, person in people:
        dates = [f"{when.astimezone(zone):%Y-%m-%d}" for when in (person.first, person.last)]
        cells = [f"{person.visits:,}", duration(person.seconds), *dates]
        if with_files:
            cells.append(f"{person.files:,}, {rough_size(person.size)}" if person.files else "")
        table.add_row(Text(beside(name)), *cells)
    return table


def _chart(hours: list[float], screen: Console, *, utc: bool) -> Iterator[Text]:
    """A bar for each hour of the day, from the first to the last one with somebody in it."""
    busy = [hour for hour in range(HOURS) if hours[hour]]
    width = max(1, min(BAR, screen.width - NUMBERS))
    block = "#" if screen.options.ascii_only else "█"
    for hour in range(busy[0], busy[-1] + 1):
        bar = block * (round(width * hours[hour] / max(hours)) or bool(hours[hour]))
        yield Text.assemble(
            (f"{hour:02}:00{'Z' if utc else ''}  ", "dim"),
            (bar, ACCENT),
            f"{' ' * bool(bar)}{duration(hours[hour])}" if hours[hour] else "",
        )


def _longest_first(sums: Statistics) -> list[tuple[str, Person]]:
    return sorted(sums.people.items(), key=lambda item: (-item[1].seconds, item[0]))


def _utc(when: datetime) -> str:
    return when.astimezone(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")

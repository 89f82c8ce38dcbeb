"""``lanchat log export``: the log for other programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timezone, tzinfo
from pathlib import Path

import click

from lanchat.archive.message_formats import BYTE_ORDER_MARK, cell, rows
from lanchat.cli.counting import counted
from lanchat.cli.log_file import file_argument, report_skipped
from lanchat.cli.output import output_options, report, writing
from lanchat.cli.times import moment
from lanchat.connlog.log_reader import LogReader
from lanchat.connlog.log_record import Filter, Record

COLUMNS = (
    *("time", "event", "user", "ip", "seconds"),
    *("reason", "agent", "user_id", "version", "port", "by", "value"),
)


@click.command("export")
@click.option(
    "--format",
    "wanted",
    type=click.Choice(["csv", "jsonl"]),
    default="csv",
    show_default=True,
    help="csv is for spreadsheets; jsonl has the lines as they are in the log.",
)
@click.option("--since", metavar="WHEN", help="Nothing older: 12h, 30d, or an ISO 8601 time.")
@click.option("--utc", is_flag=True, help="Show and take times in UTC.")
@output_options
@file_argument
def log_export(
    *, wanted: str, since: str | None, utc: bool, output: Path, force: bool, file: Path
) -> None:
    """Write all events as a table or as lines of JSON.

    The oldest comes first, from the files to which the log has moved.

    FILE is a connection log; without it, the one that `lanchat log path` names.
    """
    reader = LogReader(file, Filter(since=moment(since, "--since", utc=utc)))
    zone = timezone.utc if utc else None
    count = 0
    with writing(output, force=force) as write:
        if wanted == "csv":
            write(BYTE_ORDER_MARK + rows([COLUMNS]))
        for record in reader.all():
            write(_row(record, zone) if wanted == "csv" else f"{record.line}\n")
            count += 1
    report(counted(count, "event"), output)
    report_skipped(reader)


def _row(record: Record, zone: tzinfo | None) -> str:
    time = f"{record.time.astimezone(zone):%Y-%m-%d %H:%M:%S}{'Z' if zone else ''}"
    # Strangers have typed all but the numbers.
    values: Iterator[object] = (getattr(record, name) for name in COLUMNS[1:])
    return rows([(time, *(cell(each) if isinstance(each, str) else each for each in values))])

"""``lanchat export``: the messages as a file."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import timezone
from pathlib import Path
from typing import get_args

import click

from lanchat.archive.exporter import Export, FormatName
from lanchat.cli.counting import counted
from lanchat.cli.options import data_dir_option
from lanchat.cli.output import output_options, progress, report, writing
from lanchat.cli.times import moment
from lanchat.i18n import from_locale

FORMATS: tuple[FormatName, ...] = get_args(FormatName)


@click.command()
@data_dir_option
@click.option(
    "--format",
    "-f",
    "wanted",
    type=click.Choice(FORMATS),
    show_default="as FILE's name ends; jsonl where it has no ending",
    help="jsonl is exact and can be imported; txt, html and csv are for people.",
)
@click.option("--since", metavar="WHEN", help="Nothing older: 12h, 30d, or an ISO 8601 time.")
@click.option("--until", metavar="WHEN", help="Only what was said before.")
@click.option("--utc", is_flag=True, help="Show and take times in UTC.")
@output_options
def export(
    *,
    data_dir: Path,
    wanted: FormatName | None,
    since: str | None,
    until: str | None,
    utc: bool,
    output: Path,
    force: bool,
) -> None:
    """Write the messages into a file.

    The chat may go on meanwhile; what is said later is not in it.
    """
    found = Export(
        data_dir,
        wanted or _by_ending(output),
        since=moment(since, "--since", utc=utc),
        until=moment(until, "--until", utc=utc),
        zone=timezone.utc if utc else None,
        lang=from_locale(os.environ),
    )
    with (
        closing(found),
        writing(output, force=force) as write,
        progress("Messages", found.count, path=output) as advance,
    ):
        for text, count in found.pieces():
            write(text)
            advance(count)
    report(counted(found.count, "message"), output)


def _by_ending(path: Path) -> FormatName:
    ending = path.suffix.lower().removeprefix(".")
    for name in FORMATS:
        if ending == name or (not ending and name == "jsonl"):
            return name
    raise click.UsageError(
        f"the name of {path} ends in none of .{', .'.join(FORMATS)}; say the format with --format"
    )

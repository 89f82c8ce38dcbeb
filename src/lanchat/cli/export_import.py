"""``lanchat export`` and ``lanchat import``: the messages into a file, and back."""

from __future__ import annotations

import io
import os
import sys
from contextlib import closing
from datetime import timezone
from pathlib import Path
from typing import BinaryIO, get_args

import click

from lanchat.archive.exporter import Export, FormatName
from lanchat.archive.importer import import_messages
from lanchat.cli.options import data_dir_option, moment
from lanchat.cli.output import STDOUT, counted, output_options, progress, report, writing
from lanchat.i18n import from_locale
from lanchat.terminal import printable

FORMATS: tuple[FormatName, ...] = get_args(FormatName)
FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


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


@click.command("import")
@data_dir_option
@click.argument("file", type=FILE)
def import_(*, data_dir: Path, file: Path) -> None:
    """Take messages in that `lanchat export` wrote.

    They are lines of JSON (jsonl), and no server may be running on the folder.

    FILE is read from standard input where it is "-". Messages that are there already are left out;
    the others come behind them, in the order of the file. A file with a line that is no message is
    refused whole.
    """
    if file == STDOUT:
        fresh, total = import_messages(data_dir, _stdin(), "standard input", lambda _: None)
    else:
        size = file.stat().st_size
        with file.open("rb") as source, progress("Messages", size, path=file) as advance:
            fresh, total = import_messages(data_dir, source, str(file), advance)
    known = f"; {total - fresh:,} were there already" if total > fresh else ""
    click.echo(f"{counted(fresh, 'message')} imported into {printable(str(data_dir))}{known}")


def _by_ending(path: Path) -> FormatName:
    ending = path.suffix.lower().removeprefix(".")
    for name in FORMATS:
        if ending == name or (not ending and name == "jsonl"):
            return name
    raise click.UsageError(
        f"the name of {path} ends in none of .{', .'.join(FORMATS)}; say the format with --format"
    )


def _stdin() -> BinaryIO:
    """What comes through a pipe; nothing where the shell has closed it."""
    return io.BytesIO() if sys.stdin is None else sys.stdin.buffer

"""``lanchat import``: messages out of a file that `lanchat export` has written."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import BinaryIO

import click

from lanchat.archive.importer import import_messages
from lanchat.cli.counting import counted
from lanchat.cli.options import data_dir_option
from lanchat.cli.output import STDOUT, progress
from lanchat.terminal import printable

FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


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


def _stdin() -> BinaryIO:
    """What comes through a pipe; nothing where the shell has closed it."""
    return io.BytesIO() if sys.stdin is None else sys.stdin.buffer

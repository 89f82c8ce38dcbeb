"""``lanchat backup`` and ``lanchat restore``: all that a server keeps, in one file, and back."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import NoReturn

import click

from lanchat.archive.backup import files_of, write_backup
from lanchat.archive.restore import Backup
from lanchat.cli.commands import Command
from lanchat.cli.options import data_dir_option, shared_database_option
from lanchat.cli.output import STDOUT, counted, progress, report, writing_bytes
from lanchat.config import full_path
from lanchat.sizes import rough_size
from lanchat.terminal import is_screen, printable


@click.command(
    cls=Command,
    examples=[
        ("lanchat backup room12.zip", "While the chat goes on"),
        ("lanchat backup - | ssh nas 'cat > room12.zip'", "To another computer"),
    ],
)
@data_dir_option
@shared_database_option
@click.option("--force", is_flag=True, help="Replace FILE where there is one.")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
def backup(*, data_dir: Path, database: str | None, force: bool, file: Path) -> None:
    """Save all that is kept, while the chat goes on: messages, files and secrets.

    FILE is one ZIP file of the state at one moment; "-" is standard output. Whoever has it can read
    everything and be anybody in the room. The log is not in it: `lanchat log export` has that.
    """
    if database is not None:
        _refuse_database("pg_dump --format=custom --no-unlogged-table-data --file=FILE DATABASE")
    if file == STDOUT and is_screen():
        raise click.UsageError("a backup is nothing for a terminal; name a file")
    scratch = None if file == STDOUT else full_path(file).parent
    with (
        writing_bytes(file, force=force) as archive,
        progress("Files", files_of(data_dir), path=file) as advance,
    ):
        written = write_backup(data_dir, archive, scratch, advance)
    words = f"messages ({rough_size(written.size)}) and {counted(written.files, 'file')}"
    report(words, file)


@click.command(
    cls=Command,
    examples=[
        ("lanchat restore room12.zip", "Into the usual folder, on a new computer"),
        ("lanchat restore --force --data-dir room12 room12.zip", "In place of what is there"),
    ],
)
@data_dir_option
@shared_database_option
@click.option("--force", is_flag=True, help="Replace the messages and files that are there.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(*, data_dir: Path, database: str | None, force: bool, file: Path) -> None:
    """Take back what `lanchat backup` has saved; no server may be running on the folder.

    FILE is looked through first, then all of it is put in place. Pages that are open come back by
    themselves, and show what was said up to the backup.
    """
    if database is not None:
        _refuse_database("pg_restore --no-owner --exit-on-error --dbname=DATABASE FILE")
    with closing(Backup(file)) as saved, progress("Files", len(saved.names), path=file) as advance:
        files = saved.take_in(data_dir, force=force, advance=advance)
    click.echo(
        f"{printable(str(data_dir))} is as it was at {printable(saved.time)},"
        f" with {counted(files, 'file')}"
    )


def _refuse_database(command: str) -> NoReturn:
    raise click.UsageError(
        f"a database of PostgreSQL has its own tools: {command}, and the folder of --files-dir is"
        " copied afterwards; --data-dir names a folder instead"
    )

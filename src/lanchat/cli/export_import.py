"""``lanchat export`` and ``lanchat import``: the messages into a file, and back."""

from __future__ import annotations

import io
import os
import sys
from contextlib import closing
from datetime import timezone
from pathlib import Path
from typing import BinaryIO, cast, get_args
from zipfile import is_zipfile

import click

from lanchat.archive.exporter import Asked, Export, FormatName
from lanchat.archive.importer import import_messages
from lanchat.archive.places import Folder, Shared, place
from lanchat.archive.room_zip import RoomZip
from lanchat.archive.zip_importer import RoomImport
from lanchat.cli import complain
from lanchat.cli.commands import Command
from lanchat.cli.options import (
    data_dir_option,
    is_typed,
    moment,
    shared_database_option,
    shared_files_option,
    since_option,
    until_option,
    utc_option,
)
from lanchat.cli.output import (
    STDOUT,
    counted,
    format_of,
    output_options,
    progress,
    report,
    writing,
    writing_bytes,
)
from lanchat.config import full_path
from lanchat.i18n import from_locale
from lanchat.sizes import rough_size
from lanchat.terminal import is_screen, printable

ROOM = "zip"
FORMATS: tuple[str, ...] = (*get_args(FormatName), ROOM)
FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


@click.command(
    cls=Command,
    retired={"-f": "--format"},
    examples=[
        ("lanchat export -o messages.html", "One page with all that was said"),
        ("lanchat export -o room.zip", "Everything with its files, to be imported elsewhere"),
        ("lanchat export --since yesterday --format txt", "Since yesterday, in the terminal"),
    ],
)
@data_dir_option
@shared_database_option
@shared_files_option
@click.option(
    "--format",
    "wanted",
    type=click.Choice(FORMATS),
    show_default="as FILE's name ends; jsonl where it has no ending",
    help="jsonl is exact and can be imported; txt, html and csv are for people; zip has all that"
    " was sent, too, with a page for people, and can be imported.",
)
@since_option
@until_option
@click.option(
    "--room", metavar="NAME", help="Only what was said in this room; lobby is the main one."
)
@click.option(
    "--with-private",
    is_flag=True,
    help="Also what two people have said to each other in private.",
)
@utc_option
@output_options
def export(
    *,
    data_dir: Path,
    database: str | None,
    files_dir: Path | None,
    wanted: str | None,
    since: str | None,
    until: str | None,
    room: str | None,
    with_private: bool,
    utc: bool,
    output: Path,
    force: bool,
) -> None:
    """Write the messages into a file.

    The chat may go on meanwhile; what is said later is not in it.
    """
    name, where = (
        wanted or format_of(output, FORMATS, "jsonl"),
        _place(data_dir, database, files_dir),
    )
    asked = Asked(
        since=moment(since, "--since", utc=utc),
        until=moment(until, "--until", utc=utc),
        room=room,
        private=with_private,
        zone=timezone.utc if utc else None,
        lang=from_locale(os.environ),
    )
    if name == ROOM:
        _export_room(where, asked, output, force=force)
        return
    found = Export(where, cast(FormatName, name), asked)
    with (
        closing(found),
        writing(output, force=force) as write,
        progress("Messages", found.count, path=output) as advance,
    ):
        for text, count in found.pieces():
            write(text)
            advance(count)
    report(counted(found.count, "message"), output)
    _say_left_out(is_so=found.leaves_out)


def _place(data_dir: Path, database: str | None, files_dir: Path | None) -> Folder | Shared:
    if database is None and is_typed("files_dir"):
        raise click.UsageError("--files-dir is for --database; a folder has its files in it")
    return place(data_dir, database, None if files_dir is None else full_path(files_dir))


def _export_room(where: Folder | Shared, asked: Asked, output: Path, *, force: bool) -> None:
    if output == STDOUT and is_screen():
        raise click.UsageError("a ZIP file is nothing for a terminal; name a file with --output")
    room = RoomZip(where, asked)
    with (
        closing(room),
        writing_bytes(output, force=force) as file,
        progress("Messages and files", room.steps, path=output) as advance,
    ):
        room.write(file, advance)
    report(f"{counted(room.count, 'message')} and {counted(room.files, 'file')}", output)
    if room.lost:
        names = ", ".join(map(printable, room.lost[:5]))
        complain(f"{counted(len(room.lost), 'file')} could not be read as sent: {names}")
    if room.left_out:
        complain(f"{counted(room.left_out, 'file')} left out: name their folder with --files-dir")
    _say_left_out(is_so=room.leaves_out)


def _say_left_out(*, is_so: bool) -> None:
    if is_so:
        complain(
            "what people said to each other in private is left out; --with-private has it, too"
        )


@click.command(
    "import",
    cls=Command,
    examples=[("lanchat import --data-dir room13 room.zip", "Take a room into another folder")],
)
@data_dir_option
@shared_database_option
@shared_files_option
@click.argument("file", type=FILE)
def import_(*, data_dir: Path, database: str | None, files_dir: Path | None, file: Path) -> None:
    """Take messages in that `lanchat export` wrote.

    They are lines of JSON (jsonl), or a ZIP file with all that was sent, and no server may be
    running on the folder, or on the database.

    FILE is read from standard input where it is "-", which has to be jsonl. Messages that are there
    already are left out; the others come behind them, in the order of the file. Where there are
    none yet, they keep their numbers, and an export of them is the same file again. A file with a
    line that is no message is refused whole, and so is a ZIP file in which something is not as it
    was exported.
    """
    where = _place(data_dir, database, files_dir)
    if file != STDOUT and is_zipfile(file):
        _import_room(where, file)
        return
    if file == STDOUT:
        fresh, total = import_messages(where, _stdin(), "standard input", lambda _: None)
    else:
        size = file.stat().st_size
        with file.open("rb") as source, progress("Messages", size, path=file) as advance:
            fresh, total = import_messages(where, source, str(file), advance)
    known = f"; {total - fresh:,} were there already" if total > fresh else ""
    click.echo(f"{counted(fresh, 'message')} imported into {printable(str(where))}{known}")


def _import_room(where: Folder | Shared, file: Path) -> None:
    room = RoomImport(file)
    with closing(room), progress("Messages and files", room.steps, path=file) as advance:
        taken = room.take_in(where, advance)
    known = f"; {taken.total - taken.fresh:,} were there already" * (taken.total > taken.fresh)
    files = f", with {counted(taken.files, 'file')} ({rough_size(taken.size)})" * (taken.files > 0)
    click.echo(
        f"{counted(taken.fresh, 'message')} imported into {printable(str(where))}{files}{known}"
    )
    if taken.missing:
        complain(f"{counted(taken.missing, 'file')} that messages name were not in the archive")
    if taken.left_out:
        complain(
            f"{counted(taken.left_out, 'file')} left out: name a folder for them with --files-dir"
        )


def _stdin() -> BinaryIO:
    """What comes through a pipe; nothing where the shell has closed it."""
    return io.BytesIO() if sys.stdin is None else sys.stdin.buffer

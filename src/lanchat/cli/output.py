"""What a command writes: into a file that is whole or to standard output, and how it says so."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from lanchat.archive.drafts import held, tidy
from lanchat.cli import complain
from lanchat.cli.options import Decorated
from lanchat.config import full_path
from lanchat.errors import OutputExists, OutputUnwritable
from lanchat.terminal import is_screen

if TYPE_CHECKING:
    from rich.table import Table

STDOUT = Path("-")


def output_options(command: Decorated) -> Decorated:
    """The options of every command that writes into a file."""
    file = click.Path(dir_okay=False, allow_dash=True, path_type=Path)
    output = click.option(
        "--output",
        "-o",
        type=file,
        default=STDOUT,
        metavar="FILE",
        show_default="standard output",
        help="Write into this file, which appears when it is complete.",
    )
    force = click.option("--force", is_flag=True, help="Replace FILE where there is one.")
    return output(force(command))


def format_of(path: Path, formats: Sequence[str], usual: str) -> str:
    """The format that the file's name ends in; ``usual`` where it has no ending.

    Raises click.UsageError.
    """
    ending = path.suffix.lower().removeprefix(".")
    if ending and ending not in formats:
        known = ", .".join(formats)
        raise click.UsageError(
            f"the name of {path} ends in none of .{known}; say the format with --format"
        )
    return ending or usual


@contextmanager
def writing(path: Path, *, force: bool) -> Iterator[Callable[[str], object]]:
    """Write text, as UTF-8, as ``writing_bytes``."""
    with writing_bytes(path, force=force) as file:
        yield lambda text: file.write(text.encode())


@contextmanager
def writing_bytes(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    """Write. A file has its name once it is whole, and is its owner's alone.

    Raises OutputExists and OutputUnwritable.
    """
    try:
        with _destination(path, force=force) as file:
            yield file
    except BrokenPipeError:  # the reader has seen enough
        raise
    except OSError as error:
        raise OutputUnwritable(path, error.strerror or str(error)) from None


@contextmanager
def _destination(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    if path == STDOUT:
        with _standard_output() as file:
            yield file
        return
    path = full_path(path)
    if path.exists() and not path.is_file():  # /dev/null, or a pipe: nothing to replace
        with path.open("wb") as file:
            yield file
        return
    if path.exists() and not force:
        raise OutputExists(path)
    import tempfile  # slow, and reading a log needs none

    prefix = f".{path.name}.lanchat-"
    tidy(path.parent, prefix)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=prefix)
    try:
        with os.fdopen(descriptor, "wb") as file, held(Path(draft)):
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(draft).unlink()
        raise


@contextmanager
def progress(label: str, total: int, *, path: Path) -> Iterator[Callable[[int], None]]:
    """A bar on standard error, where a person looks at it and ``path`` is not the same screen."""
    if not is_screen(stderr=True) or (path == STDOUT and is_screen()):
        yield lambda _: None
        return
    # Slow to import, and seldom needed.
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    from lanchat.terminal import console

    words = TextColumn("{task.description}", markup=False)
    columns = (words, BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.advance(task, done)


def counted(number: int, thing: str) -> str:
    """``1 message``, ``2,000 messages``."""
    if number == 1:
        return f"1 {thing}"
    return f"{number:,} {'people' if thing == 'person' else thing + 's'}"


def plain_table() -> Table:
    """A table without lines, whose words can be copied."""
    from rich.table import Table

    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")


def report(words: str, path: Path) -> None:
    """Say what was written, where it is not what the reader of standard output sees."""
    if path != STDOUT:
        complain(f"{words} written to {path}")


@contextmanager
def _standard_output() -> Iterator[BinaryIO]:
    if sys.stdout is None:  # closed by the shell
        with Path(os.devnull).open("wb") as nothing:
            yield nothing
        return
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()

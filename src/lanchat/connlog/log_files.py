"""The files of a connection log: which there are, in which order, and how they are read.

A log is a row of files, ``connections.log`` and before it ``connections.log.1``, ``.2`` and so
on, where others may have compressed them (``.2.gz``). They move up at any moment, and on Windows
only while no reader has them open. A file is therefore known by its device and inode, which a
rename does not change.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import zlib
from collections.abc import Collection, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from lanchat.connlog.log_record import LINE_LIMIT

BLOCK = 64 * 1024
"""Bytes that are read at once from a file's end, so that its size does not matter."""

MARK = 64
"""Bytes before a place that a bookmark remembers."""

_NUMBERED = re.compile(r"(.+)\.(\d{1,9})(\.gz)?", re.ASCII)

Identity = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A place in a file: the file's device and inode, the offset, the bytes before it."""

    file: Identity
    offset: int
    mark: bytes

    def lies_in(self, file: BinaryIO) -> bool:
        """Whether the bytes are still there: else the file was truncated, or is another one."""
        return read_between(file, self.offset - len(self.mark), self.offset) == self.mark


def files_of(path: Path) -> Iterator[Path]:
    """The files of the log at ``path``, newest first; a number can be missing.

    They can move up meanwhile: then one comes twice, but none is left out.
    """
    yield path
    last = 0
    while pieces := {number: file for number, file in _pieces(path).items() if number > last}:
        yield from (pieces[number] for number in sorted(pieces))
        last = max(pieces)


def is_piece(path: Path, logs: Collection[Path]) -> bool:
    """Whether the file is one of those that a log among the ``logs`` has anyway."""
    found = _NUMBERED.fullmatch(path.name)
    return found is not None and path.with_name(found[1]) in logs


def open_log(path: Path) -> BinaryIO:
    """Open a file of a log for reading. Raises OSError, also for what is no file.

    A pipe would hold up whoever opens it, a whole server perhaps, and a device has no end. One that
    is compressed is unpacked into a file that nobody sees: it is read from its end, too.
    """

    def open_at_once(name: str, flags: int) -> int:
        return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))

    file = open(path, "rb", opener=open_at_once)  # noqa: SIM115 (Path.open takes no opener)
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "it is no file")
    if path.suffix == ".gz":
        with file:
            return _unpacked(file)
    return file


def identity(status: os.stat_result) -> Identity:
    """The device and inode of a file."""
    return status.st_dev, status.st_ino


def read_between(file: BinaryIO, start: int, end: int) -> bytes:
    """The bytes from ``start`` (or the file's beginning, where that is before it) to ``end``."""
    file.seek(max(0, start))
    return file.read(end - max(0, start))


def end_of_whole_lines(file: BinaryIO, size: int) -> int:
    """Where the last line break of the file's first ``size`` bytes ends.

    What follows is half a line, still being written. It is 0 where there is no line break, and
    ``size`` where there is none within a line's limit.
    """
    start = max(0, size - LINE_LIMIT)
    found = read_between(file, start, size).rfind(b"\n")
    if found >= 0:
        return start + found + 1
    return size if start else 0


def lines_backwards(file: BinaryIO, end: int) -> Iterator[bytes]:
    """The lines before the offset ``end``, the last one first, without their line breaks.

    Of a line past the limit only so much is kept that it still is past it.
    """
    rest = b""
    while end > 0:
        start = max(0, end - BLOCK)
        first, *others = (read_between(file, start, end) + rest).split(b"\n")
        yield from reversed(others)
        rest = first[-LINE_LIMIT - 1 :]
        end = start
    yield rest


def _pieces(path: Path) -> dict[int, Path]:
    """The files to which the log has moved, by their numbers."""
    found: dict[int, Path] = {}
    with suppress(FileNotFoundError, NotADirectoryError):
        for neighbour in path.parent.iterdir():
            name = _NUMBERED.fullmatch(neighbour.name)
            # While one is compressed both are there, and the new one is not whole yet.
            if name and name[1] == path.name and not (name[3] and int(name[2]) in found):
                found[int(name[2])] = neighbour
    return found


def _unpacked(packed: BinaryIO) -> BinaryIO:
    """What is in it, as a file that is gone when it is closed. Raises OSError."""
    import gzip  # these are slow to import, and seldom needed
    import shutil
    import tempfile

    with ExitStack() as undo:
        whole = undo.enter_context(tempfile.TemporaryFile())
        try:
            with gzip.open(packed) as file:
                shutil.copyfileobj(file, whole)
            whole.flush()  # its size is asked of the system
        except (EOFError, zlib.error) as error:
            raise OSError(errno.EIO, "its end is missing, or it is damaged") from error
        undo.pop_all()
    return cast(BinaryIO, whole)

"""Reading the connection log: its end, and what is appended while somebody watches.

A log is a row of files, ``connections.log`` and before it ``connections.log.1``, ``.2`` and so
on. They move up at any moment, and on Windows only while no reader has them open, so nothing
is held open between two looks. What is remembered instead is a bookmark: which file (by its
device and inode, which a rename does not change), how far, and the last bytes before that
place. Where the file has another number now, it is read to its end, then those after it; where
the bytes have changed, it was truncated, or another file took its inode, and it is read from
the start.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from lanchat.connlog.backwards import end_of_whole_lines, lines_backwards
from lanchat.connlog.filter import Filter
from lanchat.connlog.record import LINE_LIMIT, Record, Unreadable, decode
from lanchat.errors import LogMissing, LogUnreadable

POLL = 0.2
"""Seconds between two looks at a log that is followed."""

STALE_LINES = 1_000
"""So many older records in a row, and nothing before them is looked at.

One is not enough: the clock of a machine without a battery jumps.
"""

_MARK = 64


class LogReader:
    """Reads the log at ``path``; ``skipped`` counts the lines that nobody can read."""

    def __init__(self, path: Path, wanted: Filter | None = None) -> None:
        self.path = path
        self.skipped = 0
        self._wanted = wanted or Filter()
        self._bookmark: _Bookmark | None = None
        self._state: tuple[int, ...] | None = None

    def tail(self, count: int | None, *, whole: bool = False) -> list[Record]:
        """The last ``count`` wanted records (None: all of them), oldest first.

        Only as much is read as they need, from rotated files too where the newest has fewer.
        ``whole`` leaves a last line without a line break to :meth:`follow`, which goes on where
        this ended. Raises LogMissing and LogUnreadable.
        """
        found: list[Record] = []
        stale = 0
        try:
            for record in self._records_backwards(whole=whole):
                if len(found) != count and self._wanted.matches(record):
                    found.append(record)
                stale = stale + 1 if self._wanted.is_before(record) else 0
                if len(found) == count or stale > STALE_LINES:
                    break
        except OSError as error:
            raise LogUnreadable(self.path, error.strerror or str(error)) from error
        if self._bookmark is None:
            raise LogMissing(self.path)
        return found[::-1]

    def all(self) -> Iterator[Record]:
        """Every wanted record there is, oldest first, however many there are.

        Raises LogMissing and LogUnreadable.
        """
        try:
            with ExitStack() as opened:
                for file in self._files_forwards(opened):
                    lines = iter(partial(file.readline, LINE_LIMIT), b"")
                    yield from filter(self._wanted.matches, self._decoded(lines))
        except OSError as error:
            raise LogUnreadable(self.path, error.strerror or str(error)) from error

    def follow(self, pause: Callable[[float], None] = time.sleep) -> Iterator[Record]:
        """Every wanted record after :meth:`tail`, for ever; ``pause`` waits between two looks.

        It goes on through rotation and truncation, and waits for a file that is not there.
        """
        while True:
            for record in self._decoded(self._fresh_lines()):
                if self._wanted.matches(record):
                    yield record
            pause(POLL)

    def _records_backwards(self, *, whole: bool) -> Iterator[Record]:
        seen: set[tuple[int, int]] = set()
        for path in _files(self.path):
            with suppress(FileNotFoundError), path.open("rb") as file:
                status = os.fstat(file.fileno())
                if _identity(status) in seen:
                    continue  # it was rotated since it was read
                seen.add(_identity(status))
                end = end_of_whole_lines(file, status.st_size)
                if self._bookmark is None:
                    mark = _bytes(file, end - _MARK, end)
                    self._bookmark = _Bookmark(_identity(status), end, mark)
                    half = b"" if whole else _bytes(file, end, status.st_size)
                    yield from self._decoded([half])
                yield from self._decoded(lines_backwards(file, end))

    def _files_forwards(self, opened: ExitStack) -> list[BinaryIO]:
        """All files of the log, the oldest first; what moves up meanwhile stays open."""
        files: dict[tuple[int, int], BinaryIO] = {}
        for path in _files(self.path):
            with suppress(FileNotFoundError):
                file = opened.enter_context(path.open("rb"))
                files.setdefault(_identity(os.fstat(file.fileno())), file)
        if not files:
            raise LogMissing(self.path)
        return list(files.values())[::-1]

    def _fresh_lines(self) -> Iterator[bytes]:
        """What was appended since the bookmark, which moves along."""
        state: tuple[int, ...] = ()
        with suppress(OSError):
            status = self.path.stat()
            state = (*_identity(status), status.st_size, status.st_mtime_ns)
        if state == self._state:
            return
        self._state = state
        with ExitStack() as opened:
            for file in self._unread_files(opened):
                yield from self._lines_after_bookmark(file)

    def _unread_files(self, opened: ExitStack) -> list[BinaryIO]:
        """From the file with the bookmark to the newest; without a bookmark, all there are.

        Where the one with the bookmark is gone, what is there by the log's name is new.
        """
        files: dict[tuple[int, int], BinaryIO] = {}
        for path in _files(self.path):
            with suppress(OSError):  # on Windows a file can be there and yet not be opened
                file = opened.enter_context(path.open("rb"))
                identity = _identity(os.fstat(file.fileno()))
                files.setdefault(identity, file)
                if self._bookmark is not None and self._bookmark.file == identity:
                    return list(files.values())[::-1]
        if self._bookmark is None:
            return list(files.values())[::-1]
        return [file for file in files.values() if file.name == str(self.path)]

    def _lines_after_bookmark(self, file: BinaryIO) -> Iterator[bytes]:
        """Whole lines; one past the limit comes in pieces, none of which is a record."""
        identity = _identity(os.fstat(file.fileno()))
        bookmark = self._bookmark
        offset = 0
        if bookmark is not None and bookmark.file == identity and bookmark.lies_in(file):
            offset = bookmark.offset
        file.seek(offset)
        while line := file.readline(LINE_LIMIT):
            if len(line) < LINE_LIMIT and not line.endswith(b"\n"):
                break  # half written
            offset += len(line)
            self._bookmark = _Bookmark(identity, offset, line[-_MARK:])
            yield line

    def _decoded(self, lines: Iterable[bytes]) -> Iterator[Record]:
        for line in lines:
            try:
                if line.strip():
                    yield decode(line)
            except Unreadable:  # noqa: PERF203 (the lines after it are still wanted)
                self.skipped += 1


@dataclass(frozen=True, slots=True)
class _Bookmark:
    """A place in a file: the file's device and inode, the offset, the bytes before it."""

    file: tuple[int, int]
    offset: int
    mark: bytes

    def lies_in(self, file: BinaryIO) -> bool:
        return _bytes(file, self.offset - len(self.mark), self.offset) == self.mark


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _bytes(file: BinaryIO, start: int, end: int) -> bytes:
    file.seek(max(0, start))
    return file.read(end - max(0, start))


def _files(path: Path) -> Iterator[Path]:
    """The files of the log, newest first; a number can be missing.

    They can move up meanwhile: then one comes twice, but none is left out.
    """
    yield path
    last = 0
    while numbers := [number for number in _numbers(path) if number > last]:
        yield from (path.with_name(f"{path.name}.{number}") for number in numbers)
        last = numbers[-1]


def _numbers(path: Path) -> list[int]:
    found = []
    with suppress(FileNotFoundError, NotADirectoryError):
        for neighbour in path.parent.iterdir():
            name, _, number = neighbour.name.rpartition(".")
            if name == path.name and number.isascii() and number.isdecimal():
                found.append(int(number))
    return sorted(found)

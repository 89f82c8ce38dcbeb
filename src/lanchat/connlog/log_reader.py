"""Reading the connection log: its end, and what is appended while somebody watches.

No file is held open between two looks, since its writer could not rotate it then. What is
remembered instead is a bookmark: which file, how far, and the last bytes before that place.
Where the file has another number now, it is read to its end, then those after it; where the
bytes have changed, it was truncated, or another file took its inode, and it is read from the
start.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from lanchat.connlog.log_files import (
    MARK,
    Bookmark,
    Identity,
    end_of_whole_lines,
    files_of,
    identity,
    lines_backwards,
    open_log,
    read_between,
)
from lanchat.connlog.log_record import LINE_LIMIT, Filter, Record
from lanchat.connlog.log_start import STALE_LINES, Start
from lanchat.connlog.sieve import Sieve
from lanchat.errors import LogMissing, LogUnreadable

POLL = 0.2
"""Seconds between two looks at a log that is followed."""

_TOLD = 1 << 20
"""Bytes between two words of how far the reading is."""


class LogReader:
    """Reads the log at ``path``; ``skipped`` counts the lines that nobody can read.

    Records are those of the ``server``, where it has a name.
    """

    def __init__(self, path: Path, wanted: Filter | None = None, server: str = "") -> None:
        self.path = path
        self._sieve = Sieve(path, wanted or Filter(), server)
        self._bookmark: Bookmark | None = None
        self._state: tuple[int, ...] | None = None

    @property
    def skipped(self) -> int:
        """How many lines were no records."""
        return self._sieve.skipped

    def tail(self, count: int, *, whole: bool = False) -> list[Record]:
        """The last ``count`` wanted records, oldest first.

        Only as much is read as they need, from rotated files too where the newest has fewer.
        ``whole`` leaves a last line without a line break to :meth:`follow`, which goes on where
        this ended. Raises LogMissing and LogUnreadable.
        """
        found: list[Record] = []
        stale = 0
        wanted = self._sieve.filter
        with self._explained():
            for record in self._records_backwards(whole=whole):
                if len(found) != count and wanted.matches(record):
                    found.append(record)
                stale = stale + 1 if wanted.is_before(record) else 0
                if len(found) == count or stale > STALE_LINES:
                    break
        if self._bookmark is None:
            raise LogMissing(self.path)
        self._sieve.check()
        return found[::-1]

    def all(
        self, *, whole: bool = False, advance: Callable[[int], object] | None = None
    ) -> Iterator[Record]:
        """Every wanted record there is, oldest first, however many there are.

        ``whole`` is as for :meth:`tail`; ``advance`` is told how many bytes were read. Raises
        LogMissing and LogUnreadable.
        """
        with self._explained(), ExitStack() as opened:
            for file, start, end in self._stretches(opened, whole=whole):
                yield from self._sieve.wanted(_lines_between(file, start, end, advance))
        self._sieve.check()

    def size(self) -> int:
        """How many bytes there are to read."""
        sizes = 0
        for path in files_of(self.path):
            with suppress(OSError):
                sizes += path.stat().st_size
        return sizes

    def follow(self, pause: Callable[[float], None] = time.sleep) -> Iterator[Record]:
        """Every wanted record after :meth:`tail`, for ever; ``pause`` waits between two looks.

        It goes on through rotation and truncation, and waits for a file that is not there.
        """
        while True:
            yield from self.fresh()
            pause(POLL)

    def fresh(self) -> Iterator[Record]:
        """Every wanted record since the last look."""
        return self._sieve.wanted(self._fresh_lines())

    def _records_backwards(self, *, whole: bool) -> Iterator[Record]:
        seen: set[Identity] = set()
        for path in files_of(self.path):
            with suppress(FileNotFoundError), open_log(path) as file:
                status = os.fstat(file.fileno())
                if identity(status) in seen:
                    continue  # it was rotated since it was read
                seen.add(identity(status))
                end = end_of_whole_lines(file, status.st_size)
                if self._bookmark is None:
                    self._remember(file, end)
                    half = b"" if whole else read_between(file, end, status.st_size)
                    yield from self._sieve.decoded([half])
                yield from self._sieve.decoded(lines_backwards(file, end))

    def _remember(self, file: BinaryIO, end: int) -> None:
        mark = read_between(file, end - MARK, end)
        self._bookmark = Bookmark(identity(os.fstat(file.fileno())), end, mark)

    def _stretches(
        self, opened: ExitStack, *, whole: bool
    ) -> Iterator[tuple[BinaryIO, int, int | None]]:
        """What is to be read of which files, oldest first, as offsets; None is a file's end."""
        files = self._files_forwards(opened)
        start = Start(self._sieve.filter.since)
        stretches: list[tuple[BinaryIO, int, int | None]] = []
        for file in reversed(files):
            end = os.fstat(file.fileno()).st_size
            bounded = whole and not stretches
            if bounded:
                end = end_of_whole_lines(file, end)
                self._remember(file, end)
            stretches.append((file, start.offset(file, end), end if bounded else None))
            if stretches[-1][1]:
                break
        return reversed(stretches)

    def _files_forwards(self, opened: ExitStack) -> list[BinaryIO]:
        """All files of the log, the oldest first; what moves up meanwhile stays open."""
        files: dict[Identity, BinaryIO] = {}
        for path in files_of(self.path):
            with suppress(FileNotFoundError):
                file = opened.enter_context(open_log(path))
                files.setdefault(identity(os.fstat(file.fileno())), file)
        if not files:
            raise LogMissing(self.path)
        return list(files.values())[::-1]

    def _fresh_lines(self) -> Iterator[bytes]:
        """What was appended since the bookmark, which moves along."""
        state: tuple[int, ...] = ()
        with suppress(OSError):
            status = self.path.stat()
            state = (*identity(status), status.st_size, status.st_mtime_ns)
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
        files: dict[Identity, BinaryIO] = {}
        for path in files_of(self.path):
            with suppress(OSError):  # on Windows a file can be there and yet not be opened
                file = opened.enter_context(open_log(path))
                known = identity(os.fstat(file.fileno()))
                files.setdefault(known, file)
                if self._bookmark is not None and self._bookmark.file == known:
                    return list(files.values())[::-1]
        if self._bookmark is None:
            return list(files.values())[::-1]
        return [file for file in files.values() if file.name == str(self.path)]

    def _lines_after_bookmark(self, file: BinaryIO) -> Iterator[bytes]:
        """Whole lines; one past the limit comes in pieces, none of which is a record."""
        known = identity(os.fstat(file.fileno()))
        bookmark = self._bookmark
        offset = 0
        if bookmark is not None and bookmark.file == known and bookmark.lies_in(file):
            offset = bookmark.offset
        file.seek(offset)
        while line := file.readline(LINE_LIMIT):
            if len(line) < LINE_LIMIT and not line.endswith(b"\n"):
                break  # half written
            offset += len(line)
            self._bookmark = Bookmark(known, offset, line[-MARK:])
            yield line

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise LogUnreadable(self.path, error.strerror or str(error)) from error


def _lines_between(
    file: BinaryIO, start: int, end: int | None, advance: Callable[[int], object] | None
) -> Iterator[bytes]:
    """The lines from one offset to another one; one past the limit comes in pieces."""
    file.seek(start)
    if start:
        file.readline(LINE_LIMIT)  # half a line
    left = sys.maxsize if end is None else end - file.tell()
    told = 0
    while left > 0 and (line := file.readline(LINE_LIMIT)):
        left -= len(line)
        if advance is not None:
            told += len(line)
            if told >= _TOLD:
                advance(told)
                told = 0
        yield line
    if advance is not None:
        advance(told)

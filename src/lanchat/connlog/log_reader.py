"""Reading the connection log: its end, and what is appended while somebody watches.

No file is held open between two looks, since its writer could not rotate it then. What is
remembered instead is a bookmark: which file, how far, and the last bytes before that place.
Where the file has another number now, it is read to its end, then those after it; where the
bytes have changed, it was truncated, or another file took its inode, and it is read from the
start.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
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
from lanchat.connlog.log_record import LINE_LIMIT, Filter, Record, Unreadable, decode
from lanchat.errors import LogMissing, LogUnreadable

POLL = 0.2
"""Seconds between two looks at a log that is followed."""

STALE_LINES = 1_000
"""So many older records in a row, and nothing before them is looked at.

One is not enough: the clock of a machine without a battery jumps.
"""


class LogReader:
    """Reads the log at ``path``; ``skipped`` counts the lines that nobody can read.

    Records are those of the ``server``, where it has a name.
    """

    def __init__(self, path: Path, wanted: Filter | None = None, server: str = "") -> None:
        self.path = path
        self._server = server
        self.skipped = 0
        self._wanted = wanted or Filter()
        self._bookmark: Bookmark | None = None
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
            yield from self.fresh()
            pause(POLL)

    def fresh(self) -> Iterator[Record]:
        """Every wanted record since the last look."""
        return filter(self._wanted.matches, self._decoded(self._fresh_lines()))

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
                    mark = read_between(file, end - MARK, end)
                    self._bookmark = Bookmark(identity(status), end, mark)
                    half = b"" if whole else read_between(file, end, status.st_size)
                    yield from self._decoded([half])
                yield from self._decoded(lines_backwards(file, end))

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

    def _decoded(self, lines: Iterable[bytes]) -> Iterator[Record]:
        for line in lines:
            try:
                if line.strip():
                    yield self._ours(decode(line))
            except Unreadable:  # noqa: PERF203 (the lines after it are still wanted)
                self.skipped += 1

    def _ours(self, record: Record) -> Record:
        return replace(record, server=self._server) if self._server else record

"""The file of the connection log: private, rotated, one server's alone, its lines kept whole.

What hosts did outlives the file that falls off the end.
"""

from __future__ import annotations

import codecs
import logging
import os
import re
import sys
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from lanchat.connlog.log_record import KEPT, LINE_LIMIT, VERSION
from lanchat.errors import LogInUse, NotALog
from lanchat.private import lock, write_private

logger = logging.getLogger(__name__.rpartition(".")[0])

_LOOKED_AT = 64 << 10
"""Bytes at a file's beginning that are looked at before anything is added to it."""

_DONE_BY_HOSTS = re.compile(
    rf'^{{"v": {VERSION}, "time": "[^"\n]*", "event": "(?:{"|".join(KEPT)})".*\n'.encode(),
    re.MULTILINE,
)
"""Their lines in a file of the log; no text of a stranger looks like one, since quotation marks and
line breaks are escaped."""


class RotatedFile(RotatingFileHandler):
    """A rotating file that is private, keeps its lines whole, and outlives faults and moves."""

    def __init__(self, path: Path, max_bytes: int, backups: int) -> None:
        super().__init__(
            path, maxBytes=max_bytes, backupCount=backups, encoding="ascii", delay=True
        )
        self._path = Path(self.baseFilename)
        self._dropped = 0
        self._cannot_rotate = False
        self._alone = False

    def claim(self) -> None:
        """From now on write only where no other server does. Raises LogInUse or NotALog."""
        if not _may_be_a_log(self._path):
            raise NotALog(self._path)
        self._alone = True
        try:
            self.stream = self._open()
        except BlockingIOError as error:
            raise LogInUse(self._path) from error
        except OSError:
            pass  # the first event will say it

    def emit(self, record: logging.LogRecord) -> None:
        dropped = self._dropped
        try:
            self._follow_path()
        except Exception:  # noqa: BLE001  the thread that writes would end
            self.handleError(record)
        else:
            super().emit(record)  # hands every exception to handleError
        if dropped and self._dropped == dropped:
            logger.warning("%s is written again; %d events are missing", self._path, dropped)
            self._dropped = 0

    def doRollover(self) -> None:  # noqa: N802 (its name in logging)
        """Move every file up by one, up to the first free number.

        Where a rename fails (on Windows, while a reader has the file open), the log goes on in
        the same file and tries again with the next event. The base class would have moved the
        older backups up each time, until all had fallen off the end.
        """
        self._release()
        numbers = range(1, self.backupCount + 1)
        files = [self._path, *(self._numbered(n) for n in numbers)]
        free = next((n for n in numbers if not files[n].exists()), self.backupCount)
        try:
            kept = _done_by_hosts(files[free])
            for number in range(free, 0, -1):
                files[number - 1].replace(files[number])
            self._keep(kept)
        except OSError as error:
            if not self._cannot_rotate:
                logger.warning("%s cannot be rotated and grows: %s", self._path, error)
            self._cannot_rotate = True
        else:
            self._cannot_rotate = False

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")

    def _keep(self, lines: bytes) -> None:
        """Add lines to the file behind the last one; of more than a whole file, the newer half."""
        if not lines:
            return
        place = self._numbered(self.backupCount + 1)
        before = place.read_bytes() if place.exists() else b""
        if len(before) + len(lines) > self.maxBytes:
            before = b"".join(before.splitlines(keepends=True)[before.count(b"\n") // 2 :])
        write_private(place, before + lines)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802, ARG002 (the same)
        """Drop the event, and say so if it is the first one."""
        self._release()
        self._dropped += 1
        if self._dropped == 1:
            logger.warning(
                "%s cannot be written, so nobody's coming and going is logged for now: %s",
                self._path,
                sys.exc_info()[1],
            )

    def close(self) -> None:
        with suppress(OSError, ValueError):
            if self.stream is not None:
                self.stream.flush()
                os.fsync(self.stream.fileno())
        self._release()
        super().close()

    def _open(self) -> TextIOWrapper:
        """Open the file for appending, readable by its owner alone: it holds names and IPs."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        half = _ends_in_half_a_line(self._path)
        # A pipe that nobody reads would hold up the whole server, not only this greenlet.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(self._path, flags, 0o600)
        if self._alone:
            try:
                lock(descriptor)
            except OSError:
                os.close(descriptor)
                raise
        # The buffer takes any line whole: one line, one write.
        stream = os.fdopen(descriptor, "a", LINE_LIMIT, encoding="ascii", newline="\n")
        if half:
            stream.write("\n")
        return stream

    def _follow_path(self) -> None:
        """Let go of a file that was deleted or moved away by another hand."""
        if self.stream is None:
            return
        try:
            moved = not os.path.samestat(self._path.stat(), os.fstat(self.stream.fileno()))
        except OSError:
            moved = True
        if moved:
            self._release()

    def _release(self) -> None:
        """Close without a word; after a fault the stream may still hold what failed."""
        stream, self.stream = self.stream, None
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.close()


def _done_by_hosts(path: Path) -> bytes:
    """The lines of a file, if it is there, that tell what hosts did."""
    return b"".join(_DONE_BY_HOSTS.findall(path.read_bytes())) if path.is_file() else b""


def _may_be_a_log(path: Path) -> bool:
    """Whether nothing is lost by what is added: an empty file, none, or one with a record in it."""
    with suppress(OSError):
        if path.is_file():
            with path.open("rb") as file:
                beginning = file.read(_LOOKED_AT)
            lines = b"\n" + beginning.removeprefix(codecs.BOM_UTF8)
            return not beginning or (b'\n{"' in lines and b"\0" not in lines)
    return True


def _ends_in_half_a_line(path: Path) -> bool:
    """Whether a full disk or a crash cut the last line short."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        return file.read(1) not in (b"", b"\n")

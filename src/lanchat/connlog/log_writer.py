"""Writing the connection log: events are queued, one thread appends them and rotates the file.

Under ``lanchat serve`` gevent makes a greenlet of that thread.
"""

from __future__ import annotations

import logging
import os
import queue
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import QueueListener, RotatingFileHandler
from pathlib import Path

from lanchat.chat.model import Origin, User, timestamp
from lanchat.chat.ports import LeaveReason, LoginRefusal
from lanchat.connlog.log_record import LINE_LIMIT, encode

logger = logging.getLogger(__name__.rpartition(".")[0])


class ConnectionLogFile:
    """Fulfils :class:`lanchat.chat.ports.Audit` with a file.

    The file and its folder are made with the first event. At ``max_bytes`` it becomes
    ``<path>.1``, that one ``<path>.2``, and so on up to ``backups``. Where nothing can be
    written, one warning goes to the logger ``lanchat.connlog``, and events are dropped until
    it works again. ``clock`` gives seconds since 1970.
    """

    def __init__(
        self,
        path: Path,
        max_bytes: int = 10_000_000,
        backups: int = 5,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._clock = clock
        self._queue: queue.SimpleQueue[logging.LogRecord | None] = queue.SimpleQueue()
        self._file = _AppendedFile(path, max_bytes, backups)
        self._listener = QueueListener(self._queue, self._file)
        self._listener.start()
        self._closed = False
        self.counts: Counter[tuple[str, str]] = Counter()
        """How often each event happened since the start, by its name and its reason, if any."""

    def start(self, **fields: object) -> None:
        """The server begins its work; ``fields`` such as version, port and pid."""
        self._write("start", **fields)

    def stop(self, **fields: object) -> None:
        """The server ends its work."""
        self._write("stop", **fields)

    def join(self, user: User, origin: Origin) -> None:
        self._write("join", **_person(user, origin))

    def leave(self, user: User, origin: Origin, seconds: float, reason: LeaveReason) -> None:
        stayed = round(max(seconds, 0.0), 1)
        self._write("leave", **_person(user, origin), seconds=stayed, reason=reason)

    def login_refused(self, name: str, origin: Origin, reason: LoginRefusal) -> None:
        self._write("login_refused", user=name, ip=origin.ip, agent=origin.agent, reason=reason)

    def refused(self, origin: Origin, reason: str) -> None:
        self._write("refused", ip=origin.ip, agent=origin.agent, reason=reason)

    def command(
        self, name: str, by: str, person: tuple[User, Origin] | None, **fields: object
    ) -> None:
        about = {} if person is None else _person(*person)
        about.pop("agent", None)
        known = {field: value for field, value in about.items() if value}
        self._write(name, by=by, **known, **fields)

    def close(self) -> None:
        """Return when everything handed in is on disk. What comes later is dropped."""
        if not self._closed:
            self._closed = True
            self._listener.stop()
            self._file.close()

    def _write(self, event: str, **fields: object) -> None:
        if not self._closed:
            self.counts[event, str(fields.get("reason", ""))] += 1
            line = encode(timestamp(self._clock()), event, fields)
            self._queue.put_nowait(logging.makeLogRecord({"msg": line}))


class _AppendedFile(RotatingFileHandler):
    """A rotating file that is private, keeps its lines whole, and outlives faults and moves."""

    def __init__(self, path: Path, max_bytes: int, backups: int) -> None:
        super().__init__(
            path, maxBytes=max_bytes, backupCount=backups, encoding="ascii", delay=True
        )
        self._path = Path(self.baseFilename)
        self._dropped = 0
        self._cannot_rotate = False

    def emit(self, record: logging.LogRecord) -> None:
        dropped = self._dropped
        self._follow_path()
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
        files = [self._path, *(self._path.with_name(f"{self._path.name}.{n}") for n in numbers)]
        free = next((n for n in numbers if not files[n].exists()), self.backupCount)
        try:
            for number in range(free, 0, -1):
                files[number - 1].replace(files[number])
        except OSError as error:
            if not self._cannot_rotate:
                logger.warning("%s cannot be rotated and grows: %s", self._path, error)
            self._cannot_rotate = True
        else:
            self._cannot_rotate = False

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
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
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


def _person(user: User, origin: Origin) -> dict[str, object]:
    return {
        "user": user.name,
        "user_id": user.id,
        "ip": origin.ip,
        "agent": origin.agent,
    }


def _ends_in_half_a_line(path: Path) -> bool:
    """Whether a full disk or a crash cut the last line short."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        return file.read(1) not in (b"", b"\n")

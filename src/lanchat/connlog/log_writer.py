"""Writing the connection log: events are counted and queued, and one thread appends them.

Under ``lanchat serve`` gevent makes a greenlet of that thread.
"""

from __future__ import annotations

import logging
import queue
import time
from collections import Counter
from collections.abc import Callable
from logging.handlers import QueueListener
from pathlib import Path

from lanchat.chat.model import Origin, User, timestamp
from lanchat.chat.ports import LeaveReason, LoginRefusal
from lanchat.connlog.allowance import Allowance
from lanchat.connlog.log_record import encode
from lanchat.connlog.rotated_file import RotatedFile
from lanchat.periodic import Periodic

_LOOK_SECONDS = 5.0
"""Between two looks whether there is something to sum up."""


class ConnectionLogFile:
    """Fulfils :class:`lanchat.chat.ports.Audit` with a file.

    The file and its folder are made with the first event. At ``max_bytes`` it becomes
    ``<path>.1``, that one ``<path>.2``, and so on up to ``backups``; what hosts did outlives the
    file that falls off the end, in one more. Refusals, visits and files beyond an allowance are
    summed up. Where nothing can be written, one warning goes to the logger ``lanchat.connlog``, and
    events are dropped until it works again. ``clock`` gives seconds since 1970, ``monotonic``
    measures what passes.
    """

    def __init__(
        self,
        path: Path,
        max_bytes: int = 10_000_000,
        backups: int = 5,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._allowance = Allowance(monotonic)
        self._queue: queue.SimpleQueue[logging.LogRecord | None] = queue.SimpleQueue()
        self._file = RotatedFile(path, max_bytes, backups)
        self._listener = QueueListener(self._queue, self._file)
        self._listener.start()
        self._closed = False
        self._looks = Periodic(self.sum_up, _LOOK_SECONDS, name="connection log")
        self.counts: Counter[tuple[str, str]] = Counter()
        """How often each event happened since the start, by its name and its reason, if any."""

    def claim(self) -> None:
        """Be the one server that writes here, until ``close``. Raises LogInUse or NotALog."""
        self._file.claim()

    def start(self, **fields: object) -> None:
        """The server begins its work; ``fields`` such as version, port and pid."""
        self._count("start")
        self._write("start", **fields)

    def stop(self, **fields: object) -> None:
        """The server ends its work."""
        self.sum_up(over=True)
        self._count("stop")
        self._write("stop", **fields)

    def join(self, user: User, origin: Origin) -> None:
        self._count("join")
        if self._allowance.join(user.id, origin.ip):
            self._write("join", **_person(user, origin))

    def leave(self, user: User, origin: Origin, seconds: float, reason: LeaveReason) -> None:
        self._count("leave", reason)
        if self._allowance.leave(user.id, origin.ip):
            stayed = round(max(seconds, 0.0), 1)
            self._write("leave", **_person(user, origin), seconds=stayed, reason=reason)

    def rename(self, user: User, before: str, origin: Origin) -> None:
        self._count("rename")
        if self._allowance.rename(origin.ip):
            self._write("rename", **_person(user, origin), before=before)

    def file(self, user: User, origin: Origin, kind: str, size: int) -> None:
        self._count("file")
        if self._allowance.file(origin.ip):
            about = {"user": user.name, "user_id": user.id, "ip": origin.ip}
            self._write("file", **about, type=kind, size=size)

    def login_refused(self, name: str, origin: Origin, reason: LoginRefusal) -> None:
        self._count("login_refused", reason)
        if self._allowance.refusal("login_refused", origin.ip, reason):
            about = {"user": name, "ip": origin.ip, "agent": origin.agent}
            self._write("login_refused", **about, reason=reason)

    def refused(self, origin: Origin, reason: str) -> None:
        self._count("refused", reason)
        if self._allowance.refusal("refused", origin.ip, reason):
            self._write("refused", ip=origin.ip, agent=origin.agent, reason=reason)

    def command(
        self, name: str, by: str, person: tuple[User, Origin] | None, **fields: object
    ) -> None:
        about = {} if person is None else _person(*person)
        about.pop("agent", None)
        known = {field: value for field, value in about.items() if value}
        self._count(name)
        self._write(name, by=by, **known, **fields)

    def sum_up(self, *, over: bool = False) -> None:
        """Write down how often happened what has no line, once a minute, and when it is over."""
        for event, fields in self._allowance.sums(over=over):
            self._write(event, **fields)

    def close(self) -> None:
        """Return when everything handed in is on disk. What comes later is dropped."""
        if not self._closed:
            self._looks.close()
            self.sum_up(over=True)
            self._closed = True
            self._listener.stop()
            self._file.close()

    def _count(self, event: str, reason: str = "") -> None:
        if not self._closed:
            self.counts[event, reason] += 1

    def _write(self, event: str, **fields: object) -> None:
        if not self._closed:
            line = encode(timestamp(self._clock()), event, fields)
            self._queue.put_nowait(logging.makeLogRecord({"msg": line}))


def _person(user: User, origin: Origin) -> dict[str, object]:
    return {
        "user": user.name,
        "user_id": user.id,
        "ip": origin.ip,
        "agent": origin.agent,
    }

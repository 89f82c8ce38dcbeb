"""Changes that wait for the next commit, and those who are told what came of them.

A commit to disk takes about as long for a hundred changes as for one. So one committer takes
every change that is waiting and stores them together; what arrives meanwhile is the next batch.
(DeWitt et al., "Implementation techniques for main memory database systems", 1984.)

Nothing waits for a timer: a single change is committed at once. But where several came together the
time before, the first of the next ones is likely to be followed by others that lie in their sockets
already. Then the loop has its turn before the commit, as long as each brings more. Otherwise a room
in which many speak at once would be told of one message first and then of the others, with
everything that a commit and a send to each costs twice.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from lanchat.chat.changes import Change, EventT
from lanchat.chat.events import LogEvent
from lanchat.chat.futures import Future
from lanchat.errors import StoreUnavailable

Asked = tuple[Change[Any], Future[Any]]
"""A change, and who waits for what comes of it."""

_log = logging.getLogger(__name__)


_TURNS = 4
"""So often the loop may have its turn before a commit, however much each brings."""


class Batches:
    """What waits to be stored; one committer takes it.

    ``turn`` lets the event loop read what has arrived.
    """

    def __init__(self, turn: Callable[[], object] = lambda: None) -> None:
        self._turn = turn
        self._are_many = False
        """Whether several changes came together the last time."""
        self._waiting: list[Asked] = []
        self._lock = threading.Lock()
        self._changed = threading.Event()
        self._closed = False

    def append(self, change: Change[EventT]) -> Future[EventT]:
        """Let a change wait. Raises StoreUnavailable once closed."""
        event: Future[EventT] = Future()
        with self._lock:
            if self._closed:
                raise StoreUnavailable("the server is stopping")
            self._waiting.append((change, event))
        self._changed.set()
        return event

    def take(self) -> list[Asked]:
        """Everything that waits now, or comes first; empty only when closed."""
        while not (batch := self.rest()) and not self._closed:
            self._changed.wait()
            self._changed.clear()
        batch += self.rest()  # of before it was closed
        if self._are_many or len(batch) > 1:
            self._gather(batch)
        self._are_many = len(batch) > 1
        return batch

    def _gather(self, batch: list[Asked]) -> None:
        """Add what the loop reads now, as long as there is more of it."""
        for _ in range(_TURNS):
            self._turn()
            if not (more := self.rest()):
                return
            batch += more

    def rest(self) -> list[Asked]:
        """Everything that waits now, if anything does."""
        with self._lock:
            batch, self._waiting = self._waiting, []
        return batch

    def close(self) -> None:
        """Take nothing more: what waits is the last batch."""
        with self._lock:
            self._closed = True
        self._changed.set()


class Listeners:
    """Who is told what has happened."""

    def __init__(self) -> None:
        self._handlers: list[Callable[[LogEvent], None]] = []

    def add(self, handler: Callable[[LogEvent], None]) -> None:
        """Let the handler be called with every event from now on."""
        self._handlers.append(handler)

    def tell(self, event: LogEvent) -> None:
        """Call them all; one that fails holds up none."""
        for handler in self._handlers:
            _call(handler, event)


class Trouble:
    """Says what is wrong once while it repeats: who does not give up asks often."""

    def __init__(self, log: logging.Logger, over: str) -> None:
        self._log = log
        self._over = over
        self._now = ""

    def note(self, failure: str) -> None:
        """This is wrong now; nothing where it is empty."""
        if failure != self._now:
            self._log.warning("%s", failure or self._over)
            self._now = failure


def _call(handler: Callable[[LogEvent], None], event: LogEvent) -> None:
    try:
        handler(event)
    except Exception:  # noqa: BLE001
        # A defect here must not end the log: nobody could say anything any more.
        _log.exception("an event could not be told: %s", type(event).__name__)

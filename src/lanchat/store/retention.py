"""How long messages are kept: a sweep at the start, and then again and again.

It works in a thread of its own (under gevent, a greenlet), hands one small step at a time to the
disk and pauses between two, so that a message waits for one step at most.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from lanchat.chat.model import timestamp
from lanchat.errors import StoreUnavailable
from lanchat.store.deletion import Keep, Place
from lanchat.store.sqlite import SqliteStore

_log = logging.getLogger(__name__)

_PAUSE = 0.02
"""Seconds between two steps."""

_REST = 10.0
"""Seconds between two sweeps, where they are short."""

_REST_SHARE = 20
"""A long sweep is followed by a rest of so many times its length: a million messages are looked at
every seven minutes."""


class Retention:
    """Deletes what is older than ``age`` seconds or more than the newest ``count`` messages.

    None is no limit. ``clock`` returns seconds since the epoch.
    """

    def __init__(
        self,
        store: SqliteStore,
        age: float | None,
        count: int | None,
        *,
        clock: Callable[[], float] = time.time,
        rest: float = _REST,
    ) -> None:
        self._store = store
        self._age = age
        self._count = count
        self._clock = clock
        self._rest = rest
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="retention", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Finish the step that is being taken, and take no more."""
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        failed = False
        rest = 0.0
        while not self._closed.wait(rest):
            begin = time.monotonic()
            try:
                self._sweep()
                failed = False
            except StoreUnavailable as error:
                if not failed:  # say it once, not every ten seconds
                    _log.warning("old messages cannot be deleted for now: %s", error)
                failed = True
            rest = max(self._rest, _REST_SHARE * (time.monotonic() - begin))

    def _sweep(self) -> None:
        since = None if self._age is None else timestamp(max(0.0, self._clock() - self._age))
        keep, place = Keep(since, self._count), Place()
        while not place.done:
            place = self._store.delete_old(keep, place)
            if self._closed.wait(_PAUSE):
                return

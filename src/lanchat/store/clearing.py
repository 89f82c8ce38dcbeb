"""Deletes what was cleared, a step at a time, in a thread of its own (under gevent, a greenlet).

It begins at the start with what an earlier life of the server has left.
"""

from __future__ import annotations

import logging
import threading

from lanchat.errors import StoreUnavailable
from lanchat.store.deletion import Keep, Place
from lanchat.store.sqlite import SqliteStore

_log = logging.getLogger(__name__)

_PAUSE = 0.005
"""Seconds between two steps, in which messages are stored."""

_PATIENCE = 10.0
"""Seconds until the next try, where the disk refuses."""

_NOTHING = Keep(None, 0)


class Clearing:
    """Works while there is something to delete; the store wakes it after each ``clear``."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._closed = threading.Event()
        self._wanted = threading.Event()
        self._wanted.set()
        store.on_clear = self._wanted.set
        self._thread = threading.Thread(target=self._run, name="clearing", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Finish the step that is being taken; the next start goes on."""
        self._closed.set()
        self._wanted.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._closed.is_set():
                return
            try:
                self._sweep()
            except StoreUnavailable as error:
                _log.warning("what was cleared cannot be deleted for now: %s", error)
                self._wanted.set()
                self._closed.wait(_PATIENCE)

    def _sweep(self) -> None:
        place = Place(below=self._store.cleared() + 1)
        while not place.done and not self._closed.wait(_PAUSE):
            place = self._store.delete_old(_NOTHING, place)

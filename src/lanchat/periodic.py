"""One guarded runner for everything that a server does again and again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)


class Periodic:
    """Calls ``call`` every ``seconds`` in a thread of its own, or a greenlet under gevent.

    The first call comes after ``seconds``. An exception is logged and the next call comes as if
    nothing had happened. While one kind of exception repeats it is logged once, so that a disk
    that keeps failing does not fill the log, too. ``name`` is the thread's, and the log's.
    """

    def __init__(self, call: Callable[[], object], seconds: float, *, name: str) -> None:
        self._call = call
        self._seconds = seconds
        self._failure: tuple[type[Exception], object] | None = None
        self._due = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Let the next call come at once; during a call, right after it."""
        self._due.set()

    def close(self) -> None:
        """Call no more; returns when a call that is under way is over."""
        self._closed = True
        self._due.set()
        if self._thread is not threading.current_thread():  # ``call`` itself may close its runner
            self._thread.join()

    def _run(self) -> None:
        while True:
            self._due.wait(self._seconds)
            # Cleared before the call: who wakes during it is not forgotten.
            self._due.clear()
            if self._closed:
                return
            self._try()

    def _try(self) -> None:
        try:
            self._call()
        except Exception as error:  # noqa: BLE001 (the next call may go well)
            failure = (type(error), getattr(error, "errno", None))
            if failure != self._failure:
                _log.exception("%s failed, and is tried again", self._thread.name)
            self._failure = failure
        else:
            self._failure = None

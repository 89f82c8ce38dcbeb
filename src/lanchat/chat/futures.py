"""What comes of a change that was handed in, once it is known.

The standard library's Future has a condition of its own, with a lock: under gevent to make it and
to settle it took longer than all that is decided about a message. Here whoever waits brings what
they wait with, and nearly nobody does: what is to happen then is said beforehand.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

_log = logging.getLogger(__name__)

_T = TypeVar("_T")
_Called = Callable[["Future[_T]"], object]


class Future(Generic[_T]):
    """The result of a change, or the error; settled once, by the log that has taken it."""

    __slots__ = ("_callbacks", "_error", "_is_done", "_result")

    _result: _T

    def __init__(self) -> None:
        self._callbacks: deque[_Called[_T]] = deque()
        self._error: BaseException | None = None
        self._is_done = False

    def done(self) -> bool:
        """Whether it is known what has come of it."""
        return self._is_done

    def result(self, timeout: float | None = None) -> _T:
        """What came of it. Waits; raises the error, or TimeoutError after so many seconds."""
        if (error := self.exception(timeout)) is not None:
            raise error
        return self._result

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Why nothing came of it. Waits; raises TimeoutError after so many seconds."""
        if not self._is_done:
            known = threading.Event()
            self.add_done_callback(lambda _: known.set())
            if not known.wait(timeout):
                raise TimeoutError
        return self._error

    def add_done_callback(self, callback: _Called[_T]) -> None:
        """Call it with this when it is known what has come of it, which may be now."""
        self._callbacks.append(callback)
        if self._is_done:
            self._call()

    def set_result(self, result: _T) -> None:
        """This came of it; call all who want to know."""
        self._result = result
        self._is_done = True
        self._call()

    def set_exception(self, error: BaseException) -> None:
        """Nothing came of it; call all who want to know."""
        self._error = error
        self._is_done = True
        self._call()

    def _call(self) -> None:
        # Whichever thread takes a callback out calls it: none is lost, and none is called twice,
        # where one is added in the moment in which it is settled.
        while self._callbacks:
            try:
                callback = self._callbacks.popleft()
            except IndexError:
                return
            try:
                callback(self)
            except Exception:  # noqa: BLE001
                # A defect there must not end whoever tells of changes.
                _log.exception("what was to follow a change has failed")

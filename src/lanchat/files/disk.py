"""The threads that wait for the disk of files.

Writing and hashing 256 KiB takes a millisecond, and a second where the disk is busy. So all of it
happens in threads of its own: not in the event loop, and not in the one that commits messages.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import partial
from typing import Generic, TypeVar, cast

from lanchat.errors import DiskFull, LanchatError, StoreUnavailable, UnknownFile

_T = TypeVar("_T")

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

_NICENESS = 10
"""So much the threads step back behind the event loop and the thread that commits messages."""

PATIENCE = 15.0
"""Seconds after which a disk that has kept all threads waiting is given no more to do."""


class Pending(Generic[_T]):
    """What a thread is doing; an error is handed over, as gevent's threads would print it."""

    def __init__(self, future: Future[tuple[_T | None, Exception | None]]) -> None:
        self._future = future

    def result(self) -> _T:
        """What came of it.

        Raises DiskFull, UnknownFile or StoreUnavailable for what the system refuses.
        """
        value, error = self._future.result()
        if isinstance(error, OSError):
            raise refusal(error) from error
        if error is not None:
            raise error
        return cast(_T, value)

    def settle(self) -> None:
        """Wait until the thread has let go, although whoever waits is told to stop meanwhile."""
        for _ in range(3):
            if self._future.done():
                return
            with suppress(BaseException):
                self._future.result()


class Disk:
    """So many threads for what waits for the disk.

    A folder on the network may not answer, for as long as it likes: who has asked for something by
    then has to wait for it, and nobody else is let in.
    """

    def __init__(
        self, threads: Executor, count: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._threads = threads
        self._count = count
        self._clock = clock
        self._busy: dict[object, float] = {}  # since when each thread is

    def start(self, call: Callable[[], _T]) -> Pending[_T]:
        """Let a thread do it. Raises StoreUnavailable where the disk answers no more."""
        if self._is_stuck():
            raise StoreUnavailable("the disk of files does not answer")
        return Pending(self._threads.submit(partial(self._caught, call)))

    def call(self, call: Callable[[], _T]) -> _T:
        """Wait for what a thread does. Raises as ``start`` and ``Pending.result``."""
        return self.start(call).result()

    def _is_stuck(self) -> bool:
        since = tuple(self._busy.values())
        return len(since) >= self._count and self._clock() - max(since) > PATIENCE

    def _caught(self, call: Callable[[], _T]) -> tuple[_T | None, Exception | None]:
        if sys.platform == "linux":  # elsewhere it would be the whole process
            own = os.getpriority(os.PRIO_PROCESS, 0)
            # Who was started with a larger one may not make it smaller.
            os.setpriority(os.PRIO_PROCESS, 0, max(own, _NICENESS))
        turn = object()
        self._busy[turn] = self._clock()
        try:
            return call(), None
        except Exception as error:  # noqa: BLE001  handed over
            return None, error
        finally:
            del self._busy[turn]


def refusal(error: OSError) -> LanchatError:
    """What is said of an error of the disk."""
    if error.errno in _NO_SPACE:
        return DiskFull()
    if isinstance(error, FileNotFoundError):
        return UnknownFile()
    return StoreUnavailable(f"the disk refuses files: {error}")

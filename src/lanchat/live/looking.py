"""One who looks, at their own connections or at the whole room: woken when there is more."""

from __future__ import annotations

from time import perf_counter

import gevent.event

LONGEST_SECONDS = 1_800.0
"""A look ends after so long; whoever still looks asks again."""


class Looking:
    """What every look has, whatever is looked at."""

    def __init__(self) -> None:
        self._more = gevent.event.Event()
        self._ended = False
        self._end = perf_counter() + LONGEST_SECONDS

    @property
    def is_over(self) -> bool:
        return self._ended or perf_counter() >= self._end

    def wake(self) -> None:
        """There is more to be seen."""
        self._more.set()

    def close(self) -> None:
        """The server stops."""
        self._ended = True
        self._more.set()

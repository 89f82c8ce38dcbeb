"""Whether the database can be reached at all: what one finds out, nobody else has to wait for.

A network that is cut does not say so, nor does a database that hangs. Each connection would find it
out by itself, one after the other, with somebody waiting behind each. So whoever has heard nothing
for a few seconds lets it be tried by one more connection, and where that is not made either, the
database counts as away for all until one is made: who waits is told so, and who asks is, too. Where
it is made, one connection alone is slow or broken, and goes on or ends by itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import psycopg

DOUBT = 4.0
"""Seconds without an answer after which it is tried whether the database is there."""

_GIVEN = 5.0
"""Seconds that one more connection may take before it counts as away."""

_PAUSE = 0.5

_SOON = 1.0
"""What is refused within so many seconds is refused to everybody as soon: nobody need be spared."""


class Reach:
    """``connect`` makes a connection, and lets go of it at the end of the context."""

    def __init__(self, connect: Callable[[], AbstractContextManager[Any]]) -> None:
        self._connect = connect
        self._tried_since: float | None = None
        self._lock = threading.Lock()
        self._closed = threading.Event()

    @property
    def is_away(self) -> bool:
        """Whether it was tried for so long that nobody need wait for it."""
        since = self._tried_since
        return since is not None and time.monotonic() - since > _GIVEN

    def doubt(self) -> None:
        """Let it be tried, unless somebody is at it."""
        with self._lock:
            if self._tried_since is not None or self._closed.is_set():
                return
            self._tried_since = time.monotonic()
        threading.Thread(target=self._try, name="reach", daemon=True).start()

    def close(self) -> None:
        """Try no more."""
        self._closed.set()

    def _try(self) -> None:
        try:
            while not (self._is_known() or self._closed.wait(_PAUSE)):
                pass
        finally:
            self._tried_since = None

    def _is_known(self) -> bool:
        """Try once; tells whether everybody will find out at once what there is."""
        begun = time.monotonic()
        try:
            with self._connect():
                return True
        except psycopg.Error:
            return time.monotonic() - begun < _SOON

"""One timer pings everybody.

The interval is the same for all sessions, so those that wait for their next ping stand in the
order in which they are due: a queue, and one greenlet that sleeps until its first entry is.
"""

from __future__ import annotations

import time
import weakref
from collections import deque
from typing import Any

import gevent
from engineio.packet import PING, Packet


class Heartbeat:
    """Pings sessions ``interval`` seconds after they asked for it."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        # Weak, so that a session which is over is not kept in memory until its ping is due.
        self._due: deque[tuple[float, weakref.ref[Any]]] = deque()
        self._beating: gevent.Greenlet[..., None] | None = None

    def schedule(self, session: Any) -> None:
        """Ping the session once, after the interval."""
        self._due.append((time.monotonic() + self._interval, weakref.ref(session)))
        if not self._beating:
            self._beating = gevent.spawn(self._beat)

    def _beat(self) -> None:
        while self._due:
            due, reference = self._due[0]
            wait = due - time.monotonic()
            if wait > 0:
                gevent.sleep(wait)
                continue
            self._due.popleft()
            session = reference()
            if session is not None and not session.closing and not session.closed:
                session.last_ping = time.time()
                session.send(Packet(PING))
            del session

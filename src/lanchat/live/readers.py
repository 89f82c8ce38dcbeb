"""Greenlets that read for the event loop, which may not wait itself.

A client that says nothing has none. Where something has come, one of a few that are ready reads it,
and is ready again, most often in the same turn. A new greenlet for each message would cost more
than the message: a stack of its own, taken from the system and given back.
"""

from __future__ import annotations

from collections.abc import Callable

import gevent
from greenlet import getcurrent, greenlet

_MOST_READY = 16
"""More are wanted only while many clients wait, for the disk or to be let go of."""

Work = Callable[[], None]


class Readers:
    """The greenlets of one event loop."""

    def __init__(self) -> None:
        self._ready: list[greenlet] = []

    def run(self, work: Work) -> None:
        """Let one do the work; returns when it is done, or waits for something.

        To be called by the event loop, which prints what the work raises.
        """
        reader = self._ready.pop() if self._ready else greenlet(self._go_on, gevent.get_hub())
        reader.switch(work)

    def _go_on(self, work: Work) -> None:
        while True:
            work()
            if len(self._ready) >= _MOST_READY:
                return
            self._ready.append(getcurrent())
            del work  # or the connection would live until there is other work
            work = gevent.get_hub().switch()

"""Programs wait for what happens in their room: here they are woken, and read for themselves.

So whoever reads slowly makes nothing wait, and nothing is kept for them. Nobody is listened to
before the first one waits.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from lanchat.chat.channels import room_channel
from lanchat.chat.events import (
    LogEvent,
    MessageChanged,
    MessagePosted,
    PinsChanged,
    ReactionsChanged,
)
from lanchat.chat.ports import EventLog

_OF_A_ROOM = (MessagePosted, MessageChanged, PinsChanged, ReactionsChanged)
"""What concerns the readers of one room alone, and happens often."""


class Waiter:
    """A program that waits; ``is_over`` once nothing will happen any more."""

    def __init__(self, room: str) -> None:
        self.channel = room_channel(room)
        self.is_over = False
        self._happened = threading.Event()

    def wait(self, seconds: float) -> bool:
        """Wait for something that may concern it; returns whether there was."""
        return self._happened.wait(seconds)

    def look(self) -> None:
        """What has happened up to now is being looked at."""
        self._happened.clear()

    def wake(self) -> None:
        """Something has happened."""
        self._happened.set()


class Feeds:
    """Those who wait."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._waiters: frozenset[Waiter] = frozenset()
        self._lock = threading.Lock()
        self._listens = self._closed = False

    @contextmanager
    def waiting(self, room: str) -> Iterator[Waiter]:
        """From here on nothing that happens in the room escapes the waiter."""
        waiter = Waiter(room)
        with self._lock:
            waiter.is_over = self._closed
            self._waiters |= {waiter}
            if not self._listens:
                self._log.listen(self._on_event)
                self._listens = True
        try:
            yield waiter
        finally:
            with self._lock:
                self._waiters -= {waiter}

    def close(self) -> None:
        """Let nobody wait any longer."""
        with self._lock:
            self._closed = True
        for waiter in self._waiters:
            waiter.is_over = True
            waiter.wake()

    def _on_event(self, event: LogEvent) -> None:
        channel = event.channel if isinstance(event, _OF_A_ROOM) else None
        for waiter in self._waiters:
            if channel in {None, waiter.channel}:
                waiter.wake()

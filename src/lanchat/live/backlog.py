"""How much may wait for a client that takes little, and what becomes of one who takes less.

A client past these bounds is closed; it connects again and catches up. What waits for a
WebSocket is kept by its writer (``writer.py``), what waits for the next poll is kept here.
"""

from __future__ import annotations

import logging
from typing import Any

import gevent.queue
from engineio.packet import CLOSE, Packet

_log = logging.getLogger(__name__)

MAX_BACKLOG_FRAMES = 500
MAX_BACKLOG_BYTES = 1 << 20


class SlowClients:
    """How many were closed because too much waited for them."""

    def __init__(self) -> None:
        self.count = 0

    def closed(self) -> None:
        """Count one more."""
        self.count += 1
        _log.info("closed a client too slow to take what is said")


class BoundedQueue(gevent.queue.JoinableQueue[Any]):
    """What waits for a client between two of its polls; the engine makes one for each session.

    Past the bounds everything that waits is replaced by one CLOSE. ``put`` never blocks, so that
    one silent client stops no broadcast.
    """

    def __init__(self, slow_clients: SlowClients) -> None:
        super().__init__()
        self._slow_clients = slow_clients
        self._bytes = 0
        self._full = False

    @property
    def backlog(self) -> tuple[int, int]:
        """The packets and bytes that wait for the next poll."""
        return self.qsize(), self._bytes

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Add a packet, or None for the end."""
        if item is not None and not self._full and self._has_no_room(item):
            self._full = True
            self._slow_clients.closed()
            while self.qsize():
                self.get(block=False)
                self.task_done()
            item = Packet(CLOSE)
        elif self._full and item is not None:
            return
        self._bytes += _size(item)
        super().put(item, block, timeout)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """The next packet."""
        item = super().get(block, timeout)
        self._bytes -= _size(item)
        return item

    def _has_no_room(self, item: Any) -> bool:
        too_many = self.qsize() >= MAX_BACKLOG_FRAMES
        return too_many or self._bytes + _size(item) > MAX_BACKLOG_BYTES


class NoQueue:
    """In place of the queue of a client that will poll no more: WebSockets have a writer."""

    backlog = (0, 0)

    def put(self, item: Any) -> None:
        """Nobody will get it."""

    def get(self, *_: object, **__: object) -> Any:
        """Raises Empty, for a poll that was waiting when the client left for its WebSocket."""
        raise gevent.queue.Empty

    def task_done(self) -> None:
        """The same poll may say so."""


NO_QUEUE = NoQueue()


def _size(packet: Packet | None) -> int:
    """Roughly the bytes of a packet; the few that carry no message are small."""
    data = packet.data if packet is not None else None
    return len(data) if isinstance(data, (str, bytes)) else 0

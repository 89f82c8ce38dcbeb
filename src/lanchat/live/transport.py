"""The one writer of a socket: whole frames, in order, never waiting.

Every byte for a socket (broadcasts, acks, pings, close) leaves through its Transmitter, in the
order it was written. What the kernel does not take at once waits in a bounded backlog that a
writability watcher of the event loop drains. So one slow client costs nobody else a moment, and
a frame is never cut short (``socket.send`` may take only a part of it; the stock stack loses
the rest).
"""

from __future__ import annotations

import contextlib
import logging
import socket
from collections import deque

import gevent

_log = logging.getLogger(__name__)

MAX_BACKLOG_FRAMES = 500
MAX_BACKLOG_BYTES = 1 << 20

_WRITABLE = 2  # libev's EV_WRITE, as ``loop.io`` takes it


class Transmitter:
    """The one writer of a socket. Past either bound of the backlog it cuts the socket."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._backlog: deque[memoryview] = deque()
        self._backlog_bytes = 0
        self._open = True
        self._finishing = False
        self._watcher = gevent.get_hub().loop.io(sock.fileno(), _WRITABLE)

    def write(self, frame: bytes) -> None:
        """Send a frame after all that were written before it; never waits, never raises."""
        if not self._open:
            return
        view = memoryview(frame)
        if not self._backlog:
            view = view[self._send(view) :]
            if not view:
                return
            self._watcher.start(self._drain)
        self._backlog.append(view)
        self._backlog_bytes += len(view)
        if len(self._backlog) > MAX_BACKLOG_FRAMES or self._backlog_bytes > MAX_BACKLOG_BYTES:
            _log.info("closed a client too slow to take what is said")
            self.cut()

    def finish(self) -> None:
        """Tell the other side, after all that was written, that nothing more will come."""
        self._finishing = True
        if self._open and not self._backlog:
            self._shut(socket.SHUT_WR)

    def cut(self) -> None:
        """End the connection at once; must come before the socket's own close."""
        if self._open:
            self._open = False
            self._backlog.clear()
            self._watcher.stop()
            self._watcher.close()
            self._shut(socket.SHUT_RDWR)

    def _shut(self, how: int) -> None:
        with contextlib.suppress(OSError):
            self._sock.shutdown(how)

    def _drain(self) -> None:
        """Called by the event loop when the kernel takes bytes again."""
        while self._backlog:
            view = self._backlog[0]
            sent = self._send(view)
            if not self._open:
                return
            self._backlog_bytes -= sent
            if sent < len(view):
                self._backlog[0] = view[sent:]
                return
            self._backlog.popleft()
        self._watcher.stop()
        if self._finishing:
            self._shut(socket.SHUT_WR)

    def _send(self, view: memoryview) -> int:
        """How many bytes the kernel took without waiting."""
        try:
            # gevent's socket: a timeout of 0 makes this one call non-blocking.
            return int(self._sock.send(view, 0, timeout=0.0))  # type: ignore[call-arg]
        except BlockingIOError:
            return 0
        except OSError:
            self.cut()
            return len(view)

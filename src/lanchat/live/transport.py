"""The one writer of a socket: whole frames, in order, never waiting.

Every byte for a socket (broadcasts, acks, pings, close) leaves through its Transmitter, in the
order it was written:

    write ──► Flusher ──(end of the loop's turn)──► one send ──► kernel
                                                       └──► backlog ──(writable again)──► kernel

What the kernel does not take at once waits in a bounded backlog that a writability watcher of the
event loop drains. So one slow client costs nobody else a moment, and a frame is never cut short
(``socket.send`` may take only a part of it; the stock stack loses the rest).
"""

from __future__ import annotations

import contextlib
import socket
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

import gevent
import gevent.socket
import gevent.ssl

from lanchat.live.flusher import Flusher

MAX_BACKLOG_FRAMES = 500
MAX_BACKLOG_BYTES = 1 << 20

_WRITABLE = 2  # libev's EV_WRITE, as ``loop.io`` takes it


class Transmitter:
    """The one writer of a socket. Past either bound of the backlog it cuts the socket.

    ``send`` hands bytes to the kernel without waiting, as a socket's method of that name, and
    ``pending`` is what the flusher keeps for this socket alone: both are the flusher's.
    """

    def __init__(self, sock: socket.socket, flusher: Flusher) -> None:
        self.send = _non_blocking_send(sock)
        self.pending: list[bytes] = []
        self._sock = sock
        self._shutdown = _bare_shutdown(sock)
        self._flusher = flusher
        self._backlog: deque[tuple[bytes | memoryview, int]] = deque()
        self._backlog_bytes = self._backlog_frames = 0
        self._open = True
        self._finishing = False
        self._watcher: Any = None

    @property
    def backlog(self) -> tuple[int, int]:
        """The frames and bytes that wait for the kernel to take more."""
        return self._backlog_frames, self._backlog_bytes

    def write(self, frame: bytes) -> None:
        """Send a frame after all that were written before it; never waits, never raises."""
        if self._open:
            self._flusher.write(self, frame)

    def flush(self) -> None:
        """Hand what is pending to the kernel, or to the backlog."""
        data, count = b"".join(self.pending), len(self.pending)
        self.pending.clear()
        if not self._open:
            return
        sent = 0 if self._backlog else self._send(data)
        if sent < len(data):
            self.line_up(memoryview(data)[sent:], count)

    def line_up(self, data: bytes | memoryview, frames: int) -> None:
        """Let bytes, the rest of so many frames, wait until the kernel takes them."""
        if not self._open:
            return
        if not self._backlog:
            self._flusher.clogged.add(self)
            if self._watcher is None:
                self._watcher = gevent.get_hub().loop.io(self._sock.fileno(), _WRITABLE)
            self._watcher.start(self._drain)
        self._backlog.append((data, frames))
        self._backlog_bytes += len(data)
        self._backlog_frames += frames
        if self._backlog_frames > MAX_BACKLOG_FRAMES or self._backlog_bytes > MAX_BACKLOG_BYTES:
            self._flusher.slow_clients.closed()
            self.cut()

    def finish(self) -> None:
        """Tell the other side, after all that was written, that nothing more will come."""
        self._flusher.flush()
        self._finishing = True
        if self._open and not self._backlog:
            self._shut(socket.SHUT_WR)

    def cut(self) -> None:
        """End the connection at once; must come before the socket's own close."""
        if self._open:
            self._open = False
            self._let_go()
            if self._watcher is not None:
                self._watcher.close()
            self._shut(socket.SHUT_RDWR)

    def _shut(self, how: int) -> None:
        with contextlib.suppress(OSError):
            self._shutdown(how)

    def _let_go(self) -> None:
        """Nothing waits for the kernel any more."""
        self._backlog.clear()
        self._backlog_bytes = self._backlog_frames = 0
        self._flusher.clogged.discard(self)
        if self._watcher is not None:
            self._watcher.stop()

    def _drain(self) -> None:
        """Called by the event loop when the kernel takes bytes again."""
        while self._backlog:
            data, frames = self._backlog[0]
            sent = self._send(data)
            if not self._open:
                return
            self._backlog_bytes -= sent
            if sent < len(data):
                self._backlog[0] = (memoryview(data)[sent:], frames)
                return
            self._backlog.popleft()
            self._backlog_frames -= frames
        self._let_go()
        if self._finishing:
            self._shut(socket.SHUT_WR)

    def _send(self, data: bytes | memoryview) -> int:
        """How many bytes the kernel took."""
        try:
            return self.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self.cut()
            return len(data)


def _non_blocking_send(sock: Any) -> Callable[[bytes | memoryview], int]:
    """The socket's send, without waiting. Raises BlockingIOError or another OSError."""
    if isinstance(sock, gevent.ssl.SSLSocket):
        return partial(_send_encrypted, sock)
    inner: Any = getattr(sock, "_sock", None)
    if type(sock) is gevent.socket.socket and hasattr(inner, "send"):
        # What gevent's socket tries first itself; its own method costs more than the rest of us.
        send: Callable[[bytes | memoryview], int] = inner.send
        return send
    # A timeout of 0 makes this one call non-blocking.
    return lambda data: int(sock.send(data, 0, timeout=0.0))


def _send_encrypted(sock: socket.socket, data: bytes | memoryview) -> int:
    """The same for TLS, which takes one record of 16 KiB at a time and says 0 where it cannot.

    What it could not take has to come again: the backlog's first bytes are always those.
    """
    sent = 0
    before = sock.gettimeout()
    # gevent's method does not ask its own parameter. Nothing else runs until it is set back.
    sock.settimeout(0.0)
    try:
        with memoryview(data) as view:
            while sent < len(view) and (taken := sock.send(view[sent:])):
                sent += taken
    finally:
        sock.settimeout(before)
    if not sent:
        raise BlockingIOError
    return sent


def _bare_shutdown(sock: Any) -> Callable[[int], None]:
    """The shutdown of TCP; that of TLS would take the ground from under whoever is reading."""
    if isinstance(sock, gevent.ssl.SSLSocket):
        return partial(gevent.socket.socket.shutdown, sock)
    shutdown: Callable[[int], None] = sock.shutdown
    return shutdown

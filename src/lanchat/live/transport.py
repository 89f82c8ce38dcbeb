"""The one writer of a socket: whole frames, in order, never waiting.

Every byte for a socket (broadcasts, acks, pings, close) leaves through its Transmitter, in the
order it was written:

    write ──► pending ──(end of the loop's turn)──► one send ──► kernel
                                                       └──► backlog ──(writable again)──► kernel

What is written within one turn of the event loop goes out together: under load one system call
carries many frames, and when it is calm nothing waits. Recipients of the same frames share the
joined bytes. What the kernel does not take at once waits in a bounded backlog that a writability
watcher drains. So one slow client costs nobody else a moment, and a frame is never cut short
(``socket.send`` may take only a part of it; the stock stack loses the rest).
"""

from __future__ import annotations

import contextlib
import logging
import socket
from collections import deque
from collections.abc import Sequence
from time import perf_counter
from typing import Any

import gevent

_log = logging.getLogger(__name__)

MAX_BACKLOG_FRAMES = 500
MAX_BACKLOG_BYTES = 1 << 20

FLUSH_SECONDS = 0.002
"""Under load frames are gathered for so long; the first ones after a pause go out at once."""

_MAX_GATHERED = 100
"""So many broadcasts are flushed without waiting for the turn's end."""

_WRITABLE = 2  # libev's EV_WRITE, as ``loop.io`` takes it


class Joined:
    """The bytes of the frames that were joined last, for the next recipient of the same ones."""

    def __init__(self) -> None:
        self._frames: list[bytes] = []
        self._bytes = b""

    def bytes_of(self, frames: list[bytes]) -> bytes:
        """All frames in one piece."""
        if frames != self._frames:
            self._frames = frames.copy()
            self._bytes = b"".join(frames)
        return self._bytes


class Flusher:
    """Flushes transmitters at the end of the event loop's turn in which they were written to."""

    def __init__(self) -> None:
        self._dirty: dict[int, Sequence[Transmitter]] = {}
        self._gathered = 0
        self._flushed_at = 0.0

    def mark(self, transmitters: Sequence[Transmitter]) -> None:
        """They have something to send; until the flush the sequence must stay as it is."""
        if not self._dirty:
            self._schedule()
        self._dirty[id(transmitters)] = transmitters
        self._gathered += 1
        if self._gathered >= _MAX_GATHERED:
            self._flush()

    def _schedule(self) -> None:
        loop = gevent.get_hub().loop
        if perf_counter() - self._flushed_at > FLUSH_SECONDS:
            loop.run_callback(self._flush)
        else:
            self._timer = loop.timer(FLUSH_SECONDS)
            self._timer.start(self._flush)

    def _flush(self) -> None:
        dirty, self._dirty, self._gathered = self._dirty, {}, 0
        joined = Joined()
        for transmitters in dirty.values():
            for transmitter in transmitters:
                transmitter.flush(joined)
        self._flushed_at = perf_counter()


class Transmitter:
    """The one writer of a socket. Past either bound of the backlog it cuts the socket.

    ``pending`` is what was written and not flushed yet. Who broadcasts may append a frame to it
    directly, for many transmitters, and then ``mark`` them all with their Flusher.
    """

    def __init__(self, sock: socket.socket, flusher: Flusher) -> None:
        self.pending: list[bytes] = []
        self._sock = sock
        self._flusher = flusher
        self._alone = (self,)
        self._backlog: deque[tuple[memoryview, int]] = deque()
        self._backlog_bytes = self._backlog_frames = 0
        self._open = True
        self._finishing = False
        self._watcher: Any = None

    def write(self, frame: bytes) -> None:
        """Send a frame after all that were written before it; never waits, never raises."""
        self.pending.append(frame)
        self._flusher.mark(self._alone)

    def flush(self, joined: Joined) -> None:
        """Hand what is pending to the kernel, or to the backlog."""
        if not self.pending:
            return
        data, count = joined.bytes_of(self.pending), len(self.pending)
        self.pending.clear()
        if not self._open:
            return
        sent = 0 if self._backlog else self._send(data)
        if sent < len(data):
            self._keep(memoryview(data)[sent:], count)

    def finish(self) -> None:
        """Tell the other side, after all that was written, that nothing more will come."""
        self.flush(Joined())
        self._finishing = True
        if self._open and not self._backlog:
            self._shut(socket.SHUT_WR)

    def cut(self) -> None:
        """End the connection at once; must come before the socket's own close."""
        if self._open:
            self._open = False
            self._backlog.clear()
            if self._watcher is not None:
                self._watcher.stop()
                self._watcher.close()
            self._shut(socket.SHUT_RDWR)

    def _shut(self, how: int) -> None:
        with contextlib.suppress(OSError):
            self._sock.shutdown(how)

    def _keep(self, rest: memoryview, frames: int) -> None:
        if not self._backlog:
            if self._watcher is None:
                self._watcher = gevent.get_hub().loop.io(self._sock.fileno(), _WRITABLE)
            self._watcher.start(self._drain)
        self._backlog.append((rest, frames))
        self._backlog_bytes += len(rest)
        self._backlog_frames += frames
        if self._backlog_frames > MAX_BACKLOG_FRAMES or self._backlog_bytes > MAX_BACKLOG_BYTES:
            _log.info("closed a client too slow to take what is said")
            self.cut()

    def _drain(self) -> None:
        """Called by the event loop when the kernel takes bytes again."""
        while self._backlog:
            view, frames = self._backlog[0]
            sent = self._send(view)
            if not self._open:
                return
            self._backlog_bytes -= sent
            if sent < len(view):
                self._backlog[0] = (view[sent:], frames)
                return
            self._backlog.popleft()
            self._backlog_frames -= frames
        self._watcher.stop()
        if self._finishing:
            self._shut(socket.SHUT_WR)

    def _send(self, data: bytes | memoryview) -> int:
        """How many bytes the kernel took without waiting."""
        try:
            # gevent's socket: a timeout of 0 makes this one call non-blocking.
            return int(self._sock.send(data, 0, timeout=0.0))  # type: ignore[call-arg]
        except BlockingIOError:
            return 0
        except OSError:
            self.cut()
            return len(data)

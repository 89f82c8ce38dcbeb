"""The one writer of a socket: whole frames, in order, joined to few sends, never waiting.

Every byte for a client (broadcasts, acknowledgements, pings, close) leaves through its
SocketWriter, in the order in which it was written. All writers share one Flusher:

    broadcast ──┐                                      ┌──► kernel
                ├──► Flusher ──(end of the loop's turn)┤
    write ──────┘                                      └──► backlog ──(writable again)──► kernel

- Joined: a system call costs more than the frame that it carries. Under load one send carries many
  frames; when it is calm a turn of the loop is over at once and nothing waits.
- Shared: what is broadcast within a turn is kept once for its group, and all are sent the same
  joined bytes. Who gets something of their own meanwhile, an acknowledgement or a ping, has a list
  of their own from then on, with the turn's broadcasts before it and after it. So what waits for a
  client is in one list: the group's or their own.
- Never waiting: what the kernel does not take goes to the writer's bounded backlog, and nothing
  goes past that. So one slow client costs nobody else a moment, and a frame is never cut short
  (``socket.send`` may take only a part of it; the stock stack loses the rest).
"""

from __future__ import annotations

import contextlib
import socket
from collections import deque
from collections.abc import Sequence
from time import perf_counter
from typing import Any

import gevent

from lanchat.live.backlog import MAX_BACKLOG_BYTES, MAX_BACKLOG_FRAMES, SlowClients
from lanchat.live.nonblocking import non_blocking_send, tcp_shutdown

_GATHER_SECONDS = 0.002
"""After a long flush, the next one waits for so long: what is said meanwhile shares its sends."""

_LONG_FLUSH_SECONDS = 0.001
"""With a few clients a flush is shorter, and waiting would cost more time than it saves."""

_MAX_GATHERED = 100
"""So many broadcasts are flushed without waiting for the turn's end."""

_WRITABLE = 2  # libev's EV_WRITE, as ``loop.io`` takes it


class SocketWriter:
    """The one writer of a socket. Past either bound of its backlog it aborts the connection."""

    def __init__(self, sock: socket.socket, flusher: Flusher) -> None:
        self.send = non_blocking_send(sock)
        """Past the backlog: for the Flusher, where there is none."""
        self._sock = sock
        self._shutdown = tcp_shutdown(sock)
        self._flusher = flusher
        self._backlog: deque[tuple[bytes | memoryview, int]] | None = None
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

    def write_now(self, data: bytes, frames: int) -> None:
        """Hand so many joined frames to the kernel, or to the backlog."""
        if self._open:
            sent = 0 if self._backlog else self._send(data)
            if sent < len(data):
                self.enqueue(memoryview(data)[sent:], frames)

    def enqueue(self, data: bytes | memoryview, frames: int) -> None:
        """Let bytes, the rest of so many frames, wait until the kernel takes them."""
        if not self._open:
            return
        if self._backlog is None:
            self._backlog = deque()
            self._flusher.backlogged.add(self)
            self._watcher = gevent.get_hub().loop.io(self._sock.fileno(), _WRITABLE)
            self._watcher.start(self._drain)
        self._backlog.append((data, frames))
        self._backlog_bytes += len(data)
        self._backlog_frames += frames
        if self._backlog_frames > MAX_BACKLOG_FRAMES or self._backlog_bytes > MAX_BACKLOG_BYTES:
            self._flusher.slow_clients.closed()
            self.abort()

    def write_eof(self) -> None:
        """Tell the other side, after all that was written, that nothing more will come."""
        self._flusher.flush()
        self._finishing = True
        if self._open and not self._backlog:
            self._shut(socket.SHUT_WR)

    def abort(self) -> None:
        """End the connection at once; must come before the socket's own close."""
        if self._open:
            self._open = False
            self._forget_backlog()
            self._shut(socket.SHUT_RDWR)

    def _shut(self, how: int) -> None:
        with contextlib.suppress(OSError):
            self._shutdown(how)

    def _forget_backlog(self) -> None:
        """Nothing waits for the kernel any more; what a backlog is kept in is let go of."""
        if self._backlog is not None:
            self._backlog = None
            self._backlog_bytes = self._backlog_frames = 0
            self._flusher.backlogged.discard(self)
            self._watcher.close()
            self._watcher = None

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
        self._forget_backlog()
        if self._finishing:
            self._shut(socket.SHUT_WR)

    def _send(self, data: bytes | memoryview) -> int:
        """How many bytes the kernel took."""
        try:
            return self.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self.abort()
            return len(data)


class Group:
    """Writers that are broadcast to together; it does not change."""

    def __init__(self, writers: Sequence[SocketWriter]) -> None:
        self.writers = writers
        self.sends = [writer.send for writer in writers]
        self._members = frozenset(writers)

    def __contains__(self, writer: SocketWriter) -> bool:
        return writer in self._members


class Flusher:
    """Keeps what is written within a turn of the event loop, and sends it at the turn's end.

    ``backlogged`` are the writers with a backlog, which they keep up to date themselves.
    """

    def __init__(self) -> None:
        self.slow_clients = SlowClients()
        self.backlogged: set[SocketWriter] = set()
        # What was broadcast in this turn, kept once for all. There is one group at a time: a
        # broadcast to another one flushes first.
        self._group: Group | None = None
        self._frames: list[bytes] = []
        # Who was written to alone in this turn, with all that they get in it, broadcasts too: the
        # few who have acted. A dict finds a writer's list at once, and keeps the order of writes.
        self._own: dict[SocketWriter, list[bytes]] = {}
        self._scheduled = False
        self._flushed_at = 0.0
        self._was_long = False

    @property
    def gathered(self) -> int:
        """How many broadcasts wait for the turn's end."""
        return len(self._frames)

    def gathers_for(self, group: Group) -> bool:
        """Whether what waits is for this group."""
        return self._group is group

    def broadcast(self, group: Group, frame: bytes) -> None:
        """Send a frame to everybody in the group."""
        if self._group is not group:
            if self._frames:
                self.flush()  # or who is in both groups would get the second one's frames first
            self._group = group
        self._frames.append(frame)
        for writer, frames in self._own.items():
            if writer in group:
                frames.append(frame)
        if len(self._frames) >= _MAX_GATHERED:
            self.flush()
        elif not self._scheduled:
            self._schedule()

    def write(self, writer: SocketWriter, frame: bytes) -> None:
        """Send a frame to one, after what was broadcast to it."""
        frames = self._own.get(writer)
        if frames is None:
            broadcast_to = self._group is not None and writer in self._group
            frames = self._own[writer] = self._frames.copy() if broadcast_to else []
        frames.append(frame)
        if not self._scheduled:
            self._schedule()

    def flush(self) -> None:
        """Send everything that was written.

        At the turn's end; sooner for a broadcast to another group, for the hundredth one of a
        turn, and before the last words of a connection. What was scheduled comes all the same,
        and finds less to send or nothing.
        """
        self._scheduled = False
        began = perf_counter()
        group, frames, own = self._group, self._frames, self._own
        self._group, self._frames, self._own = None, [], {}
        if group is not None:
            self._send(group, frames, own)
        for writer, everything in own.items():
            writer.write_now(b"".join(everything), len(everything))
        self._flushed_at = perf_counter()
        self._was_long = self._flushed_at - began > _LONG_FLUSH_SECONDS

    def _send(
        self, group: Group, frames: list[bytes], own: dict[SocketWriter, list[bytes]]
    ) -> None:
        """Send the same bytes to the whole group but those who have a list of their own."""
        data, count = b"".join(frames), len(frames)
        size = len(data)
        others = own.keys() | self.backlogged
        for writer, send in zip(group.writers, group.sends, strict=True):
            if others and writer in others:
                if writer not in own:
                    writer.enqueue(data, count)
                continue
            try:
                sent = send(data)
            except BlockingIOError:
                sent = 0
            except OSError:
                writer.abort()
                continue
            if sent < size:
                writer.enqueue(memoryview(data)[sent:], count)

    def _schedule(self) -> None:
        self._scheduled = True
        loop = gevent.get_hub().loop
        if self._was_long and perf_counter() - self._flushed_at < _GATHER_SECONDS:
            self._timer = loop.timer(_GATHER_SECONDS)
            self._timer.start(self.flush)
        else:
            loop.run_callback(self.flush)

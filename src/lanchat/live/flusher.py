"""When bytes leave: what is written within a turn of the event loop goes out at its end, joined.

A system call costs more than the frame that it carries. So under load one send carries many
frames, and when it is calm a turn is over at once and nothing waits. Where one flush follows on
the other and takes long, because there are many clients, turns are made a little longer.

A broadcast is kept once for all its recipients, and all of them are sent the same joined bytes.
Whoever got something of their own meanwhile, an acknowledgement or a ping, has a list of their
own from then on, in the order of what was written.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from time import perf_counter
from typing import TYPE_CHECKING

import gevent

if TYPE_CHECKING:
    from lanchat.live.transport import Transmitter

_log = logging.getLogger(__name__)

_GATHER_SECONDS = 0.002
"""After a long flush, the next one waits for so long: what is said meanwhile shares its sends."""

_LONG_FLUSH_SECONDS = 0.001
"""With a few clients a flush is shorter, and waiting would cost more time than it saves."""

_MAX_GATHERED = 100
"""So many broadcasts are flushed without waiting for the turn's end."""


class Group:
    """Transmitters that are broadcast to together; it does not change."""

    def __init__(self, transmitters: Sequence[Transmitter]) -> None:
        self.transmitters = transmitters
        self.sends = [transmitter.send for transmitter in transmitters]
        self._members = frozenset(transmitters)

    def __contains__(self, transmitter: Transmitter) -> bool:
        return transmitter in self._members


class SlowClients:
    """How many were closed because too much waited for them."""

    def __init__(self) -> None:
        self.count = 0

    def closed(self) -> None:
        """One more."""
        self.count += 1
        _log.info("closed a client too slow to take what is said")


class Flusher:
    """Flushes transmitters at the end of the loop's turn in which they were written to.

    ``clogged`` are those whose bytes wait for the kernel: a broadcast lines up behind them.
    """

    def __init__(self) -> None:
        self.slow_clients = SlowClients()
        self.clogged: set[Transmitter] = set()
        self._group: Group | None = None
        self._frames: list[bytes] = []
        """What was broadcast to the group in this turn."""
        self._apart: dict[Transmitter, None] = {}
        """Who was written to alone in this turn."""
        self._waiting = False
        self._flushed_at = 0.0
        self._was_long = False

    def broadcast(self, group: Group, frame: bytes) -> None:
        """Send a frame to everybody in the group."""
        if self._group is not group:
            if self._frames:
                self.flush()
            self._group = group
        self._frames.append(frame)
        for transmitter in self._apart:
            if transmitter in group:
                transmitter.pending.append(frame)
        if len(self._frames) >= _MAX_GATHERED:
            self.flush()
        elif not self._waiting:
            self._schedule()

    def write(self, transmitter: Transmitter, frame: bytes) -> None:
        """Send a frame to one, after what was broadcast to it."""
        if transmitter not in self._apart:
            self._apart[transmitter] = None
            if self._group is not None and transmitter in self._group:
                transmitter.pending.extend(self._frames)
        transmitter.pending.append(frame)
        if not self._waiting:
            self._schedule()

    def flush(self) -> None:
        """Send everything that was written."""
        self._waiting = False
        began = perf_counter()
        group, frames, apart = self._group, self._frames, self._apart
        self._group, self._frames, self._apart = None, [], {}
        if group is not None:
            self._send(group, frames, apart.keys() | self.clogged)
        for transmitter in apart:
            transmitter.flush()
        self._flushed_at = perf_counter()
        self._was_long = self._flushed_at - began > _LONG_FLUSH_SECONDS

    def _send(self, group: Group, frames: list[bytes], others: set[Transmitter]) -> None:
        """Send the same bytes to the whole group but those that have a line of their own."""
        data, count = b"".join(frames), len(frames)
        size = len(data)
        for transmitter, send in zip(group.transmitters, group.sends, strict=True):
            if others and transmitter in others:
                if not transmitter.pending:
                    transmitter.line_up(data, count)
                continue
            try:
                sent = send(data)
            except BlockingIOError:
                sent = 0
            except OSError:
                transmitter.cut()
                continue
            if sent < size:
                transmitter.line_up(memoryview(data)[sent:], count)

    def _schedule(self) -> None:
        self._waiting = True
        loop = gevent.get_hub().loop
        if self._was_long and perf_counter() - self._flushed_at < _GATHER_SECONDS:
            self._timer = loop.timer(_GATHER_SECONDS)
            self._timer.start(self.flush)
        else:
            loop.run_callback(self.flush)

"""What people see of their own connections: a view of each who looks, a look of each page.

A view is of one person in one browser, and is there while they look.
"""

from __future__ import annotations

import time
from collections import deque
from time import perf_counter
from typing import TYPE_CHECKING, Any

import gevent

from lanchat.live.inspection.entry import Entry
from lanchat.live.inspection.fanout_trace import Fan
from lanchat.live.inspection.handshake import handshake_of
from lanchat.live.inspection.lines import fan_fact, line, line_of
from lanchat.live.inspection.recorder import captured
from lanchat.live.inspection.seen_frames import KEPT
from lanchat.live.inspection.tap import Tap
from lanchat.live.inspection.tcp_info import AVAILABLE
from lanchat.live.looking import LONGEST_SECONDS, Looking
from lanchat.live.websocket import WebSocket

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

RING = 500
"""So many entries are kept while somebody looks."""

MOST_TAPS = 10
"""So many connections of one browser are looked at."""

_LINK_SECONDS = 1.0
_GATHER_SECONDS = 0.05

_MOST_BYTES = 128 << 10
"""So much is said at once, before others have their turn."""


class View:
    """What one person sees in one browser."""

    def __init__(self) -> None:
        self.began, self.began_at = time.time(), perf_counter()
        self.looks: list[Look] = []
        self.taps: list[Tap] = []
        self.ring: deque[Entry | Fan] = deque(maxlen=RING)
        self.noted = 0
        """How many entries there have been, also those that the ring has no more."""
        self._tapped = 0

    def tap(self, websocket: WebSocket, environ: WSGIEnvironment | None = None) -> None:
        """Look at a connection from now on; with its request, from its beginning.

        Not where enough are looked at.
        """
        if len(self.taps) >= MOST_TAPS:
            return
        self._tapped += 1
        handshake = None if environ is None else handshake_of(environ)
        tap = Tap(websocket, self._tapped, self.note, handshake)
        self.taps.append(tap)
        self.note(Entry(tap, perf_counter(), _opened(tap)))
        tap.lay()

    def note(self, entry: Entry | Fan) -> None:
        """Keep it, and wake who looks."""
        self.ring.append(entry)
        self.noted += 1
        if isinstance(entry, Entry) and entry is entry.tap.closed:
            self.taps.remove(entry.tap)
        for look in self.looks:
            look.wake()

    def since(self, number: int) -> tuple[int, list[Entry | Fan]]:
        """How many entries behind this one are lost, and those that are not."""
        first = self.noted - len(self.ring)
        return max(0, first - number), list(self.ring)[max(0, number - first) :]

    def line(self, entry: Entry | Fan) -> bytes:
        """What an entry says."""
        if isinstance(entry, Entry):
            return line_of(entry, self.seconds)
        found = filter(None, (tap.asked(entry.message_id) for tap in self.taps))
        return line(fan_fact(entry, next(found, None), self.seconds))

    def capture(self) -> bytes:
        """What the ring has, as a file."""
        offset = self.began - self.began_at
        entries = (entry for entry in self.ring if isinstance(entry, Entry))
        return captured(entries, lambda at: at + offset)

    def seconds(self, at: float) -> float:
        """A time by the view's own clock, which begins with it."""
        return round(at - self.began_at, 6)


class Look(Looking):
    """One who looks: lines of JSON, until they have looked long enough."""

    def __init__(self, view: View) -> None:
        super().__init__()
        self._view = view
        self._seen = 0
        self._link_due = 0.0
        self._linked: list[Tap] = []
        """Of which connections it was told last how they do."""

    def greeting(self) -> bytes:
        """The first line: what the others are measured by."""
        return line(
            {
                "kind": "hello",
                "began": round(self._view.began, 6),
                "ring": RING,
                "kept": KEPT,
                "tcp": AVAILABLE,
                "seconds": LONGEST_SECONDS,
            }
        )

    def lines(self) -> bytes:
        """What has been seen since the last call; waits for up to a second. May be empty."""
        if self._more.wait(_LINK_SECONDS) and not self._ended:
            gevent.sleep(_GATHER_SECONDS)  # what comes together leaves together
        self._more.clear()
        said, now = self._seen_since(), perf_counter()
        view = self._view
        if now >= self._link_due or self._linked != view.taps:
            self._link_due, self._linked = now + _LINK_SECONDS, view.taps.copy()
            said += [line({**tap.link(), "at": view.seconds(now)}) for tap in view.taps]
        return b"".join(said)

    def _seen_since(self) -> list[bytes]:
        """The next lines, as many as are said at once."""
        lost, entries = self._view.since(self._seen)
        said = [line({"kind": "lost", "entries": lost})] if lost else []
        self._seen += lost
        size = 0
        for entry in entries:
            if size >= _MOST_BYTES:
                self._more.set()
                break
            said.append(self._view.line(entry))
            size += len(said[-1])
            self._seen += 1
        return said


def _opened(tap: Tap) -> dict[str, Any]:
    """A connection that is looked at."""
    ends = tap.ends
    return {
        "kind": "connection",
        "state": "open",
        "opening": tap.handshake is not None,
        "browser": list(ends.browser),
        "server": list(ends.server),
        "encrypted": ends.encrypted,
    }

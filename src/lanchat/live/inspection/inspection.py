"""Looking at one's own connections: who looks, and at which.

    Look ◄──┐                        ┌── Tap ── WebSocket
    Look ◄──┴─ View (a ring) ◄───────┴── Tap ── WebSocket
                      ▲
                      └── FanTrace ── Flusher

What is seen goes to nobody else, and is forgotten with the last look. While nobody looks at all
nothing lies on any connection, and what this needs is not even imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import gevent

from lanchat.errors import TooManyConnections
from lanchat.live.websocket import WebSocket
from lanchat.live.writer import Flusher

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from lanchat.live.inspection.fanout_trace import Commit, Fan, FanTrace
    from lanchat.live.inspection.trace_file import TraceFile
    from lanchat.live.inspection.view import Look, View

OF_A_BROWSER = 3
IN_ALL = 100
"""So many may look at a time."""

_LAST_SECONDS = 0.1

_AGAIN = 1012
"""The WebSocket close code that asks to connect again (Service Restart)."""

Owner = tuple[str, str]
"""The ids of a person and of their browser: both have to be the same."""


class Inspection:
    """All views of one server. ``attach`` connects it with the stack before anybody looks.

    ``commit_of`` tells of the group commit of a message, where it was this server's; ``file`` gets
    the connections of hosts.
    """

    def __init__(
        self,
        commit_of: Callable[[int], Commit | None] = lambda _: None,
        file: TraceFile | None = None,
    ) -> None:
        self.whose: Callable[[WSGIEnvironment], Owner | None] = lambda _: None
        """Who opens a socket, by the cookie of their request."""
        self._commit_of = commit_of
        self._file = file
        self._views: dict[Owner, View] = {}
        self._fanout_trace: FanTrace | None = None

    def attach(
        self, flusher: Flusher, find: Callable[[str], WebSocket | None], forget: Callable[[], None]
    ) -> None:
        """``find`` gives a connection's WebSocket, ``forget`` lets broadcasts see writers anew."""
        self._flusher, self._find, self._forget = flusher, find, forget

    @contextmanager
    def looking(self, owner: Owner, connections: Iterable[str]) -> Iterator[Look]:
        """Look at an owner's connections: these, and what they open. Raises TooManyConnections."""
        from lanchat.live.inspection.view import Look, View

        view = self._views.get(owner)
        if view is not None and len(view.looks) >= OF_A_BROWSER:
            raise TooManyConnections
        if sum(len(each.looks) for each in self._views.values()) >= IN_ALL:
            raise TooManyConnections
        is_first = view is None
        if view is None:
            view = self._views[owner] = View()
        look = Look(view)
        view.looks.append(look)
        try:
            if is_first:
                self._begin(view, connections)
            yield look
        finally:
            view.looks.remove(look)
            if not view.looks:
                self._finish(owner, view)

    def capture(self, owner: Owner) -> bytes | None:
        """What an owner sees as a file for Wireshark; None while they do not look."""
        view = self._views.get(owner)
        return None if view is None else view.capture()

    def again(self, owner: Owner) -> int:
        """Close the owner's connections, which clients open again; returns how many."""
        view = self._views.get(owner)
        taps = () if view is None else tuple(view.taps)
        for tap in taps:
            tap.websocket.close(_AGAIN, "looked at from its beginning")
        return len(taps)

    def wrap(self, make: Callable[..., WebSocket]) -> Callable[..., Any]:
        """The same maker of WebSockets, but that those of who looks are looked at."""

        def maker(handler: Callable[[WebSocket], Any], server: object) -> Any:
            if not self._views and self._file is None:
                return make(handler, server)
            return partial(self._open, make, handler, server)

        return maker

    def close(self) -> None:
        """All connections are closed: let who looks have the last lines, and nobody look more."""
        for view in self._views.values():
            for look in view.looks:
                look.close()
        if self._views:
            gevent.sleep(_LAST_SECONDS)
        if self._file is not None:
            self._file.close()

    def _open(
        self,
        make: Callable[..., WebSocket],
        handler: Callable[[WebSocket], Any],
        server: object,
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> list[bytes]:
        view = None if (owner := self.whose(environ)) is None else self._views.get(owner)

        def handle(websocket: WebSocket) -> Any:
            if self._file is not None and owner is not None:
                self._file.tap(owner[0], websocket, environ)
            if view is not None and view.looks:
                view.tap(websocket, environ)  # the answer has not left yet
            return handler(websocket)

        return make(handle, server)(environ, start_response)

    def _begin(self, view: View, connections: Iterable[str]) -> None:
        from lanchat.live.inspection.fanout_trace import FanTrace

        if self._fanout_trace is None:
            authors = _Authors(self._views)
            self._fanout_trace = FanTrace(self._flusher, authors, self._commit_of, self._note_fan)
            self._fanout_trace.start()
        self._flusher.flush()  # whole frames have left before: what comes next begins with one
        for connection in connections:
            if (websocket := self._find(connection)) is not None:
                view.tap(websocket)
        self._forget()

    def _finish(self, owner: Owner, view: View) -> None:
        del self._views[owner]
        for tap in view.taps:
            tap.lift()
        self._forget()
        if self._fanout_trace is not None and not self._views:
            from lanchat.live.inspection.lines import forget

            self._fanout_trace.stop()
            self._fanout_trace = None
            forget()

    def _note_fan(self, fan: Fan) -> None:
        for (user_id, _), view in self._views.items():
            if user_id == fan.author:
                view.note(fan)


class _Authors:
    """The people who look."""

    def __init__(self, views: dict[Owner, View]) -> None:
        self._views = views

    def __contains__(self, user_id: object) -> bool:
        return any(each == user_id for each, _ in self._views)

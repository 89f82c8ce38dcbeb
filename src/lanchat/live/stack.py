"""Where lanchat enters the Socket.IO stack, and the private names that it touches there.

Read in python-engineio 4.15.1 and python-socketio 5.18.1 (pyproject.toml keeps to those minor
versions, and ``tests/live/test_stack.py`` fails when a name moves):

- ``engineio.Server._async``, a dict of the classes that a server uses, is copied and replaced
  on our instance: our WebSocket and our bounded queue stand in for the stock ones;
- ``engineio.Server.handlers["message"]``, where python-socketio gets its packets, is wrapped
  (``packets.py``), so that a packet which cannot be read ends one connection and nothing else.

Not private, but not documented either, and hence held by the same test: ``handle_request`` of
the engine is replaced on our instance (``endpoint.py``); ``sockets`` and ``environ`` say which
sessions there are, ``manager.sid_from_eio_sid`` which of them have joined the namespace and
``manager.rooms`` how many; of a session we use ``sid``, ``session``, ``connected``,
``upgrading``, ``upgraded``, ``closed``, ``queue``, ``receive``, ``close`` and
``check_ping_timeout``.

What only makes it faster has a list of its own, and is done without where that must be: see
``fastpath.py``.
"""

from __future__ import annotations

import importlib.util
import logging
import time
from functools import partial
from typing import Any, NamedTuple

import gevent
import socketio

from lanchat.errors import CannotStart
from lanchat.live.backlog import BoundedQueue
from lanchat.live.endpoint import Endpoint
from lanchat.live.fastpath import speed_up
from lanchat.live.packets import EventHandlers, PacketJson, PacketReader
from lanchat.live.websocket import MAX_MESSAGE_BYTES, WebSocket
from lanchat.live.writer import Flusher
from lanchat.periodic import Periodic

STOCK_LOG = logging.getLogger(f"{__name__}.stock")
"""What the stock stack says of itself: every packet, and as errors what any client may cause."""

STOCK_LOG.setLevel(logging.CRITICAL)

GOING_AWAY = 1001
"""The WebSocket close code of a server that stops (RFC 6455, 7.4.1)."""

SILENT_SECONDS = 10.0
"""How long a session may stay outside the namespace: before it connects, refused, or gone."""

MAX_SILENT_SESSIONS = 200
"""How many such sessions one address may have; a whole class behind one proxy is fewer."""

_SWEEP_SECONDS = 0.5

SERVER_OPTIONS: dict[str, Any] = {
    "async_mode": "gevent",
    # One event at a time for each client: with the default every event is a thread of its own,
    # and they overtake each other.
    "async_handlers": False,
    "max_http_buffer_size": MAX_MESSAGE_BYTES,
    # The guard checks origins, for pages and sockets alike.
    "cors_allowed_origins": [],
    "json": PacketJson,
    "logger": STOCK_LOG,
    "engineio_logger": STOCK_LOG,
}
"""What python-socketio's server must be made with."""


class Traffic(NamedTuple):
    """Connections, and what waits for them, at one moment; ``slow`` is since the start."""

    websockets: int
    polling: int
    waiting_packets: int
    waiting_bytes: int
    longest: int
    """The bytes that wait for the slowest client."""
    slow: int


class Stack:
    """The Socket.IO server as fitted for lanchat."""

    def __init__(
        self, server: socketio.Server, events: EventHandlers, max_silent: int = MAX_SILENT_SESSIONS
    ) -> None:
        self._server = server
        self._engine = server.eio
        self._max_silent = max_silent
        self._opened: set[WebSocket] = set()
        flusher = Flusher()
        self._slow_clients = flusher.slow_clients
        stock = self._engine._async  # noqa: SLF001
        self._engine._async = {  # noqa: SLF001
            **stock,
            "websocket": partial(WebSocket, self._opened, flusher),
            "queue": partial(BoundedQueue, flusher.slow_clients),
        }
        events.attach(server)
        reader = PacketReader(self._engine, self._engine.handlers["message"], events)
        self._engine.on("message", reader)
        self._engine.handle_request = Endpoint(self._engine, self._is_crowded)
        speed_up(server, flusher, reader)
        self._silent_since: dict[str, float] = {}
        self._sweeper = Periodic(self._sweep, _SWEEP_SECONDS, name="silent sessions")

    def close(self, timeout: float) -> None:
        """Close every connection.

        Returns when all clients have answered or gone, or after ``timeout`` seconds: some answer
        and leave their end open until they notice that ours is gone.
        """
        self._sweeper.close()
        for websocket in list(self._opened):
            websocket.close(GOING_AWAY, "the server is stopping")
        for session in list(self._engine.sockets.values()):
            session.close(wait=False)
        deadline = gevent.Timeout(timeout, False)  # type: ignore[arg-type]
        with deadline:
            gevent.sleep(0.01)  # answers of ours to those who close by themselves leave, too
            while any(not websocket.has_ended for websocket in self._opened):
                gevent.sleep(0.01)

    def traffic(self) -> Traffic:
        """Who is connected now, and what waits for them: looked at when somebody asks."""
        sessions = [s for s in self._engine.sockets.values() if s.connected and not s.closed]
        upgraded = sum(session.upgraded for session in sessions)
        backlogs = [websocket.writer.backlog for websocket in self._opened]
        backlogs += [session.queue.backlog for session in sessions]
        sizes = [size for _, size in backlogs]
        return Traffic(
            websockets=upgraded,
            polling=len(sessions) - upgraded,
            waiting_packets=sum(packets for packets, _ in backlogs),
            waiting_bytes=sum(sizes),
            longest=max(sizes, default=0),
            slow=self._slow_clients.count,
        )

    def _sweep(self) -> None:
        """Close the sessions that stay outside the namespace for SILENT_SECONDS."""
        now, sessions, since = time.monotonic(), self._engine.sockets, self._silent_since
        silent = [sid for sid in list(sessions) if self._silent(sid)]
        self._silent_since = {sid: since.get(sid, now) for sid in silent}
        for sid, start in self._silent_since.items():
            if now - start >= SILENT_SECONDS and sid in sessions:
                sessions[sid].close(wait=False)

    def _silent(self, sid: str) -> bool:
        return self._server.manager.sid_from_eio_sid(sid, "/") is None

    def _is_crowded(self, address: str) -> bool:
        """Whether an address has all the silent sessions that it may have; 0 is no limit."""
        # Behind a Unix socket nobody has an address.
        if not address or not self._max_silent:
            return False
        joined = self._server.manager.rooms.get("/", {}).get(None, ())
        if len(self._server.environ) - len(joined) < self._max_silent:
            return False  # nor all addresses together: the rule, and no reason to look at each
        silent: int = sum(
            environ.get("REMOTE_ADDR") == address and self._silent(sid)
            for sid, environ in self._server.environ.items()
        )
        return silent >= self._max_silent


def refuse_gevent_websocket() -> None:
    """python-engineio would prefer it silently, and bypass all that is promised of the wire."""
    if importlib.util.find_spec("geventwebsocket") is not None:
        raise CannotStart(
            "the package gevent-websocket is installed and would take lanchat's place on the "
            "wire; remove it: pip uninstall gevent-websocket"
        )

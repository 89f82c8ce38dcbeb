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
import random
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import gevent
import socketio

from lanchat.errors import CannotStart
from lanchat.live.backlog import BoundedQueue
from lanchat.live.classroom.class_view import ClassView
from lanchat.live.classroom.listening import Listening, resent
from lanchat.live.endpoint import Endpoint
from lanchat.live.fastpath import speed_up
from lanchat.live.inspection.inspection import Inspection
from lanchat.live.packets import EventHandlers, PacketJson, PacketReader
from lanchat.live.readers import Readers
from lanchat.live.websocket import MAX_MESSAGE_BYTES, WebSocket
from lanchat.live.writer import Flusher
from lanchat.periodic import Periodic

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

STOCK_LOG = logging.getLogger(f"{__name__}.stock")
"""What the stock stack says of itself: every packet, and as errors what any client may cause."""

STOCK_LOG.setLevel(logging.CRITICAL)

GOING_AWAY = 1001
"""The WebSocket close code of a server that stops (RFC 6455, 7.4.1)."""

SILENT_SECONDS = 10.0
"""How long a session may stay outside the namespace: before it connects, refused, or gone."""

MAX_SILENT_SESSIONS = 200
"""How many such sessions one address may have; a whole class behind one proxy is fewer."""


class SilentLimits(NamedTuple):
    """How many sessions may be outside the namespace: of one address (0: no limit), and in all."""

    per_address: int = MAX_SILENT_SESSIONS
    most: int = 1_000


_SWEEP_SECONDS = 0.5

_LEAVE_A_SECOND = 400
"""So many clients of a server that stops are let go in a second, where others take them."""

_LEAVE_WITHIN = 5.0
"""Seconds within which all are, however many they are."""

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
    """The Socket.IO server as fitted for lanchat.

    ``is_known`` says whether a request carries a session cookie that lets its person in, ``polls``
    whether clients may do without a WebSocket, ``inspection`` who looks at their own, and
    ``class_view`` what hosts see of all.
    """

    def __init__(
        self,
        server: socketio.Server,
        events: EventHandlers,
        limits: SilentLimits = SilentLimits(),  # noqa: B008  it is a constant
        is_known: Callable[[WSGIEnvironment], bool] = lambda _: False,
        *,
        polls: bool = True,
        inspection: Inspection | None = None,
        class_view: ClassView | None = None,
    ) -> None:
        self._server = server
        self._engine = server.eio
        self._limits = limits
        self._is_known = is_known
        self._opened: set[WebSocket] = set()
        flusher = Flusher()
        self._slow_clients = flusher.slow_clients
        websocket: Callable[..., WebSocket] = partial(WebSocket, self._opened, flusher, Readers())
        if inspection is not None:
            websocket = inspection.wrap(websocket)
        stock = self._engine._async  # noqa: SLF001
        self._engine._async = {  # noqa: SLF001
            **stock,
            "websocket": websocket,
            "queue": partial(BoundedQueue, flusher.slow_clients),
        }
        events.attach(server)
        reader = PacketReader(self._engine, self._engine.handlers["message"], events)
        self._engine.on("message", reader)
        opening = speed_up(server, flusher, reader, websocket)
        endpoint = Endpoint(self._engine, self._is_crowded, opening, polls=polls)
        self._engine.handle_request = endpoint
        if inspection is not None:
            forget = getattr(server.manager, "forget_audiences", lambda: None)
            inspection.attach(flusher, self._websocket_of, forget)
        if class_view is not None:
            heartbeat = None if opening is None else opening.heartbeat
            listening = Listening(server, events, reader, heartbeat)
            class_view.attach(listening, self._troubles, self._engine.ping_interval)
        self._silent_since: dict[str, float] = {}
        self._sweeper = Periodic(self._sweep, _SWEEP_SECONDS, name="silent sessions")

    def let_go(self) -> None:
        """Close the WebSockets one after another, so that other servers can take their clients.

        They come again by themselves, each at a moment of its own, and in no order: so the others
        get them evenly. Meanwhile those that are left go on.
        """
        leaving = list(self._opened)
        random.shuffle(leaving)
        pause = min(1 / _LEAVE_A_SECOND, _LEAVE_WITHIN / max(1, len(leaving)))
        start = time.monotonic()
        for number, websocket in enumerate(leaving):
            gevent.sleep(max(0.0, start + number * pause - time.monotonic()))
            websocket.close(GOING_AWAY, "the server is stopping")

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

    def _websocket_of(self, connection: str) -> WebSocket | None:
        """The WebSocket of a connection, if it has one; the stock way not after it has polled."""
        sid = self._server.manager.eio_sid_from_sid(connection, "/")
        found: WebSocket | None = getattr(self._engine.sockets.get(sid), "websocket", None)
        return found or self._server.environ.get(sid, {}).get("lanchat.websocket")

    def _troubles(self) -> dict[str, tuple[int, int]]:
        """The connections whose network takes less than there is for it."""
        found: dict[str, tuple[int, int]] = {}
        for sid, session in list(self._engine.sockets.items()):
            websocket = getattr(session, "websocket", None)
            connection = self._server.manager.sid_from_eio_sid(sid, "/")
            if websocket is None or connection is None:
                continue
            trouble = websocket.writer.backlog[0], resent(websocket._sock)  # noqa: SLF001
            if any(trouble):
                found[connection] = trouble
        return found

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

    def _is_crowded(self, environ: WSGIEnvironment) -> bool:
        """Whether no further session may be opened by this request.

        Where there are too many silent ones, who carries a good cookie takes the place of the
        oldest: it has had its time, since clients join as soon as their session is open.
        """
        crowd = self._crowd(environ.get("REMOTE_ADDR", ""))
        if not crowd:
            return False
        if not self._is_known(environ):
            return True
        self._engine.sockets[crowd[0]].close(wait=False)
        return False

    def _crowd(self, address: str) -> list[str]:
        """The silent sessions, oldest first, of an address or of all; none where there is room."""
        sockets = self._engine.sockets
        joined = self._server.manager.rooms.get("/", {}).get(None, ())
        silent = max(len(sockets), len(self._opened)) - len(joined)
        # Behind a Unix socket nobody has an address.
        limit = self._limits.per_address if address else 0
        if silent < min(limit or self._limits.most, self._limits.most):
            return []  # the rule, and no reason to look at each
        environs = self._server.environ
        all_silent = [sid for sid in sockets if self._silent(sid) and not sockets[sid].closed]
        own = [sid for sid in all_silent if environs.get(sid, {}).get("REMOTE_ADDR") == address]
        if limit and len(own) >= limit:
            return own
        return all_silent if silent >= self._limits.most else []


def refuse_gevent_websocket() -> None:
    """python-engineio would prefer it silently, and bypass all that is promised of the wire."""
    if importlib.util.find_spec("geventwebsocket") is not None:
        raise CannotStart(
            "the package gevent-websocket is installed and would take lanchat's place on the "
            "wire; remove it: pip uninstall gevent-websocket"
        )

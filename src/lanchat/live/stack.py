"""Where lanchat enters the Socket.IO stack, and the private names that it touches there.

Read in python-engineio 4.15.1 and python-socketio 5.18.1 (pyproject.toml keeps to those minor
versions, and ``tests/live/test_stack.py`` fails when a name moves):

- ``engineio.Server._async``, a dict of the classes that a server uses, is copied and replaced
  on our instance: our WebSocket and our bounded queue stand in for the stock ones;
- ``engineio.Server.handlers["message"]``, python-socketio's entrance for packets, is wrapped,
  so that a packet which cannot be read ends one connection and nothing else.
"""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

import gevent.queue
import socketio
from engineio.packet import CLOSE, Packet
from engineio.payload import Payload

from lanchat.errors import CannotStart
from lanchat.live import codec
from lanchat.live.transport import MAX_BACKLOG_FRAMES
from lanchat.live.websocket import MAX_MESSAGE_BYTES, WebSocket

_log = logging.getLogger(__name__)

STOCK_LOG = logging.getLogger(f"{__name__}.stock")
"""What the stock stack says of itself: every packet, and as errors what any client may cause."""

STOCK_LOG.setLevel(logging.CRITICAL)

GOING_AWAY = 1001
"""The WebSocket close code of a server that stops (RFC 6455, 7.4.1)."""

SERVER_OPTIONS: dict[str, Any] = {
    "async_mode": "gevent",
    # One event at a time for each client: with the default every event is a thread of its own,
    # and they overtake each other.
    "async_handlers": False,
    "max_http_buffer_size": MAX_MESSAGE_BYTES,
    # The guard checks origins, for pages and sockets alike.
    "cors_allowed_origins": [],
    "json": codec,
    "logger": STOCK_LOG,
    "engineio_logger": STOCK_LOG,
}
"""What python-socketio's server must be made with."""


class BoundedQueue(gevent.queue.JoinableQueue[Any]):
    """What waits for a client between two of its polls.

    Past the bound everything that waits is replaced by one CLOSE: the client connects anew and
    catches up. ``put`` never blocks, so that one silent client stops no broadcast.
    """

    _full = False

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Add a packet, or None for the end."""
        if item is not None and self.qsize() >= MAX_BACKLOG_FRAMES:
            self._full = True
            while self.qsize():
                self.get(block=False)
                self.task_done()
            item = Packet(CLOSE)
        elif self._full and item is not None:
            return
        super().put(item, block, timeout)


class Stack:
    """The Socket.IO server as fitted for lanchat."""

    def __init__(self, server: socketio.Server) -> None:
        self._engine = server.eio
        self._opened: set[WebSocket] = set()
        stock = self._engine._async  # noqa: SLF001
        self._engine._async = {  # noqa: SLF001
            **stock,
            "websocket": partial(WebSocket, self._opened),
            "queue": BoundedQueue,
        }
        self._engine.on("message", self._guarded(self._engine.handlers["message"]))
        # A polling client that was away sends its whole queue at once; size is what bounds it.
        Payload.max_decode_packets = MAX_MESSAGE_BYTES

    def close(self, timeout: float) -> None:
        """Close every connection; returns when all have gone, or after ``timeout`` seconds."""
        for websocket in list(self._opened):
            websocket.close(GOING_AWAY, "the server is stopping")
        for session in list(self._engine.sockets.values()):
            session.close(wait=False)
        deadline = gevent.Timeout(timeout, False)  # type: ignore[arg-type]
        with deadline:
            while self._opened:
                gevent.sleep(0.01)

    def _guarded(self, handle: Callable[[str, Any], None]) -> Callable[[str, Any], None]:
        def guarded(session: str, packet: Any) -> None:
            try:
                handle(session, packet)
            except (ValueError, TypeError, LookupError, AttributeError) as error:
                _log.info("closed a connection whose packet cannot be read: %r", error)
                if session in self._engine.sockets:
                    self._engine.sockets[session].close(wait=False)

        return guarded


def refuse_gevent_websocket() -> None:
    """python-engineio would prefer it silently, and bypass all that is promised of the wire."""
    if importlib.util.find_spec("geventwebsocket") is not None:
        raise CannotStart(
            "the package gevent-websocket is installed and would take lanchat's place on the "
            "wire; remove it: pip uninstall gevent-websocket"
        )

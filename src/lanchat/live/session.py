"""An Engine.IO session that writes by itself.

The stock one has a greenlet that takes packets from a queue and another one that sleeps until
the next ping. Here a packet goes to the session's SocketWriter at once, and one Heartbeat pings
everybody. The queue is for clients that poll, and for what waits during an upgrade:

    poll ──► queue ──(upgrade is complete)──► SocketWriter
"""

from __future__ import annotations

import time
import weakref
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import engineio.socket
import gevent
import msgspec
from engineio.exceptions import SocketIsClosedError
from engineio.packet import CLOSE, MESSAGE, NOOP, OPEN, PING, PONG, UPGRADE, Packet

from lanchat.live.backlog import NO_QUEUE
from lanchat.live.packets import PacketReader
from lanchat.live.websocket import WebSocket
from lanchat.live.writer import SocketWriter

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_PROBE = "probe"
_CLOSE, _PONG, _MESSAGE, _UPGRADE = map(str, (CLOSE, PONG, MESSAGE, UPGRADE))
_MESSAGE_BYTE = _MESSAGE.encode()
_OPEN = str(OPEN).encode()


class Session(engineio.socket.Socket):  # type: ignore[misc]  # it has no types
    """One client. ``on_websocket`` is called when it has its WebSocket."""

    last_ping: float | None
    connected: bool
    queue: Any

    def __init__(
        self,
        server: Any,
        sid: str,
        *,
        heartbeat: Heartbeat,
        reader: PacketReader,
        on_websocket: Callable[[Session], None],
    ) -> None:
        super().__init__(server, sid)
        self.last_ping = time.monotonic()
        self._heartbeat = heartbeat
        self._reader = reader
        self._on_websocket = on_websocket
        self._websocket: WebSocket | None = None

    @property
    def websocket(self) -> WebSocket | None:
        """The one that it has; None while it polls."""
        return self._websocket

    @property
    def writer(self) -> SocketWriter | None:
        """Where frames for this client go; None while it polls."""
        return None if self._websocket is None else self._websocket.writer

    def send(self, pkt: Packet) -> None:
        """Send a packet, or let it wait for the next poll. Raises SocketIsClosedError."""
        if not self.check_ping_timeout():
            return
        if self._websocket is None:
            self.queue.put(pkt)
        else:
            self._write(self._websocket, pkt)

    def write(self, text: bytes) -> None:
        """Send a message that is encoded; nothing where the session has ended."""
        if self.closed or not self.check_ping_timeout():
            return
        if self._websocket is None:
            self.queue.put(Packet(MESSAGE, text.decode()))
        else:
            with suppress(OSError):  # it is closing
                self._websocket.send_text(_MESSAGE_BYTE + text)

    def check_ping_timeout(self) -> bool:
        """Whether the last ping was answered in time; else the session is closed.

        The stock one asks the clock on the wall: set ahead, that would end sessions, and set back,
        keep those that are gone. Raises SocketIsClosedError.
        """
        if self.closed:
            raise SocketIsClosedError
        ping = self.last_ping
        if ping is None or time.monotonic() - ping <= self.server.ping_timeout:
            return True
        self.close(wait=False, reason=self.server.reason.PING_TIMEOUT)
        return False

    def schedule_ping(self) -> None:
        """Ping after the interval, if the last ping was answered."""
        if self.last_ping:
            self.last_ping = None
            self._heartbeat.schedule(self)

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """End the session; with a WebSocket there is nothing to wait for."""
        if self.closed or self.closing:
            return
        super().close(wait=wait and self._websocket is None, abort=abort, reason=reason)
        if self._websocket is not None:  # since others were told of the end, perhaps
            self._websocket.close()

    def _write(self, websocket: WebSocket, pkt: Packet) -> None:
        with suppress(OSError):  # it is closing
            websocket.send(pkt.encode())

    def _websocket_handler(self, websocket: WebSocket) -> list[bytes]:
        """Called by the engine with a WebSocket, for a new session or one that polls."""
        has_polled = self.connected
        if has_polled:
            self.upgrading = True
            upgraded = self._upgrade(websocket)
            self.upgrading = False
            if not upgraded:
                return []
        self.connected = self.upgraded = True
        self._begin_writing(websocket)
        if has_polled:
            self.queue.put(None)  # ends a poll that waits all the same
        self.queue = NO_QUEUE
        websocket.serve(self)
        return []

    def take(self, message: str | bytes) -> bool:
        """Called with what the client sends; False for what no client may send."""
        kind = message[0]
        if kind == _MESSAGE:
            self._reader.read(self, message[1:])
        elif isinstance(message, bytes):
            self._reader.read(self, message)
        elif kind == _PONG:
            self.schedule_ping()
        elif kind == _CLOSE:
            self.close(wait=False, abort=True, reason=self.server.reason.CLIENT_DISCONNECT)
        elif kind != _UPGRADE:
            return False
        return True

    def end(self) -> None:
        """Called when the connection has ended; the engine forgets the session, if it has not."""
        self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
        if self.closed:
            self.server.sockets.pop(self.sid, None)

    def _upgrade(self, websocket: WebSocket) -> bool:
        """The client tries its WebSocket and then leaves polling for it."""
        if websocket.wait() != f"{PING}{_PROBE}":
            return False
        websocket.send(f"{PONG}{_PROBE}")
        self.queue.put(Packet(NOOP))  # ends a poll that waits
        return websocket.wait() == _UPGRADE

    def _begin_writing(self, websocket: WebSocket) -> None:
        """From here on packets go to the WebSocket; first those that are queued."""
        self._websocket = websocket
        while not self.queue.empty():
            pkt = self.queue.get(block=False)
            self.queue.task_done()
            if pkt is None:
                websocket.close()
            else:
                self._write(websocket, pkt)
        self._on_websocket(self)


class Opening:
    """Opens sessions that have a WebSocket from the beginning, as most have.

    ``heartbeat`` is what pings them.

    The engine's own way reads the request once more, and lets the first packet wait in a queue.
    """

    def __init__(
        self,
        engine: Any,
        make: Callable[[Any, str], Session],
        websocket: Callable[[Callable[[WebSocket], Any], Any], WebSocket],
        heartbeat: Heartbeat,
    ) -> None:
        self.heartbeat = heartbeat
        self._engine = engine
        self._make = make
        self._websocket = websocket

    @property
    def is_ready(self) -> bool:
        """Whether the engine has begun to look after sessions, as it does with the first one."""
        return not getattr(self._engine, "start_service_task", True)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        engine = self._engine
        sid = engine.generate_id()
        session = engine.sockets[sid] = self._make(engine, sid)
        about = {
            "sid": sid,
            "upgrades": [],
            "pingTimeout": int(engine.ping_timeout * 1000),
            "pingInterval": int(engine.ping_interval) * 1000,
            "maxPayload": engine.max_http_buffer_size,
        }
        greeting = _OPEN + msgspec.json.encode(about)

        def greet(websocket: WebSocket) -> list[bytes]:
            websocket.send_text(greeting)
            return session._websocket_handler(websocket)  # noqa: SLF001

        engine.handlers["connect"](sid, environ)
        session.schedule_ping()
        chunks = self._websocket(greet, engine)(environ, start_response)
        if session.closed:
            engine.sockets.pop(sid, None)
        return chunks


class Heartbeat:
    """Pings sessions ``interval`` seconds after they asked for it.

    The interval is the same for all, so those that wait for their next ping stand in the order in
    which they are due: a queue, and one greenlet that sleeps until its first entry is.
    """

    def __init__(self, interval: float) -> None:
        self._interval = interval
        # Weak, so that a session which is over is not kept in memory until its ping is due.
        self._due: deque[tuple[float, weakref.ref[Any]]] = deque()
        self._beating: gevent.Greenlet[..., None] | None = None

    def schedule(self, session: Any) -> None:
        """Ping the session once, after the interval."""
        self._due.append((time.monotonic() + self._interval, weakref.ref(session)))
        if not self._beating:
            self._beating = gevent.spawn(self._beat)

    def ping(self, session: Any) -> None:
        """Ping a session now."""
        session.last_ping = time.monotonic()
        session.send(Packet(PING))

    def _beat(self) -> None:
        while self._due:
            due, reference = self._due[0]
            wait = due - time.monotonic()
            if wait > 0:
                gevent.sleep(wait)
                continue
            self._due.popleft()
            session = reference()
            if session is not None and not session.closing and not session.closed:
                self.ping(session)
            del session

"""One WebSocket: messages in with limits, messages out through its SocketWriter.

    engine.io ──send──► WebSocket ──frame──► SocketWriter ──► kernel
    engine.io ◄──wait── WebSocket ◄───────── FrameCutter ◄─── recv

python-engineio calls this class in place of its own WebSocket driver (see ``stack.py``): as
``(handler, server)``, then as a WSGI application; ``send``, ``wait`` and ``close`` are its face.
Texts in one piece go past wsproto; it speaks the rest of the protocol, and does no I/O.

A session of ours does not ask for messages, it is called with them (``serve``). So where the WSGI
server lets us keep the socket (``lanchat.keep_socket``), the request ends with the opening, and all
that it has needed goes with it: a watcher tells when there is something to read, and readers
(``readers.py``) read it. Elsewhere the request's greenlet does, as long as the connection lasts:
under gunicorn, which closes the socket with the request.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import gevent
from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, Event, Message, Ping, TextMessage
from wsproto.frame_protocol import CloseReason, Opcode
from wsproto.utilities import generate_accept_token

from lanchat.errors import FrameTooLarge
from lanchat.live.frames import FrameCutter, build_frame
from lanchat.live.nonblocking import WOULD_WAIT, is_held_back
from lanchat.live.readers import Readers
from lanchat.live.writer import Flusher, SocketWriter

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MAX_MESSAGE_BYTES = 64 << 10
"""The largest message that a client may send, in bytes."""

_RECEIVE_BYTES = 2 << 10
"""How much of a client is handled before others have their turn: a few hundred tiny frames."""

_CLOSE_TIMEOUT = 2.0
"""Seconds that a client has to answer a close before its socket is cut."""

_ENGINE_IO_TYPES = frozenset("0123456")
_NOOP = "6"
_READABLE = 1  # libev's EV_READ, as ``loop.io`` takes it


class Listener(Protocol):
    """Who is called with what comes."""

    def take(self, message: str | bytes) -> bool:
        """Take the next message; whether there may be another one."""

    def end(self) -> None:
        """Nothing more will come."""


class WebSocket:
    """A WebSocket for python-engineio. ``opened`` holds every open one."""

    _listener: Any = None
    _watcher: Any = None

    _reading = False
    """Whether a reader is with what has come, perhaps waiting for others; also when all is over."""

    def __init__(
        self,
        opened: set[WebSocket],
        flusher: Flusher,
        readers: Readers,
        handler: Callable[[WebSocket], Any],
        _server: object,
    ) -> None:
        self._opened = opened
        self._flusher = flusher
        self._readers = readers
        self._handler = handler
        self._frames = FrameCutter(MAX_MESSAGE_BYTES)
        self._events: Iterator[Event] = iter(())
        self._parts: list[str | bytes] = []
        self._closing = self._ended = False

    def __call__(self, environ: WSGIEnvironment, _start_response: StartResponse) -> list[bytes]:
        """Serve the connection until it ends; ``endpoint.py`` has checked the handshake."""
        sock = environ.get("lanchat.socket") or environ.get("gunicorn.socket")
        if sock is None:
            raise RuntimeError("the WSGI server does not hand out the connection's socket")
        environ["lanchat.websocket"] = self
        self._sock = sock
        self._keep_socket: Callable[[], None] | None = environ.pop("lanchat.keep_socket", None)
        self._open(_accept(environ.get("HTTP_SEC_WEBSOCKET_KEY", "")))
        return []

    def send(self, data: str | bytes) -> None:
        """Send one message. Raises OSError where the connection is closing."""
        if self._closing:
            raise OSError("the WebSocket is closing")
        if data == _NOOP:
            return  # it ends a poll, and here there is none
        if isinstance(data, str):
            self.writer.write(build_frame(data.encode()))
        else:
            self.writer.write(build_frame(data, Opcode.BINARY))

    def send_text(self, text: bytes) -> None:
        """Send a text that is encoded. Raises OSError where the connection is closing."""
        if self._closing:
            raise OSError("the WebSocket is closing")
        self.writer.write(build_frame(text))

    def wait(self) -> str | bytes | None:
        """The next message, or None when the connection has ended."""
        try:
            while (message := self._next()) is None:
                if self._ended or not self._await():
                    return None
        except FrameTooLarge as error:
            self.close(CloseReason.MESSAGE_TOO_BIG, str(error))
            return None
        return message

    def serve(self, listener: Listener) -> None:
        """Call the listener with all that comes from now on.

        Returns when the connection has ended, or at once where a watcher tells of what comes.
        """
        goes_on = False
        try:
            goes_on = self._hand_on(listener)  # what has come right behind an upgrade
            while goes_on and self._keep_socket is None:
                goes_on = self._await() and self._hand_on(listener)
        finally:  # otherwise the person would stay for a minute after a defect of ours
            if goes_on:
                self._listener = listener
            else:
                listener.end()

    def close(self, code: int = CloseReason.NORMAL_CLOSURE, reason: str | None = None) -> None:
        """Begin to close; a client that does not answer soon is cut off."""
        if self._closing:
            return
        self._closing = True
        self.writer.write(self._protocol.send(CloseConnection(code, reason)))
        gevent.spawn_later(_CLOSE_TIMEOUT, self.writer.abort)

    @property
    def has_ended(self) -> bool:
        """Whether the client has closed, or answered our close: it has read what came before."""
        return self._ended

    @cached_property
    def _protocol(self) -> Connection:
        """For everything but texts in one piece; most connections need it when they close."""
        return Connection(ConnectionType.SERVER)

    def _open(self, reply: bytes) -> None:
        self.writer = SocketWriter(self._sock, self._flusher)
        self._opened.add(self)
        try:
            # Nagle's algorithm would keep the last recipients of a broadcast waiting for 40 ms.
            with contextlib.suppress(OSError):
                self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.writer.write(reply)
            handler = self._handler
            del self._handler  # it has this one, so that only the collector would find them
            handler(self)
            if self._listener is not None and self._keep_socket is not None:
                self._watch(self._keep_socket)
            else:
                self._linger()
        finally:
            if self._watcher is None:
                self._end()

    def _watch(self, keep_socket: Callable[[], None]) -> None:
        """The socket is ours from now on, and the greenlet of its request may go."""
        keep_socket()
        del self._keep_socket
        self._sock.settimeout(0.0)
        loop = gevent.get_hub().loop
        self._watcher = loop.io(self._sock.fileno(), _READABLE)
        self._watcher.start(self._on_readable)
        if is_held_back(self._sock):
            loop.run_callback(self._on_readable)

    def _on_readable(self) -> None:
        """Called by the event loop, for which a reader reads and, where it must, waits.

        The watcher is stopped while one waits, as for the answers of a hundred events, and so
        leaves the rest in the socket. As a rule none does, and the watcher just goes on: to stop
        it and to start it in another turn would be two system calls for each message.
        """
        if not self._reading:  # as what TLS held back at the opening may be, or even over
            self._readers.run(self._read)
        if self._reading:
            self._watcher.stop()

    def _read(self) -> None:
        """What has come, as far as it fits into one turn; the watcher tells of the rest again."""
        self._reading = True
        goes_on = False
        try:
            goes_on = self._receive() and self._hand_on(self._listener)
            while goes_on and is_held_back(self._sock):
                gevent.sleep(0)
                goes_on = self._receive() and self._hand_on(self._listener)
        finally:
            if not goes_on:
                self._finish()
            else:
                self._reading = False
                if not self._watcher.active:
                    self._watcher.start(self._on_readable)

    def _finish(self) -> None:
        """The end of a connection that was watched."""
        self._watcher.close()
        self._sock.settimeout(None)
        try:
            self._listener.end()
            self._linger()
        finally:
            del self._listener  # it has this one, too
            self._end()
            self._sock.close()

    def _end(self) -> None:
        self._closing = True
        self._opened.discard(self)
        self.writer.abort()

    def _linger(self) -> None:
        """Let the client read our close: a socket closed with unread input is reset instead."""
        self.writer.write_eof()
        timeout = gevent.Timeout(_CLOSE_TIMEOUT, False)  # type: ignore[arg-type]
        with contextlib.suppress(OSError), timeout:
            while self._sock.recv(_RECEIVE_BYTES):
                gevent.sleep(0)  # or one who goes on sending would never let the time pass

    def _await(self) -> bool:
        """Wait for more; whether the connection goes on."""
        # With a chatty client recv never blocks, and its greenlet would starve all others.
        gevent.sleep(0)
        return self._receive()

    def _receive(self) -> bool:
        try:
            data = self._sock.recv(_RECEIVE_BYTES)
        except WOULD_WAIT:
            return True  # a watcher may tell of nothing, or of half of what TLS can read
        except OSError:
            return False
        self._frames.feed(data)
        return bool(data)

    def _hand_on(self, listener: Listener) -> bool:
        """Give what was received to the listener; whether the connection goes on."""
        try:
            while (message := self._next()) is not None:
                if not listener.take(message):
                    return False
        except FrameTooLarge as error:
            self.close(CloseReason.MESSAGE_TOO_BIG, str(error))
            return False
        return not self._ended

    def _next(self) -> str | bytes | None:
        """The next message of what was received; None when it is not complete or at the end."""
        while True:
            for event in self._events:
                message = self._handle(event)
                if message is not None or self._ended:
                    return message
            frame = self._frames.next()
            if frame is None:
                return None
            if isinstance(frame, bytes):
                self._protocol.receive_data(frame)
                self._events = self._protocol.events()
            elif not self._closing and (message := self._checked(frame)) is not None:
                return message

    def _handle(self, event: Event) -> str | bytes | None:
        """Answer what belongs to the protocol; returns the message that an event completes."""
        if isinstance(event, CloseConnection):
            # The client closes, answers our close or broke the protocol (then with a code).
            self._ended = True
            if not self._closing:
                self._closing = True
                self.writer.write(self._protocol.send(event.response()))
        elif self._closing:
            pass  # what still comes before the answer to our close
        elif isinstance(event, Ping):
            self.writer.write(self._protocol.send(event.response()))
        elif isinstance(event, Message):
            return self._assemble(event)
        return None

    def _assemble(self, event: Message[Any]) -> str | bytes | None:
        """The message that this part completes."""
        part = event.data
        if part:
            self._parts.append(part if isinstance(part, str) else bytes(part))
        if not event.message_finished:
            return None
        empty = "" if isinstance(event, TextMessage) else b""
        message = empty.join(self._parts)  # type: ignore[arg-type]
        self._parts.clear()
        return self._checked(message)

    def _checked(self, message: str | bytes) -> str | bytes | None:
        """The message, if it can be a packet of Engine.IO; otherwise the end."""
        if message and (isinstance(message, bytes) or message[0] in _ENGINE_IO_TYPES):
            return message
        self.close(CloseReason.PROTOCOL_ERROR, "not an Engine.IO packet")
        return None


def _accept(key: str) -> bytes:
    """Our side of the opening handshake (RFC 6455, 4.2.2).

    No extension is accepted: permessage-deflate would let a small message grow to 300 MB and
    would keep a frame from being shared by its recipients.
    """
    token = generate_accept_token(key.encode("latin-1"))
    return (
        b"HTTP/1.1 101 Switching Protocols\r\n"
        b"Upgrade: websocket\r\n"
        b"Connection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + token + b"\r\n\r\n"
    )

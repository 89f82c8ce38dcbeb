"""One WebSocket: messages in with limits, messages out through its Transmitter.

    engine.io ──send──► WebSocket ──frame──► Transmitter ──► kernel
    engine.io ◄──wait── WebSocket ◄──────── recv (limit applied while receiving)

python-engineio calls this class in place of its own WebSocket driver (see ``stack.py``): as
``(handler, server)``, then as a WSGI application; ``send``, ``wait`` and ``close`` are its face.
Frames are built and parsed by wsproto, which does no I/O of its own.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import gevent
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Message, Ping, TextMessage
from wsproto.extensions import Extension
from wsproto.frame_protocol import CloseReason, FrameDecoder, FrameProtocol, Opcode, RsvBits
from wsproto.utilities import generate_accept_token

from lanchat.live.transport import Transmitter

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MAX_MESSAGE_BYTES = 64 << 10
"""The largest message that a client may send, in bytes."""

_RECEIVE_BYTES = 16 << 10
_CLOSE_TIMEOUT = 2.0
"""Seconds that a client has to answer a close before its socket is cut."""

_ENGINE_IO_TYPES = frozenset("0123456")
_NOOP = "6"
_TOO_BIG = CloseConnection(CloseReason.MESSAGE_TOO_BIG, "more than 64 KiB")


class SizeLimit(Extension):
    """Refuses a frame by its header, before any of its bytes, when its message gets too large.

    To wsproto it is an extension, as those see every header; clients never hear of it.
    """

    name = "size-limit"

    def __init__(self) -> None:
        self._size = 0

    def enabled(self) -> bool:
        """Without negotiation."""
        return True

    def offer(self) -> bool:
        """Never: it changes nothing on the wire."""
        return False

    def frame_inbound_header(
        self,
        proto: FrameDecoder | FrameProtocol,  # noqa: ARG002
        opcode: Opcode,
        rsv: RsvBits,  # noqa: ARG002
        payload_length: int,
    ) -> CloseReason | RsvBits:
        """Count what the frame announces to the message that it is a part of."""
        if not opcode.iscontrol():
            before = self._size if opcode is Opcode.CONTINUATION else 0
            self._size = before + payload_length
            if self._size > MAX_MESSAGE_BYTES:
                return CloseReason.MESSAGE_TOO_BIG
        return RsvBits(rsv1=False, rsv2=False, rsv3=False)


class WebSocket:
    """A WebSocket for python-engineio. ``opened`` holds every open one."""

    def __init__(
        self, opened: set[WebSocket], handler: Callable[[WebSocket], Any], _server: object
    ) -> None:
        self._opened = opened
        self._handler = handler
        self._protocol = Connection(ConnectionType.SERVER, [SizeLimit()])
        self._events: Iterator[Event] = iter(())
        self._parts: list[str | bytes] = []
        self._closing = False

    def __call__(self, environ: WSGIEnvironment, _start_response: StartResponse) -> list[bytes]:
        """Serve the connection until it ends; ``entrance.py`` has checked the handshake."""
        sock = environ.get("lanchat.socket") or environ.get("gunicorn.socket")
        if sock is None:
            raise RuntimeError("the WSGI server does not hand out the connection's socket")
        environ["lanchat.websocket"] = self
        self._serve(sock, _accept(environ.get("HTTP_SEC_WEBSOCKET_KEY", "")))
        if "gunicorn.socket" in environ:
            raise StopIteration  # tells gunicorn's workers that the response is done
        return []

    def send(self, data: str | bytes) -> None:
        """Send one message. Raises OSError where the connection is closing."""
        if self._closing:
            raise OSError("the WebSocket is closing")
        if data == _NOOP:
            return  # it ends a poll, and here there is none
        message = BytesMessage(data) if isinstance(data, bytes) else TextMessage(data)
        self._transmitter.write(self._protocol.send(message))

    def wait(self) -> str | bytes | None:
        """The next message, or None when the connection has ended."""
        while True:
            # With a chatty client recv never blocks, and its greenlet would starve all others.
            gevent.sleep(0)
            event = next(self._events, None)
            if event is None:
                if not self._receive():
                    return None
            elif isinstance(event, CloseConnection):
                # The client closes, answers our close or broke the protocol (then with a code).
                if not self._closing:
                    self._closing = True
                    answer = _TOO_BIG if event.code == _TOO_BIG.code else event.response()
                    self._transmitter.write(self._protocol.send(answer))
                return None
            elif self._closing:
                continue  # what still comes before the answer to our close
            elif isinstance(event, Ping):
                self._transmitter.write(self._protocol.send(event.response()))
            elif isinstance(event, Message):
                message = self._assemble(event)
                if message is not None:
                    return message

    def close(self, code: int = CloseReason.NORMAL_CLOSURE, reason: str | None = None) -> None:
        """Begin to close; a client that does not answer soon is cut off."""
        if self._closing:
            return
        self._closing = True
        self._transmitter.write(self._protocol.send(CloseConnection(code, reason)))
        gevent.spawn_later(_CLOSE_TIMEOUT, self._transmitter.cut)

    def _serve(self, sock: socket.socket, reply: bytes) -> None:
        self._sock = sock
        self._transmitter = Transmitter(sock)
        self._opened.add(self)
        try:
            # Nagle's algorithm would keep the last recipients of a broadcast waiting for 40 ms.
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._transmitter.write(reply)
            self._handler(self)
            self._linger()
        finally:
            self._closing = True
            self._opened.discard(self)
            self._transmitter.cut()

    def _linger(self) -> None:
        """Let the client read our close: a socket closed with unread input is reset instead."""
        self._transmitter.finish()
        timeout = gevent.Timeout(_CLOSE_TIMEOUT, False)  # type: ignore[arg-type]
        with contextlib.suppress(OSError), timeout:
            while self._sock.recv(_RECEIVE_BYTES):
                gevent.sleep(0)  # or one who goes on sending would never let the time pass

    def _receive(self) -> bool:
        try:
            data = self._sock.recv(_RECEIVE_BYTES)
        except OSError:
            return False
        if not data:
            return False
        self._protocol.receive_data(data)
        self._events = self._protocol.events()
        return True

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
        if not message or (isinstance(message, str) and message[0] not in _ENGINE_IO_TYPES):
            self.close(CloseReason.PROTOCOL_ERROR, "not an Engine.IO packet")
            return None
        return message


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

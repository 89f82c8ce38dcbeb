"""gevent's WSGI server with deadlines, so that a slow request holds up nobody.

pywsgi waits for ever for the rest of a request that was begun (the Slowloris attack lives on
that). Here a request has to be there, body included, within REQUEST_SECONDS, or its connection
is closed; so it is where nobody takes the answer. Bodies are small and are read before the
application runs.

A head is refused with 400 where servers disagree on what it means: a proxy in front could take
the end of one request for the beginning of the next (request smuggling).
"""

from __future__ import annotations

import contextlib
import errno
import io
import logging
import re
import socket
import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

import gevent
import gevent.ssl
from gevent import pywsgi

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_log = logging.getLogger(__name__)

REQUEST_SECONDS = 10.0
ANSWER_SECONDS = 20.0
"""How long a client has to take an answer; whoever takes none would hold its socket for ever."""

LINGER_SECONDS = 2.0
"""How long a client whose body was refused has to read why."""

MAX_BODY_BYTES = 64 << 10
"""The largest body that is read; what is larger is left to the application to refuse."""

MAX_HEAD_BYTES = 32 << 10
"""The longest head; cookies of other programs on the same machine come along, too."""

MAX_FIELDS = 100
"""The most lines of a head."""

_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\0\r\n]*)\r?\n")
"""One line of a head (RFC 9112, 5): no space before the colon, nothing folded, no NUL.

The spaces around the value are not its part, but to look for them here would take a time that
grows with the square of their number.
"""

_READ_AHEAD = 2 << 10
"""Bytes that are read of a request before they are asked for; most heads are shorter."""

_TLS_HANDSHAKE = b"\x16"

_BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


def make_server(
    listener: socket.socket, app: WSGIApplication, context: ssl.SSLContext | None = None
) -> pywsgi.WSGIServer:
    """A server for the listening socket, not started yet; with a ``context`` it speaks TLS."""
    return Server(
        listener,
        app,
        context,
        handler_class=Handler,
        log=None,
        error_log=pywsgi.LoggingLogAdapter(_log, logging.DEBUG),
        # Otherwise pywsgi asks the resolver, for seconds where there is no internet.
        environ={"SERVER_NAME": socket.gethostname()},
    )


class Server(pywsgi.WSGIServer):
    """pywsgi's server; with a ``context`` it speaks TLS to whoever begins with that.

    Others go on in the clear, for the application to tell them where to go: their requests have
    the scheme http.
    """

    def __init__(
        self,
        listener: socket.socket,
        app: WSGIApplication,
        context: ssl.SSLContext | None,
        **settings: Any,
    ) -> None:
        super().__init__(listener, app, **settings)
        self._context = context

    def handle(self, sock: Any, address: Any) -> None:
        """Called in a greenlet of the connection's own: a handshake holds up nobody else."""
        if self._context is None or not _begins_tls(sock):
            super().handle(sock, address)
            return
        with contextlib.suppress(OSError):  # a client that has gone is no error, here neither
            encrypted = self._context.wrap_socket(
                sock, server_side=True, do_handshake_on_connect=False
            )
            with contextlib.closing(encrypted):
                if _shake_hands(encrypted):
                    super().handle(encrypted, address)


class Handler(pywsgi.WSGIHandler):
    """One connection. It also hands its socket to the application, as gunicorn does."""

    _unread = False

    def __init__(self, sock: Any, address: Any, server: pywsgi.WSGIServer) -> None:
        super().__init__(sock, address, server)
        # pywsgi's reader has 8 KiB, and a WebSocket keeps it to its end: a fifth of its memory.
        self.rfile.close()
        self.rfile = sock.makefile("rb", _READ_AHEAD)

    def handle(self) -> None:
        """A client that has gone is no error."""
        with contextlib.suppress(OSError):
            # pywsgi sends head and body apart; the body would wait 40 ms for the client's ACK.
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            super().handle()

    def handle_one_request(self) -> Any:
        self._deadline = gevent.Timeout(REQUEST_SECONDS, False)  # type: ignore[arg-type]
        try:
            with self._deadline:
                return super().handle_one_request()
        except OSError:  # pywsgi's word for a body in chunks that are none
            return "400", _BAD_REQUEST
        return None  # type: ignore[unreachable]  # the deadline passed: pywsgi hangs up

    def read_request(self, raw_requestline: str) -> Any:
        """Parse a head. Raises ValueError, which pywsgi answers with 400."""
        try:
            return super().read_request(raw_requestline)
        except (IndexError, OSError) as error:
            raise ValueError(str(error)) from None  # else pywsgi would print a traceback

    def MessageClass(self, source: Any, *_: object) -> Any:  # noqa: N802  pywsgi's name
        """Called by ``read_request`` for the lines after the first."""
        return _Head(source)

    def get_environ(self) -> dict[str, Any]:
        """Called when the head of the request is complete."""
        environ: dict[str, Any] = super().get_environ()
        environ["lanchat.socket"] = self.socket
        if isinstance(self.socket, gevent.ssl.SSLSocket):
            environ["wsgi.url_scheme"] = "https"
        environ["wsgi.input"] = io.BytesIO(self._read_body())
        self._deadline.cancel()
        return environ

    def _read_body(self) -> bytes:
        source = self.wsgi_input
        if source is None:  # not after get_environ
            return b""
        body = b""
        if (source.content_length or 0) <= MAX_BODY_BYTES:
            body = source.read(MAX_BODY_BYTES + 1)
            if len(body) <= MAX_BODY_BYTES:
                return body
        # Too large. Nor shall pywsgi read the rest, to find the next request behind it.
        source.content_length = 0
        source.chunked_input = False
        self.close_connection = True
        self._unread = True
        return body

    def log_request(self) -> None:
        """Write no line for each request: pywsgi makes one even where nobody reads it."""

    def start_response(self, status: str, headers: Any, exc_info: Any = None) -> Any:
        if self._unread:
            headers = [*headers, ("Connection", "close")]
        return super().start_response(status, headers, exc_info)

    def _sendall(self, data: bytes) -> None:
        """Called for an answer, or for each piece of one; pywsgi says nothing of EPIPE."""
        with gevent.Timeout(ANSWER_SECONDS, BrokenPipeError(errno.EPIPE, "it is not taken")):
            try:
                super()._sendall(data)  # type: ignore[misc]  # the stubs leave it out
            except ssl.SSLError as error:  # what EPIPE is called over TLS
                raise BrokenPipeError(errno.EPIPE, str(error)) from None

    def handle_one_response(self) -> None:
        super().handle_one_response()
        if self._unread:
            self._linger()

    def _linger(self) -> None:
        """Let the client read the answer: a socket closed with unread input is reset instead."""
        timeout = gevent.Timeout(LINGER_SECONDS, False)  # type: ignore[arg-type]
        with contextlib.suppress(OSError), timeout:
            self.socket.shutdown(socket.SHUT_WR)
            while self.socket.recv(MAX_BODY_BYTES):
                gevent.sleep(0)  # or one who goes on sending would never let the time pass


def _begins_tls(sock: socket.socket) -> bool:
    """Whether the client's first byte is that of a handshake; it is left to be read again."""
    deadline = gevent.Timeout(REQUEST_SECONDS, False)  # type: ignore[arg-type]
    with contextlib.suppress(OSError), deadline:
        return sock.recv(1, socket.MSG_PEEK) == _TLS_HANDSHAKE
    return False  # pywsgi waits for as long again, or finds that the client has gone


def _shake_hands(sock: ssl.SSLSocket) -> bool:
    """Whether a handshake was made in time."""
    deadline = gevent.Timeout(REQUEST_SECONDS, False)  # type: ignore[arg-type]
    with contextlib.suppress(OSError), deadline:
        sock.do_handshake()
        return True
    return False


class _Lines(Protocol):
    def readline(self, limit: int, /) -> bytes: ...


class _Head:
    """The fields of a head, as far as pywsgi asks for them.

    The standard library's way, a parser for mail, takes several times as long, and a page has 40
    files. Raises ValueError for a line that is no field, past the limits, and where it is not
    plain what the head means.
    """

    status = ""  # pywsgi's word for what is wrong; here that is raised

    def __init__(self, source: _Lines) -> None:
        self._fields: list[tuple[str, str]] = []
        self._values: dict[str, list[str]] = {}
        left = MAX_HEAD_BYTES
        while (line := source.readline(left + 1)) not in (b"\r\n", b"\n"):
            left -= len(line)
            field = _FIELD.fullmatch(line.decode("latin-1"))
            if left < 0 or len(self._fields) == MAX_FIELDS or field is None:
                raise ValueError("the head is too long or malformed")
            name, value = field[1], field[2].strip(" \t")
            self._fields.append((name, value))
            self._values.setdefault(name.lower(), []).append(value)
        self._check()

    @property
    def headers(self) -> Iterator[str]:
        """The lines, as pywsgi makes its environment of them."""
        return (f"{name}: {value}" for name, value in self._fields)

    @property
    def typeheader(self) -> str | None:
        return self.get("content-type")

    def get(self, name: str, default: str | None = None) -> str | None:
        """The field's first value; case does not matter."""
        values = self._values.get(name.lower())
        return values[0] if values else default

    getheader = get

    def __delitem__(self, name: str) -> None:
        """Raises KeyError: of what pywsgi would delete, ``_check`` has let nothing in."""
        raise KeyError(name)

    def _check(self) -> None:
        """Raises ValueError where it is not plain what the head means (RFC 9112, 6.3)."""
        lengths = self._values.get("content-length", [])
        codings = self._values.get("transfer-encoding", [])
        if len(lengths) + len(codings) > 1:
            raise ValueError("the length of the body is told twice")
        if not all(length.isascii() and length.isdigit() for length in lengths):
            raise ValueError("the length of the body is no number")
        if any(coding.lower() != "chunked" for coding in codings):
            raise ValueError("the body is coded in an unknown way")
        if len(self._values.get("host", [])) > 1:
            raise ValueError("the host is told twice")

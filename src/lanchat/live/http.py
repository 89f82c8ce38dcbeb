"""gevent's WSGI server with deadlines, so that a slow request holds up nobody.

pywsgi waits for ever for the rest of a request that was begun (the Slowloris attack lives on
that). Here a request has to be there, body included, within REQUEST_SECONDS, or its connection
is closed. Bodies are small and are read before the application runs.

A head is refused with 400 where servers disagree on what it means: a proxy in front could take
the end of one request for the beginning of the next (request smuggling).
"""

from __future__ import annotations

import contextlib
import email.errors
import http.client
import io
import logging
import socket
from typing import TYPE_CHECKING, Any, Protocol

import gevent
from gevent import pywsgi

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_log = logging.getLogger(__name__)

REQUEST_SECONDS = 10.0
LINGER_SECONDS = 2.0
"""How long a client whose body was refused has to read why."""

MAX_BODY_BYTES = 64 << 10
"""The largest body that is read; what is larger is left to the application to refuse."""

MAX_HEAD_BYTES = 32 << 10
"""The longest head; cookies of other programs on the same machine come along, too."""

_DEFECTS = (
    email.errors.FirstHeaderLineIsContinuationDefect,
    email.errors.InvalidHeaderDefect,
    email.errors.MisplacedEnvelopeHeaderDefect,
    email.errors.MissingHeaderBodySeparatorDefect,
)

_BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


def make_server(listener: socket.socket, app: WSGIApplication) -> pywsgi.WSGIServer:
    """A server for the listening socket, not started yet."""
    return pywsgi.WSGIServer(
        listener,
        app,
        handler_class=Handler,
        log=None,
        error_log=pywsgi.LoggingLogAdapter(_log, logging.DEBUG),
        # Otherwise pywsgi asks the resolver, for seconds where there is no internet.
        environ={"SERVER_NAME": socket.gethostname()},
    )


class Handler(pywsgi.WSGIHandler):
    """One connection. It also hands its socket to the application, as gunicorn does."""

    _unread = False

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
        except (http.client.HTTPException, IndexError, OSError) as error:
            raise ValueError(str(error)) from None  # else pywsgi would print a traceback

    def MessageClass(self, source: Any, *_: object) -> Any:  # noqa: N802  pywsgi's name
        """Called by ``read_request`` for the lines after the first."""
        headers = super().MessageClass(_Head(source))  # type: ignore[arg-type]
        _check(headers)
        return headers

    def get_environ(self) -> dict[str, Any]:
        """Called when the head of the request is complete."""
        environ: dict[str, Any] = super().get_environ()
        environ["lanchat.socket"] = self.socket
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

    def start_response(self, status: str, headers: Any, exc_info: Any = None) -> Any:
        if self._unread:
            headers = [*headers, ("Connection", "close")]
        return super().start_response(status, headers, exc_info)

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


class _Lines(Protocol):
    def readline(self, limit: int, /) -> bytes: ...


class _Head:
    """The lines of a head, up to MAX_HEAD_BYTES. Raises ValueError past that."""

    def __init__(self, source: _Lines) -> None:
        self._source = source
        self._left = MAX_HEAD_BYTES

    def readline(self, limit: int) -> bytes:
        line = self._source.readline(min(limit, self._left + 1))
        self._left -= len(line)
        if self._left < 0:
            raise ValueError("the head is too long")
        return line


def _check(headers: http.client.HTTPMessage) -> None:
    """Raises ValueError where it is not plain what the head means (RFC 9112, 6.3 and 5)."""
    lengths = headers.get_all("Content-Length", [])
    codings = headers.get_all("Transfer-Encoding", [])
    if len(lengths) + len(codings) > 1:
        raise ValueError("the length of the body is told twice")
    if not all(length.isascii() and length.isdigit() for length in lengths):
        raise ValueError("the length of the body is no number")
    if any(coding.lower() != "chunked" for coding in codings):
        raise ValueError("the body is coded in an unknown way")
    if len(headers.get_all("Host", [])) > 1:
        raise ValueError("the host is told twice")
    # The other defects that email's parser reports are of bodies, which it has not seen.
    if any(isinstance(defect, _DEFECTS) for defect in headers.defects):
        raise ValueError("a header is malformed")
    if any(set(value) & set("\0\r\n") for value in headers.values()):
        raise ValueError("a header has a control character or a second line")

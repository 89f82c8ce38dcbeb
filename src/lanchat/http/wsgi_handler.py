"""pywsgi's handler of a connection with deadlines, so that a slow client holds up nobody.

pywsgi waits for ever for the rest of a request that was begun (the Slowloris attack lives on
that). Here a request has to be there, body included, within REQUEST_SECONDS, or its connection
is closed; so it is where nobody takes the answer. Bodies that the application streams, and files
that it answers with, may take longer, as long as they go on (``progress.py``).

Of pywsgi one private name is overridden, ``_sendall``; not documented either are ``rfile``,
``wsgi_input``, ``close_connection``, ``result``, ``response_length``, ``provided_content_length``,
``response_use_chunked``, ``MessageClass`` and the methods below (read in gevent 26.9).
tests/http/test_wsgi_handler.py fails where they do something else.
"""

from __future__ import annotations

import contextlib
import errno
import io
import socket
from collections.abc import Iterator
from functools import partial
from typing import Any

import gevent
import gevent.ssl
from gevent import pywsgi

from lanchat.http.bodies import Body, linger, read_body
from lanchat.http.file_answer import FileWrapper, Way, send_file
from lanchat.http.heads import Head
from lanchat.http.pace import BYTES_OF_ONE, LONGEST_DELAY
from lanchat.http.progress import Progress
from lanchat.http.streamed_body import StreamedBody
from lanchat.http.waiting import Waiting, has_gone

REQUEST_SECONDS = 10.0
ANSWER_SECONDS = 20.0
"""How long a client has to take an answer; whoever takes none would hold its socket for ever."""

_READ_AHEAD = 2 << 10
"""Bytes that are read of a request before they are asked for; most heads are shorter."""

_BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Handler(pywsgi.WSGIHandler):
    """One connection. It also hands its socket to the application, as gunicorn does.

    Of a request that is to become something else the application may keep it
    (``lanchat.keep_socket``).
    """

    server: Any  # ours, which knows who waits

    _unread = False
    """Whether a body was left in the socket: then no request can follow in this connection."""

    _stream: StreamedBody | None = None
    """The request's body, where the application reads it as it comes."""

    _asker = ""
    """Whose pace it is that a transfer has to keep."""

    _head_size = 0

    _gone = False
    """Whether the client is not there any more to be told what is wrong."""

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
        result = self._handle_one_request()
        if not isinstance(result, tuple):
            return result
        if not self._gone:  # pywsgi would wait for ever until its refusal is taken
            with self._answering():
                self.socket.sendall(result[1])
        return None

    def _handle_one_request(self) -> Any:
        self._deadline = gevent.Timeout(REQUEST_SECONDS, False)  # type: ignore[arg-type]
        try:
            with self._deadline, waits(self.server.waiting, self.socket, self.client_address):
                return super().handle_one_request()
        except OSError as error:  # pywsgi's word, too, for a body in chunks that are none
            self._gone = isinstance(error.errno, int)  # in chunks that are none it is a text
            return "400", _BAD_REQUEST
        return None  # type: ignore[unreachable]  # the deadline passed: pywsgi hangs up

    def read_request(self, raw_requestline: str) -> Any:
        """Parse a head. Raises ValueError, which pywsgi answers with 400."""
        try:
            return super().read_request(raw_requestline)
        except (IndexError, OSError) as error:
            self._gone = isinstance(error, OSError) and isinstance(error.errno, int)
            raise ValueError(str(error)) from None  # else pywsgi would print a traceback

    def MessageClass(self, source: Any, *_: object) -> Any:  # noqa: N802  pywsgi's name
        """Called by ``read_request`` for the lines after the first."""
        head = Head(source)
        self._head_size = head.size
        return head

    def get_environ(self) -> dict[str, Any]:
        """Called when the head of the request is complete."""
        environ: dict[str, Any] = super().get_environ()
        environ["lanchat.socket"] = self.socket
        environ["lanchat.has_gone"] = partial(has_gone, self.socket)
        if isinstance(self.socket, gevent.ssl.SSLSocket):
            environ["wsgi.url_scheme"] = "https"
        environ["wsgi.file_wrapper"] = FileWrapper
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
        self._asker = self.server.pace.asker(host_of(self.client_address), forwarded)
        body, size = self._take_body(environ)
        environ["wsgi.input"] = body
        if "HTTP_UPGRADE" in environ and not self._unread:  # else the rest of the body comes
            environ["lanchat.keep_socket"] = self._keep_socket
            environ["lanchat.head"] = self.requestline, self.headers
        cost = 1 + (self._head_size + size) // BYTES_OF_ONE
        await_turn(self.server, self.socket, self.client_address, cost, forwarded)
        self._deadline.cancel()
        self.server.waiting.remove(self.socket, host_of(self.client_address))
        return environ

    def _keep_socket(self) -> None:
        """The application keeps the socket and closes it; its request ends without an answer."""
        self.server.kept.add(self.socket)
        self.socket = None  # type: ignore[assignment]  # pywsgi asks for that
        self.close_connection = True
        self.environ = None  # which holds this method, so that only the collector would find it

    def _take_body(self, environ: dict[str, Any]) -> tuple[io.RawIOBase | io.BytesIO, int]:
        """The body, and how much of it was read."""
        self._stream = None
        if self.wsgi_input is not None and self.server.streams(self.command, environ["PATH_INFO"]):
            self._stream = StreamedBody(
                self.socket,
                self.wsgi_input,
                Progress(self._await_turn),
                is_awaited=environ.get("HTTP_EXPECT", "").lower() == "100-continue",
            )
            self.wsgi_input = pywsgi.Input(self.rfile, 0)  # what pywsgi finds nothing left in
            return self._stream, 0
        content = self._read_body().content
        return io.BytesIO(content), len(content)

    def _await_turn(self) -> None:
        """Wait until the address may transfer more, which others may as well meanwhile."""
        delay = self.server.pace.delay(self._asker)
        gevent.sleep(LONGEST_DELAY if delay is None else delay)

    def _read_body(self) -> Body:
        if self.wsgi_input is None:  # not after get_environ
            return Body(b"", complete=True)
        body = read_body(self.wsgi_input)
        if not body.complete:
            self.close_connection = True
            self._unread = True
        return body

    def log_request(self) -> None:
        """Write no line for each request: pywsgi makes one even where nobody reads it."""

    def start_response(self, status: str, headers: Any, exc_info: Any = None) -> Any:
        if self._stream is not None and self._stream.unread:
            self.close_connection = True
            self._unread = True
        if self._unread:
            headers = [*headers, ("Connection", "close")]
        return super().start_response(status, headers, exc_info)

    def finalize_headers(self) -> None:
        super().finalize_headers()
        if self.command == "HEAD":  # the end of a body would be taken for the next answer
            self.response_use_chunked = False

    def process_result(self) -> None:
        """Send what the application has answered."""
        answer: Any = self.result
        if not isinstance(answer, FileWrapper) or self.provided_content_length is None:
            super().process_result()
            return
        self.write(b"")  # the head
        size = int(self.provided_content_length)
        way = Way(
            self.socket,
            self.server.threads,
            Progress(self._await_turn),
            partial(waits, self.server.waiting, self.socket, self.client_address),
        )
        for sent in send_file(answer.file, size, way):
            self.response_length += sent

    def _sendall(self, data: bytes) -> None:
        """Called for an answer, or for each piece of one; pywsgi says nothing of EPIPE."""
        with self._answering():
            super()._sendall(data)  # type: ignore[misc]  # the stubs leave it out

    def handle_one_response(self) -> None:
        super().handle_one_response()
        if self._unread:
            with waits(self.server.waiting, self.socket, self.client_address):
                linger(self.socket)

    @contextlib.contextmanager
    def _answering(self) -> Iterator[None]:
        """While somebody has to take an answer. Raises BrokenPipeError where they do not."""
        late = gevent.Timeout(ANSWER_SECONDS, BrokenPipeError(errno.EPIPE, "it is not taken"))
        with late, waits(self.server.waiting, self.socket, self.client_address):
            try:
                yield
            except OSError as error:  # over TLS and when it is closed here it has other names
                raise BrokenPipeError(errno.EPIPE, str(error)) from None


@contextlib.contextmanager
def waits(waiting: Waiting, sock: socket.socket, address: Any) -> Iterator[None]:
    """A connection waits, until the end or until it is taken out."""
    host = host_of(address)
    waiting.add(sock, host)
    try:
        yield
    finally:
        waiting.remove(sock, host)


def await_turn(
    server: Any, sock: socket.socket, address: Any, cost: int, forwarded: str = ""
) -> None:
    """Wait until it is the turn of this connection, which waits already.

    Others have theirs first in any case: requests that come at once would else be answered at once,
    however many they are. ``forwarded`` is what a proxy tells of who asks.
    Raises OSError where that takes too long, or others have taken its place.
    """
    host = host_of(address)
    delay = server.pace.delay(server.pace.asker(host, forwarded), cost)
    if delay is not None:
        gevent.sleep(delay)
    if delay is None or not server.waiting.has(sock, host):
        raise OSError(errno.EPIPE, "too many ask from there")


def host_of(address: Any) -> str:
    """The host of what `accept` gives; empty behind a Unix socket."""
    return str(address[0]) if isinstance(address, tuple) else ""

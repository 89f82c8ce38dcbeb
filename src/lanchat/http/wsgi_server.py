"""gevent's WSGI server, which answers in TLS and in the clear on one port.

With a certificate the first byte of a connection tells a handshake from a plain request. Plain
requests go on in the clear with the scheme http, for the application to tell them where to go.

Not documented, and hence tried by tests/faults/test_waiting_sockets.py: ``do_read``,
``do_close`` and ``start_accepting`` of gevent's server (read in gevent 26.9).
"""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import gevent
from gevent import pywsgi
from gevent.threadpool import ThreadPool

from lanchat.http.file_answer import THREADS
from lanchat.http.pace import HANDSHAKE, Pace
from lanchat.http.waiting import Waiting
from lanchat.http.wsgi_handler import REQUEST_SECONDS, Handler, await_turn, waits

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_log = logging.getLogger(__name__)

Streams: TypeAlias = Callable[[str, str], bool]
"""Whether the application reads the body for a method and path as it comes."""

_TLS_HANDSHAKE = b"\x16"

_EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
"""What the system says when it has no socket left to give."""

_PAUSE_SECONDS = 0.1


def make_server(
    listener: socket.socket,
    app: WSGIApplication,
    context: ssl.SSLContext | None,
    waiting: Waiting,
    pace: Pace,
    *,
    streams: Streams,
) -> pywsgi.WSGIServer:
    """A server for the listening socket, not started yet; with a ``context`` it speaks TLS."""
    return Server(
        listener,
        app,
        context,
        waiting,
        pace,
        streams=streams,
        handler_class=Handler,
        log=None,
        error_log=pywsgi.LoggingLogAdapter(_log, logging.DEBUG),
        # Otherwise pywsgi asks the resolver, for seconds where there is no internet.
        environ={"SERVER_NAME": socket.gethostname()},
    )


class Server(pywsgi.WSGIServer):
    """pywsgi's server; with a ``context`` it speaks TLS to whoever begins with that."""

    def __init__(
        self,
        listener: socket.socket,
        app: WSGIApplication,
        context: ssl.SSLContext | None,
        waiting: Waiting,
        pace: Pace,
        *,
        streams: Streams,
        **settings: Any,
    ) -> None:
        super().__init__(listener, app, **settings)
        self.waiting = waiting
        self.pace = pace
        self.streams = streams
        self.threads = ThreadPool(THREADS)
        self.kept: set[Any] = set()
        """The sockets that the application keeps, until the greenlets of their requests end."""
        self._context = context
        self._warned = False

    def do_read(self) -> Any:
        """Called for each connection that comes; gevent prints a traceback for what is raised."""
        try:
            return super().do_read()
        except OSError as error:
            if error.errno in self.fatal_errors:
                raise
            if error.errno in _EXHAUSTED:
                self._make_room(error)
        return None

    def handle(self, sock: Any, address: Any) -> None:
        """Called in a greenlet of the connection's own: a handshake holds up nobody else."""
        if self._context is None or not self._begins_tls(sock, address):
            super().handle(sock, address)
            return
        with contextlib.suppress(OSError):  # a client that has gone is no error, here neither
            encrypted = self._context.wrap_socket(
                sock, server_side=True, do_handshake_on_connect=False
            )
            try:
                if self._shakes_hands(encrypted, address):
                    super().handle(encrypted, address)
            finally:
                self.do_close(encrypted)

    def do_close(self, sock: Any, *args: Any) -> None:
        """Called when the greenlet of a connection ends, and with what has encrypted for it."""
        if sock in self.kept:
            self.kept.discard(sock)
        else:
            super().do_close(sock, *args)

    def _begins_tls(self, sock: socket.socket, address: Any) -> bool:
        with waits(self.waiting, sock, address):
            return _begins_tls(sock)

    def _shakes_hands(self, sock: ssl.SSLSocket, address: Any) -> bool:
        with waits(self.waiting, sock, address):
            await_turn(self, sock, address, HANDSHAKE)
            return _shake_hands(sock)

    def _make_room(self, error: OSError) -> None:
        """Let go of who waits, or where nobody does, of those who come, for a moment."""
        if not self._warned:
            _log.warning("the system lets nobody else connect just now: %s", error.strerror)
            self._warned = True
        if not self.waiting.drop_one():
            self.stop_accepting()
            gevent.spawn_later(_PAUSE_SECONDS, self._accept_again)

    def _accept_again(self) -> None:
        if self.started:
            self.start_accepting()


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

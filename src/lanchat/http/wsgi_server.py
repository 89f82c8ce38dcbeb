"""gevent's WSGI server, which answers in TLS and in the clear on one port.

With a certificate the first byte of a connection tells a handshake from a plain request. Plain
requests go on in the clear with the scheme http, for the application to tell them where to go.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
from typing import TYPE_CHECKING, Any

import gevent
from gevent import pywsgi

from lanchat.http.wsgi_handler import REQUEST_SECONDS, Handler

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_log = logging.getLogger(__name__)

_TLS_HANDSHAKE = b"\x16"


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
    """pywsgi's server; with a ``context`` it speaks TLS to whoever begins with that."""

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

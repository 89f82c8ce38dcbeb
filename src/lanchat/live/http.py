"""gevent's WSGI server with deadlines, so that a slow request holds up nobody.

pywsgi waits for ever for the rest of a request that was begun (the Slowloris attack lives on
that). Here a request has to be there, body included, within REQUEST_SECONDS, or its connection
is closed. Bodies are small and are read before the application runs.
"""

from __future__ import annotations

import contextlib
import io
import logging
import socket
from typing import TYPE_CHECKING, Any

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

    def handle_one_request(self) -> Any:
        self._deadline = gevent.Timeout(REQUEST_SECONDS, False)  # type: ignore[arg-type]
        with self._deadline:
            return super().handle_one_request()
        return None  # type: ignore[unreachable]  # the deadline passed: pywsgi hangs up

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
                pass

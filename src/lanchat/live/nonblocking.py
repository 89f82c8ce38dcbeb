"""What gevent's sockets do not offer: to send, or to shut down, without ever waiting.

Their own ``send`` lets its greenlet wait until the kernel takes more, and a TLS socket of theirs
waits even where it is told not to. One private name is used, and done without where it is
missing: ``_sock``, the standard library's socket inside gevent's (read in gevent 26.9).
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import gevent.socket
import gevent.ssl

Send: TypeAlias = Callable[[bytes | memoryview], int]
"""Returns how many bytes the kernel took. Raises BlockingIOError or another OSError."""


WOULD_WAIT = (BlockingIOError, gevent.ssl.SSLWantReadError, gevent.ssl.SSLWantWriteError)
"""What a socket without a timeout raises instead of waiting."""


def non_blocking_send(sock: Any) -> Send:
    """The socket's send, without waiting."""
    if isinstance(sock, gevent.ssl.SSLSocket):
        return partial(_send_encrypted, sock)
    inner: Any = getattr(sock, "_sock", None)
    if type(sock) is gevent.socket.socket and hasattr(inner, "send"):
        # What gevent's socket tries first itself; its own method costs more than the rest of us.
        send: Send = inner.send
        return send
    # A timeout of 0 makes this one call non-blocking.
    return lambda data: int(sock.send(data, 0, timeout=0.0))


def is_held_back(sock: Any) -> bool:
    """Whether TLS has more that can be received, and nothing that watches the socket will tell.

    A record comes whole, of up to 16 KiB, and may be received in pieces.
    """
    return isinstance(sock, gevent.ssl.SSLSocket) and sock.pending() > 0


def tcp_shutdown(sock: Any) -> Callable[[int], None]:
    """The shutdown of TCP; that of TLS would take the ground from under whoever is reading."""
    if isinstance(sock, gevent.ssl.SSLSocket):
        return partial(gevent.socket.socket.shutdown, sock)
    shutdown: Callable[[int], None] = sock.shutdown
    return shutdown


def _send_encrypted(sock: socket.socket, data: bytes | memoryview) -> int:
    """The same for TLS, which takes one record of 16 KiB at a time and says 0 where it cannot.

    What it could not take has to come again: the backlog's first bytes are always those.
    """
    sent = 0
    before = sock.gettimeout()
    # gevent's method does not ask its own parameter. Nothing else runs until it is set back.
    sock.settimeout(0.0)
    try:
        with memoryview(data) as view:
            while sent < len(view) and (taken := sock.send(view[sent:])):
                sent += taken
    finally:
        sock.settimeout(before)
    if not sent:
        raise BlockingIOError
    return sent

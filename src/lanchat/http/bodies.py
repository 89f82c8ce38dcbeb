"""The body of a request: read whole where it is small, left unread where it is too large.

A small body is there before the application runs, within the deadline of its request. A larger
one the application refuses: it is not read, and its connection ends with the answer.
"""

from __future__ import annotations

import contextlib
import socket
from typing import NamedTuple

import gevent
from gevent import pywsgi

MAX_BODY_BYTES = 64 << 10
"""The largest body that is read."""

LINGER_SECONDS = 2.0
"""How long a client whose body was refused has to read why."""


class Body(NamedTuple):
    """What was read of a body; one that is not ``complete`` is too large."""

    content: bytes
    complete: bool


def read_body(source: pywsgi.Input) -> Body:
    """Read a body, or leave what is larger than MAX_BODY_BYTES in its socket.

    Where the length is not told beforehand, a part of it has been read when that is noticed.
    Raises OSError for chunks that are none.
    """
    content = b""
    if (source.content_length or 0) <= MAX_BODY_BYTES:
        try:
            content = source.read(MAX_BODY_BYTES + 1)
        except ValueError as error:  # pywsgi's for a chunk without a length
            raise OSError(str(error)) from None
        if len(content) <= MAX_BODY_BYTES:
            return Body(content, complete=True)
    # Nor shall pywsgi read the rest, to find the next request behind it.
    source.content_length = 0
    source.chunked_input = False
    return Body(content, complete=False)


def linger(sock: socket.socket) -> None:
    """Let the client read the answer: a socket closed with unread input is reset instead."""
    timeout = gevent.Timeout(LINGER_SECONDS, False)  # type: ignore[arg-type]
    with contextlib.suppress(OSError), timeout:
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(MAX_BODY_BYTES):
            gevent.sleep(0)  # or one who goes on sending would never let the time pass

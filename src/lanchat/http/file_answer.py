"""Files as answers: sent by the kernel where it can, and never read in the event loop.

``wsgi.file_wrapper`` of PEP 3333: the application gives a file at the place where its answer
begins, and says its length. On a plain socket ``sendfile`` sends it, a piece at a time, and others
have their turn after each. Over TLS, and where there is no ``sendfile``, a thread reads it.
"""

from __future__ import annotations

import errno
import io
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, BinaryIO, TypeVar

import gevent
import gevent.socket
import gevent.ssl

from lanchat.http.progress import LEAST_BYTES, Progress

PIECE = 256 << 10
"""Bytes that are sent, or read, at a time."""

Waits = Callable[[], AbstractContextManager[None]]
"""What holds as long as the client takes nothing."""

T = TypeVar("T")


class FileWrapper:
    """A file that is the rest of an answer; its content, piece by piece, for whoever iterates."""

    def __init__(self, file: BinaryIO, piece: int = PIECE) -> None:
        self.file = file
        self._piece = piece

    def __iter__(self) -> Iterator[bytes]:
        while piece := read_aside(self.file, self._piece):
            yield piece

    def close(self) -> None:
        self.file.close()


def send_file(
    sock: Any, file: BinaryIO, size: int, progress: Progress, waits: Waits
) -> Iterator[int]:
    """Send so many bytes of the file, from its position on; tells each time how many went.

    Raises BrokenPipeError where they are not taken, or are not there.
    """
    taking = _Taking(sock, progress, waits)
    if _sends_files and not isinstance(sock, gevent.ssl.SSLSocket) and _has_number(file):
        pieces = _by_kernel(sock, file, size, taking)
    else:
        pieces = _by_reading(file, size, taking)
    try:
        for sent in pieces:
            yield sent
            progress.count(sent)
    except OSError as error:  # over TLS and when it is closed here it has other names
        raise BrokenPipeError(errno.EPIPE, str(error)) from None


def read_aside(file: BinaryIO, size: int) -> bytes:
    """Read in a thread, for disks are slow; others go on meanwhile."""
    piece: bytes = gevent.get_hub().threadpool.apply(file.read, (size,))
    return piece


if sys.platform == "win32":
    _sends_files = False

    def _by_kernel(sock: Any, file: BinaryIO, size: int, taking: _Taking) -> Iterator[int]:
        """Windows has no such call."""
        raise NotImplementedError
else:
    _sends_files = True

    def _by_kernel(sock: Any, file: BinaryIO, size: int, taking: _Taking) -> Iterator[int]:
        position = file.tell()
        end = position + size
        to, source = sock.fileno(), file.fileno()
        while position < end:
            try:
                sent = os.sendfile(to, source, position, min(PIECE, end - position))
            except BlockingIOError:
                taking.wait()
                continue
            if not sent:
                raise OSError(errno.EPIPE, "the file is shorter than it was")
            position += sent
            yield sent
            gevent.sleep(0)


def _by_reading(file: BinaryIO, size: int, taking: _Taking) -> Iterator[int]:
    left = size
    while left:
        begin = time.monotonic()
        piece = read_aside(file, min(PIECE, left))
        taking.spare(time.monotonic() - begin)
        if not piece:
            raise OSError(errno.EPIPE, "the file is shorter than it was")
        left -= len(piece)
        with memoryview(piece) as view:
            position = 0
            while position < len(view):
                sent = taking.send(view[position:])
                position += sent
                yield sent


class _Taking:
    """Whether a client takes what it is sent.

    What the kernel has taken from us may wait in its buffer, for a slow client longer than for
    LEAST_SECONDS before there is room again. So where the system tells how much waits, what has
    left the buffer counts.
    """

    def __init__(self, sock: Any, progress: Progress, waits: Waits) -> None:
        self._sock = sock
        self._progress = progress
        self._waits = waits
        self.spare = progress.spare

    def wait(self) -> None:
        """Until there is room for more. Raises OSError where none is made in time."""
        self._patiently(partial(gevent.socket.wait_write, self._sock.fileno()))

    def send(self, view: memoryview) -> int:
        """Give the socket of it what it takes. Raises OSError where it takes nothing in time."""
        sent: int = self._patiently(partial(self._sock.send, view))
        return sent

    def _patiently(self, call: Callable[[], T]) -> T:
        waiting = _unsent(self._sock)
        with self._waits():
            while True:
                with gevent.Timeout(self._progress.left(), False):  # type: ignore[arg-type]
                    return call()
                left = _unsent(self._sock)  # type: ignore[unreachable]  # the time passed
                if waiting - left < LEAST_BYTES:
                    raise OSError(errno.EPIPE, "it is not taken")
                self._progress.go_on(waiting - left)
                waiting = left


def _has_number(file: BinaryIO) -> bool:
    """Whether it is a file of the system's, and not one in memory."""
    try:
        return file.fileno() >= 0
    except (AttributeError, io.UnsupportedOperation):
        return False


if sys.platform == "linux":
    import fcntl
    import struct
    import termios

    def _unsent(sock: socket.socket) -> int:
        """Bytes that the client's computer has not acknowledged yet."""
        queued = fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(4))
        return int(struct.unpack("i", queued)[0])
else:

    def _unsent(_sock: socket.socket) -> int:
        """Not told, or not needed: sockets have room as soon as a little is taken."""
        return 0

"""Files as answers: sent by threads, for disks are slow and the event loop has no time.

``wsgi.file_wrapper`` of PEP 3333: the application gives a file at the place where its answer
begins, and says its length. A thread lets the kernel send it for a turn (``sendfile``), then
another file has one. Over TLS, and on Windows, a thread reads, and the event loop sends.
"""

from __future__ import annotations

import errno
import io
import os
import select
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, BinaryIO, NamedTuple, TypeVar

import gevent
import gevent.socket
import gevent.ssl
from gevent import monkey
from gevent.threadpool import ThreadPool

from lanchat.http.progress import LEAST_BYTES, Progress

PIECE = 256 << 10
"""Bytes that are sent, or read, at a time."""

THREADS = 8

_TURN_BYTES = 4 << 20
_TURN_SECONDS = 0.02
"""What a thread does for one file at a time; whoever takes less is waited for elsewhere."""

Waits = Callable[[], AbstractContextManager[None]]
"""What holds as long as the client takes nothing."""

T = TypeVar("T")


class FileWrapper:
    """A file that is the rest of an answer; its content, piece by piece, for whoever iterates."""

    def __init__(self, file: BinaryIO, piece: int = PIECE) -> None:
        self.file = file
        self._piece = piece

    def __iter__(self) -> Iterator[bytes]:
        threads = gevent.get_hub().threadpool
        while piece := threads.apply(self.file.read, (self._piece,)):
            yield piece

    def close(self) -> None:
        self.file.close()


class Way(NamedTuple):
    """Where a file goes, and what it is sent with."""

    sock: Any
    threads: ThreadPool
    progress: Progress
    waits: Waits


def send_file(file: BinaryIO, size: int, way: Way) -> Iterator[int]:
    """Send so many bytes of the file, from its position on; tells each time how many went.

    Raises BrokenPipeError where they are not taken, or are not there.
    """
    taking = _Taking(way)
    in_thread = _sends_in_threads and not isinstance(way.sock, gevent.ssl.SSLSocket)
    send = _by_thread if in_thread and _has_number(file) else _by_reading
    try:
        for sent in send(file, size, way.threads, taking):
            yield sent
            way.progress.count(sent)
    except OSError as error:  # over TLS and when it is closed here it has other names
        raise BrokenPipeError(errno.EPIPE, str(error)) from None


if sys.platform == "win32":
    _sends_in_threads = False

    def _by_thread(
        file: BinaryIO, size: int, threads: ThreadPool, taking: _Taking
    ) -> Iterator[int]:
        """Windows has no such call."""
        raise NotImplementedError
else:
    _sends_in_threads = True
    _poll = monkey.get_original("select", "poll")  # that of gevent is for its own thread

    def _by_thread(
        file: BinaryIO, size: int, threads: ThreadPool, taking: _Taking
    ) -> Iterator[int]:
        position = file.tell()
        end = position + size
        while position < end:
            some = min(end - position, _TURN_BYTES)
            ends = taking.sock.fileno(), file.fileno()
            sent, error = threads.apply(_take_turn, (*ends, position, some))
            position += sent
            yield sent
            if error is not None:
                raise error
            if not sent:
                taking.wait()

    def _take_turn(to: int, source: int, position: int, size: int) -> tuple[int, OSError | None]:
        """Send so much, or what is taken in the time; an error is handed over with what went."""
        until, sent = time.monotonic() + _TURN_SECONDS, 0
        try:
            while sent < size:
                taken = _try_to_send(to, source, position + sent, min(PIECE, size - sent))
                sent += taken
                left = until - time.monotonic()
                if not taken and left <= 0:
                    break
                if not taken:
                    room = _poll()
                    room.register(to, select.POLLOUT)
                    room.poll(1_000 * left)
        except OSError as error:
            return sent, error
        return sent, None

    def _try_to_send(to: int, source: int, position: int, size: int) -> int:
        """What the kernel takes, which may be nothing. Raises OSError."""
        try:
            return _more(os.sendfile(to, source, position, size))
        except BlockingIOError:
            return 0


def _by_reading(file: BinaryIO, size: int, threads: ThreadPool, taking: _Taking) -> Iterator[int]:
    left = size
    while left:
        begin = time.monotonic()
        piece = _more(threads.apply(file.read, (min(PIECE, left),)))
        taking.spare(time.monotonic() - begin)
        left -= len(piece)
        with memoryview(piece) as view:
            position = 0
            while position < len(view):
                sent = taking.send(view[position:])
                position += sent
                yield sent


def _more(some: T) -> T:
    """What was read or sent of a file. Raises OSError for nothing, since then no length holds."""
    if not some:
        raise OSError(errno.EPIPE, "the file is shorter than it was")
    return some


class _Taking:
    """Whether a client takes what it is sent.

    What the kernel has taken from us may wait in its buffer, for a slow client longer than for
    LEAST_SECONDS before there is room again. So where the system tells how much waits, what has
    left the buffer counts.
    """

    def __init__(self, way: Way) -> None:
        self.sock = way.sock
        self.spare = way.progress.spare
        self._progress = way.progress
        self._waits = way.waits

    def wait(self) -> None:
        """Until there is room for more. Raises OSError where none is made in time."""
        self._patiently(partial(gevent.socket.wait_write, self.sock.fileno()))

    def send(self, view: memoryview) -> int:
        """Give the socket of it what it takes. Raises OSError where it takes nothing in time."""
        sent: int = self._patiently(partial(self.sock.send, view))
        return sent

    def _patiently(self, call: Callable[[], T]) -> T:
        waiting = _unsent(self.sock)
        with self._waits():
            while True:
                with gevent.Timeout(self._progress.left(), False):  # type: ignore[arg-type]
                    return call()
                left = _unsent(self.sock)  # type: ignore[unreachable]  # the time passed
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

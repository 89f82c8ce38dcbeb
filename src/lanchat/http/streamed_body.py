"""A body that is read as it comes, with a least rate in place of its request's deadline.

The application reads it piece by piece, and nothing of it is held but the piece. What it leaves
unread stays in the socket, and the connection ends with the answer.
"""

from __future__ import annotations

import io
import socket
import time
from typing import TYPE_CHECKING, Any

import gevent
from gevent import pywsgi

from lanchat.errors import CutOff, TooSlow
from lanchat.http.progress import Progress

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_CHUNK = 16 << 10
"""So much is read at a time of a body whose length is not told beforehand."""

_TURN = 256 << 10
"""After so many bytes others have their turn, also where the next ones are there already."""


class StreamedBody(io.RawIOBase):
    """What the application has as ``wsgi.input``.

    ``read(size)`` returns what has come, at most so many bytes; it waits where there is nothing.
    Raises TooSlow or CutOff.
    """

    def __init__(
        self,
        sock: socket.socket,
        source: pywsgi.Input,
        progress: Progress,
        *,
        is_awaited: bool,
    ) -> None:
        """``is_awaited`` says that the client sends it once it is told to (100 Continue)."""
        self._sock = sock
        self._source = source
        self._progress = progress
        self._is_awaited = is_awaited
        self._left = -1 if source.chunked_input else source.content_length or 0
        self._failed = False
        self._turn = 0
        self._answered = time.monotonic()
        """When the application began to do with what it has what it does."""

    @property
    def unread(self) -> bool:
        """Whether something of it is in the socket still, or may be."""
        return self._left != 0 or self._failed

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            return self.readall()
        if not self._left or not size:
            return b""
        if self._is_awaited:
            self._sock.sendall(_CONTINUE)
            self._is_awaited = False
        self._progress.spare(time.monotonic() - self._answered)
        try:
            piece = self._receive(size)
        except (CutOff, TooSlow):
            self._failed = True
            raise
        finally:
            self._answered = time.monotonic()
        self._let_others(len(piece))
        return piece

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        with memoryview(buffer).cast("B") as view:
            piece = self.read(len(view))
            view[: len(piece)] = piece
        return len(piece)

    def _let_others(self, size: int) -> None:
        self._turn += size
        if self._turn >= _TURN:
            self._turn = 0
            gevent.sleep(0)

    def _receive(self, size: int) -> bytes:
        """What is there, or comes next. Raises TooSlow or CutOff."""
        late = gevent.Timeout(self._progress.left(), TooSlow)
        try:
            with late:
                piece = self._next_chunk(size) if self._left < 0 else self._next(size)
        except (OSError, ValueError) as error:  # the latter for a chunk without a length
            raise CutOff(str(error)) from None
        self._progress.count(len(piece))
        return piece

    def _next(self, size: int) -> bytes:
        # What the reader has, and once that is nothing, what the system has: in one call, and
        # without a copy.
        reader: Any = self._source.rfile
        piece: bytes = reader.read1(min(size, self._left))
        if not piece:
            raise CutOff("the client has gone")
        self._left -= len(piece)
        return piece

    def _next_chunk(self, size: int) -> bytes:
        piece: bytes = self._source.read(min(size, _CHUNK))
        if not piece:
            self._left = 0
        return piece

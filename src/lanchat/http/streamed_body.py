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

_PIECE = 16 << 10
"""So much is read at a time of a body whose length is not told beforehand."""


class StreamedBody(io.RawIOBase):
    """What the application has as ``wsgi.input``.

    ``read(size)`` returns so many bytes, or those that are left. Raises TooSlow or CutOff, after
    it has returned what had come by then.
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
        self._failure: Exception | None = None
        self._answered = time.monotonic()
        """When the application began to do with what it has what it does."""

    @property
    def unread(self) -> bool:
        """Whether something of it is in the socket still, or may be."""
        return self._left != 0 or self._failure is not None

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            return self.readall()
        buffer = bytearray(size if self._left < 0 else min(size, self._left))
        return bytes(memoryview(buffer)[: self.readinto(buffer)])

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if self._failure is not None:
            raise self._failure
        if self._is_awaited and self._left:
            self._sock.sendall(_CONTINUE)
            self._is_awaited = False
        gevent.sleep(0)  # or who sends fast would leave nobody else a turn
        self._progress.spare(time.monotonic() - self._answered)
        filled = 0
        with memoryview(buffer).cast("B") as view:
            try:
                while filled < len(view) and (read := self._receive(view[filled:])):
                    filled += read
            except (CutOff, TooSlow) as failure:
                self._failure = failure
                if not filled:
                    raise
            finally:
                self._answered = time.monotonic()
        return filled

    def _receive(self, view: memoryview) -> int:
        """Read what is there, or wait for it; returns 0 at the end. Raises TooSlow or CutOff."""
        if not self._left:
            return 0
        late = gevent.Timeout(self._progress.left(), TooSlow)
        try:
            with late:
                size = self._receive_chunked(view) if self._left < 0 else self._receive_next(view)
        except OSError as error:
            raise CutOff(str(error)) from None
        self._progress.count(size)
        return size

    def _receive_next(self, view: memoryview) -> int:
        reader: Any = self._source.rfile
        # Past the reader's buffer, once that is empty: one system call, and nothing is copied.
        size: int = reader.readinto1(view[: self._left])
        if not size:
            raise CutOff("the client has gone")
        self._left -= size
        return size

    def _receive_chunked(self, view: memoryview) -> int:
        piece: bytes = self._source.read(min(len(view), _PIECE))
        view[: len(piece)] = piece
        if not piece:
            self._left = 0
        return len(piece)

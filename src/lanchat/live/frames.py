"""WebSocket frames (RFC 6455, 5.2): ours are built, those of clients cut out of the stream.

Almost every frame of a chat is a small text in one piece, and its way is short. Whatever else a
client sends is cut out whole and left to wsproto.
"""

from __future__ import annotations

from contextlib import suppress

from wsproto.frame_protocol import Opcode

from lanchat.errors import FrameTooLarge

_FINAL = 0x80
_MASKED = 0x80
_LENGTH = 0x7F
_LENGTH_16, _LENGTH_64 = 126, 127
_LARGEST_SHORT, _LARGEST_16, _LARGEST_64 = 125, 0xFFFF, 2**63 - 1
_HEADER, _KEY = 2, 4

_LEAST_FRAGMENT = 64
"""Bytes that a fragment counts, however short: a million empty ones are a flood, too."""

_FINAL_TEXT = _FINAL | Opcode.TEXT
_CONTROL = 0x08


def build_frame(payload: bytes, opcode: Opcode = Opcode.TEXT) -> bytes:
    """The message as one frame of a server: whole and not masked."""
    size = len(payload)
    if size <= _LARGEST_SHORT:
        return bytes((_FINAL | opcode, size)) + payload
    if size <= _LARGEST_16:
        return bytes((_FINAL | opcode, _LENGTH_16)) + size.to_bytes(2, "big") + payload
    return bytes((_FINAL | opcode, _LENGTH_64)) + size.to_bytes(8, "big") + payload


class FrameCutter:
    """Cuts whole frames out of what a client sends.

    ``limit`` is the size of the largest message in bytes, all of its fragments together. It is
    applied to what a header announces, before any of it is waited for.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._received = b""
        self._start = 0
        """Where the first frame begins that has not been cut out."""
        self._unfinished: int | None = None
        """What the fragments so far count of a message that has not ended, while there is one."""

    @property
    def rest(self) -> bytes:
        """What was received and not cut out yet."""
        return self._received[self._start :]

    def feed(self, data: bytes) -> None:
        """Add what was received."""
        self._received = self._received[self._start :] + data
        self._start = 0

    def next(self) -> str | bytes | None:
        """The next message or frame, or None when more has to be received first.

        Text in one piece comes decoded; every other frame, and what is none, comes as it was
        received. Raises FrameTooLarge.
        """
        received, start = self._received, self._start
        key = start + _HEADER
        if len(received) < key:
            return None
        first, size, least = received[start], received[start + 1] & _LENGTH, 0
        if size >= _LENGTH_16:
            width, least = (2, _LARGEST_SHORT + 1) if size == _LENGTH_16 else (8, _LARGEST_16 + 1)
            key += width
            if len(received) < key:
                return None
            size = int.from_bytes(received[start + _HEADER : key], "big")
        most = _LARGEST_SHORT if first & _CONTROL else _LARGEST_64
        if not (received[start + 1] & _MASKED and least <= size <= most):
            self._go_on_from(len(received))
            return received[start:]  # which breaks the protocol, and nothing after it matters
        if not first & _CONTROL and (self._unfinished or 0) + size > self._limit:
            raise FrameTooLarge(self._limit)
        body = key + _KEY
        end = body + size
        if len(received) < end:
            return None
        self._go_on_from(end)
        if first == _FINAL_TEXT and self._unfinished is None:
            with suppress(UnicodeDecodeError):  # wsproto tells the client
                return unmask(received[body:end], received[key:body]).decode()
        self._account(first, size)
        return received[start:end]

    def _go_on_from(self, end: int) -> None:
        if end < len(self._received):
            self._start = end
        else:
            self._received, self._start = b"", 0

    def _account(self, first: int, size: int) -> None:
        if first & _CONTROL:
            return
        if first & _FINAL:
            self._unfinished = None
        else:
            self._unfinished = (self._unfinished or 0) + max(size, _LEAST_FRAGMENT)


def unmask(payload: bytes, key: bytes) -> bytes:
    """Undo the masking (RFC 6455, 5.3), all bytes in one operation on large integers."""
    size = len(payload)
    mask = (key * (size // _KEY + 1))[:size]
    plain = int.from_bytes(payload, "little") ^ int.from_bytes(mask, "little")
    return plain.to_bytes(size, "little")

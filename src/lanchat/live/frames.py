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
        self._unfinished: int | None = None
        """Bytes so far of a message in fragments, while there is one."""

    def feed(self, data: bytes) -> None:
        """Add what was received."""
        self._received = self._received + data if self._received else data

    def next(self) -> str | bytes | None:
        """The next message or frame, or None when more has to be received first.

        Text in one piece comes decoded; every other frame, and what is none, comes as it was
        received. Raises FrameTooLarge.
        """
        received = self._received
        if len(received) < _HEADER:
            return None
        size, start, least = received[1] & _LENGTH, _HEADER, 0
        if size >= _LENGTH_16:
            width, least = (2, _LARGEST_SHORT + 1) if size == _LENGTH_16 else (8, _LARGEST_16 + 1)
            start += width
            if len(received) < start:
                return None
            size = int.from_bytes(received[_HEADER:start], "big")
        most = _LARGEST_SHORT if received[0] & _CONTROL else _LARGEST_64
        if not (received[1] & _MASKED and least <= size <= most):
            self._received = b""
            return received  # which breaks the protocol, and nothing after it matters
        if not received[0] & _CONTROL and (self._unfinished or 0) + size > self._limit:
            raise FrameTooLarge(self._limit)
        body = start + _KEY
        end = body + size
        if len(received) < end:
            return None
        self._received = received[end:]
        if received[0] == _FINAL_TEXT and self._unfinished is None:
            with suppress(UnicodeDecodeError):  # wsproto tells the client
                return _unmask(received[body:end], received[start:body]).decode()
        self._account(received[0], size)
        return received[:end]

    def _account(self, first: int, size: int) -> None:
        if not first & _CONTROL:
            self._unfinished = None if first & _FINAL else (self._unfinished or 0) + size


def _unmask(payload: bytes, key: bytes) -> bytes:
    """Undo the masking (RFC 6455, 5.3), all bytes in one operation on large integers."""
    size = len(payload)
    mask = (key * (size // _KEY + 1))[:size]
    plain = int.from_bytes(payload, "little") ^ int.from_bytes(mask, "little")
    return plain.to_bytes(size, "little")

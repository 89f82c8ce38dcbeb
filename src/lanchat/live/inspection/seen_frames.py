"""Frames as an onlooker sees them: bytes of either direction, and what each of them means.

A FrameCutter gives what the server needs; who wants to see a frame needs its header, the masking
key and the payload as it was on the wire. An onlooker changes nothing, takes no frame for wrong,
and keeps only the beginning of a long one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from wsproto.frame_protocol import Opcode

from lanchat.live.frames import unmask

KEPT = 4 << 10
"""So many bytes of a payload are kept."""

_FINAL, _RESERVED, _OPCODE = 0x80, 0x70, 0x0F
_MASKED, _LENGTH = 0x80, 0x7F
_WIDTHS = {126: 2, 127: 8}
_HEADER, _KEY = 2, 4
_CLOSE_CODE = 2
_LONGEST_PACKET_HEAD = 120

# Engine.IO's digit; of a message Socket.IO's, a namespace, the id of an acknowledgement, an event.
_PACKET = re.compile(r'([0-6])(?:(?<=4)([0-6])(?:/[^,]*,)?(\d{1,18})?(?:\["([A-Za-z_]{1,40})")?)?')


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a text is to Engine.IO and Socket.IO, by their digits."""

    engine: int
    socket: int | None = None
    ack: int | None = None
    event: str | None = None


@dataclass(eq=False)
class SeenFrame:
    """One frame as it was on the wire: ``head`` has the masking key at its end, if there is one."""

    head: bytes
    size: int
    """Bytes of the whole payload, of which ``payload`` may have the first alone."""
    payload: bytearray = field(default_factory=bytearray)
    missing: int = 0
    """So many bytes of the payload had not come when the connection ended."""

    @property
    def final(self) -> bool:
        return bool(self.head[0] & _FINAL)

    @property
    def reserved(self) -> int:
        """The three bits for extensions."""
        return (self.head[0] & _RESERVED) >> 4

    @property
    def opcode(self) -> int:
        return self.head[0] & _OPCODE

    @property
    def length_bits(self) -> int:
        """With how many bits the length is told: 7, 16 or 64."""
        return 8 * _WIDTHS[short] if (short := self.head[1] & _LENGTH) in _WIDTHS else 7

    @property
    def key(self) -> bytes:
        """The masking key; empty where there is none, as in all that servers send."""
        return self.head[-_KEY:] if self.head[1] & _MASKED else b""

    @property
    def plain(self) -> bytes:
        """What was kept of the payload, without the mask (RFC 6455, 5.3)."""
        payload, key = bytes(self.payload), self.key
        return unmask(payload, key) if key else payload

    @cached_property
    def said(self) -> Meaning | None:
        """What a text means; None for what is no text, and for one that is no packet."""
        if self.opcode != Opcode.TEXT:
            return None
        return meaning(self.plain[:_LONGEST_PACKET_HEAD].decode(errors="replace"))

    @property
    def wire(self) -> bytes:
        """What was kept of the frame."""
        return self.head + self.payload

    @property
    def close_code(self) -> int | None:
        """Why the connection is closed, where this frame says so."""
        if self.opcode != Opcode.CLOSE or len(plain := self.plain) < _CLOSE_CODE:
            return None
        return int.from_bytes(plain[:_CLOSE_CODE], "big")


class Onlooker:
    """Sees the frames in a stream that begins with one."""

    def __init__(self) -> None:
        self._rest = b""
        self._frame: SeenFrame | None = None
        self._left = 0
        """Bytes that are still to come of the frame that has begun."""

    @property
    def is_between(self) -> bool:
        """Whether the next byte begins a frame."""
        return self._frame is None and not self._rest

    def end(self) -> SeenFrame | None:
        """The frame that has begun and will not be whole, as far as it was seen."""
        if self._frame is not None:
            self._frame.missing = self._left
        return self._frame

    def see(self, data: bytes) -> Iterator[SeenFrame]:
        """The frames that are whole with these bytes."""
        data, self._rest = self._rest + data, b""
        place = 0
        while True:
            if self._frame is None:
                end = _end_of_head(data, place)
                if end is None:
                    self._rest = data[place:]
                    return
                self._begin(data[place:end])
                place = end
            frame: SeenFrame = self._frame  # type: ignore[assignment]  # begun just now
            taken = min(self._left, len(data) - place)
            frame.payload += data[place : place + min(taken, KEPT - len(frame.payload))]
            place += taken
            self._left -= taken
            if self._left:
                return
            self._frame = None
            yield frame

    def _begin(self, head: bytes) -> None:
        short = head[1] & _LENGTH
        width = _WIDTHS.get(short, 0)
        size = int.from_bytes(head[_HEADER : _HEADER + width], "big") if width else short
        self._frame, self._left = SeenFrame(head, size), size


@lru_cache(maxsize=1)
def frames_of(data: bytes) -> tuple[SeenFrame, ...]:
    """Whole frames: what is sent to many is cut once, and kept once, for all of them who look."""
    return tuple(Onlooker().see(data))


def meaning(text: str) -> Meaning | None:
    """What the text of a frame is, or None where it is no packet of Engine.IO."""
    found = _PACKET.match(text)
    if found is None:
        return None
    engine, socket, ack, event = found.groups()
    return Meaning(
        int(engine),
        None if socket is None else int(socket),
        None if ack is None else int(ack),
        event,
    )


def _end_of_head(data: bytes, start: int) -> int | None:
    """Where the payload begins; None where the head is not there as a whole."""
    if len(data) < start + _HEADER:
        return None
    second = data[start + 1]
    end = start + _HEADER + _WIDTHS.get(second & _LENGTH, 0) + (_KEY if second & _MASKED else 0)
    return end if end <= len(data) else None

"""A tap on one WebSocket: all of its bytes, both ways, for its own person to look at.

A tap lies on this connection alone. It puts methods of its own in the place of four: what is
received goes through its ``feed``, what is asked for through its ``next``, what the kernel takes
through its ``send``, and the end through ``_end``. So a connection without one goes the way that it
always has.

    recv ──► FrameCutter.feed ──► next ──► session        SocketWriter.send ──► kernel
                  │                │                              │
               received         checked                    taken: sends, frames
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

import msgspec
from wsproto.frame_protocol import Opcode

from lanchat.live.inspection.entry import Asked, Counts, Entry, ends_of
from lanchat.live.inspection.handshake import Handshake
from lanchat.live.inspection.seen_frames import Onlooker, SeenFrame, frames_of
from lanchat.live.inspection.tcp_info import tcp_info
from lanchat.live.websocket import WebSocket

_END_OF_HEAD = b"\r\n\r\n"

_ASKED = 200
"""So many of the last questions wait for their answer to be seen."""

_MOST_WAITING = 500
"""More frames than are ever received at once: beyond these nobody asks for any."""

_PING, _PONG = 2, 3
_ACK = 3


class Tap:
    """``note`` is called with each entry; ``handshake`` is there where it lies from the opening."""

    def __init__(
        self,
        websocket: WebSocket,
        number: int,
        note: Callable[[Entry], None],
        handshake: Handshake | None = None,
    ) -> None:
        self.number = number
        self.ends = ends_of(websocket._sock)  # noqa: SLF001
        self.sent, self.received = Counts(), Counts()
        self.pong_seconds: float | None = None
        """How long the browser took for its last pong."""
        self.handshake = handshake
        self.closed: Entry | None = None
        self.websocket = websocket
        self._note = note
        self._replaced: list[tuple[dict[str, Any], str, Any]] = []
        """Whose methods are replaced, which, and what stood there of another tap."""
        self._greeting = bytearray() if handshake else None
        self._in, self._out = Onlooker(), Onlooker()
        self._unseen = 0
        """Bytes that waited before the look, with half a frame perhaps: all of them leave first."""
        self._waiting: deque[tuple[SeenFrame, Asked | None]] = deque()
        self._at_work: Asked | None = None
        self._asked: OrderedDict[int, Asked] = OrderedDict()
        self._pinged: float | None = None
        self._sends = 0
        self._code: int | None = None
        self._closed_by: str | None = None

    def link(self) -> dict[str, Any]:
        """How the connection does, at this moment."""
        return {
            "kind": "link",
            "connection": self.number,
            "pong_seconds": self.pong_seconds,
            "sends": self._sends,
            "sent": self.sent.told(),
            "received": self.received.told(),
            "tcp": tcp_info(self.websocket._sock),  # noqa: SLF001
        }

    def asked(self, message_id: int) -> Asked | None:
        """The event by which a message came, if it came by this connection just now."""
        found = (each for each in self._asked.values() if each.message_id == message_id)
        return next(found, None)

    def lift(self) -> None:
        """Let the connection go as it did before; of several taps the last one goes first."""
        while self._replaced:
            methods, name, before = self._replaced.pop()
            if before is None:
                del methods[name]
            else:
                methods[name] = before

    def lay(self) -> None:
        """See all from now on."""
        websocket = self.websocket
        frames, writer = websocket._frames, websocket.writer  # noqa: SLF001
        self._feed, self._next = frames.feed, frames.next
        self._send, self._end = writer.send, websocket._end  # noqa: SLF001
        _, self._unseen = writer.backlog
        # What is there of a frame that has begun is seen as well.
        self._see_received(frames.rest)
        for patched, name, method in (
            (frames, "feed", self._on_feed),
            (frames, "next", self._on_next),
            (writer, "send", self._on_send),
            (websocket, "_end", self._on_end),
        ):
            methods = vars(patched)
            self._replaced.append((methods, name, methods.get(name)))
            methods[name] = method

    def _on_feed(self, data: bytes) -> None:
        self._see_received(data)
        self._feed(data)

    def _on_next(self) -> str | bytes | None:
        """What came of the frame before has been done, since the next one is asked for."""
        if self._at_work is not None:
            self._at_work.checked = perf_counter()
            self._at_work = None
        message = self._next()
        if message is not None and self._waiting:
            _, self._at_work = self._waiting.popleft()
        return message

    def _on_send(self, data: bytes | memoryview) -> int:
        taken = self._send(data)
        if self._unseen:
            self._unseen -= taken  # by themselves: what waits is sent piece by piece
            return taken
        self._sends += 1
        at = perf_counter()
        frames = self._sent_frames(data, taken, at)
        send = {"send": {"number": self._sends, "frames": len(frames)}}
        for frame in frames:
            self.sent.add(frame)
            self._see_close(frame, "server")
            self._see_sent(frame, at)
            self._note(Entry(self, at, send, frame))
        return taken

    def _sent_frames(self, data: bytes | memoryview, taken: int, at: float) -> Sequence[SeenFrame]:
        if isinstance(data, bytes) and taken == len(data):
            if self._greeting is None and self._out.is_between:
                return frames_of(data)
            sent = data
        else:
            sent = bytes(data[:taken])
        if self._greeting is not None:
            sent = self._greet(sent, at)
        return list(self._out.see(sent))

    def _on_end(self) -> None:
        if self.closed is None:
            at = perf_counter()
            for seen, from_browser in ((self._in, True), (self._out, False)):
                if (cut := seen.end()) is not None:
                    self._note(Entry(self, at, {}, cut, from_browser))
            fact = {
                "kind": "connection",
                "state": "closed",
                "by": self._closed_by,
                "code": self._code,
            }
            self.closed = Entry(self, at, fact)
            self._note(self.closed)
        self.lift()
        self._end()

    def _greet(self, sent: bytes, at: float) -> bytes:
        """The answer to the request comes before the first frame; returns what is behind it."""
        greeting: bytearray = self._greeting  # type: ignore[assignment]
        greeting += sent
        head, end, rest = bytes(greeting).partition(_END_OF_HEAD)
        if not end:
            return b""
        self._greeting = None
        handshake: Handshake = self.handshake  # type: ignore[assignment]
        handshake.answer = head + end
        self._note(Entry(self, at, handshake.fact()))
        return rest

    def _see_received(self, data: bytes) -> None:
        at = perf_counter()
        for frame in self._in.see(data):
            self.received.add(frame)
            self._see_close(frame, "browser")
            said = frame.said
            asked = None
            if said is not None and said.engine == _PONG and self._pinged is not None:
                self.pong_seconds, self._pinged = at - self._pinged, None
            elif said is not None and said.event == "new_message" and said.ack is not None:
                asked = self._asked[said.ack] = Asked(at)
                if len(self._asked) > _ASKED:
                    self._asked.popitem(last=False)
            self._waiting.append((frame, asked))
            if len(self._waiting) > _MOST_WAITING:
                self._waiting.popleft()  # after a frame that breaks the protocol none is asked for
            self._note(Entry(self, at, {}, frame, from_browser=True))

    def _see_sent(self, frame: SeenFrame, at: float) -> None:
        said = frame.said
        if said is None:
            return
        if said.engine == _PING:
            self._pinged = at
        elif said.socket == _ACK and said.ack is not None and said.ack in self._asked:
            self._asked[said.ack].message_id = _stored_id(frame)

    def _see_close(self, frame: SeenFrame, by: str) -> None:
        if frame.opcode == Opcode.CLOSE and self._closed_by is None:
            self._closed_by, self._code = by, frame.close_code


def _stored_id(frame: SeenFrame) -> int | None:
    """The id in an acknowledgement of a message."""
    try:
        answers = msgspec.json.decode(frame.plain[frame.plain.index(b"[") :], type=list[_Stored])
    except (ValueError, msgspec.DecodeError):
        return None
    return answers[0].id if answers else None


class _Stored(msgspec.Struct):
    id: int | None = None

"""What a tap notes of a connection: its ends, what was seen, and what was asked for by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gevent.ssl

from lanchat.live.inspection.seen_frames import SeenFrame

if TYPE_CHECKING:
    from lanchat.live.inspection.tap import Tap


@dataclass(frozen=True, slots=True)
class Ends:
    """The two ends of a connection, as the server's socket has them."""

    browser: tuple[str, int]
    server: tuple[str, int]
    encrypted: bool


@dataclass(slots=True)
class Entry:
    """Something that was seen; ``at`` is by the clock of `perf_counter`."""

    tap: Tap
    at: float
    fact: dict[str, Any]
    """What there is to say of it, but for frames."""
    frame: SeenFrame | None = None
    from_browser: bool = False


@dataclass(slots=True)
class Asked:
    """An event of the browser that wants an acknowledgement, on its way through the server."""

    received: float
    checked: float | None = None
    """When it was with the log, or refused."""
    message_id: int | None = None


@dataclass(slots=True)
class Counts:
    """Bytes of frames, and of what they carry, since the tap was laid."""

    wire: int = 0
    payload: int = 0
    frames: int = 0

    def add(self, frame: SeenFrame) -> None:
        self.frames += 1
        self.payload += frame.size
        self.wire += frame.size + len(frame.head)

    def told(self) -> dict[str, int]:
        """As a line has it."""
        return {"bytes": self.wire, "payload": self.payload, "frames": self.frames}


def ends_of(sock: Any) -> Ends:
    """Where a socket leads to, and whether that is encrypted."""
    encrypted = isinstance(sock, gevent.ssl.SSLSocket)
    try:
        browser, server = _end(sock.getpeername()), _end(sock.getsockname())
    except OSError:
        browser = server = ("", 0)
    return Ends(browser, server, encrypted)


def _end(address: Any) -> tuple[str, int]:
    if isinstance(address, tuple):
        return str(address[0]).removeprefix("::ffff:"), int(address[1])
    return "", 0  # a Unix socket, behind a proxy

"""What was seen of connections, as a file for Wireshark."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from wsproto.utilities import generate_accept_token

import lanchat
from lanchat.live.inspection.entry import Entry
from lanchat.live.inspection.handshake import Handshake
from lanchat.live.inspection.lines import Seconds
from lanchat.live.inspection.pcapng import OPENING_UNSEEN, Capture, Flow
from lanchat.live.inspection.tap import Tap

_MADE_UP_KEY = "bGFuY2hhdCBtYWRlIHVwLg=="  # "lanchat made up."


class Recorder:
    """Writes entries into a file for Wireshark; ``write`` takes its bytes as they come."""

    def __init__(self, write: Callable[[bytes], object], seconds: Seconds) -> None:
        self._capture = Capture(write, f"lanchat {lanchat.__version__}")
        self._seconds = seconds
        self._flows: dict[Tap, Flow] = {}

    def add(self, entry: Entry) -> None:
        """Write it, behind the opening of its connection."""
        capture, at, tap = self._capture, self._seconds(entry.at), entry.tap
        if tap.handshake is not None and not tap.handshake.answer:
            return  # it is not open yet
        flow = self._flows.get(tap) or self._open(tap, at)
        if entry.frame is not None:
            size = len(entry.frame.head) + entry.frame.size - entry.frame.missing
            wire = entry.frame.wire
            capture.data(flow, wire, at, from_browser=entry.from_browser, size=size)
        elif entry is tap.closed:
            capture.close(flow, at, by_browser=entry.fact["by"] != "server")
            del self._flows[tap]

    def _open(self, tap: Tap, at: float) -> Flow:
        """A connection begins with its handshake: nobody takes it for a WebSocket without."""
        capture, ends, handshake, comment = self._capture, tap.ends, tap.handshake, ""
        if handshake is None:
            handshake, comment = _made_up(ends.server), OPENING_UNSEEN
        flow = self._flows[tap] = capture.open(ends.browser, ends.server, at, comment)
        request = "\r\n".join([*handshake.lines, "", ""]).encode("latin-1", "replace")
        capture.data(flow, request, at, from_browser=True)
        capture.data(flow, handshake.answer, at, from_browser=False)
        return flow


def captured(entries: Iterable[Entry], seconds: Seconds) -> bytes:
    """All entries as one file."""
    written = bytearray()
    recorder = Recorder(written.extend, seconds)
    for entry in entries:
        recorder.add(entry)
    return bytes(written)


def _made_up(server: tuple[str, int]) -> Handshake:
    lines = [
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
        f"Host: {server[0]}:{server[1]}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {_MADE_UP_KEY}",
        "Sec-WebSocket-Version: 13",
    ]
    accept = generate_accept_token(_MADE_UP_KEY.encode())
    answer = (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )
    return Handshake(lines, as_sent=False, key=_MADE_UP_KEY, answer=answer)

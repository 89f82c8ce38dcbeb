"""What was seen of connections, as the lines of JSON and the file that people get of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from wsproto.frame_protocol import Opcode
from wsproto.utilities import generate_accept_token

import lanchat
from lanchat.live.fan_trace import Fan
from lanchat.live.pcapng import OPENING_UNSEEN, Capture, Flow
from lanchat.live.seen_handshake import Handshake
from lanchat.live.tap import Asked, Entry, Tap

Seconds = Callable[[float], float]
"""From the clock of `perf_counter` to the one that lines or files have."""

_MADE_UP_KEY = "bGFuY2hhdCBtYWRlIHVwLg=="  # "lanchat made up."


def fact_of(entry: Entry, seconds: Seconds) -> dict[str, Any]:
    """What is said of something that was seen of a connection."""
    about = {"connection": entry.tap.number, "at": seconds(entry.at)}
    if entry.frame is None:
        return {**entry.fact, **about}
    frame = entry.frame
    fact: dict[str, Any] = {
        "kind": "frame",
        **about,
        "from": "browser" if entry.from_browser else "server",
        "size": len(frame.head) + frame.size,
        "bytes": frame.wire.hex(),
        "head": {
            "fin": frame.final,
            "rsv": frame.reserved,
            "opcode": frame.opcode,
            "masked": bool(frame.key),
            "length": frame.size,
            "length_bits": frame.length_bits,
            "key": frame.key.hex(),
        },
    }
    if frame.opcode == Opcode.TEXT:
        fact["text"] = frame.plain.decode(errors="replace")
    if (code := frame.close_code) is not None:
        fact["close"] = {"code": code, "reason": frame.plain[2:].decode(errors="replace")}
    return {**fact, **{name: value for name, value in entry.fact.items() if value is not None}}


def fan_fact(fan: Fan, asked: Asked | None, seconds: Seconds) -> dict[str, Any]:
    """What is said of a message that went to everybody."""

    def moment(at: float | None) -> float | None:
        return None if at is None else seconds(at)

    return {
        "kind": "fanout",
        "message": fan.message_id,
        "received": moment(asked.received if asked else None),
        "checked": moment(asked.checked if asked else None),
        "committed": moment(fan.committed),
        "together": fan.together,
        "told": moment(fan.told),
        "connections": fan.connections,
        "taken": moment(fan.taken),
        "joined": fan.joined,
        "waiting": fan.waiting,
    }


def line(fact: dict[str, Any]) -> bytes:
    """The fact as a line."""
    return msgspec.json.encode(fact) + b"\n"


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
            size = len(entry.frame.head) + entry.frame.size
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

"""What was seen of connections, as the lines of JSON that people get of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec
from wsproto.frame_protocol import Opcode

from lanchat.live.inspection.entry import Asked, Entry
from lanchat.live.inspection.fanout_trace import Fan
from lanchat.live.inspection.seen_frames import SeenFrame, frames_of

Seconds = Callable[[float], float]
"""From the clock of `perf_counter` to the one that lines or files have."""


def line_of(entry: Entry, seconds: Seconds) -> bytes:
    """What is said of something that was seen of a connection, as a line."""
    about = {"connection": entry.tap.number, "at": seconds(entry.at)}
    if entry.frame is None:
        return line({**entry.fact, **about})
    whose = "browser" if entry.from_browser else "server"
    own = msgspec.json.encode({"kind": "frame", **about, "from": whose, **entry.fact})
    return own[:-1] + b"," + _told(entry.frame)[1:]


@lru_cache(maxsize=256)
def _told(frame: SeenFrame) -> bytes:
    """What is said of a frame to all who see it, with a line's end."""
    fact: dict[str, Any] = {
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
    if frame.missing:
        fact["missing"] = frame.missing
    if frame.opcode == Opcode.TEXT:
        fact["text"] = frame.plain.decode(errors="replace")
    if (code := frame.close_code) is not None:
        fact["close"] = {"code": code, "reason": frame.plain[2:].decode(errors="replace")}
    if (said := frame.said) is not None:
        fact["packet"] = said
    return line(fact)


def forget() -> None:
    """Keep nothing of what was seen: nobody looks any more."""
    frames_of.cache_clear()
    _told.cache_clear()


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

"""What is on its way to clients: looked at when somebody asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from lanchat.live.websocket import WebSocket


class Traffic(NamedTuple):
    """Connections, and what waits for them, at one moment; ``slow`` is since the start."""

    websockets: int
    polling: int
    waiting_packets: int
    waiting_bytes: int
    longest: int
    """The bytes that wait for the slowest client."""
    slow: int


def measure(sessions: Iterable[Any], websockets: Iterable[WebSocket], slow: int) -> Traffic:
    """Look at the engine's sessions and at all WebSockets; neither may change meanwhile."""
    open_sessions = [session for session in sessions if session.connected and not session.closed]
    upgraded = sum(session.upgraded for session in open_sessions)
    backlogs = [websocket.transmitter.backlog for websocket in websockets]
    backlogs += [session.queue.backlog for session in open_sessions]
    sizes = [size for _, size in backlogs]
    return Traffic(
        websockets=upgraded,
        polling=len(open_sessions) - upgraded,
        waiting_packets=sum(packets for packets, _ in backlogs),
        waiting_bytes=sum(sizes),
        longest=max(sizes, default=0),
        slow=slow,
    )

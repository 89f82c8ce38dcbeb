"""What the kernel knows of a TCP connection: on Linux any program may ask for its own sockets."""

from __future__ import annotations

import socket
import struct
import sys
from typing import Any

# The beginning of Linux's struct tcp_info (linux/tcp.h), which only ever grows at its end.
_LAYOUT = struct.Struct("=8B24I")
_FIELDS = {
    "rto": 8,
    "mss": 10,
    "unacknowledged": 12,
    "lost": 14,
    "rtt": 23,
    "rtt_variance": 24,
    "congestion_window": 26,
    "retransmissions": 31,
}
"""By name: which of the numbers. Times are in microseconds, the window in segments."""

AVAILABLE = sys.platform == "linux"


def tcp_info(sock: Any) -> dict[str, int] | None:
    """The figures of a socket; None where it is no TCP, has been closed, or this is not Linux."""
    if not AVAILABLE:
        return None
    try:
        told = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LAYOUT.size)
        numbers = _LAYOUT.unpack(told)
    except (OSError, struct.error):
        return None
    return {name: numbers[place] for name, place in _FIELDS.items()}

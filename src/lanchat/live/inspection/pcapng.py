"""Frames as a file for Wireshark (pcapng), with made-up TCP and IP around them.

What a program sees of its connections are their bytes, not the packets that carry them. So the
segments here are ours: their bytes, ends and times are real, and their numbers and checksums fit,
but where one ends and how it was acknowledged is not told by them. A comment in the file says so.

Of a frame that was kept in part the rest is told as captured in part: Wireshark knows that.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address

MADE_UP = (
    "The TCP and IP headers are made up around real bytes of WebSockets: lanchat saw these, "
    "and not the packets that carried them. Cookies are hidden."
)
OPENING_UNSEEN = "Nobody looked when this connection was opened: its handshake is made up, too."

_SECTION, _INTERFACE, _PACKET = 0x0A0D0D0A, 1, 6
_BYTE_ORDER = 0x1A2B3C4D
_RAW_IP = 101  # LINKTYPE_RAW: a packet begins with its IP header
_END_OF_OPTIONS, _COMMENT, _APPLICATION = 0, 1, 4
_MICROSECONDS = 1_000_000

_TCP, _SEGMENT, _LARGEST = 6, 1_400, 60_000
_FIN, _SYN, _PUSH, _ACK = 1, 2, 8, 16
_WINDOW, _HOPS = 0xFFFF, 64
_WRAP = 1 << 32

_UNKNOWN = ip_address("127.0.0.1"), ip_address("127.0.0.1")
_PORTS = 50_000, 80
"""Behind a Unix socket nobody has an address."""

BEGINNING = struct.pack("<I", _SECTION)
"""What every file begins with."""

Address = tuple[str, int]


@dataclass(slots=True)
class Flow:
    """One connection in a file: its ends, the browser first, and how far either has sent."""

    addresses: tuple[IPv4Address, IPv4Address] | tuple[IPv6Address, IPv6Address]
    ports: tuple[int, int]
    next: list[int] = field(default_factory=lambda: [0, 0])


class Capture:
    """Writes a file; ``write`` takes its bytes as they come."""

    def __init__(self, write: Callable[[bytes], object], application: str) -> None:
        self._write = write
        self._block(
            _SECTION,
            struct.pack("<IHHq", _BYTE_ORDER, 1, 0, -1),
            _option(_COMMENT, MADE_UP) + _option(_APPLICATION, application),
        )
        self._block(_INTERFACE, struct.pack("<HHI", _RAW_IP, 0, 0))

    def open(self, browser: Address, server: Address, at: float, comment: str = "") -> Flow:
        """A connection begins, by the three segments of every one."""
        flow = Flow(
            _addresses(browser[0], server[0]), (browser[1] or _PORTS[0], server[1] or _PORTS[1])
        )
        self._segment(flow, 0, _SYN, at, comment=comment)
        self._segment(flow, 1, _SYN | _ACK, at)
        self._segment(flow, 0, _ACK, at)
        return flow

    def data(
        self, flow: Flow, data: bytes, at: float, *, from_browser: bool, size: int | None = None
    ) -> None:
        """One side sends so many bytes, of which ``data`` may be the first alone."""
        sender, whole = int(not from_browser), len(data) if size is None else size
        step = _SEGMENT if whole == len(data) else _LARGEST
        for start in range(0, whole, step):
            length = min(step, whole - start)
            piece = data[start : start + length]
            self._segment(flow, sender, _PUSH | _ACK, at, data=piece, length=length)

    def close(self, flow: Flow, at: float, *, by_browser: bool) -> None:
        """The connection ends."""
        first = int(not by_browser)
        self._segment(flow, first, _FIN | _ACK, at)
        self._segment(flow, 1 - first, _FIN | _ACK, at)
        self._segment(flow, first, _ACK, at)

    def _segment(
        self,
        flow: Flow,
        sender: int,
        flags: int,
        at: float,
        *,
        data: bytes = b"",
        length: int = 0,
        comment: str = "",
    ) -> None:
        other = 1 - sender
        acknowledged = flow.next[other] if flags & _ACK else 0
        head = struct.pack(
            "!HHIIBBHHH",
            *(flow.ports[sender], flow.ports[other], flow.next[sender], acknowledged),
            *(5 << 4, flags, _WINDOW, 0, 0),
        )
        sides = flow.addresses[sender].packed, flow.addresses[other].packed
        if length == len(data):  # else nobody can tell, and nobody checks
            pseudo = _pseudo_header(*sides, len(head) + length)
            head = head[:16] + checksum(pseudo + head + data).to_bytes(2, "big") + head[18:]
        packet = _ip_header(*sides, len(head) + length) + head + data
        moved = length + bool(flags & _SYN) + bool(flags & _FIN)
        flow.next[sender] = (flow.next[sender] + moved) % _WRAP
        stamp = int(at * _MICROSECONDS)
        about = struct.pack(
            "<IIIII",
            *(0, stamp >> 32, stamp & 0xFFFFFFFF),
            *(len(packet), len(packet) + length - len(data)),
        )
        options = _option(_COMMENT, comment) if comment else b""
        self._block(_PACKET, about + _padded(packet), options)

    def _block(self, kind: int, body: bytes, options: bytes = b"") -> None:
        if options:
            options += struct.pack("<HH", _END_OF_OPTIONS, 0)
        size = 12 + len(body) + len(options)
        self._write(struct.pack("<II", kind, size) + body + options + struct.pack("<I", size))


def checksum(data: bytes) -> int:
    """The internet's (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    # A sum of words with the carry added is the remainder of one large number, 0 but for zeros.
    whole = int.from_bytes(data, "big")
    return 0xFFFF - (whole % 0xFFFF or (0xFFFF if whole else 0))


def _pseudo_header(source: bytes, target: bytes, size: int) -> bytes:
    """What TCP's checksum covers of IP's header."""
    if len(source) == 4:  # noqa: PLR2004  an IPv4 address
        return source + target + struct.pack("!BBH", 0, _TCP, size)
    return source + target + struct.pack("!II", size, _TCP)


def _ip_header(source: bytes, target: bytes, size: int) -> bytes:
    if len(source) == 4:  # noqa: PLR2004  an IPv4 address
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + size, 0, 0x4000, _HOPS, _TCP, 0)
        sides = source + target
        return head[:10] + checksum(head + sides).to_bytes(2, "big") + sides
    return struct.pack("!IHBB", 6 << 28, size, _TCP, _HOPS) + source + target


def _addresses(
    browser: str, server: str
) -> tuple[IPv4Address, IPv4Address] | tuple[IPv6Address, IPv6Address]:
    try:
        ends = ip_address(browser.partition("%")[0]), ip_address(server.partition("%")[0])
    except ValueError:
        ends = _UNKNOWN
    first, second = ends
    if isinstance(first, IPv4Address) and isinstance(second, IPv4Address):
        return first, second
    return _version_6(first), _version_6(second)


def _version_6(address: IPv4Address | IPv6Address) -> IPv6Address:
    return address if isinstance(address, IPv6Address) else IPv6Address(f"::ffff:{address}")


def _option(code: int, text: str) -> bytes:
    encoded = text.encode()
    return struct.pack("<HH", code, len(encoded)) + _padded(encoded)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)

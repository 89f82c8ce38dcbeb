"""The .local name: whether the room is announced, and this computer knows such names."""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from lanchat.doctor.finding import Finding, Verdict
from lanchat.errors import NoDiscovery
from lanchat.net.discovery import FoundRoom, discover

SECONDS = 2.0
CHECK = "mdns"


def check_name(port: int, own: Collection[str]) -> Finding:
    """Ask the network for rooms, and this computer for the name of ours."""
    try:
        rooms = discover(SECONDS)
    except NoDiscovery as error:
        return Finding(CHECK, Verdict.UNSEEN, error.reason)
    return judge(rooms, port, own, resolve)


def judge(
    rooms: Sequence[FoundRoom],
    port: int,
    own: Collection[str],
    resolve: Callable[[str], Collection[str]],
) -> Finding:
    """``own`` are this computer's addresses; ``resolve`` returns those of a name."""
    for room in rooms:
        where = urlsplit(room.url)
        if where.port == port and where.hostname in own:
            name = urlsplit(room.local_url).hostname or ""
            if set(resolve(name)) & set(own):
                return Finding(CHECK, Verdict.OK, f"{room.local_url} leads here")
            text = f"{room.local_url} is announced, and this computer itself knows no such names"
            return Finding(CHECK, Verdict.OK, f"{text}; others may")
    text = "no .local name of this room was heard: it is off, or the network forbids multicast"
    return Finding(CHECK, Verdict.WARNING, text, "share the address in numbers; it needs no name")


def resolve(name: str) -> set[str]:
    """The addresses that this computer's own resolver knows; empty where it knows none."""
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return set()
    return {str(ip_address(str(info[4][0]).partition("%")[0])) for info in found}

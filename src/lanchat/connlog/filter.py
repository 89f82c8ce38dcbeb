"""Which records of the log somebody wants to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from lanchat.connlog.record import EVENTS, Record

Network: TypeAlias = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that a record meets all of; those left out are met by every record.

    ``user`` is part of a name, in capitals or not; ``since`` has a time zone.
    """

    events: frozenset[str] = frozenset(EVENTS)
    user: str = ""
    network: Network | None = None
    since: datetime | None = None

    def matches(self, record: Record) -> bool:
        return (
            record.event in self.events
            and not self.is_before(record)
            and self.user.casefold() in record.user.casefold()
            and (self.network is None or _lies_in(record.ip, self.network))
        )

    def is_before(self, record: Record) -> bool:
        """Whether the record is older than anything wanted."""
        return self.since is not None and record.time < self.since


def parse_network(text: str) -> Network:
    """One address, or a network such as 192.168.1.0/24. Raises ValueError."""
    address, slash, length = text.strip().partition("/")
    return ip_network(_plain(address) + slash + length, strict=False)


def _lies_in(text: str, network: Network) -> bool:
    try:
        return ip_address(_plain(text)) in network
    except ValueError:
        return False


def _plain(address: str) -> str:
    """Without the zone of fe80::1%eth0, and 192.168.1.2 for ::ffff:192.168.1.2."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(found)

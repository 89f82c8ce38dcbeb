"""Which records of the log somebody wants to see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from lanchat.connlog.record import EVENTS, Record

Network: TypeAlias = IPv4Network | IPv6Network

_AGO = re.compile(r"(\d{1,9})\s*([smhdw])", re.ASCII | re.IGNORECASE)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


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


def parse_since(text: str, now: datetime) -> datetime:
    """When ``10m``, ``2h``, ``1d`` (ago) or an ISO 8601 time was.

    ``now`` has the time zone that a time without an offset is read in. Raises ValueError.
    """
    ago = _AGO.fullmatch(text.strip())
    try:
        if ago is not None:
            return now - timedelta(**{_UNITS[ago[2].lower()]: int(ago[1])})
        moment = datetime.fromisoformat(re.sub(r"[Zz]$", "+00:00", text.strip()))
        if moment.tzinfo is None and now.tzinfo is timezone.utc:
            return moment.replace(tzinfo=timezone.utc)
        # A naive time is local time, by the offset of its own day and not of today.
        return moment.astimezone(timezone.utc)
    except (ValueError, OverflowError, OSError) as error:
        raise ValueError("neither 10m, 2h, 1d nor a time such as 2026-11-23T08:00") from error


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

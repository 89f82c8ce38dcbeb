"""Which of this machine's addresses others on the local network can open.

A laptop easily has ten: Wi-Fi, Ethernet, a VPN, bridges of container engines and virtual
machines, link-local leftovers. The system does not say which of them a neighbour can reach,
so `rank` judges by the kind of the address, the name of its interface and the default route.
`find_addresses` reads the machine, `rank` is pure.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal

import ifaddr

from lanchat.errors import SettingRefused
from lanchat.net.interfaces import maker_of

Kind = Literal["lan", "public", "link-local", "virtual", "loopback"]
IPAddress = IPv4Address | IPv6Address

# Ranges that are used inside a network only. `IPAddress.is_private` will not do: what it says
# of shared and documentation ranges has changed between Python versions. Both are here because
# such an address on an interface means a LAN: providers and campus networks hand out 100.64/10,
# teaching labs and sandboxes number themselves from the documentation ranges.
LAN_RANGES = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",  # shared address space (RFC 6598)
        "192.0.2.0/24",  # documentation (RFC 5737), and the next two
        "198.51.100.0/24",
        "203.0.113.0/24",
        "198.18.0.0/15",  # benchmarking (RFC 2544)
        "fc00::/7",  # unique local addresses (RFC 4193)
        "2001:db8::/32",  # documentation (RFC 3849)
    )
)

# What to share before what. IPv6 is nothing to read out in a classroom, so it comes after all
# IPv4 that neighbours reach; its link-local addresses open in no browser (they need a zone).
ORDER: tuple[tuple[Kind, int], ...] = (
    ("lan", 4),
    ("public", 4),
    ("lan", 6),
    ("public", 6),
    ("link-local", 4),
    ("virtual", 4),
    ("virtual", 6),
    ("link-local", 6),
    ("loopback", 4),
    ("loopback", 6),
)

# Documentation addresses: nobody has them, so the way to them is the default route.
FAR_AWAY = ((socket.AF_INET, "198.51.100.1"), (socket.AF_INET6, "2001:db8::1"))


@dataclass(frozen=True, slots=True)
class Address:
    """One address of this machine; ``reason`` says in English why it ranks where it does."""

    ip: IPAddress
    interface: str
    kind: Kind
    reason: str


def find_addresses(interface: str | None = None) -> list[Address]:
    """The addresses of this machine, or of one interface, best to share first.

    Raises SettingRefused for an interface that does not exist.
    """
    routes = default_routes()
    try:
        adapters = [_present(adapter) for adapter in ifaddr.get_adapters(True)]
    except (OSError, AssertionError):
        # Android forbids listing the interfaces, and ifaddr asserts that each has a netmask.
        ips = [ifaddr.IP((ip, 0, 0) if ":" in ip else ip, 0, "") for ip in routes]
        adapters = [ifaddr.Adapter("", "", ips)]
    return rank(adapters, routes, interface)


def rank(
    adapters: Iterable[ifaddr.Adapter], routes: frozenset[str], interface: str | None = None
) -> list[Address]:
    """Judge every address of the adapters, best to share first.

    They stand in the order of ORDER; among equals those on the interface of the default route
    come first. ``routes`` holds the addresses that the default routes start from. An interface
    asked for by name is never judged virtual. Raises SettingRefused where there is none such.
    """
    adapters = list(adapters)
    if interface is not None:
        adapters = _named(adapters, interface)
    ranked: list[tuple[tuple[int, bool, bool], Address]] = []
    for adapter in adapters:
        ips = [ip for ip in adapter.ips if not _plain(ip).is_multicast]
        routed = any(str(_plain(ip)) in routes for ip in ips)
        virtual = None if interface else maker_of(_names(adapter), routed=routed)
        for ip in ips:
            address = _judge(_plain(ip), ip.nice_name or adapter.nice_name, routed, virtual)
            place = ORDER.index((address.kind, address.ip.version))
            ranked.append(((place, not routed, str(address.ip) not in routes), address))
    return [address for _, address in sorted(ranked, key=lambda pair: pair[0])]


def default_routes() -> frozenset[str]:
    """The addresses that the default routes start from: at most one each of IPv4 and IPv6.

    Connecting a UDP socket only asks the routing table; nothing is sent.
    """
    found = set()
    for family, far_away in FAR_AWAY:
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far_away, 9))
            found.add(str(ip_address(probe.getsockname()[0].partition("%")[0])))
    return frozenset(found)


def _present(adapter: ifaddr.Adapter) -> ifaddr.Adapter:
    """The adapter without the addresses that cannot be bound at the moment.

    Windows lists the stale addresses of unplugged cables and switched-off radios too.
    """
    return ifaddr.Adapter(
        adapter.name,
        adapter.nice_name,
        [ip for ip in adapter.ips if _can_bind(ip)],
        adapter.index,
    )


def _can_bind(ip: ifaddr.IP) -> bool:
    family = socket.AF_INET if ip.is_IPv4 else socket.AF_INET6
    where = (ip.ip, 0) if isinstance(ip.ip, str) else (ip.ip[0], 0, 0, ip.ip[2])
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind(where)
    except OSError as error:
        return error.errno != errno.EADDRNOTAVAIL
    return True


def _plain(ip: ifaddr.IP) -> IPAddress:
    return ip_address(ip.ip if isinstance(ip.ip, str) else ip.ip[0].partition("%")[0])


def _names(adapter: ifaddr.Adapter) -> set[str]:
    """All names of an adapter: on Windows a GUID, its device and the connection's own name."""
    names = {adapter.name, adapter.nice_name, *(ip.nice_name for ip in adapter.ips)}
    return {name.lower() for name in names}


def _named(adapters: Sequence[ifaddr.Adapter], interface: str) -> list[ifaddr.Adapter]:
    found = [adapter for adapter in adapters if interface.lower() in _names(adapter)]
    if not found:
        known = [adapter.ips[0].nice_name if adapter.ips else adapter.name for adapter in adapters]
        raise SettingRefused(
            "interface", interface, f"the interfaces here are {', '.join(known) or 'not known'}"
        )
    return found


def _judge(ip: IPAddress, interface: str, routed: bool, virtual: str | None) -> Address:
    kind: Kind
    if ip.is_loopback:
        kind, reason = "loopback", "only this machine itself can open it"
    elif virtual is not None:
        kind, reason = "virtual", f"the interface belongs to {virtual}, not to the LAN"
    elif ip.is_link_local:
        kind, reason = "link-local", "made up without a router: the same cable or Wi-Fi only"
    elif any(ip in network for network in LAN_RANGES):
        kind, reason = "lan", "a LAN address"
    else:
        kind, reason = "public", "a public address: a firewall may stand before it"
    if routed and kind in ("lan", "public"):
        reason += ", on the interface of the default route"
    return Address(ip, interface, kind, reason)

"""Find the rooms on this network, as their computers announce them by multicast DNS.

Whatever is found was said by anybody: it is read with care, and none of it is fit for a terminal.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from zeroconf import DNSQuestionType, Error, ServiceBrowser, ServiceInfo, Zeroconf

from lanchat.errors import NoDiscovery
from lanchat.net.addresses import find_addresses
from lanchat.net.mdns import MARK, SERVICE

_DETAILS_WITHIN = 1_500
"""Milliseconds that rooms found at the last moment have, all together, to say where they are.

Who has said it within the last second says it again 1.2 seconds later at most.
"""

_MULTICAST = DNSQuestionType.QM
"""A unicast answer reaches one of the programs that share the port: a server here, perhaps."""

_MOST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class FoundRoom:
    """A room; ``people`` and ``needs_code`` are None where it does not say."""

    name: str
    url: str
    local_url: str
    people: int | None
    needs_code: bool | None
    version: str


def discover(seconds: float, addresses: Sequence[str] | None = None) -> list[FoundRoom]:
    """The rooms that answer within the time, by name; ``addresses`` are those to ask from.

    Raises NoDiscovery where this computer can ask nobody.
    """
    addresses = _own_addresses() if addresses is None else addresses
    if not addresses:
        raise NoDiscovery("this computer is in no network")
    names: set[str] = set()

    def found(name: str, **_: object) -> None:
        names.add(name)

    try:
        with Zeroconf(interfaces=list(addresses)) as zeroconf:
            browser = ServiceBrowser(zeroconf, SERVICE, handlers=[found], question_type=_MULTICAST)
            time.sleep(seconds)
            browser.cancel()
            infos = list(_details(zeroconf, names))
    except (OSError, Error) as error:
        raise NoDiscovery(str(error)) from None
    rooms = [room for info in infos if (room := _read(info)) is not None]
    return sorted(rooms, key=lambda room: (room.name.casefold(), room.url))


def _details(zeroconf: Zeroconf, names: Iterable[str]) -> Iterator[ServiceInfo]:
    end = time.monotonic() + _DETAILS_WITHIN / 1000
    for name in names:
        left = max(0, int(1000 * (end - time.monotonic())))
        info = zeroconf.get_service_info(SERVICE, name, left, _MULTICAST)
        if info is not None:
            yield info


def _own_addresses() -> list[str]:
    """Where neighbours may be: IPv4 alone, as rooms are announced there."""
    return [
        str(address.ip)
        for address in find_addresses()
        if address.ip.version == 4 and address.kind in ("lan", "public", "link-local")  # noqa: PLR2004
    ]


def _read(info: ServiceInfo) -> FoundRoom | None:
    """The room in an announcement, or None where it is something else, a printer perhaps."""
    text = {
        key.decode(errors="replace"): (value or b"").decode(errors="replace")
        for key, value in info.properties.items()
    }
    addresses = sorted(map(ip_address, info.parsed_addresses()), key=lambda ip: ip.version)
    if MARK not in text or not addresses or not info.port:
        return None
    host = f"[{addresses[0]}]" if addresses[0].version == 6 else str(addresses[0])  # noqa: PLR2004
    people = text.get("people", "")
    scheme = "https" if text.get("tls") == "1" else "http"
    return FoundRoom(
        name=text.get("room") or info.name.removesuffix("." + SERVICE),
        url=f"{scheme}://{host}:{info.port}",
        local_url=f"{scheme}://{str(info.server).rstrip('.')}:{info.port}",
        people=int(people) if people.isdecimal() and len(people) <= _MOST_DIGITS else None,
        needs_code={"yes": True, "no": False}.get(text.get("code", "")),
        version=text[MARK],
    )

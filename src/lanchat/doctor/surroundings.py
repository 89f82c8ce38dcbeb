"""What stands around the server: addresses, its name, VPN, neighbours, browsers and the clock."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timezone
from ipaddress import ip_address
from urllib.parse import urlsplit

from lanchat.doctor.facts import Finding, Verdict
from lanchat.doctor.probing import resolve
from lanchat.errors import NoDiscovery
from lanchat.net.addresses import Address
from lanchat.net.discovery import FoundRoom, discover

DISCOVERY_SECONDS = 2.0

_SHOWN = 6
_WRITTEN = datetime(2026, 11, 1, tzinfo=timezone.utc).timestamp()
"""No clock that is right shows less: there was no such program before."""

_DRIFT = 90.0
_FAR_FUTURE = datetime(2100, 1, 1, tzinfo=timezone.utc).timestamp()

_ADDRESS_STEPS = {
    "link-local": "no router gave an address: join the Wi-Fi again, or look at the cable",
    "public": "be sure that only those you want can reach it: `lanchat serve --access-code auto`",
    "virtual": "join the Wi-Fi that your guests are in",
}


def check_addresses(addresses: Sequence[Address], share_url: str, shared: bool) -> Finding:
    """The address to share, why it is that one, and why it is none of the others."""
    check = "address"
    rest = [address for address in addresses if address.kind != "loopback"]
    if not shared or not rest:
        text = "this computer is in no network that others could reach it by"
        return Finding(check, Verdict.PROBLEM, text, "join the Wi-Fi that your guests are in")
    best, *others = rest
    details = [f"not {one.ip} ({one.interface}): {one.reason}" for one in others]
    if len(details) > _SHOWN:
        details[_SHOWN:] = [f"and {len(details) - _SHOWN} more"]
    step = _ADDRESS_STEPS.get(best.kind, "")
    verdict = Verdict.WARNING if step else Verdict.OK
    text = f"{share_url} ({best.interface}): {best.reason}"
    return Finding(check, verdict, text, step, tuple(details))


def check_name(port: int, own: Collection[str]) -> Finding:
    """Ask the network for rooms, and this computer for the name of ours."""
    try:
        rooms = discover(DISCOVERY_SECONDS)
    except NoDiscovery as error:
        return Finding("mdns", Verdict.UNSEEN, error.reason)
    return judge_name(rooms, port, own, resolve)


def judge_name(
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
                return Finding("mdns", Verdict.OK, f"{room.local_url} leads here")
            text = f"{room.local_url} is announced, and this computer itself knows no such names"
            return Finding("mdns", Verdict.OK, f"{text}; others may")
    text = "no .local name of this room was heard: it is off, or the network forbids multicast"
    return Finding("mdns", Verdict.WARNING, text, "share the address in numbers; it needs no name")


def check_vpn(addresses: Iterable[Address], routes: Collection[str]) -> Finding:
    """Whether this computer's own way out leads through a tunnel."""
    for address in addresses:
        if str(address.ip) in routes and address.kind == "virtual":
            return Finding(
                "vpn",
                Verdict.WARNING,
                f"the way out of this computer is {address.interface}: {address.reason}",
                "many VPNs cut off the local network: allow it in their settings, or pause them",
            )
    return Finding("vpn", Verdict.OK, "the way out of this computer is no VPN")


def neighbours_from_proc(table: str) -> dict[str, set[str]]:
    """By interface, who has answered lately: /proc/net/arp."""
    found: dict[str, set[str]] = {}
    for line in table.splitlines()[1:]:
        ip, _, flags, _, _, interface = line.split()
        if int(flags, 16) & 2:  # complete
            found.setdefault(interface, set()).add(ip)
    return found


def neighbours_from_arp(text: str) -> dict[str, set[str]]:
    """The same from ``arp -an`` of macOS and ``arp -a`` of Windows, there by its own address."""
    found: dict[str, set[str]] = {}
    here = ""
    for line in text.splitlines():
        if own := re.match(r"\S.*?(\d+\.\d+\.\d+\.\d+) --- ", line):
            here = own[1]
        elif on_mac := re.search(r"\(([\d.]+)\) at [0-9a-f:]{11,} on (\S+)", line):
            found.setdefault(on_mac[2], set()).add(on_mac[1])
        elif on_windows := re.match(r"\s+([\d.]+)\s+([0-9a-f]{2}-){5}[0-9a-f]{2}\s", line):
            found.setdefault(here, set()).add(on_windows[1])
    return {name: {ip for ip in ips if _is_one(ip)} for name, ips in found.items()}


def check_neighbours(neighbours: Mapping[str, Collection[str]], best: Address | None) -> Finding:
    """Whether devices see each other, or a network keeps them apart."""
    check = "isolation"
    if best is None:
        return Finding(check, Verdict.UNSEEN, "without a network there are no neighbours")
    seen = {*neighbours.get(best.interface, ()), *neighbours.get(str(best.ip), ())}
    seen.discard(str(best.ip))
    # One of them is the router, which every device sees.
    if len(seen) > 1:
        return Finding(check, Verdict.OK, f"{len(seen)} neighbours have answered lately")
    return Finding(
        check,
        Verdict.UNSEEN,
        "nobody but the router was seen lately; guest networks, and many in schools and hotels, "
        "above all those with a login page, keep devices apart",
        "try the address on a phone; if it hangs, use another network or a phone's hotspot",
    )


def check_portal(connectivity: str | None) -> Finding | None:
    """A login page that NetworkManager has met: networks that have one mostly isolate, too."""
    if connectivity != "portal":
        return None
    text = "this network asks for a login in the browser first, and may keep devices apart"
    return Finding("portal", Verdict.WARNING, text, "log in there, or use another network")


def check_browsers(share_url: str, kind: str) -> Finding:
    """What browsers make of a page without encryption."""
    check = "browsers"
    if share_url.startswith("https://"):
        text = "the page is encrypted; guests who have not installed its authority are warned"
        return Finding(check, Verdict.OK, text)
    step = f"type the whole address: {share_url}"
    if kind == "public":
        return Finding(
            check,
            Verdict.WARNING,
            "Chrome warns of plain http at public addresses before it opens them",
            f"{step}; then Chrome: Continue to site; or start `lanchat serve --tls`",
        )
    return Finding(
        check,
        Verdict.OK,
        "they open plain http at such an address; one that insists on https asks first "
        "(Chrome: Continue to site; Firefox: Continue to HTTP Site)",
        step,
    )


def check_clock(
    now: float, hardware: float | None, synchronized: bool | None, newest: datetime | None
) -> Finding:
    """Whether this computer knows what time it is; ``newest`` is the log's newest time."""
    check = "clock"
    shown = datetime.fromtimestamp(now).astimezone().strftime("%Y-%m-%d %H:%M")
    step = "set the clock; times beside messages, logins and certificates depend on it"
    if not _WRITTEN <= now < _FAR_FUTURE:
        return Finding(check, Verdict.PROBLEM, f"it cannot be {shown}", step)
    if newest is not None and newest.timestamp() - now > _DRIFT:
        text = f"it is {shown}, and the log has a later time: the clock has been set back"
        return Finding(check, Verdict.WARNING, text, step)
    # The hardware's may be in local time, which is off by quarters of an hour.
    if hardware is not None and abs((hardware - now + 450) % 900 - 450) > _DRIFT:
        text = f"it is {shown}, and the hardware's clock differs"
        return Finding(check, Verdict.WARNING, text, step)
    source = {True: ", set by a time server", False: ", set by no time server", None: ""}
    return Finding(check, Verdict.OK, f"{shown}{source[synchronized]}")


def _is_one(text: str) -> bool:
    """Neither a group of devices nor all of them."""
    address = ip_address(text)
    return not address.is_multicast and not text.endswith(".255")

"""All checks in their order: of this computer, or of the way to another one's room."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

import ifaddr

from lanchat.config import DEFAULT_PORT
from lanchat.doctor.application_firewalls import check_macos, check_windows
from lanchat.doctor.facts import Finding, Verdict, ask, read
from lanchat.doctor.firewall_linux import check_linux
from lanchat.doctor.guests import check_guests, read_diary
from lanchat.doctor.port_check import check_port, find_holder
from lanchat.doctor.probing import probe
from lanchat.doctor.reachability import follow, target
from lanchat.doctor.shared_database import check_database
from lanchat.doctor.surroundings import (
    check_addresses,
    check_browsers,
    check_clock,
    check_name,
    check_neighbours,
    check_portal,
    check_vpn,
    neighbours_from_arp,
    neighbours_from_proc,
)
from lanchat.net.addresses import default_routes, find_addresses
from lanchat.net.network import Network

Check = Callable[[], Finding | None]


def examine_here(
    log_file: Path, port: int | None = None, database: str | None = None
) -> Iterator[Finding]:
    """The checks of this computer; without a ``port``, that of the server that the log knows.

    Before them those of the ``database`` that it shares with others, if it does.
    """
    if database is not None:
        yield from check_database(database)
    addresses = find_addresses()
    own = {str(address.ip) for address in addresses}
    diary = read_diary(log_file, own)
    if port is None:
        port = (None if diary.stopped else diary.port) or DEFAULT_PORT
    network = Network(None, port)
    best = addresses[0] if network.shared else None
    host = urlsplit(network.share_url).hostname or "localhost"
    hosts = dict.fromkeys(["localhost", host])
    health = {one: probe(one, port) for one in hosts}
    if any(one.encrypted for one in health.values()):
        network = Network(None, port, scheme="https")
    yield check_addresses(addresses, network.share_url, network.shared)
    yield check_port(port, find_holder(port), health)
    yield check_guests(diary)
    serving = any(one.kind == "lanchat" for one in health.values())
    checks: list[Check] = [
        lambda: _check_firewall(port, best.interface if best else ""),
        lambda: check_name(port, own) if serving else None,
        lambda: check_vpn(addresses, default_routes()),
        lambda: check_neighbours(_neighbours(), best),
        lambda: check_portal(_connectivity()),
        lambda: check_browsers(network.share_url, best.kind if best else "lan"),
        lambda: check_clock(time.time(), _hardware_clock(), _synchronized(), diary.newest),
    ]
    yield from _at_once(checks)


def examine_room(url: str) -> Iterator[Finding]:
    """The checks on the way to a room on another computer. Raises SettingRefused."""
    yield from follow(target(url), _own_networks())
    yield check_vpn(find_addresses(), default_routes())


def _at_once(checks: Sequence[Check]) -> Iterator[Finding]:
    """The findings in order; the checks wait for answers side by side."""
    with ThreadPoolExecutor(len(checks)) as pool:
        for future in [pool.submit(check) for check in checks]:
            finding = future.result()
            if finding is not None:
                yield finding


def _check_firewall(port: int, interface: str) -> Finding:
    checks: dict[str, Callable[[], Finding]] = {
        "linux": lambda: check_linux(port, interface),
        "darwin": check_macos,
        "win32": lambda: check_windows(port),
    }
    check = checks.get(sys.platform)
    if check is None:
        return Finding("firewall", Verdict.UNSEEN, f"it cannot be read on {sys.platform}")
    return check()


def _neighbours() -> dict[str, set[str]]:
    table = read("/proc/net/arp")
    if table is not None:
        return neighbours_from_proc(table)
    answer = ask("arp", "-a" if sys.platform == "win32" else "-an")
    return neighbours_from_arp(answer.text if answer else "")


def _connectivity() -> str | None:
    answer = ask("nmcli", "-t", "-f", "CONNECTIVITY", "general")
    return answer.text.strip() if answer else None


def _hardware_clock() -> float | None:
    seconds = (read("/sys/class/rtc/rtc0/since_epoch") or "").strip()
    return float(seconds) if seconds.isdecimal() else None


def _synchronized() -> bool | None:
    answer = ask("timedatectl", "show", "--property=NTPSynchronized", "--value")
    return {"yes": True, "no": False}.get(answer.text.strip()) if answer else None


def _own_networks() -> list[IPv4Network | IPv6Network]:
    return [
        ip_network(f"{ip.ip if ip.is_IPv4 else ip.ip[0]}/{ip.network_prefix}", strict=False)
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
    ]

"""Whether a room can be reached: how far one gets on the way to it, and what stops one there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import urlsplit

from lanchat.config import DEFAULT_PORT
from lanchat.doctor.facts import Finding, Verdict
from lanchat.doctor.probing import Health, probe, resolve
from lanchat.errors import SettingRefused

_PAGES = ("", "chat", "invite", "host")
"""What an address ends with that was copied from a browser."""

_PATH = re.compile(r"[!-~]{0,200}")
_CLOCKS_APART = 120.0
_APART = (
    "both in the same Wi-Fi? a guest network keeps devices apart; on that computer "
    "`lanchat doctor` looks at its firewall; pause a VPN on either side"
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a room is; ``path`` is what a proxy has it below, such as ``/room12``, or empty."""

    host: str
    port: int
    path: str = ""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}{self.path}"


def target(text: str) -> Target:
    """Where an address leads, as people write it. Raises SettingRefused."""
    hint = "give an address such as http://192.168.1.20:8765"
    try:
        parts = urlsplit(text if re.match(r"[a-z]+://", text, re.IGNORECASE) else f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise SettingRefused("url", text, hint) from None
    if not host or " " in host or parts.scheme not in ("", "http", "https"):
        raise SettingRefused("url", text, hint)
    above, _, last = parts.path.rstrip("/").rpartition("/")
    path = above if last in _PAGES else f"{above}/{last}"
    if not _PATH.fullmatch(path):
        raise SettingRefused("url", text, hint)
    usual = {"http": 80, "https": 443}.get(parts.scheme, DEFAULT_PORT)
    return Target(host, usual if port is None else port, path)


def follow(room: Target, networks: Sequence[IPv4Network | IPv6Network]) -> Iterator[Finding]:
    """Resolve, compare with our own ``networks``, connect and ask."""
    addresses = resolve(room.host)
    name = check_resolved(room.host, addresses)
    yield name
    if name.verdict is Verdict.PROBLEM:
        return
    near = is_near(addresses, networks)
    yield check_near(addresses, near=near)
    yield from check_room(str(room), probe(room.host, room.port, path=room.path), near=near)


def check_resolved(host: str, addresses: Collection[str]) -> Finding:
    """Whether the name is one that this computer knows."""
    if addresses:
        shown = ", ".join(sorted({host, *addresses} - {host}))
        return Finding("name", Verdict.OK, f"{host} is {shown or 'an address'}")
    step = "take the address in numbers, as the host's screen shows it"
    if host.endswith(".local"):
        text = f"nobody here is {host}, or this computer does not know .local names"
        return Finding("name", Verdict.PROBLEM, text, step)
    return Finding("name", Verdict.PROBLEM, f"there is no {host}", step)


def is_near(addresses: Collection[str], networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Whether one of the addresses lies in one of the networks, or here."""
    ips = [ip_address(text) for text in addresses]
    return any(ip.is_loopback or any(ip in network for network in networks) for ip in ips)


def check_near(addresses: Collection[str], *, near: bool) -> Finding:
    """Whether there is a router on the way."""
    if near:
        return Finding("network", Verdict.OK, "it is in the network of this computer")
    text = f"{', '.join(sorted(addresses))} is in no network that this computer is in"
    return Finding("network", Verdict.WARNING, text, "join the network that the host is in")


def check_room(where: str, health: Health, *, near: bool) -> Iterator[Finding]:
    """What answered there; ``near`` is about the same network."""
    check = "room"
    texts = {
        "refused": (
            f"the computer answers, and nothing listens at {where}",
            "does lanchat run there, and is the number after the colon right?",
        ),
        "silent": (f"no answer from {where}: something on the way swallows it", _APART),
        "unreachable": (
            f"no way to {where}: {health.reason}",
            "is that computer awake, and the address a new one by now?" if near else _APART,
        ),
        "foreign name": (
            f"a lanchat is at {where}, and does not answer to this name",
            "take the address that its host sees, or: lanchat serve --allow-host NAME",
        ),
        "other": (
            f"{where} is no lanchat: {health.reason}",
            "look at the address again, with the number after the colon",
        ),
    }
    if health.kind != "lanchat":
        text, step = texts[health.kind]
        yield Finding(check, Verdict.PROBLEM, text, step)
        return
    yield Finding(check, Verdict.OK, f"lanchat {health.version} answers at {where}")
    if health.ahead is not None and abs(health.ahead) > _CLOCKS_APART:
        minutes = abs(health.ahead) / 60
        text = f"the two clocks are {minutes:.0f} min apart"
        yield Finding("clock", Verdict.WARNING, text, "set the one that is wrong")

"""Whether a room can be reached: how far one gets on the way to it, and what stops one there."""

from __future__ import annotations

import errno
import http.client
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from lanchat.config import DEFAULT_PORT
from lanchat.doctor.facts import Finding, Verdict
from lanchat.errors import SettingRefused

SECONDS = 4.0
"""How long one step may take as a whole, however slowly something drips in."""

_Result = TypeVar("_Result")

Kind = Literal["lanchat", "other", "foreign name", "refused", "silent", "unreachable"]

_PAGES = ("", "chat", "invite", "host")
"""What an address ends with that was copied from a browser."""

_PATH = re.compile(r"[!-~]{0,200}")
_CLOCKS_APART = 120.0
_APART = (
    "both in the same Wi-Fi? a guest network keeps devices apart; on that computer "
    "`lanchat doctor` looks at its firewall; pause a VPN on either side"
)


@dataclass(frozen=True, slots=True)
class Health:
    """What came back; ``version`` is that of a lanchat, ``reason`` why there is none.

    ``ahead`` is by how many seconds the other clock is ahead of ours; ``encrypted`` is whether it
    was https that it answered to.
    """

    kind: Kind
    version: str = ""
    reason: str = ""
    ahead: float | None = None
    encrypted: bool = False


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


def resolve(name: str) -> set[str]:
    """The addresses that this computer's own resolver knows; empty where it knows none in time."""

    def ask() -> set[str]:
        try:
            found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return set()
        return {str(ip_address(str(info[4][0]).partition("%")[0])) for info in found}

    return within(SECONDS, ask) or set()


def probe(host: str, port: int, seconds: float = SECONDS, path: str = "") -> Health:
    """Ask for /healthz, in the clear first, past every proxy that this computer may use.

    Both tries together take no longer than ``seconds``, whatever the other end does.
    """
    end = time.monotonic() + seconds
    health = _ask(http.client.HTTPConnection(host, port, timeout=seconds), path, seconds)
    left = end - time.monotonic()
    if health.kind != "other" or left <= 0:
        return health
    # Whether a certificate is believed is another question than whether somebody is there.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection(host, port, timeout=left, context=context)
    encrypted = _ask(connection, path, left)
    return replace(encrypted, encrypted=True) if encrypted.kind == "lanchat" else health


def within(seconds: float, work: Callable[[], _Result]) -> _Result | None:
    """The result of what may wait for others, or None where it takes longer than that.

    What is given up goes on in a thread that holds up no end of the program.
    """
    done: list[_Result] = []
    thread = threading.Thread(target=lambda: done.append(work()), daemon=True)
    thread.start()
    thread.join(seconds)
    return done[0] if done else None


def explain_failure(error: OSError) -> Health:
    """What it means that a connection could not be made."""
    if isinstance(error, ConnectionRefusedError):
        return Health("refused", reason="connection refused")
    if isinstance(error, TimeoutError) or error.errno == errno.ETIMEDOUT:
        return Health("silent", reason="no answer")
    if isinstance(error, socket.gaierror):
        return Health("unreachable", reason="no such name")
    return Health("unreachable", reason=error.strerror or str(error))


def read_answer(status: int, headers: Mapping[str, str], body: bytes, now: float) -> Health:
    """Read an answer: /healthz of a lanchat is an object with ``status`` and ``version``."""
    ahead = None
    with suppress(ValueError):
        ahead = parsedate_to_datetime(headers.get("Date") or "").timestamp() - now
    try:
        health = json.loads(body)
        if health["status"] == "ok":
            return Health("lanchat", version=str(health["version"]), ahead=ahead)
    except (ValueError, RecursionError, KeyError, TypeError):
        pass
    if status == http.client.FORBIDDEN and b"lanchat" in body:
        return Health("foreign name", reason="it does not answer to this name", ahead=ahead)
    return Health("other", reason=f"it answers as something else (status {status})", ahead=ahead)


def _ask(connection: http.client.HTTPConnection, path: str, seconds: float) -> Health:
    health = within(seconds, lambda: _talk(connection, path))
    if health is not None:
        return health
    # Its own timeout begins anew with every byte, and for every address of a name.
    met = connection.sock
    if met is None:
        return Health("silent", reason="no answer")
    with suppress(OSError):
        met.shutdown(socket.SHUT_RDWR)  # so that the thread ends, too
    return Health("other", reason=f"its answer is not there after {seconds:.0f} s")


def _talk(connection: http.client.HTTPConnection, path: str) -> Health:
    with closing(connection):
        try:
            connection.connect()
        except OSError as error:
            return explain_failure(error)
        try:
            connection.request("GET", f"{path}/healthz", headers={"Connection": "close"})
            response = connection.getresponse()
            body = response.read(1_000)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Health("other", reason=f"no answer to a request for a page ({error})")
    return read_answer(response.status, dict(response.getheaders()), body, time.time())

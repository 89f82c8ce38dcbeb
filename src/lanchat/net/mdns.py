"""Tell the network by multicast DNS where the room is: ``python -m lanchat.net.mdns``.

A process of its own, because Zeroconf runs an asyncio loop in a thread, and the server's threads
are gevent's. It reads lines of JSON from its input, each one everything that is to be announced
from then on (the fields of Announcement), and answers each that it could follow with
``{"host": "lanchat.local"}``, the name that was free, or with ``{"error": "…"}``. At the input's
end it takes everything back and ends, so it never outlives who started it.
"""

from __future__ import annotations

import json
import random
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import ip_address

from zeroconf import (
    AddressResolver,
    DNSAddress,
    Error,
    NonUniqueNameException,
    ServiceInfo,
    Zeroconf,
)

SERVICE = "_http._tcp.local."
MARK = "lanchat"
"""The key of the TXT record that tells rooms from other pages; its value is the version."""

ANSWER_WITHIN = 750
"""Milliseconds that the owner of a name has to say so, as RFC 6762 (8.1) wants it."""

_MOST_NAMES = 20
_LABEL_BYTES = 63


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the network is told: where the room is, best address first, and what it is like."""

    addresses: tuple[str, ...] = ()
    port: int = 0
    name: str = ""
    """The host name that is wanted, without ``.local``."""
    room: str = ""
    text: dict[str, str] = field(default_factory=dict)


class Responder:
    """Announces one room at a time."""

    def __init__(self) -> None:
        self._said = Announcement()
        self._zeroconf: Zeroconf | None = None
        self._info: ServiceInfo | None = None

    def announce(self, wanted: Announcement) -> str | None:
        """Let the network know this and nothing else; returns the host name, if there is one.

        Raises OSError or zeroconf.Error.
        """
        said, self._said = self._said, wanted
        if self._zeroconf is not None and self._info is not None:
            if replace(said, text=wanted.text) == wanted:
                self._info = _service(wanted, self._info.name, str(self._info.server))
                self._zeroconf.update_service(self._info)
                return _host(self._info)
            self.withdraw()
        if not wanted.addresses:
            return None
        self._zeroconf = Zeroconf(interfaces=_interfaces(wanted.addresses))
        for server in _names(wanted.name):
            if _others(self._zeroconf, server, wanted.addresses):
                continue
            info = _service(wanted, _instance(wanted.room), server)
            # Another room of this name gets a number, as a file manager's copies do.
            self._zeroconf.register_service(info, allow_name_change=True)
            if not _lost(self._zeroconf, server, wanted.addresses):
                self._info = info
                return _host(info)
            self._zeroconf.unregister_service(info)
        raise NonUniqueNameException(f"{wanted.name}.local and all like it are taken")

    def withdraw(self) -> None:
        """Say goodbye, so that nobody looks for what is gone."""
        zeroconf, self._zeroconf, self._info = self._zeroconf, None, None
        if zeroconf is not None:
            zeroconf.close()


def _interfaces(addresses: tuple[str, ...]) -> list[str]:
    """Where to speak: over IPv4 where there is any, as everything understands that."""
    ipv4 = [address for address in addresses if ip_address(address).version == 4]  # noqa: PLR2004
    return ipv4 or list(addresses)


def _service(wanted: Announcement, instance: str, server: str) -> ServiceInfo:
    return ServiceInfo(
        SERVICE,
        instance,
        wanted.port,
        server=server,
        parsed_addresses=list(wanted.addresses),
        properties={"path": "/", "room": wanted.room, **wanted.text},
    )


def _host(info: ServiceInfo) -> str:
    return str(info.server).rstrip(".")


def _instance(room: str) -> str:
    label = room.encode()[: _LABEL_BYTES - len("-99")].decode(errors="ignore")
    return f"{label}.{SERVICE}"


def _names(name: str) -> Iterator[str]:
    yield f"{name}.local."
    yield from (f"{name}-{number}.local." for number in range(2, _MOST_NAMES))


def _others(zeroconf: Zeroconf, server: str, own: Sequence[str]) -> bool:
    """Whether the name leads to another computer; a second room on this one may share it."""
    # Computers that are switched on together would otherwise ask together, and hear nobody.
    time.sleep(random.uniform(0, 0.25))  # noqa: S311 (no secret)
    resolver = AddressResolver(server)
    return resolver.request(zeroconf, ANSWER_WITHIN) and not set(
        resolver.parsed_addresses()
    ) <= set(own)


def _lost(zeroconf: Zeroconf, server: str, own: Sequence[str]) -> bool:
    """Whether another computer has taken the name at the same time, and is to keep it."""
    heard = {
        str(ip_address(record.address))
        for record in zeroconf.cache.entries_with_name(server)
        if isinstance(record, DNSAddress)
    }
    return any(address < min(own) for address in heard - set(own))


def main() -> None:
    """Follow the lines of the input to its end."""
    # Ctrl+C is for the server, which then closes our input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    responder = Responder()
    for line in sys.stdin:
        wanted = json.loads(line)
        try:
            host = responder.announce(
                Announcement(**{**wanted, "addresses": tuple(wanted["addresses"])})
            )
        except (OSError, Error) as error:
            responder.withdraw()
            _answer("error", f"{error}" or type(error).__name__)
        else:
            if host is not None:
                _answer("host", host)
    responder.withdraw()


def _answer(kind: str, text: str) -> None:
    print(json.dumps({kind: text}), flush=True)  # noqa: T201 (this is how it answers)


if __name__ == "__main__":
    main()

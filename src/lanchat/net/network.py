"""The addresses under which a running server is known, kept up to date."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from typing import Literal

from lanchat.config import plain_host
from lanchat.errors import SettingRefused
from lanchat.net.addresses import Address, find_addresses

DEFAULT_PORTS = {"http": 80, "https": 443}
OTHERS_SHOWN = 4
"""A machine can have a dozen IPv6 addresses; nobody reads a list of them."""

ANY_ADDRESS = (None, "", "0.0.0.0", "::")


@dataclass(frozen=True, slots=True)
class _View:
    share_host: str
    other_hosts: tuple[str, ...]
    lan_hosts: tuple[str, ...]
    own_hosts: frozenset[str]


class Network:
    """This machine as its neighbours see it, when ``refresh`` was last called.

    ``host``, ``interface`` and ``advertise`` are those of ServeConfig, ``port`` is the bound
    one. Raises SettingRefused for an interface that does not exist and for an
    ``advertise`` that is neither an address nor a host name.
    """

    def __init__(
        self,
        host: str | None,
        port: int,
        interface: str | None = None,
        advertise: str | None = None,
        *,
        scheme: Literal["http", "https"] = "http",
        find: Callable[[str | None], Sequence[Address]] = find_addresses,
    ) -> None:
        self.port = port
        self.scheme = scheme
        self._host = None if host in ANY_ADDRESS else plain_host("host", str(host))
        self._ipv4_only = host == ANY_ADDRESS[2]
        self._interface = interface
        self._advertise = None if advertise is None else plain_host("advertise", advertise)
        self._find = find
        find(interface)  # refuses an interface that does not exist
        self._names = _own_names()
        self._lost: frozenset[str] = frozenset()
        self._local_name: str | None = None
        self._view = self._look()
        self._listeners: list[Callable[[], None]] = []
        self._name_listeners: list[Callable[[], None]] = []
        # Asking the resolver takes seconds where a DNS server is named but out of reach, which
        # is what a LAN without internet looks like: the server does not wait for it.
        threading.Thread(target=self._learn_full_name, daemon=True).start()

    def refresh(self) -> None:
        """Look again: a laptop that changes its Wi-Fi needs no restart."""
        before, self._view = self._view, self._look()
        if self._view.share_host != before.share_host:
            for listener in self._listeners:
                listener()

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call the listener whenever ``share_url`` has become another one."""
        self._listeners.append(listener)

    def take_name(self, name: str) -> None:
        """From now on multicast DNS answers for this .local name, and for no other one."""
        self._lost -= {name.lower()}
        if name != self._local_name:
            self._local_name = name
            for listener in self._name_listeners:
                listener()

    def lose_name(self, name: str) -> None:
        """This .local name is another computer's, also where our own system went by it."""
        self._lost |= {name.lower()}
        if name == self._local_name:
            self._local_name = None

    def on_name(self, listener: Callable[[], None]) -> None:
        """Call the listener whenever ``name_url`` has become another one."""
        self._name_listeners.append(listener)

    @property
    def share_url(self) -> str:
        """What to open on the other devices; localhost where there is no network."""
        return self.url(self._view.share_host)

    @property
    def other_urls(self) -> list[str]:
        """More addresses of this server, best first; the last one is for this machine itself."""
        return [self.url(host) for host in self._view.other_hosts]

    @property
    def local_url(self) -> str:
        """What to open on this machine."""
        return self.url(self._host or "localhost")

    @property
    def name_url(self) -> str | None:
        """What to open on devices that understand .local names, once there is such a name."""
        return None if self._local_name is None else self.url(self._local_name)

    @property
    def lan_addresses(self) -> list[str]:
        """The addresses that others may reach this server at, best first."""
        return list(self._view.lan_hosts)

    @property
    def shared(self) -> bool:
        """Whether ``share_url`` is of any use to other devices."""
        return not _is_local(self._view.share_host)

    def own_hosts(self) -> frozenset[str]:
        """Every host, in lower case and without brackets or zone, that means this machine."""
        local_name = {self._local_name.lower()} if self._local_name else set()
        return (self._view.own_hosts | self._names | local_name) - self._lost

    def url(self, host: str) -> str:
        """The address of this server at the host, written as browsers write an origin."""
        bracketed = f"[{host}]" if ":" in host else host
        usual = self.port == DEFAULT_PORTS[self.scheme]
        return f"{self.scheme}://{bracketed}" + ("" if usual else f":{self.port}")

    def _look(self) -> _View:
        everything = self._find(None)
        hosts = _shareable(self._candidates(everything), self._ipv4_only)
        if self._host is not None:
            hosts = [self._host]
        lan = tuple(host for host in hosts if _is_address(host) and not _is_local(host))
        if self._advertise is not None:
            hosts = [self._advertise, *(host for host in hosts if host != self._advertise)]
        share, *others = hosts or ["localhost"]
        local = self._host or "localhost"
        others = [host for host in others if host != local][:OTHERS_SHOWN]
        if share != local:
            others.append(local)
        own = {str(address.ip) for address in everything} | {share, local}
        return _View(share, tuple(others), lan, frozenset(own))

    def _candidates(self, everything: Sequence[Address]) -> Sequence[Address]:
        if self._interface is None:
            return everything
        try:
            return self._find(self._interface)
        except SettingRefused:
            return []  # it was there at the start: a Wi-Fi stick that has been pulled out

    def _learn_full_name(self) -> None:
        full = socket.getfqdn().lower().rstrip(".")
        # Without an entry for this machine the answer can be anything, localhost for one.
        if full.partition(".")[0] in self._names:
            self._names |= {full}


def _shareable(addresses: Sequence[Address], ipv4_only: bool) -> list[str]:
    hosts = []
    for address in addresses:
        is_ipv4 = isinstance(address.ip, IPv4Address)
        # No browser opens the link-local addresses of IPv6.
        opens = address.kind in ("lan", "public") or (address.kind == "link-local" and is_ipv4)
        if opens and (is_ipv4 or not ipv4_only):
            hosts.append(str(address.ip))
    return hosts


def _own_names() -> frozenset[str]:
    name = socket.gethostname().lower().rstrip(".")
    short = name.partition(".")[0]
    # The .local name is the one of multicast DNS, which many systems answer unasked.
    return frozenset({name, short, f"{short}.local", "localhost", "127.0.0.1", "::1"})


def _is_local(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True

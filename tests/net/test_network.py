from __future__ import annotations

import socket
from ipaddress import ip_address

import pytest

from lanchat.errors import SettingRefused
from lanchat.net.addresses import Address, Kind
from lanchat.net.network import Network


class Machine:
    """A machine whose addresses a test can change."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = [self.judge(text) for text in addresses]

    def find(self, interface: str | None = None) -> list[Address]:
        if interface not in (None, "wlan0"):
            raise SettingRefused("interface", interface, "the interfaces here are wlan0")
        return self.addresses

    def network(
        self, host: str | None = None, interface: str | None = None, advertise: str | None = None
    ) -> Network:
        return Network(host, 8765, interface, advertise, find=self.find)

    @staticmethod
    def judge(text: str) -> Address:
        ip = ip_address(text)
        kind: Kind = "link-local" if ip.is_link_local else "lan"
        return Address(ip, "wlan0", "loopback" if ip.is_loopback else kind, "")


@pytest.fixture
def machine() -> Machine:
    return Machine("192.168.1.5", "10.0.0.9", "fd00::5", "fe80::5", "127.0.0.1")


def test_shares_the_best_address(machine: Machine) -> None:
    """The first one is shared; the others follow, localhost last."""
    network = machine.network()
    assert network.share_url == "http://192.168.1.5:8765"
    assert network.other_urls == [
        "http://10.0.0.9:8765",
        "http://[fd00::5]:8765",
        "http://localhost:8765",
    ]


def test_ipv6_stands_in_brackets() -> None:
    """Where there is no IPv4, an IPv6 address is shared as browsers want it."""
    assert Machine("fd00::5", "::1").network().share_url == "http://[fd00::5]:8765"


def test_no_network_is_no_error() -> None:
    """Alone, the machine still has localhost."""
    network = Machine("127.0.0.1").network()
    assert (network.share_url, network.shared) == ("http://localhost:8765", False)
    assert network.other_urls == []


def test_a_changed_network_needs_no_restart(machine: Machine) -> None:
    """The next look finds the new address, and whoever listens is told."""
    network = machine.network()
    heard: list[str] = []
    network.on_change(lambda: heard.append(network.share_url))
    machine.addresses = [machine.judge("172.16.0.3")]
    network.refresh()
    assert heard == [network.share_url] == ["http://172.16.0.3:8765"]
    assert "172.16.0.3" in network.own_hosts()


def test_what_changes_beside_the_shared_address_is_no_news(machine: Machine) -> None:
    """A second network is answered on, and nobody is told."""
    network = machine.network()
    network.on_change(lambda: pytest.fail("there is nothing new"))
    machine.addresses.append(machine.judge("172.16.0.3"))
    network.refresh()
    assert "172.16.0.3" in network.own_hosts()


def test_own_hosts_are_all_ways_to_address_this_machine(machine: Machine) -> None:
    """Addresses without brackets or zone, the host name, its .local name and localhost."""
    name = socket.gethostname().lower().partition(".")[0]
    assert machine.network().own_hosts() >= {
        *("192.168.1.5", "10.0.0.9", "fd00::5", "fe80::5"),
        *("127.0.0.1", "::1", "localhost", name, f"{name}.local"),
    }


def test_a_given_host_is_the_only_one_shared(machine: Machine) -> None:
    """Who listens on one address is not told of others."""
    network = machine.network(host="10.0.0.9")
    assert (network.share_url, network.other_urls) == ("http://10.0.0.9:8765", [])
    assert network.local_url == "http://10.0.0.9:8765"


def test_loopback_as_host_is_not_shared(machine: Machine) -> None:
    """Nobody else can open 127.0.0.1."""
    assert not machine.network(host="127.0.0.1").shared


def test_ipv4_only_shares_no_ipv6(machine: Machine) -> None:
    """`--host 0.0.0.0` does not answer on IPv6, so it is not offered."""
    assert machine.network(host="0.0.0.0").other_urls == [
        "http://10.0.0.9:8765",
        "http://localhost:8765",
    ]


def test_advertise_overrules(machine: Machine) -> None:
    """The advertised address is shared, is an own host, and the found ones become others."""
    network = machine.network(advertise="Chat.Example")
    assert network.share_url == "http://chat.example:8765"
    assert "http://192.168.1.5:8765" in network.other_urls
    assert "chat.example" in network.own_hosts()


def test_an_unknown_interface_is_refused(machine: Machine) -> None:
    """A mistyped interface is told at the start."""
    with pytest.raises(SettingRefused, match="wlan0"):
        machine.network(interface="wlan7")


def test_an_interface_that_vanishes_is_no_error(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Wi-Fi stick that is pulled out leaves localhost."""
    network = machine.network(interface="wlan0")
    network._interface = "wlan7"
    network.refresh()
    assert network.share_url == "http://localhost:8765"


def test_port_80_is_left_out() -> None:
    """Browsers leave the port out of the origin, and nobody has to type it."""
    network = Network(None, 80, find=Machine("192.168.1.5").find)
    assert network.share_url == "http://192.168.1.5"


def test_reads_this_machine() -> None:
    """On a real machine the local URL works out whatever the network is like."""
    network = Network(None, 8765)
    assert network.local_url == "http://localhost:8765"
    assert network.share_url.endswith(":8765")


def test_a_local_name_is_an_own_host(machine: Machine) -> None:
    """A name that multicast DNS has is told to listeners, and the guard lets it in."""
    network = machine.network()
    heard: list[str | None] = []
    network.on_name(lambda: heard.append(network.name_url))
    assert network.name_url is None
    network.take_name("lanchat.local")
    network.take_name("lanchat.local")
    assert heard == ["http://lanchat.local:8765"]
    assert "lanchat.local" in network.own_hosts()
    network.refresh()
    assert "lanchat.local" in network.own_hosts()


def test_an_own_host_is_in_lower_case(machine: Machine) -> None:
    """Browsers write every host so, whatever `--mdns-name` says."""
    network = machine.network()
    network.take_name("Room12.local")
    assert network.name_url == "http://Room12.local:8765"
    assert "room12.local" in network.own_hosts()


def test_a_lost_local_name_is_no_own_host(machine: Machine) -> None:
    """What leads to another computer by now is foreign, also where it was the system's own name."""
    network = machine.network()
    own = f"{socket.gethostname().lower().partition('.')[0]}.local"
    network.take_name(own)
    network.lose_name(own)
    assert network.name_url is None
    network.take_name("lanchat-2.local")
    assert own not in network.own_hosts()
    assert "lanchat-2.local" in network.own_hosts()
    network.take_name(own)
    assert own in network.own_hosts()
    assert "lanchat-2.local" not in network.own_hosts()


def test_neighbours_are_told_what_they_can_reach(machine: Machine) -> None:
    """Neighbours hear of neither loopback nor an advertised name; `--host` is all they hear of."""
    network = machine.network(advertise="chat.example")
    assert network.lan_addresses == ["192.168.1.5", "10.0.0.9", "fd00::5"]
    assert machine.network(host="10.0.0.9").lan_addresses == ["10.0.0.9"]
    assert machine.network(host="127.0.0.1").lan_addresses == []

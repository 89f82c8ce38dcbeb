from __future__ import annotations

import pytest
from ifaddr import IP, Adapter

from lanchat.errors import SettingRefused
from lanchat.net.addresses import default_routes, find_addresses, rank


def unix(name: str, *ips: str) -> Adapter:
    """An adapter as Linux and macOS list it: one name for everything."""
    return Adapter(name, name, [_ip(text, name) for text in ips])


def windows(connection: str, device: str, *ips: str) -> Adapter:
    """An adapter as Windows lists it: a GUID, the device, and the name of the connection."""
    return Adapter("{846EE342-7039-11DE-9D20}", device, [_ip(text, connection) for text in ips])


def _ip(text: str, name: str) -> IP:
    return IP((text, 0, 0), 64, name) if ":" in text else IP(text, 24, name)


LO = unix("lo", "127.0.0.1", "::1")

WINDOWS_LAPTOP = [
    windows("vEthernet (WSL)", "Hyper-V Virtual Ethernet Adapter", "fe80::1", "172.29.112.1"),
    windows("Ethernet 2", "VirtualBox Host-Only Ethernet Adapter", "192.168.56.1"),
    windows("VMware Network Adapter VMnet8", "VMware Virtual Ethernet Adapter", "192.168.80.1"),
    windows("Ethernet", "Realtek PCIe GbE Family Controller", "169.254.3.4"),
    windows("Wi-Fi", "Intel(R) Wi-Fi 6 AX201 160MHz", "fe80::2", "192.168.1.20"),
    windows("Loopback Pseudo-Interface 1", "Software Loopback Interface 1", "::1", "127.0.0.1"),
]
HYPER_V_HOST = [
    windows("vEthernet (Default Switch)", "Hyper-V Virtual Ethernet Adapter", "172.20.0.1"),
    windows("vEthernet (LAN)", "Hyper-V Virtual Ethernet Adapter #2", "10.1.2.3"),
]
MAC = [
    unix("lo0", "127.0.0.1", "::1", "fe80::1"),
    unix("bridge100", "192.168.64.1"),
    unix("awdl0", "fe80::a"),
    unix("utun3", "10.8.0.6"),
    unix("en0", "fe80::b", "192.168.0.7", "2001:db8::7"),
]
LINUX_LAPTOP = [
    LO,
    unix("docker0", "172.17.0.1"),
    unix("br-3f2a", "172.18.0.1"),
    unix("veth12ab", "169.254.1.1"),
    unix("virbr0", "192.168.122.1"),
    unix("enp3s0", "10.0.0.9"),
    unix("wlp2s0", "192.168.1.5", "fd12::5"),
    unix("tun0", "10.9.0.2"),
]
RASPBERRY_PI = [LO, unix("docker0", "172.17.0.1"), unix("eth0", "169.254.77.1", "fe80::77")]
IPV6_ONLY = [LO, unix("eth0", "fe80::9", "2a02:8071::9", "fd00::9")]
CAMPUS = [LO, unix("wlan0", "143.107.1.9", "2804:14c::9"), unix("docker0", "172.17.0.1")]


@pytest.mark.parametrize(
    ("adapters", "routes", "first"),
    [
        pytest.param(WINDOWS_LAPTOP, {"192.168.1.20"}, "192.168.1.20", id="windows"),
        pytest.param(WINDOWS_LAPTOP, {}, "192.168.1.20", id="windows without internet"),
        pytest.param(HYPER_V_HOST, {"10.1.2.3"}, "10.1.2.3", id="external hyper-v switch"),
        pytest.param(MAC, {"192.168.0.7"}, "192.168.0.7", id="mac"),
        pytest.param(MAC, {"10.8.0.6"}, "192.168.0.7", id="mac, everything through a vpn"),
        pytest.param(LINUX_LAPTOP, {"192.168.1.5"}, "192.168.1.5", id="linux, route by wi-fi"),
        pytest.param(LINUX_LAPTOP, {"10.0.0.9"}, "10.0.0.9", id="linux, route by cable"),
        pytest.param(RASPBERRY_PI, {}, "169.254.77.1", id="a direct cable only"),
        pytest.param(IPV6_ONLY, {"2a02:8071::9"}, "fd00::9", id="ipv6 only"),
        pytest.param(CAMPUS, {"143.107.1.9"}, "143.107.1.9", id="public addresses"),
        pytest.param([LO], {}, "127.0.0.1", id="no network"),
    ],
)
def test_shares_what_neighbours_can_open(
    adapters: list[Adapter], routes: set[str], first: str
) -> None:
    """The first address of a realistic machine is one that the people around it reach."""
    assert str(rank(adapters, frozenset(routes))[0].ip) == first


def test_ranks_all_addresses() -> None:
    """LAN stands before IPv6, then what is virtual, and loopback last; nothing is left out."""
    ranked = [str(address.ip) for address in rank(LINUX_LAPTOP, frozenset({"192.168.1.5"}))]
    assert ranked == [
        "192.168.1.5",
        "10.0.0.9",
        "fd12::5",
        *("172.17.0.1", "172.18.0.1", "169.254.1.1", "192.168.122.1"),
        "10.9.0.2",
        *("127.0.0.1", "::1"),
    ]


@pytest.mark.parametrize(
    ("ip", "kind"),
    [
        ("100.64.0.9", "lan"),
        ("192.0.2.2", "lan"),
        ("172.31.255.1", "lan"),
        ("172.32.0.1", "public"),
        ("fd00::1", "lan"),
        ("2a02::1", "public"),
        ("169.254.0.1", "link-local"),
        ("fe80::1", "link-local"),
        ("127.0.1.1", "loopback"),
    ],
)
def test_judges_ranges(ip: str, kind: str) -> None:
    """Shared and documentation ranges count as LAN on every version of Python."""
    assert rank([unix("eth0", ip)], frozenset())[0].kind == kind


def test_says_why() -> None:
    """Each judgement comes with its reason."""
    docker = rank([unix("docker0", "172.17.0.1")], frozenset())[0]
    assert "Docker" in docker.reason


def test_an_interface_asked_for_is_not_virtual() -> None:
    """Who asks for the VPN by name gets it, and nothing else."""
    ranked = rank(MAC, frozenset({"192.168.0.7"}), "utun3")
    assert [(str(address.ip), address.kind) for address in ranked] == [("10.8.0.6", "lan")]


@pytest.mark.parametrize("name", ["Wi-Fi", "wi-fi", "Intel(R) Wi-Fi 6 AX201 160MHz"])
def test_windows_interfaces_go_by_the_names_people_see(name: str) -> None:
    """The connection's name and the device's name both work, in any case."""
    assert str(rank(WINDOWS_LAPTOP, frozenset(), name)[0].ip) == "192.168.1.20"


def test_an_unknown_interface_is_refused_with_those_there_are() -> None:
    """The refusal lists the names to choose from."""
    with pytest.raises(SettingRefused, match=r"docker0, br-3f2a.*wlp2s0"):
        rank(LINUX_LAPTOP, frozenset(), "wlan7")


def test_an_interface_without_address_is_known() -> None:
    """A radio that is switched off is no mistake: it may come up later."""
    assert rank([unix("wlan0")], frozenset(), "wlan0") == []


def test_reads_this_machine() -> None:
    """Loopback is on every machine, and it comes last."""
    assert find_addresses()[-1].kind == "loopback"


def test_default_routes_are_addresses_of_this_machine() -> None:
    """What the routing table answers is among the addresses found, if it answers at all."""
    assert default_routes() <= {str(address.ip) for address in find_addresses()}


def test_reads_one_interface() -> None:
    """Asking for the loopback interface by its name finds its address alone."""
    loopback = next(a for a in find_addresses() if str(a.ip) == "127.0.0.1")
    found = find_addresses(loopback.interface)
    assert {address.kind for address in found} == {"loopback"}


def test_an_address_that_is_gone_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows lists addresses of unplugged cables: what cannot be bound is not there."""
    gone = unix("eth9", "203.0.113.77", "127.0.0.1")
    monkeypatch.setattr("ifaddr.get_adapters", lambda _unconfigured: [gone])
    assert [str(address.ip) for address in find_addresses()] == ["127.0.0.1"]


def test_forbidden_to_list_interfaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where listing is forbidden, as on Android, the default route's own address has to do."""

    def forbidden(_unconfigured: object) -> list[Adapter]:
        raise PermissionError

    monkeypatch.setattr("ifaddr.get_adapters", forbidden)
    assert {str(address.ip) for address in find_addresses()} == default_routes()

from __future__ import annotations

import pytest

from lanchat.net.interfaces import maker_of


@pytest.mark.parametrize(
    "name",
    [
        *("docker0", "br-1a2b3c", "veth0a1b", "virbr0", "vnet3", "lxcbr0", "cni0", "flannel.1"),
        *("podman0", "tun0", "tap1", "wg0", "utun4", "tailscale0", "ztabcd1234", "ppp0", "wwan0"),
        *("vmnet8", "vboxnet0", "bridge100", "awdl0", "llw0", "vEthernet (WSL (Hyper-V))"),
        *("VirtualBox Host-Only Ethernet Adapter", "TAP-Windows Adapter V9", "Radmin VPN"),
    ],
)
def test_knows_virtual_interfaces_by_name(name: str) -> None:
    """An interface that leads into this machine or away from the LAN has a maker."""
    assert maker_of([name.lower()], routed=False)


@pytest.mark.parametrize(
    "name", ["eth0", "enp3s0", "eno1", "wlan0", "wlp2s0", "en0", "br0", "bond0", "Wi-Fi", "usb0"]
)
def test_knows_physical_interfaces(name: str) -> None:
    """An ordinary interface is not mistaken for a virtual one."""
    assert maker_of([name.lower()], routed=False) is None


def test_a_switch_with_the_default_route_leads_to_the_lan() -> None:
    """With an external Hyper-V switch, the machine's own address is on a vEthernet."""
    assert maker_of(["vethernet (lan)"], routed=True) is None


def test_a_vpn_with_the_default_route_is_still_a_vpn() -> None:
    """A VPN may take all traffic, and neighbours still cannot come in by it."""
    assert maker_of(["tun0"], routed=True) == "a VPN"

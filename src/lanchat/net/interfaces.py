"""Interfaces that do not lead to the LAN, known by their names: no system marks them."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

# Interfaces that lead nowhere but into this machine, as patterns for lower-case names. They
# give way to the default route: with an external Hyper-V switch, "vEthernet (…)" carries the
# LAN address of the whole machine.
INSIDE_ONLY = {
    "docker*": "Docker",
    "br-*": "Docker",  # a user-defined network; a bridge made by hand is br0
    "veth*": "a container",
    "podman*": "Podman",
    "lxc*": "LXC",
    "lxdbr*": "LXD",
    "incusbr*": "Incus",
    "cni*": "Kubernetes",
    "flannel*": "Kubernetes",
    "cali*": "Kubernetes",
    "cilium*": "Kubernetes",
    "kube*": "Kubernetes",
    "virbr*": "libvirt",
    "vnet*": "libvirt",
    "vethernet*": "Hyper-V or WSL",
    "hyper-v virtual*": "Hyper-V or WSL",  # the device behind a vEthernet connection
    "vboxnet*": "VirtualBox",
    "virtualbox*": "VirtualBox",
    "vmnet*": "VMware",
    "vmware*": "VMware",
    "bridge1[0-9][0-9]": "a virtual machine",  # macOS; a bridge made by hand is bridge0
    "*parallels*": "Parallels",
    "vnic[0-9]*": "Parallels",  # macOS
    "waydroid*": "Waydroid",
    "awdl*": "AirDrop",
    "llw*": "AirDrop",  # low-latency WLAN, the companion of awdl
    "anpi*": "Apple hardware",
    "dummy*": "a dummy interface",
    "*loopback*": "a loopback adapter",  # Npcap and Microsoft's KM-TEST
    "*teredo*": "Teredo",
    "isatap*": "ISATAP",
}

# Interfaces that lead away from the LAN, the default route or not.
ELSEWHERE = {
    "tun*": "a VPN",
    "tap*": "a VPN",
    "utun*": "a VPN",
    "wg*": "a VPN",
    "ipsec*": "a VPN",
    "ppp*": "a dial-up line or VPN",
    "tailscale*": "a VPN",
    "zt*": "a VPN",  # ZeroTier
    "zerotier*": "a VPN",
    "feth*": "a VPN",  # ZeroTier on macOS
    "nordlynx*": "a VPN",
    "proton*": "a VPN",
    "gpd*": "a VPN",  # GlobalProtect on macOS
    "pangp*": "a VPN",  # GlobalProtect on Windows
    "cscotun*": "a VPN",
    "*anyconnect*": "a VPN",
    "*fortinet*": "a VPN",
    "*hamachi*": "a VPN",
    "*openvpn*": "a VPN",
    "*tap-windows*": "a VPN",
    "*wintun*": "a VPN",
    "*wireguard*": "a VPN",
    "*vpn*": "a VPN",
    "*wan miniport*": "a dial-up line or VPN",
    "wwan*": "a mobile network",
    "rmnet*": "a mobile network",  # Android, and the next
    "ccmni*": "a mobile network",
    "pdp_ip*": "a mobile network",
    "*mobile broadband*": "a mobile network",
    "gif*": "a tunnel",  # macOS, and the next
    "stf*": "a tunnel",
    "sit*": "a tunnel",
}


def maker_of(names: Iterable[str], *, routed: bool) -> str | None:
    """What made the interface with these lower-case names, or None where it leads to the LAN.

    ``routed`` tells whether a default route starts there.
    """
    patterns = ELSEWHERE if routed else INSIDE_ONLY | ELSEWHERE
    for name in names:
        for pattern, maker in patterns.items():
            if fnmatchcase(name, pattern):
                return maker
    return None

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from ipaddress import ip_address

import pytest

from lanchat.doctor.facts import Verdict
from lanchat.doctor.surroundings import (
    check_addresses,
    check_browsers,
    check_clock,
    check_neighbours,
    check_portal,
    check_vpn,
    judge_name,
    neighbours_from_arp,
    neighbours_from_proc,
)
from lanchat.net.addresses import Address
from lanchat.net.discovery import FoundRoom

WIFI = Address(ip_address("192.168.1.20"), "wlan0", "lan", "a LAN address")
DOCKER = Address(ip_address("172.17.0.1"), "docker0", "virtual", "it belongs to Docker")
TUNNEL = Address(ip_address("10.8.0.2"), "tun0", "virtual", "the interface belongs to a VPN")
LOOPBACK = Address(ip_address("127.0.0.1"), "lo", "loopback", "this machine only")
ROOM = FoundRoom("7B", "http://192.0.2.10:8765", "http://lanchat.local:8765", 0, False, "1")
URL = "http://192.168.1.20:8765"


def test_each_address_has_its_reason() -> None:
    """The finding says why this address and why not the others, but for loopback."""
    finding = check_addresses([WIFI, DOCKER, LOOPBACK], URL, shared=True)
    assert finding.verdict is Verdict.OK
    assert finding.text == f"{URL} (wlan0): a LAN address"
    assert finding.details == ("not 172.17.0.1 (docker0): it belongs to Docker",)


def test_no_network_is_a_problem() -> None:
    """Without a network nobody can come."""
    assert (
        check_addresses([LOOPBACK], "http://localhost:1", shared=False).verdict is Verdict.PROBLEM
    )


def test_a_list_of_addresses_ends() -> None:
    """Only some addresses are listed, as a machine can have a dozen of IPv6."""
    finding = check_addresses([WIFI] + [DOCKER] * 9, URL, shared=True)
    assert finding.details[-1] == "and 3 more"


@pytest.mark.parametrize("kind", ["public", "link-local", "virtual"])
def test_an_address_to_wonder_about(kind: str) -> None:
    """An address that may not work is a warning with a next step."""
    address = Address(WIFI.ip, "eth0", kind, "")  # type: ignore[arg-type]
    finding = check_addresses([address], URL, shared=True)
    assert (finding.verdict, bool(finding.next_step)) == (Verdict.WARNING, True)


def test_a_vpn_is_the_way_out() -> None:
    """The same tunnel beside another way out is no matter."""
    assert check_vpn([WIFI, TUNNEL], {"10.8.0.2"}).verdict is Verdict.WARNING
    assert check_vpn([WIFI, TUNNEL], {"192.168.1.20"}).verdict is Verdict.OK


PROC = """\
IP address       HW type     Flags       HW address            Mask     Device
192.168.1.1      0x1         0x2         02:fc:00:00:00:05     *        wlan0
192.168.1.33     0x1         0x2         02:fc:00:00:00:06     *        wlan0
192.168.1.34     0x1         0x0         00:00:00:00:00:00     *        wlan0
"""
MACOS = """\
? (192.168.1.1) at 2:fc:0:0:0:5 on en0 ifscope [ethernet]
? (192.168.1.7) at (incomplete) on en0 ifscope [ethernet]
? (192.168.1.255) at ff:ff:ff:ff:ff:ff on en0 ifscope [ethernet]
? (224.0.0.251) at 1:0:5e:0:0:fb on en0 ifscope permanent [ethernet]
"""
WINDOWS = """\

Schnittstelle: 192.168.1.20 --- 0x5
  Internetadresse       Physische Adresse     Typ
  192.168.1.1           02-fc-00-00-00-05     dynamisch
  192.168.1.33          02-fc-00-00-00-06     dynamisch
  192.168.1.255         ff-ff-ff-ff-ff-ff     statisch
  224.0.0.22            01-00-5e-00-00-16     statisch
"""


def test_neighbours_of_each_system() -> None:
    """Only those who have answered are neighbours; neither groups nor everybody."""
    assert neighbours_from_proc(PROC) == {"wlan0": {"192.168.1.1", "192.168.1.33"}}
    assert neighbours_from_arp(MACOS) == {"en0": {"192.168.1.1"}}
    assert neighbours_from_arp(WINDOWS) == {"192.168.1.20": {"192.168.1.1", "192.168.1.33"}}


@pytest.mark.parametrize(
    ("neighbours", "verdict"),
    [
        ({"wlan0": {"192.168.1.1", "192.168.1.33"}}, Verdict.OK),
        ({"192.168.1.20": {"192.168.1.1", "192.168.1.33"}}, Verdict.OK),
        ({"wlan0": {"192.168.1.1"}, "docker0": {"172.17.0.2"}}, Verdict.UNSEEN),
        ({}, Verdict.UNSEEN),
    ],
)
def test_a_neighbour_beside_the_router(neighbours: dict[str, set[str]], verdict: Verdict) -> None:
    """A neighbour shows that devices see each other; that there is none may be chance."""
    assert check_neighbours(neighbours, WIFI).verdict is verdict


def test_a_login_page() -> None:
    """A login page is known only where the system has met it."""
    finding = check_portal("portal")
    assert finding
    assert finding.verdict is Verdict.WARNING
    assert check_portal("full") is None
    assert check_portal(None) is None


@pytest.mark.parametrize(
    ("url", "kind", "verdict"),
    [
        (URL, "lan", Verdict.OK),
        ("http://1.2.3.4:8765", "public", Verdict.WARNING),
        ("https://192.168.1.20:8765", "lan", Verdict.OK),
    ],
)
def test_browsers(url: str, kind: str, verdict: Verdict) -> None:
    """Chrome warns of plain http at public addresses; everybody may type the address wrong."""
    finding = check_browsers(url, kind)
    assert finding.verdict is verdict
    assert url.startswith("https") or url in finding.next_step


NOW = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("now", "hardware", "newest", "verdict"),
    [
        (NOW, None, None, Verdict.OK),
        (NOW, NOW, NOW, Verdict.OK),
        (NOW, NOW + timedelta(hours=-3, seconds=20), None, Verdict.OK),
        (NOW, NOW + timedelta(minutes=5), None, Verdict.WARNING),
        (NOW, None, NOW + timedelta(hours=1), Verdict.WARNING),
        (datetime(1970, 1, 2, tzinfo=timezone.utc), None, None, Verdict.PROBLEM),
    ],
)
def test_the_clock(
    now: datetime, hardware: datetime | None, newest: datetime | None, verdict: Verdict
) -> None:
    """The clock is compared with the calendar, the hardware's (in whatever zone) and the log."""
    seconds = None if hardware is None else hardware.timestamp()
    assert check_clock(now.timestamp(), seconds, None, newest).verdict is verdict


@pytest.mark.parametrize(
    ("port", "own", "verdict"),
    [
        (8765, {"192.0.2.10"}, Verdict.OK),
        (8766, {"192.0.2.10"}, Verdict.WARNING),
        (8765, {"192.0.2.11"}, Verdict.WARNING),
    ],
)
def test_only_our_own_room_counts(port: int, own: set[str], verdict: Verdict) -> None:
    """A room is ours by address and port, as others may announce the same name."""
    assert judge_name([ROOM], port, own, lambda _: own).verdict is verdict


def test_a_computer_that_knows_no_such_names() -> None:
    """Guests may know .local names that this computer does not know."""
    finding = judge_name([ROOM], 8765, {"192.0.2.10"}, lambda _: set())
    assert "knows no such names" in finding.text

from __future__ import annotations

import pytest

from lanchat.doctor.facts import Answer, Verdict
from lanchat.doctor.firewall_linux import check_filter, check_firewalld, check_ufw

ON = "# /etc/ufw/ufw.conf\nENABLED=yes\nLOGLEVEL=low\n"
DROP = 'IPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\n'
# As ufw 0.36 has written them.
RULES = """\
*filter
### RULES ###
### tuple ### deny any 80 0.0.0.0/0 any 0.0.0.0/0 in
-A ufw-user-input -p tcp --dport 80 -j DROP
### tuple ### allow tcp 9000:9010 0.0.0.0/0 any 192.168.1.0/24 in
### tuple ### allow any 7000 0.0.0.0/0 any 0.0.0.0/0 in_eth0
### tuple ### allow udp 8765 0.0.0.0/0 any 0.0.0.0/0 in
### tuple ### allow tcp 8080 0.0.0.0/0 any 0.0.0.0/0 out
"""


@pytest.mark.parametrize(
    ("port", "verdict", "words"),
    [
        (80, Verdict.PROBLEM, "a rule to deny port 80"),
        (9005, Verdict.OK, "from 192.168.1.0/24"),
        (7000, Verdict.OK, "lets guests in"),
        (8765, Verdict.PROBLEM, "lets nobody in at port 8765"),
        (8080, Verdict.PROBLEM, "lets nobody in"),
    ],
)
def test_ufw_by_its_rules(port: int, verdict: Verdict, words: str) -> None:
    """The first rule about incoming TCP at this port holds."""
    finding = check_ufw(ON, DROP, RULES, port)
    assert finding
    assert (finding.verdict, words in finding.text) == (verdict, True)


def test_ufw_that_lets_in_what_no_rule_forbids() -> None:
    """The policy of ufw is read from one of its files."""
    finding = check_ufw(ON, 'DEFAULT_INPUT_POLICY="ACCEPT"', RULES, 8765)
    assert finding
    assert finding.verdict is Verdict.OK


def test_ufw_with_rules_for_administrators_only() -> None:
    """The finding says what could not be seen, and how to see it."""
    finding = check_ufw(ON, DROP, None, 8765)
    assert finding
    assert finding.verdict is Verdict.UNSEEN
    assert "sudo ufw status" in finding.next_step


@pytest.mark.parametrize("settings", [None, "ENABLED=no\n"])
def test_ufw_that_is_off_is_nothing(settings: str | None) -> None:
    """Where ufw is off, another firewall may be on."""
    assert check_ufw(settings, DROP, RULES, 8765) is None


LISTING = """\
FedoraWorkstation (default, active)
  target: default
  interfaces: wlp1s0
  services: dhcpv6-client mdns ssh
  ports: 1025-65535/udp 1025-65535/tcp
  protocols:
"""


@pytest.mark.parametrize(
    ("listing", "verdict"),
    [
        (Answer(LISTING, worked=True), Verdict.OK),
        (Answer(LISTING.replace("1025-65535/tcp", "22/tcp"), worked=True), Verdict.PROBLEM),
        (Answer("trusted\n  target: ACCEPT\n  ports: \n", worked=True), Verdict.OK),
        (Answer("", worked=False), Verdict.UNSEEN),
    ],
)
def test_firewalld(listing: Answer, verdict: Verdict) -> None:
    """The ports of the zone decide, or its target, where it may be asked."""
    finding = check_firewalld("home", listing, 8765)
    assert finding.verdict is verdict
    if verdict is not Verdict.OK:
        assert "--zone=home --add-port=8765/tcp" in finding.next_step


OPEN = Answer("-P INPUT ACCEPT\n", worked=True)
SHUT = Answer("-P INPUT DROP\n", worked=True)
EMPTY = Answer('{"nftables": [{"metainfo": {"version": "1.0.6"}}]}', worked=True)
DENIED = Answer("", worked=False)


@pytest.mark.parametrize(
    ("nft", "iptables", "verdict"),
    [
        (None, None, Verdict.OK),
        (EMPTY, OPEN, Verdict.OK),
        (EMPTY, SHUT, Verdict.PROBLEM),
        (EMPTY, None, Verdict.OK),
        (DENIED, OPEN, Verdict.UNSEEN),
        (Answer("no JSON", worked=True), None, Verdict.UNSEEN),
    ],
)
def test_the_packet_filter(nft: Answer | None, iptables: Answer | None, verdict: Verdict) -> None:
    """Both listings have to let guests in; what may not be listed is said to be unseen."""
    assert check_filter(nft, iptables, 8765, "eth0").verdict is verdict

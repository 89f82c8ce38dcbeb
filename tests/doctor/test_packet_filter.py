from __future__ import annotations

import json

import pytest

from lanchat.doctor.packet_filter import iptables_chains, lets_in, nft_chains
from tests.world.namespace import Namespace
from tests.world.needs import need

IPTABLES = """\
-P INPUT DROP
-P FORWARD ACCEPT
-N ours
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p tcp -m tcp --dport 8765 -j ACCEPT
-A INPUT -p tcp -m multiport --dports 80,443,8000:8010 -m comment --comment "for -j us" -j ACCEPT
-A INPUT -s 192.168.1.0/24 -p tcp -m tcp --dport 99 -j ACCEPT
-A INPUT ! -i eth0 -p tcp -m tcp --dport 7000 -j ACCEPT
-A INPUT -p tcp -m tcp --dport 9000 -j ours
-A INPUT -p tcp -m tcp --tcp-flags FIN,SYN FIN,SYN --dport 6000 -j DROP
-A ours -j LOG --log-prefix "-j ACCEPT"
-A ours -p udp -j DROP
-A ours -j ACCEPT
"""


@pytest.mark.parametrize(
    ("port", "passed"),
    [
        (8765, True),
        (8005, True),
        (99, None),
        (7000, False),
        (9000, True),
        (1, False),
        (6000, False),
    ],
)
def test_iptables(port: int, passed: bool | None) -> None:
    """Rules of ``iptables -S`` are read by port, interface and state, through other chains."""
    assert lets_in(iptables_chains(IPTABLES, port, "eth0"), "INPUT") is passed


def test_a_chain_that_returns_goes_on_behind_the_jump() -> None:
    """What a chain does not decide is decided by the rules after it."""
    rules = "-P INPUT ACCEPT\n-N x\n-A INPUT -j x\n-A INPUT -j DROP\n-A x -p tcp -j RETURN\n"
    assert lets_in(iptables_chains(rules, 8765, "eth0"), "INPUT") is False


# As nft 1.0.6 prints a set of rules that was made for this.
NFT = {
    "nftables": [
        {"metainfo": {"version": "1.0.6"}},
        {"table": {"family": "inet", "name": "filter", "handle": 1}},
        {
            "chain": {
                "family": "inet",
                "table": "filter",
                "name": "input",
                "handle": 1,
                "type": "filter",
                "hook": "input",
                "prio": 0,
                "policy": "drop",
            }
        },
    ]
}


def nft(port: int, *rules: list[dict[str, object]]) -> bool | None:
    """What becomes of a guest, by the rules of one chain."""
    place = {"family": "inet", "table": "filter", "chain": "input"}
    listed = [{"rule": {**place, "expr": rule}} for rule in rules]
    text = json.dumps({"nftables": [*NFT["nftables"], *listed]})
    chains = {name: chain for name, (chain, _) in nft_chains(text, port, "eth0").items()}
    return lets_in(chains, "inet filter input")


def match(kind: str, key: str, right: object, op: str = "==") -> dict[str, object]:
    """A condition as nft writes it."""
    left = {"payload": {"protocol": kind, "field": key}} if kind in ("tcp", "udp", "ip") else {}
    left = left or {kind: {"key": key}}
    return {"match": {"op": op, "left": left, "right": right}}


ACCEPT: dict[str, object] = {"accept": None}


@pytest.mark.parametrize(
    ("rule", "passed"),
    [
        ([], False),
        ([match("tcp", "dport", 8765), {"counter": {"packets": 1}}, ACCEPT], True),
        ([match("tcp", "dport", {"set": [22, {"range": [8700, 8800]}]}), ACCEPT], True),
        ([match("tcp", "dport", 80, "!="), ACCEPT], True),
        ([match("udp", "dport", 8765), ACCEPT], False),
        ([match("meta", "iifname", "lo"), ACCEPT], False),
        ([match("meta", "iifname", "eth*"), ACCEPT], True),
        ([match("ct", "state", ["established", "related"], "in"), ACCEPT], False),
        ([match("ip", "saddr", "192.168.1.4"), ACCEPT], None),
        ([match("tcp", "dport", "@open"), ACCEPT], None),
    ],
)
def test_nft(rule: list[dict[str, object]], passed: bool | None) -> None:
    """A chain that drops by itself lets in whom a rule before that accepts."""
    assert nft(8765, rule) is passed


def test_the_first_rule_that_decides_holds() -> None:
    """What comes behind the rule that decides does not matter."""
    assert nft(8765, [{"reject": {"type": "tcp reset"}}], [ACCEPT]) is False


def test_what_this_computer_says(namespace: Namespace) -> None:
    """Rules that iptables itself has taken and lists are understood."""
    iptables = need("iptables")
    for rule in ("-P INPUT DROP", "-A INPUT -p tcp --dport 8765 -j ACCEPT"):
        namespace.run(iptables, *rule.split())
    chains = iptables_chains(namespace.run(iptables, "-S"), 8765, "wire0")
    assert lets_in(chains, "INPUT") is True

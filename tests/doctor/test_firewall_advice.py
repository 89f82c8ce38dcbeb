"""The advice is followed in a network of the test's own, and a guest gets in."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.world.deadline import DEADLINE
from tests.world.namespace import Namespace
from tests.world.needs import need

PORT = 8765

NFT_POLICY = """
table inet filter {
    chain input { type filter hook input priority 0; policy drop; ct state established accept; }
}
"""
NFT_RULE = """
table ip guard {
    chain strangers { tcp dport 1-65535 counter reject; }
    chain input { type filter hook input priority 5; iif lo accept; jump strangers; }
}
"""
NFT_EARLY = """
table inet early {
    chain pre { type filter hook prerouting priority -300; tcp dport 8765 drop; }
}
"""
IPTABLES = ["-P INPUT DROP", "-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT"]


@pytest.fixture
def guest(namespace: Namespace) -> Iterator[Namespace]:
    """Another computer on the same cable."""
    other = Namespace("192.0.2.99", beside=namespace)
    yield other
    other.close()


@pytest.fixture
def listening(namespace: Namespace) -> Iterator[None]:
    """Somebody listens at the port, as lanchat would."""
    with namespace.open_socket(f"made = socket.create_server(('', {PORT}))"):
        yield


def examine(namespace: Namespace) -> dict[str, str]:
    """What `lanchat doctor` finds there."""
    program = (
        "import dataclasses, json; from lanchat.doctor.firewall_linux import check_linux; "
        f"print(json.dumps(dataclasses.asdict(check_linux({PORT}, 'wire0'))))"
    )
    found: dict[str, str] = json.loads(namespace.run(sys.executable, "-c", program))
    return found


def gets_in(guest: Namespace) -> bool:
    """Whether a guest can connect."""
    program = f"import socket; socket.create_connection(('192.0.2.10', {PORT}), 1)"
    command = [*guest.launcher, sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def load(namespace: Namespace, rules: str) -> None:
    """Give the computer rules of nft."""
    command = [*namespace.launcher, need("nft"), "-f", "-"]
    subprocess.run(command, input=rules, text=True, check=True, timeout=DEADLINE)


@pytest.mark.usefixtures("listening")
@pytest.mark.parametrize("iptables", [[], IPTABLES], ids=["", "iptables"])
@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ("", None),
        (NFT_POLICY, "nft, table inet filter, chain input: its policy"),
        (NFT_RULE, "nft, table ip guard, chain strangers: tcp dport 1-65535 counter packets"),
        (NFT_EARLY, "nft, table inet early, chain pre: tcp dport 8765 drop"),
        (
            NFT_POLICY + NFT_RULE + NFT_EARLY,
            "nft, table inet early, chain pre: tcp dport 8765 drop",
        ),
    ],
    ids=["no nft", "policy", "rule", "prerouting", "all"],
)
def test_who_follows_the_advice_lets_guests_in(
    namespace: Namespace, guest: Namespace, rules: str, why: str | None, iptables: list[str]
) -> None:
    """What drops is named with its table, and one line of commands opens the way."""
    load(namespace, rules)
    for rule in iptables:
        namespace.run(need("iptables"), *rule.split())
    found = examine(namespace)
    if not rules and not iptables:
        assert found["verdict"] == "ok"
        return
    assert (found["verdict"], gets_in(guest)) == ("problem", False)
    assert why is None or any(detail.startswith(why) for detail in found["details"])
    for command in found["next_step"].split(" && "):
        namespace.run(*command.removeprefix("sudo ").split())
    assert gets_in(guest)
    assert examine(namespace)["verdict"] == "ok"

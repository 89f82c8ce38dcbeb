from __future__ import annotations

from typing import Any

import pytest

from lanchat.doctor.finding import Verdict
from lanchat.doctor.firewall_windows import PUBLIC, judge

PYTHON = r"C:\Python313\python.exe"
PRIVATE = {"type": 2, "on": True, "action": 0, "all": False}


def rule(**changes: Any) -> dict[str, Any]:
    """What Windows makes when somebody answers its question with Allow."""
    made = {"name": "python.exe", "program": PYTHON.lower(), "ports": "*", "action": 1}
    return {**made, "profiles": 2, **changes}


@pytest.mark.parametrize(
    ("profile", "rules", "verdict"),
    [
        ({"on": False}, [], Verdict.OK),
        ({}, [], Verdict.PROBLEM),
        ({}, [rule()], Verdict.OK),
        ({"all": True}, [rule()], Verdict.PROBLEM),
        ({}, [rule(), rule(action=0)], Verdict.PROBLEM),
        ({"type": PUBLIC}, [rule()], Verdict.PROBLEM),
        ({}, [rule(program=None, ports="80,8700-8800")], Verdict.OK),
        ({}, [rule(program=None, ports="80")], Verdict.PROBLEM),
        ({}, [rule(program=r"C:\other\python.exe")], Verdict.PROBLEM),
        ({"action": 1}, [], Verdict.OK),
    ],
)
def test_profile_and_rules(
    profile: dict[str, Any], rules: list[dict[str, Any]], verdict: Verdict
) -> None:
    """By the profile of the network, and by rules about this Python or the port."""
    policy = {"profiles": [{**PRIVATE, **profile}], "rules": rules}
    assert judge(policy, 8765, [PYTHON]).verdict is verdict


def test_a_public_network_is_to_be_made_private() -> None:
    """That is what most people have to do."""
    policy = {"profiles": [{**PRIVATE, "type": PUBLIC}], "rules": []}
    finding = judge(policy, 8765, [PYTHON])
    assert "network profile public" in finding.text
    assert "make it private" in finding.next_step

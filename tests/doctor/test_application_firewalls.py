from __future__ import annotations

from typing import Any

import pytest

from lanchat.doctor.application_firewalls import PUBLIC, judge_macos, judge_windows
from lanchat.doctor.facts import Verdict

ON = "Firewall is enabled. (State = 1)"
SOME = "Firewall has block all state set to disabled."
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
def test_profile_and_rules_of_windows(
    profile: dict[str, Any], rules: list[dict[str, Any]], verdict: Verdict
) -> None:
    """The network's profile decides, and rules about this Python or the port."""
    policy = {"profiles": [{**PRIVATE, **profile}], "rules": rules}
    assert judge_windows(policy, 8765, [PYTHON]).verdict is verdict


def test_a_public_network_is_to_be_made_private() -> None:
    """The next step is the one that most people have to take."""
    policy = {"profiles": [{**PRIVATE, "type": PUBLIC}], "rules": []}
    finding = judge_windows(policy, 8765, [PYTHON])
    assert "network profile public" in finding.text
    assert "make it private" in finding.next_step


@pytest.mark.parametrize(
    ("state", "block_all", "app", "verdict"),
    [
        ("Firewall is disabled. (State = 0)", "", "", Verdict.OK),
        ("Firewall is enabled. (State = 2)", "", "", Verdict.PROBLEM),
        (ON, "Firewall has block all state set to enabled.", "", Verdict.PROBLEM),
        (ON, "Block all INCOMING connections are enabled!", "", Verdict.PROBLEM),
        (
            ON,
            SOME,
            "Incoming connection to the application is blocked",
            Verdict.PROBLEM,
        ),
        (ON, SOME, "Incoming connection to the application is permitted", Verdict.OK),
        (ON, SOME, "The application is not part of the firewall", Verdict.WARNING),
        ("", "", "", Verdict.UNSEEN),
    ],
)
def test_the_tool_of_macos(state: str, block_all: str, app: str, verdict: Verdict) -> None:
    """The firewall is off, shut for all, or judges by what it knows of this Python."""
    assert judge_macos(state, block_all, app, "/usr/bin/python3").verdict is verdict

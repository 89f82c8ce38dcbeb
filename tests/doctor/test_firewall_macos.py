from __future__ import annotations

import pytest

from lanchat.doctor.finding import Verdict
from lanchat.doctor.firewall_macos import judge

ON = "Firewall is enabled. (State = 1)"
SOME = "Firewall has block all state set to disabled."


@pytest.mark.parametrize(
    ("state", "block_all", "app", "verdict"),
    [
        ("Firewall is disabled. (State = 0)", "", "", Verdict.OK),
        ("Firewall is enabled. (State = 2)", "", "", Verdict.PROBLEM),
        (ON, "Firewall has block all state set to enabled.", "", Verdict.PROBLEM),
        (ON, "Block all INCOMING connections are enabled!", "", Verdict.PROBLEM),
        (ON, SOME, "Incoming connection to the application is blocked", Verdict.PROBLEM),
        (ON, SOME, "Incoming connection to the application is permitted", Verdict.OK),
        (ON, SOME, "The application is not part of the firewall", Verdict.WARNING),
        ("", "", "", Verdict.UNSEEN),
    ],
)
def test_what_its_tool_says(state: str, block_all: str, app: str, verdict: Verdict) -> None:
    """Off, shut for all, or by what it knows of this Python."""
    assert judge(state, block_all, app, "/usr/bin/python3").verdict is verdict

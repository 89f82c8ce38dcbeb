"""The application firewall of macOS."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from lanchat.doctor.finding import Finding, Verdict
from lanchat.doctor.sources import Answer, ask

CHECK = "firewall"
_TOOL = "/usr/libexec/ApplicationFirewall/socketfilterfw"
_STEP = "System Settings, Network, Firewall, Options"


def check_firewall() -> Finding:
    """Whether it lets this very Python be reached."""
    program = str(Path(getattr(sys, "_base_executable", sys.executable)).resolve())
    asked = (("--getglobalstate",), ("--getblockall",), ("--getappblocked", program))
    nothing = Answer("", worked=False)
    state, block, app = ((ask(_TOOL, *words) or nothing).text for words in asked)
    return judge(state, block, app, program)


def judge(state: str, block_all: str, app: str, program: str) -> Finding:
    """What its tool said to --getglobalstate, --getblockall and --getappblocked."""
    on = re.search(r"State = (\d)", state)
    if on is None:
        return Finding(CHECK, Verdict.UNSEEN, "the firewall's state cannot be read", _STEP)
    if on[1] == "0":
        return Finding(CHECK, Verdict.OK, "the firewall is off")
    if on[1] == "2" or re.search(r"enabled|block all state set to on", block_all):
        text = "the firewall blocks all incoming connections"
        return Finding(CHECK, Verdict.PROBLEM, text, f"{_STEP}: switch that off")
    if "blocked" in app:
        text = f"the firewall blocks {program}"
        return Finding(CHECK, Verdict.PROBLEM, text, f"{_STEP}: allow incoming connections for it")
    if "permitted" in app:
        return Finding(CHECK, Verdict.OK, "the firewall is on and lets this Python be reached")
    text = "the firewall is on, and macOS asks once whether Python may be reached"
    return Finding(CHECK, Verdict.WARNING, text, f"answer Allow, or: {_STEP}")

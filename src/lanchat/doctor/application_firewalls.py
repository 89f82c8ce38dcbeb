"""Firewalls that judge programs: those of macOS and Windows."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from ntpath import normcase
from pathlib import Path
from typing import Any

from lanchat.doctor.facts import Answer, Finding, Verdict, ask

CHECK = "firewall"

_MACOS_TOOL = "/usr/libexec/ApplicationFirewall/socketfilterfw"
_MACOS_STEP = "System Settings, Network, Firewall, Options"

PUBLIC = 4
_PROFILES = {1: "domain", 2: "private", PUBLIC: "public"}
_BLOCK, _ALLOW = 0, 1

# The firewall's COM object is quick, speaks no language of its own and asks for no rights.
_WINDOWS_SCRIPT = """
$f = New-Object -ComObject HNetCfg.FwPolicy2
$t = $f.CurrentProfileTypes
$profiles = @(1, 2, 4 | Where-Object { $t -band $_ } | ForEach-Object { @{
  type = $_; on = $f.FirewallEnabled($_); action = $f.DefaultInboundAction($_)
  all = $f.BlockAllInboundTraffic($_) } })
$rules = @($f.Rules | Where-Object { $_.Enabled -and $_.Direction -eq 1 -and
  ($_.Protocol -eq 6 -or $_.Protocol -eq 256) -and
  ($_.ApplicationName -like '*python*' -or $_.ApplicationName -like '*lanchat*' -or
   (-not $_.ApplicationName -and -not $_.serviceName)) } | ForEach-Object { @{
  name = $_.Name; program = $_.ApplicationName; ports = $_.LocalPorts
  action = $_.Action; profiles = $_.Profiles } })
ConvertTo-Json -Depth 4 -Compress @{ profiles = $profiles; rules = $rules }
"""


def check_macos() -> Finding:
    """Whether the firewall of macOS lets this very Python be reached."""
    program = str(Path(getattr(sys, "_base_executable", sys.executable)).resolve())
    asked = (("--getglobalstate",), ("--getblockall",), ("--getappblocked", program))
    nothing = Answer("", worked=False)
    state, block, app = ((ask(_MACOS_TOOL, *words) or nothing).text for words in asked)
    return judge_macos(state, block, app, program)


def judge_macos(state: str, block_all: str, app: str, program: str) -> Finding:
    """What the tool of macOS said to --getglobalstate, --getblockall and --getappblocked."""
    on = re.search(r"State = (\d)", state)
    if on is None:
        return Finding(CHECK, Verdict.UNSEEN, "the firewall's state cannot be read", _MACOS_STEP)
    if on[1] == "0":
        return Finding(CHECK, Verdict.OK, "the firewall is off")
    if on[1] == "2" or re.search(r"enabled|block all state set to on", block_all):
        text = "the firewall blocks all incoming connections"
        return Finding(CHECK, Verdict.PROBLEM, text, f"{_MACOS_STEP}: switch that off")
    if "blocked" in app:
        text = f"the firewall blocks {program}"
        return Finding(
            CHECK, Verdict.PROBLEM, text, f"{_MACOS_STEP}: allow incoming connections for it"
        )
    if "permitted" in app:
        return Finding(CHECK, Verdict.OK, "the firewall is on and lets this Python be reached")
    text = "the firewall is on, and macOS asks once whether Python may be reached"
    return Finding(CHECK, Verdict.WARNING, text, f"answer Allow, or: {_MACOS_STEP}")


def check_windows(port: int) -> Finding:
    """Whether the firewall of Windows lets guests in, to this Python at this port."""
    answer = ask("powershell", "-NoProfile", "-NonInteractive", "-Command", _WINDOWS_SCRIPT)
    programs = {sys.executable, getattr(sys, "_base_executable", sys.executable)}
    try:
        return judge_windows(json.loads(answer.text if answer else ""), port, sorted(programs))
    except (ValueError, KeyError, TypeError):
        text = "the firewall did not tell its rules"
        return Finding(CHECK, Verdict.UNSEEN, text, "Windows Security, Firewall: allow Python")


def judge_windows(policy: Mapping[str, Any], port: int, programs: Sequence[str]) -> Finding:
    """``policy`` is what the script prints; a rule that blocks outdoes those that allow."""
    active = [profile for profile in policy["profiles"] if profile["on"]]
    if not active:
        return Finding(CHECK, Verdict.OK, "the firewall is off")
    names = " and ".join(_PROFILES[profile["type"]] for profile in active)
    public = any(profile["type"] == PUBLIC for profile in active)
    for profile in active:
        if profile["all"]:
            text = f"the firewall blocks all incoming connections (network profile {names})"
            step = "Windows Security, Firewall: switch off 'Blocks all incoming connections'"
            return Finding(CHECK, Verdict.PROBLEM, text, step)
    blocking, missing = [], []
    for profile in active:
        rules = [rule for rule in policy["rules"] if _concerns(rule, profile, port, programs)]
        blocking += [rule["name"] for rule in rules if rule["action"] == _BLOCK]
        if profile["action"] == _BLOCK and not any(rule["action"] == _ALLOW for rule in rules):
            missing.append(profile)
    if blocking:
        text = f"the firewall's rule {blocking[0]} blocks Python (network profile {names})"
        return Finding(CHECK, Verdict.PROBLEM, text, _windows_step(port, public=public))
    if missing:
        text = f"no rule of the firewall lets guests in (network profile {names})"
        return Finding(CHECK, Verdict.PROBLEM, text, _windows_step(port, public=public))
    return Finding(CHECK, Verdict.OK, f"the firewall lets guests in (network profile {names})")


def _windows_step(port: int, *, public: bool) -> str:
    if public:
        return (
            "if this is your own network, make it private: Settings, Network, its properties; "
            "then start lanchat and allow Python when Windows asks"
        )
    return (
        "Windows Security, Firewall, Allow an app: tick Python; or as administrator: "
        f"netsh advfirewall firewall add rule name=lanchat dir=in action=allow protocol=TCP "
        f"localport={port}"
    )


def _concerns(
    rule: Mapping[str, Any], profile: Mapping[str, Any], port: int, programs: Sequence[str]
) -> bool:
    program = rule["program"]
    ours = not program or normcase(program) in map(normcase, programs)
    return bool(rule["profiles"] & profile["type"]) and ours and _names(rule["ports"], port)


def _names(ports: str | None, port: int) -> bool:
    """Whether the port is among ``80,8000-8100``; no port and * are all of them."""
    if ports in (None, "", "*"):
        return True
    for part in str(ports).split(","):
        first, _, last = part.strip().partition("-")
        if first.isdecimal() and int(first) <= port <= int(last or first):
            return True
    return False

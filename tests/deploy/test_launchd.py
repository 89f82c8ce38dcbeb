"""The property list for launchd: its keys, and what it runs."""

from __future__ import annotations

import os
import plistlib
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

KEYS = {
    "Label": str,
    "ProgramArguments": list,
    "EnvironmentVariables": dict,
    "RunAtLoad": bool,
    "KeepAlive": dict,
    "ThrottleInterval": int,
    "ExitTimeOut": int,
    "ProcessType": str,
    "SoftResourceLimits": dict,
}
"""Those of launchd.plist(5) that are used, and what they take."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its command is one of Unix")


@pytest.fixture
def agent(deploy: Path) -> dict[str, Any]:
    """The committed file, read as macOS reads it."""
    with (deploy / "lanchat.plist").open("rb") as file:
        read: dict[str, Any] = plistlib.load(file)
    return read


def test_every_key_is_one_of_launchd(agent: dict[str, Any]) -> None:
    """launchd passes over what it does not know, without a word."""
    assert {key: type(value) for key, value in agent.items()} == KEYS
    assert agent["KeepAlive"] == {"SuccessfulExit": False}
    assert agent["ProcessType"] == "Interactive"


def test_it_has_the_name_that_the_documents_use(agent: dict[str, Any], deploy: Path) -> None:
    """`launchctl kickstart` asks for the label."""
    documents = (deploy.parent / "docs" / "deployment.md").read_text("utf-8")
    assert f"launchctl kickstart -k gui/$(id -u)/{agent['Label']}`" in documents


@pytest.mark.slow
def test_its_command_line_serves(
    agent: dict[str, Any], tmp_path: Path, start: Callable[..., Any]
) -> None:
    """The lanchat of the home folder runs, says where in the log, and stops on SIGTERM."""
    command = tmp_path / ".local" / "bin" / "lanchat"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lanchat "$@"\n')
    command.chmod(0o755)
    variables = {name: "" for name in os.environ if name.startswith("XDG_")}
    variables |= {"HOME": str(tmp_path), **agent["EnvironmentVariables"]}
    log = tmp_path / "Library" / "Logs" / "lanchat" / "server.log"
    server = start(agent["ProgramArguments"], variables, log)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(45) == 0

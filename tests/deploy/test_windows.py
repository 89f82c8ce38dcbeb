"""The script for the Task Scheduler; there is no PowerShell here, so what it runs is tried."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lanchat.cli.serve import serve
from lanchat.cli.serve_config import config_from


@pytest.fixture
def script(deploy: Path) -> str:
    """The committed script."""
    return (deploy / "lanchat.ps1").read_text("ascii")


def test_its_command_line_is_understood(script: str) -> None:
    """The port is the one that the firewall lets through."""
    found = re.search(r'-Argument "serve (.+)"', script)
    assert found
    with serve.make_context("serve", found[1].split()) as context:
        config = config_from(context, banner=not context.params["quiet"])
    assert f"-LocalPort {config.port} " in script


@pytest.mark.parametrize(
    "setting",
    ["-ExecutionTimeLimit (New-TimeSpan -Seconds 0)", "-DontStopIfGoingOnBatteries", "-AtStartup"],
)
def test_windows_does_not_end_it_by_itself(script: str, setting: str) -> None:
    """After three days, for one: what Windows does unless told otherwise."""
    assert setting in script

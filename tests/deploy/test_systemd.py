"""The unit, as systemd itself judges it, and what it runs."""

from __future__ import annotations

import configparser
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lanchat.cli import ExitCode
from tests.world.needs import need

INSTALLED = "/opt/lanchat/bin/lanchat"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="systemd is Linux's")


@pytest.fixture
def analyze() -> list[str]:
    """The command with which systemd judges units."""
    return [need("systemd-analyze")]


@pytest.fixture
def unit(deploy: Path, tmp_path: Path) -> Path:
    """The committed unit, with a program that is there."""
    text = (deploy / "lanchat.service").read_text("utf-8")
    assert text.count(INSTALLED) == 1
    moved = tmp_path / "lanchat.service"
    moved.write_text(text.replace(INSTALLED, sys.executable))
    return moved


def test_systemd_understands_every_line(unit: Path, analyze: list[str]) -> None:
    """Of a word that it does not know it would say so, and go on without."""
    command = [*analyze, "verify", "--man=no", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_little_is_within_its_reach(unit: Path, analyze: list[str]) -> None:
    """On systemd's scale from 0 to 10, where a service without any fence has 9.6."""
    command = [*analyze, "security", "--offline=true", "--no-pager", "--threshold=15"]
    done = subprocess.run([*command, str(unit)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Overall exposure level" in done.stdout


@pytest.mark.slow
def test_its_command_line_serves(deploy: Path, tmp_path: Path, start: Callable[..., Any]) -> None:
    """With its variables, in folders that stand for systemd's; SIGTERM is how it is stopped."""
    text = (deploy / "lanchat.service").read_text("utf-8")
    text = text.replace("%S", str(tmp_path)).replace("%L", str(tmp_path / "log"))
    variables = dict(re.findall(r"^Environment=(\w+)=(.+)$", text, re.MULTILINE))
    program, *options = re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE)[0].split()
    assert program == INSTALLED
    server = start([sys.executable, "-m", "lanchat", *options], variables)
    assert (tmp_path / "lanchat" / "messages.db").exists()
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(45) == ExitCode.OK
    assert (tmp_path / "log" / "lanchat" / "connections.log").exists()


def test_what_cannot_start_is_not_started_again(deploy: Path) -> None:
    """The exit codes are those that lanchat has for it."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(deploy / "lanchat.service", "utf-8")
    codes = unit["Service"]["RestartPreventExitStatus"].split()
    assert [int(code) for code in codes] == [ExitCode.USAGE, ExitCode.CANNOT_START]

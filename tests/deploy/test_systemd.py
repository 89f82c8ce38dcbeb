"""The units, as systemd itself judges them, and what they run."""

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
import requests

from lanchat.cli import ExitCode
from tests.world.needs import need

INSTALLED = "/opt/lanchat/bin/lanchat"

UNITS = ("lanchat.service", "lanchat@.service")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="systemd is Linux's")


@pytest.fixture
def analyze() -> list[str]:
    """The command with which systemd judges units."""
    return [need("systemd-analyze")]


@pytest.fixture(params=UNITS)
def unit(request: pytest.FixtureRequest, deploy: Path, tmp_path: Path) -> Path:
    """A committed unit, with a program that is there; of the template an instance."""
    text = (deploy / request.param).read_text("utf-8")
    assert text.count(INSTALLED) == 1
    moved = tmp_path / request.param.replace("@", "@1")
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


@pytest.mark.slow
def test_instances_of_the_template_are_one_chat(
    deploy: Path, tmp_path: Path, start: Callable[..., Any], new_database: Callable[[], str]
) -> None:
    """On one port; each has folders of its own, and is stopped without the other."""
    text = (deploy / "lanchat@.service").read_text("utf-8")
    address = new_database()
    (tmp_path / "lanchat-files").mkdir()  # which systemd does
    assert re.findall(r"^StateDirectory=(.+)$", text, re.MULTILINE) == ["lanchat-%i lanchat-files"]
    servers: list[Any] = []
    for number in "12":
        own = text.replace("%S", str(tmp_path)).replace("%L", str(tmp_path / "log"))
        own = own.replace("%i", number)
        variables = dict(re.findall(r"^Environment=(\w+)=(.+)$", own, re.MULTILINE))
        program, *options = re.findall(r"^ExecStart=(.+)$", own, re.MULTILINE)[0].split()
        assert program == INSTALLED
        variables |= {"LANCHAT_DATABASE": address}
        port = servers[0].port if servers else 0
        servers.append(start([sys.executable, "-m", "lanchat", *options], variables, port=port))
    one, other = servers
    one.process.send_signal(signal.SIGTERM)
    assert one.process.wait(45) == ExitCode.OK
    assert requests.get(f"http://127.0.0.1:{other.port}/healthz", timeout=60).ok
    logs = sorted(str(log.relative_to(tmp_path)) for log in tmp_path.glob("log/*/connections.log"))
    assert list((tmp_path / "lanchat-files").iterdir())
    assert logs == [f"log/lanchat-{number}/connections.log" for number in "12"]


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("lanchat.service", [ExitCode.USAGE, ExitCode.CANNOT_START]),
        ("lanchat@.service", [ExitCode.USAGE]),  # a database comes back
    ],
)
def test_what_cannot_start_is_not_started_again(
    deploy: Path, name: str, codes: list[ExitCode]
) -> None:
    """The exit codes are those that lanchat has for it."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(deploy / name, "utf-8")
    found = unit["Service"]["RestartPreventExitStatus"].split()
    assert [int(code) for code in found] == codes

from __future__ import annotations

import io
import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from lanchat.cli import ExitCode, run
from lanchat.cli.diagnose import as_record, show
from lanchat.doctor.facts import Finding, Verdict
from tests.world.namespace import Namespace
from tests.world.server import ServerProcess

BAD = Finding("firewall", Verdict.PROBLEM, "ufw lets \x1b[31mnobody in", "sudo ufw", ("a", "b"))


def shown(finding: Finding, width: int = 80, encoding: str = "utf-8") -> str:
    """What a screen of that width shows."""
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding)
    show(finding, Console(file=file, width=width, color_system=None))
    file.flush()
    return raw.getvalue().decode(encoding)


def test_a_finding_on_a_screen() -> None:
    """Verdict, check and words are columns, the next step is below; nothing paints the terminal."""
    lines = shown(BAD).splitlines()
    assert lines[0] == r"✗ problem     firewall   ufw lets \x1b[31mnobody in"
    assert [line.strip() for line in lines[1:]] == ["a", "b", "→ sudo ufw"]


def test_a_screen_without_signs() -> None:
    """Words say what signs would."""
    assert shown(BAD, encoding="ascii").startswith("problem     firewall   ufw")
    assert "-> sudo ufw" in shown(BAD, encoding="ascii")


def test_a_narrow_screen() -> None:
    """On a narrow screen the words begin on a line of their own."""
    assert shown(BAD, width=40).splitlines()[1].startswith("    ufw lets")


def test_a_finding_for_a_program() -> None:
    """Other programs may rely on the field names."""
    assert as_record(BAD) == {
        "check": "firewall",
        "verdict": "problem",
        "text": BAD.text,
        "next": "sudo ufw",
        "details": ("a", "b"),
    }


def test_a_room_that_is_there(server: ServerProcess, capsys: pytest.CaptureFixture[str]) -> None:
    """A room that can be reached is a line of JSON for each check."""
    assert run(["doctor", server.url, "--json"]) == ExitCode.OK
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["check"] for record in records] == ["name", "network", "room", "vpn"]


def test_the_exit_code_says_that_something_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    """A room where nobody listens is a problem."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert run(["doctor", f"127.0.0.1:{port}"]) == ExitCode.FAILED
    output = capsys.readouterr()
    assert "nothing listens" in output.out
    assert output.err == ""


def test_no_address_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """What is no address is refused by one line with an example."""
    assert run(["doctor", "ftp://x"]) == ExitCode.USAGE
    assert capsys.readouterr().err.count("\n") == 1


def test_two_ports_are_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """Two ports are refused, since one of them would be left out unnoticed."""
    assert run(["doctor", "http://127.0.0.1:8765", "--port", "9000"]) == ExitCode.USAGE
    assert "the port stands in it" in capsys.readouterr().err


def test_the_name_of_a_room_is_heard(
    namespace: Namespace,
    server_factory: Callable[..., ServerProcess],
    until: Callable[..., object],
) -> None:
    """The .local name is found on a network where multicast works."""
    server = server_factory(launcher=namespace.launcher, mdns=True)
    command = [sys.executable, "-m", "lanchat", "doctor", "--log-file", str(server.log_file)]

    def is_heard() -> bool:
        done = subprocess.run([*namespace.launcher, *command], stdout=subprocess.PIPE, check=False)
        return f"http://lanchat.local:{server.port}".encode() in done.stdout

    until(is_heard)


def test_needs_nothing_that_serves() -> None:
    """Looking for problems imports neither gevent nor Flask."""
    program = "import sys, lanchat.cli.diagnose; print({'gevent', 'flask'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"set()"


def test_the_variable_of_the_log_holds_here_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log that `lanchat serve` writes in this environment is what is read."""
    (tmp_path / "plain").touch()
    monkeypatch.setenv("LANCHAT_LOG_FILE", str(tmp_path / "plain" / "log"))
    run(["doctor", "--port", "1"])
    assert f"cannot read the log {tmp_path}" in capsys.readouterr().out

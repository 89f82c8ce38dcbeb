import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from lanchat import __version__
from lanchat.cli import ExitCode, complain, explain, run
from lanchat.errors import LanchatError, LogMissing, NoFreePort, PortTaken, SettingRefused

Output = pytest.CaptureFixture[str]


@pytest.mark.parametrize("argv", [[], ["-h"], ["--help"], ["log"], ["log", "-h"]])
def test_help(argv: list[str], capsys: Output) -> None:
    """A group without a subcommand says what there is, and that is no failure."""
    assert run(argv) == ExitCode.OK
    output = capsys.readouterr()
    assert "Commands:" in output.out
    assert output.err == ""


def test_version(capsys: Output) -> None:
    """The version stands behind the name."""
    assert run(["--version"]) == ExitCode.OK
    assert capsys.readouterr().out == f"lanchat {__version__}\n"


@pytest.mark.parametrize("argv", [["dance"], ["--dance"], ["log", "dance"]])
def test_an_unknown_word_is_one_line(argv: list[str], capsys: Output) -> None:
    """The line says what is wrong and where to find help."""
    assert run(argv) == ExitCode.USAGE
    error = capsys.readouterr().err
    assert error.startswith("lanchat: No such")
    assert error.endswith("--help\n")
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PortTaken(8765), ExitCode.CANNOT_START),
        (NoFreePort(8765, 8785), ExitCode.CANNOT_START),
        (SettingRefused("port", 70000, "a port lies between 0 and 65535"), ExitCode.USAGE),
        (LogMissing(Path("x")), ExitCode.FAILED),
        (click.FileError("x", "no"), ExitCode.FAILED),
    ],
)
def test_an_error_on_purpose_is_its_own_words(error: Exception, code: ExitCode) -> None:
    """People get the error's own words, and the shell the exit code of its kind."""
    words = str(error) if isinstance(error, LanchatError) else "Could not open file 'x': no"
    assert explain(error) == (words, code)


def test_the_systems_errors_name_the_file() -> None:
    """An error of the system names its file, without Python's way of printing it."""
    error = PermissionError(13, "Permission denied", "/root/x")
    assert explain(error) == ("/root/x: Permission denied", ExitCode.FAILED)


@pytest.mark.parametrize("debug", ["", "1"])
def test_an_unexpected_error(debug: str, capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line asks for a report, and those who want a traceback get one."""
    monkeypatch.setenv("LANCHAT_DEBUG", debug)
    try:
        int("oh")
    except ValueError as error:
        line, code = explain(error)
    assert code == ExitCode.FAILED
    assert "unexpected error, ValueError: " in line
    assert "LANCHAT_DEBUG=1" in line
    assert ("Traceback" in capsys.readouterr().err) == bool(debug)


def test_a_complaint_is_one_harmless_line(capsys: Output) -> None:
    """A path or a value in it may come from anywhere."""
    complain("cannot read\n a\x1b[31m\u202e")
    assert capsys.readouterr().err == "lanchat: cannot read a\\x1b[31m\\u202e\n"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="no /proc")
def test_descriptors_that_the_shell_closed_are_occupied() -> None:
    """No log and no socket gets the number of a standard stream."""
    program = (
        "import atexit, os; from lanchat.cli import main;"
        "atexit.register(lambda: os.write(3, str(os.open('/', os.O_RDONLY)).encode()));"
        "main(['--version'])"
    )
    reading, writing = os.pipe()
    command = f"exec '{sys.executable}' -c \"{program}\" 3>&{writing} {writing}>&- <&- >&- 2>&-"
    subprocess.run(["bash", "-c", command], pass_fds=[writing], check=True)
    os.close(writing)
    with os.fdopen(reading) as answer:
        assert int(answer.read()) > 2

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from lanchat import __version__
from lanchat.cli import ExitCode, complain, explain, run
from lanchat.cli.commands import Command
from lanchat.cli.serve import GROUPS, serve
from lanchat.errors import LanchatError, LogMissing, NoFreePort, PortTaken, SettingRefused
from tests.world.command_line import all_commands

Output = pytest.CaptureFixture[str]


@pytest.mark.parametrize("argv", [[], ["-h"], ["--help"], ["log"], ["log", "-h"]])
def test_help(argv: list[str], capsys: Output) -> None:
    """A group without a subcommand says what there is, and that is no failure."""
    assert run(argv) == ExitCode.OK
    output = capsys.readouterr()
    assert "Commands:" in output.out
    assert output.err == ""


@pytest.mark.parametrize(
    ("argv", "hint"), [(["srve"], "serve"), (["log", "tial"], "tail"), (["host", "bann"], "ban")]
)
def test_a_typing_error(argv: list[str], hint: str, capsys: Output) -> None:
    """What was meant is offered, in every group."""
    assert run(argv) == ExitCode.USAGE
    assert f"there is no command {argv[-1]!r}; did you mean {hint}?" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["log"], ["log", "tail"], ["host", "ban"]])
def test_the_help_of_a_command(words: list[str], capsys: Output) -> None:
    """It is that of --help."""
    assert run(["help", *words]) == ExitCode.OK
    shown = capsys.readouterr().out
    assert shown.startswith(f"Usage: {' '.join(['lanchat', *words])} ")
    run([*words, "--help"])
    assert capsys.readouterr().out == shown
    assert run(["help", "serve", "now"]) == ExitCode.USAGE


def test_every_help_has_an_example_and_no_summary_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in a narrow terminal, where an example is still one line."""
    monkeypatch.setenv("COLUMNS", "40")
    for context in all_commands():
        command = context.command
        assert isinstance(command, Command), context.command_path
        shown = click.Context(command, parent=context.parent, info_name=context.info_name)
        lines = shown.get_help().splitlines()
        assert command.examples, context.command_path
        for line, _ in command.examples:
            assert f"  {line}" in lines
        assert "..." not in " ".join(lines).replace("]...", "")


def test_the_options_of_serve_stand_in_groups(capsys: Output) -> None:
    """Each once; what has no group stands at the end."""
    run(["serve", "--help"])
    lines = capsys.readouterr().out.splitlines()
    titles = [line for line in lines if line.endswith(":") and line[0] != " "]
    assert titles == [*(f"{title}:" for title in GROUPS), "Options:", "Examples:"]
    known = {str(each.name) for each in serve.params}
    grouped = [name for names in GROUPS.values() for name in names]
    assert set(grouped) <= known
    assert len(grouped) == len(set(grouped))


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(option: str, capsys: Output) -> None:
    """The version stands behind the name."""
    assert run([option]) == ExitCode.OK
    assert capsys.readouterr().out == f"lanchat {__version__}\n"


@pytest.mark.parametrize("argv", [["dance"], ["--dance"], ["log", "dance"]])
def test_an_unknown_word_is_one_line(argv: list[str], capsys: Output) -> None:
    """The line says what is wrong and where to find help."""
    assert run(argv) == ExitCode.USAGE
    error = capsys.readouterr().err
    assert error.startswith(("lanchat: No such option", "lanchat: there is no command"))
    assert error.endswith("--help\n")
    assert error.count("\n") == 1


def test_what_may_neither_read_nor_write_is_wrong_usage(capsys: Output) -> None:
    """Each of the two takes the other away."""
    assert run(["token", "new", "build", "--read", "--write"]) == ExitCode.USAGE
    assert "--read and --write exclude each other" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "new"), [(["export", "-f", "txt"], "--format"), (["serve", "-o"], "--open")]
)
def test_a_letter_that_means_something_else_now(argv: list[str], new: str, capsys: Output) -> None:
    """Whoever types it is told what to write."""
    assert run(argv) == ExitCode.USAGE
    assert f"{argv[1]} has another meaning by now; write {new}" in capsys.readouterr().err


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


def test_a_letter_means_the_same_in_all_commands() -> None:
    """Where two commands have it, it is for the same option, or says how many there shall be."""
    meanings: dict[str, set[str]] = {}
    for context in all_commands():
        for option in context.command.get_params(context):
            long_form = max(option.opts, key=len)
            for letter in set(option.opts) - {long_form}:
                meanings.setdefault(letter, set()).add(long_form)
    assert meanings.pop("-n") == {"--lines", "--people"}
    assert {letter: names for letter, names in meanings.items() if len(names) > 1} == {}

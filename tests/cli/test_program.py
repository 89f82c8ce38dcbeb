"""The commands that lanchat shows can be typed where it was started."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lanchat.cli import ExitCode, explain, lanchat, program, run
from lanchat.cli.program import COMMANDS, opened_alone, typed
from lanchat.errors import ExtraMissing

pytestmark = pytest.mark.skipif(os.name == "nt", reason="shells differ, and so do paths")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """How it was started can be set; nothing but Python is on PATH."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "orig_argv", ["python3"])
    return monkeypatch


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    program.program.cache_clear()
    yield
    program.program.cache_clear()


def executable(path: Path) -> str:
    """A program that is there."""
    path.parent.mkdir(exist_ok=True)
    path.touch(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("argv", "shown"),
    [
        ("lanchat.pyz", "python3 lanchat.pyz"),
        ("./my files/lanchat 1.pyz", "python3 './my files/lanchat 1.pyz'"),
        ("/site-packages/lanchat/__main__.py", "python3 -m lanchat"),
        (".venv/bin/lanchat", ".venv/bin/lanchat"),
        ("/opt/lanchat/bin/lanchat", "/opt/lanchat/bin/lanchat"),
        ("/site-packages/pytest/__main__.py", "lanchat"),
        ("gunicorn", "lanchat"),
    ],
)
def test_it_is_what_was_typed(started: pytest.MonkeyPatch, argv: str, shown: str) -> None:
    """Of what does not run lanchat nothing is known."""
    started.setattr(sys, "argv", [argv])
    assert typed("see `lanchat log tail -f`") == f"see `{shown} log tail -f`"


def test_what_is_on_path_is_its_name(started: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The system names a program that the shell has found by its path."""
    started.setattr(sys, "argv", [executable(tmp_path / "bin" / "lanchat")])
    assert program.program() == "lanchat"


def test_a_folder_has_a_program(started: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As it is called from here, also where somebody was in the folder itself."""
    started.setattr(sys, "frozen", True, raising=False)
    started.setattr(sys, "executable", executable(tmp_path / "lanchat" / "lanchat"))
    assert program.program() == "lanchat/lanchat"
    program.program.cache_clear()
    started.chdir(tmp_path / "lanchat")
    assert program.program() == "./lanchat"
    assert opened_alone()


def test_only_commands_are_changed(started: pytest.MonkeyPatch) -> None:
    """Not the name of the program, its version, a package or a path."""
    started.setattr(sys, "argv", ["x.pyz"])
    for text in ("lanchat is here", "lanchat 1.2", "pip install lanchat", "/opt/lanchat serve"):
        assert typed(text) == text
    assert typed("lanchat --help") == "python3 x.pyz --help"


def test_help_errors_and_examples_show_it(
    started: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In every command's help, and in the lines that send people to it."""
    started.setattr(sys, "argv", ["lanchat.pyz"])
    for words in ([], *([name] for name in COMMANDS)):
        run([*words, "--help"])
    shown = capsys.readouterr().out
    assert "Usage: python3 lanchat.pyz serve" in shown
    assert "\n  python3 lanchat.pyz log tail -f\n" in shown
    assert not [line for line in shown.splitlines() if typed(line) != line]

    assert run(["log", "tial"]) == 2
    assert capsys.readouterr().err.endswith("; see python3 lanchat.pyz log --help\n")


def test_opened_with_the_mouse_it_serves(started: pytest.MonkeyPatch) -> None:
    """Without a command; a command that is installed shows its help."""
    said: list[list[str]] = []
    started.setattr(lanchat, "main", lambda words, **_: said.append(words))
    for argv in (["lanchat.pyz"], ["/usr/bin/lanchat"], ["lanchat.pyz", "--help"]):
        started.setattr(sys, "argv", argv)
        run()
    assert said == [["serve"], [], ["--help"]]


def test_a_package_is_not_added_to_what_is_complete(started: pytest.MonkeyPatch) -> None:
    """A file or a folder holds what it holds; where pip has installed, pip can go on."""
    missing = ExtraMissing("--database", "psycopg[binary]")
    assert "pip install" in explain(missing)[0]
    started.setattr(sys, "frozen", True, raising=False)
    line, code = explain(missing)
    assert "pipx" in line
    assert "pip install" not in line
    assert code == ExitCode.CANNOT_START


def test_what_is_shown_runs(tmp_path: Path) -> None:
    """From the folder that it was shown in."""
    command = [sys.executable, "-m", "lanchat", "log", "tial"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stderr
    shown = shlex.split(said.partition("; see ")[2])
    done = subprocess.run(shown, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage: ")

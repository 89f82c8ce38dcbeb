"""Somebody without a home folder: neither HOME nor an entry among the system's users."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lanchat.config import full_path
from tests.world.needs import need

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run lanchat as a user whom nobody knows."""
    stranger = [need("unshare"), "--user", "--map-user=54321"]
    if subprocess.run([*stranger, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine allows no namespaces")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*stranger, sys.executable, "-m", "lanchat", *arguments]
        return subprocess.run(
            command, env={}, cwd=tmp_path, capture_output=True, text=True, check=False
        )

    return run


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("serve --port 0", "--data-dir"),
        ("serve --port 0 --data-dir ~/here", "~/here"),
        ("config show", "--data-dir"),
        ("config path", "--config"),
        ("log path", "--log-file"),
        ("log tail", "--log-file"),
        ("host list", "--data-dir"),
        ("export --data-dir ~", "~"),
        ("doctor", "--log-file"),
    ],
)
def test_what_is_missing_is_said(run: Run, tmp_path: Path, command: str, missing: str) -> None:
    """One line names the option that stands in for the folder, and no folder called ~ is made."""
    done = run(*command.split())
    line = f"lanchat: this user has no home folder for {missing}; name it, or set HOME\n"
    assert (done.returncode, done.stderr) == (2, line)
    assert not list(tmp_path.iterdir())


def test_with_paths_nothing_is_missing(run: Run, tmp_path: Path) -> None:
    """Settings are looked for nowhere, and what is named is found."""
    (tmp_path / "log").touch()
    assert run("log", "tail", "log").returncode == 0
    shown = run("config", "show", "--data-dir", "d", "--log-file", "log")
    assert (shown.returncode, "this user has no home folder" in shown.stdout) == (0, True)


def test_a_name_that_nobody_has_is_a_folders(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A path may begin with a ~ all the same."""
    monkeypatch.chdir(tmp_path)
    assert full_path(Path("~no-such-user/x")) == tmp_path / "~no-such-user" / "x"
    assert full_path(Path("~/x")) == Path.home() / "x"
    assert full_path(Path("x"), tmp_path / "y") == tmp_path / "y" / "x"

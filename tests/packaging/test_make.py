"""The Makefile as an index of what can be done, and the search for a browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def chromium(project: Path, named: Path) -> subprocess.CompletedProcess[str]:
    """Ask for a browser on a machine whose user has named one."""
    return subprocess.run(
        [sys.executable, "scripts/chromium.py"],
        cwd=project,
        env={**os.environ, "LANCHAT_CHROMIUM": str(named)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make on this machine")
def test_make_alone_lists_every_target(project: Path) -> None:
    """Each target that people call is listed and described in CONTRIBUTING.md."""
    makefile = (project / "Makefile").read_text("utf-8")
    targets = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[0].split()

    listed = subprocess.run(["make"], cwd=project, capture_output=True, text=True, check=True)

    guide = (project / "CONTRIBUTING.md").read_text("utf-8")
    for target in set(targets) - {"help"}:
        assert f"make {target} " in listed.stdout
        assert f"`make {target}`" in guide


def test_the_browser_that_a_user_names_is_taken(project: Path) -> None:
    """LANCHAT_CHROMIUM wins over whatever is installed."""
    assert chromium(project, Path(sys.executable)).stdout == f"{sys.executable}\n"


def test_a_named_browser_that_is_not_there_is_missed(project: Path, tmp_path: Path) -> None:
    """One line says so; no other browser is taken instead."""
    done = chromium(project, tmp_path / "none")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1

"""The Makefile as an index of what can be done."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest


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

"""The Makefile as an index of what can be done."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.world.needs import need


def test_make_alone_lists_every_target(project: Path) -> None:
    """Each target that people call is listed and described in CONTRIBUTING.md."""
    makefile = (project / "Makefile").read_text("utf-8")
    targets = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[0].split()

    listed = subprocess.run([need("make")], cwd=project, capture_output=True, text=True, check=True)

    guide = (project / "CONTRIBUTING.md").read_text("utf-8")
    for target in set(targets) - {"help"}:
        assert f"make {target} " in listed.stdout
        assert f"`make {target}`" in guide

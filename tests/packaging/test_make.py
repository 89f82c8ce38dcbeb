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


def test_what_is_built_stays_when_something_else_is(project: Path, tmp_path: Path) -> None:
    """Only a wheel and an sdist give way to newer ones."""
    planned = subprocess.run(
        [need("make"), "--dry-run", "wheel"],
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )
    (removal,) = re.findall("^rm .+", planned.stdout, re.MULTILINE)
    stay = {
        "lanchat.pyz",
        "lanchat.deb",
        "lanchat-linux-x86_64.tar.gz",
        "lanchat-windows-amd64.zip",
    }
    (tmp_path / "dist").mkdir()
    for name in (*stay, "lanchat-1.2-py3-none-any.whl", "lanchat-1.2.tar.gz"):
        (tmp_path / "dist" / name).touch()
    subprocess.run(["sh", "-c", removal], cwd=tmp_path, check=True)
    assert {path.name for path in (tmp_path / "dist").iterdir()} == stay
